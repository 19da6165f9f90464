//! What can be typed, and what it means.

use clap::{CommandFactory, Parser};

use super::args::{Args, Command};

fn parse(line: &str) -> Result<Args, String> {
    Args::try_parse_from(line.split(' ')).map_err(|error| error.to_string())
}

#[test]
fn the_definition_of_the_arguments_is_sound() {
    Args::command().debug_assert();
}

#[test]
fn a_file_opens_the_window_and_a_word_is_a_command() {
    let window = parse("forebay late.forebay").unwrap();
    assert!(window.command.is_none());
    assert_eq!(window.workspace.unwrap().to_str(), Some("late.forebay"));
    assert!(matches!(parse("forebay topics").unwrap().command, Some(Command::Topics(_))));
    assert!(parse("forebay").unwrap().command.is_none());
}

#[test]
fn connection_and_json_stand_before_or_after_the_command() {
    for line in ["forebay --bootstrap a:1 --json topics", "forebay topics --bootstrap a:1 --json"] {
        let args = parse(line).unwrap();
        assert!(args.json);
        assert_eq!(args.connection.bootstrap.as_deref(), Some("a:1"));
    }
}

#[test]
fn bounds_may_begin_with_a_minus_and_a_wrong_one_names_the_forms() {
    assert!(parse("forebay plan flights --from -1000 --to -7d").is_ok());
    let error = parse("forebay plan flights --from yesterday").err().unwrap();
    assert!(error.contains("`yesterday` is not a bound") && error.contains("-1000"), "{error}");
}

#[test]
fn what_is_not_there_yet_is_not_offered() {
    let help = Args::command().render_long_help().to_string();
    for word in ["export", "onnx"] {
        assert!(!help.contains(word), "{word}");
    }
}
