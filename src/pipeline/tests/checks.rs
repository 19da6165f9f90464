//! What `check` says of specs that do not fit their columns.

use super::{check, schema};
use crate::codec::Kind::{Bool, Float, Int, Json, Null, Text, Time};
use crate::pipeline::{PipelineSpec, SpecProblem};

const COLUMNS: &[(&str, crate::codec::Kind)] = &[
    ("temp", Float),
    ("hour", Int),
    ("carrier", Text),
    ("late", Bool),
    ("at", Time),
    ("stops", Json),
    ("gate", Null),
];

/// Leaves only numbers, so that a test sees the problems of its own step alone.
const NUMBERS_ONLY: &str = "\n[[prepare]]\nstep = 'drop'\ncolumns = ['carrier', 'at', 'stops', 'gate']";

fn problems(toml: &str) -> Vec<SpecProblem> {
    check(&format!("{toml}{NUMBERS_ONLY}"), COLUMNS).unwrap_err()
}

fn only(toml: &str) -> (Option<usize>, String, String) {
    let mut problems = problems(toml);
    assert_eq!(problems.len(), 1, "{problems:?}");
    let SpecProblem { step, field, why, .. } = problems.remove(0);
    (step, field, why)
}

fn says(toml: &str, field: &str, why: &str) {
    assert_eq!(only(toml), (Some(0), field.to_owned(), why.to_owned()));
}

#[test]
fn an_unknown_column_is_named_with_the_nearest_one() {
    says(
        "[[prepare]]\nstep = 'standardize'\ncolumns = ['tmep']",
        "columns",
        "there is no column `tmep`: did you mean `temp`?",
    );
    says(
        "[[prepare]]\nstep = 'standardize'\ncolumns = ['visibility']",
        "columns",
        "there is no column `visibility`",
    );
}

#[test]
fn a_column_that_was_left_out_earlier_is_said_to_be_gone() {
    let toml = "[[prepare]]\nstep = 'drop'\ncolumns = ['temp']\n[[prepare]]\nstep = 'standardize'\ncolumns = ['temp']";
    let (step, field, why) = only(toml);
    assert_eq!((step, field.as_str()), (Some(1), "columns"));
    assert_eq!(why, "`temp` is no longer there: step 1 leaves it out");
}

#[test]
fn an_empty_list_and_a_column_named_twice_are_problems() {
    says(
        "[[prepare]]\nstep = 'standardize'\ncolumns = []",
        "columns",
        "no column is named: name at least one, or remove the step",
    );
    says(
        "[[prepare]]\nstep = 'standardize'\ncolumns = ['temp', 'temp']",
        "columns",
        "`temp` is named twice: name it once",
    );
}

#[test]
fn a_step_says_which_types_it_cannot_take_and_what_to_do() {
    let standardize = |column| format!("[[prepare]]\nstep = 'standardize'\ncolumns = ['{column}']");
    for (column, why) in [
        ("carrier", "`carrier` is text and the step takes numbers: cast it to one, or one-hot it"),
        ("at", "`at` is a time and the step takes numbers: take its date parts, or cast it to int"),
        ("stops", "`stops` holds arrays as JSON, which no step can turn into numbers: drop it"),
        ("gate", "`gate` has only nulls: drop it"),
    ] {
        says(&standardize(column), "columns", why);
    }
    let impute = |column| format!("[[prepare]]\nstep = 'impute'\nwith = 'mean'\ncolumns = ['{column}']");
    says(
        &impute("carrier"),
        "columns",
        "`carrier` is text, which has no mean or median: fill with `most-frequent` or `constant`",
    );
    says(&impute("at"), "columns", "`at` is a time: take its date parts first, then fill those");
    says(
        "[[prepare]]\nstep = 'one-hot'\ncolumns = ['temp']",
        "columns",
        "`temp` holds numbers with fractions, which are not categories: cast it to int or text first",
    );
    let parts =
        |column| format!("[[prepare]]\nstep = 'date-parts'\nparts = ['hour']\ncolumns = ['{column}']");
    says(&parts("carrier"), "columns", "`carrier` is text: cast it to time first");
    says(
        &parts("hour"),
        "columns",
        "`hour` is a number: cast it first, with `time-from-seconds` or `time-from-millis`",
    );
    let cast = |column, to| format!("[[prepare]]\nstep = 'cast'\nto = '{to}'\ncolumns = ['{column}']");
    says(
        &cast("hour", "time"),
        "columns",
        "`hour` is a number: say `time-from-seconds` or `time-from-millis`",
    );
    says(&cast("at", "time-from-millis"), "columns", "`at` is a time already: remove it from the step");
}

#[test]
fn a_constant_must_be_there_and_fit_the_column() {
    let impute = |rest: &str| format!("[[prepare]]\nstep = 'impute'\n{rest}");
    says(&impute("columns = ['temp']\nwith = 'constant'"), "value", "`constant` needs a value: say which");
    says(
        &impute("columns = ['temp']\nwith = 'mean'\nvalue = 1"),
        "value",
        "only `constant` takes a value: remove it, or choose `constant`",
    );
    says(
        &impute("columns = ['temp']\nwith = 'constant'\nvalue = 'cold'"),
        "value",
        "does not fit `temp`, which holds numbers: give a finite number",
    );
    says(
        &impute("columns = ['carrier']\nwith = 'constant'\nvalue = 1"),
        "value",
        "does not fit `carrier`, which is text: give a text",
    );
    says(
        &impute("columns = ['late']\nwith = 'constant'\nvalue = 2"),
        "value",
        "does not fit `late`, which is true and false: give true or false",
    );
}

#[test]
fn a_made_column_must_not_take_a_name_that_is_there() {
    let twice = "[[prepare]]\nstep = 'impute'\ncolumns = ['temp']\nwith = 'mean'\nindicator = true\n";
    let (step, field, why) = only(&format!("{twice}{twice}"));
    assert_eq!((step, field.as_str()), (Some(1), "columns"));
    assert_eq!(why, "would make a column `temp_missing`, which is there already: drop that one before");
}

#[test]
fn parts_and_max_are_checked() {
    let parts = |parts| {
        let toml = format!("[[prepare]]\nstep = 'date-parts'\ncolumns = ['at']\nparts = {parts}\n");
        check(&format!("{toml}[[prepare]]\nstep = 'drop'\ncolumns = ['carrier', 'stops', 'gate']"), COLUMNS)
    };
    let field = |found: SpecProblem| (found.step, found.field, found.why);
    assert_eq!(
        field(parts("[]").unwrap_err().remove(0)),
        (Some(0), "parts".into(), "no part is named: name at least one, such as `hour`".into())
    );
    assert_eq!(
        field(parts("['hour', 'hour']").unwrap_err().remove(0)),
        (Some(0), "parts".into(), "`hour` is named twice: name it once".into())
    );
    says(
        "[[prepare]]\nstep = 'one-hot'\ncolumns = ['hour']\nmax = 0",
        "max",
        "must be at least 1: each value kept makes a column",
    );
}

#[test]
fn what_is_left_at_the_end_must_be_numbers() {
    let found: Vec<_> = check("", COLUMNS).unwrap_err().into_iter().map(|p| (p.step, p.why)).collect();
    let why = |text: &str| (None, text.to_owned());
    assert_eq!(
        found,
        [
            why("`carrier` is text at the end and features are numbers: one-hot it, cast it, or drop it"),
            why(
                "`at` is a time at the end and features are numbers: take its date parts, cast it to int, or drop it"
            ),
            why("`stops` holds arrays as JSON, which no step can turn into numbers: drop it"),
            why("`gate` has only nulls: drop it"),
        ]
    );
    let columns: Vec<_> = check("", COLUMNS).unwrap_err().into_iter().filter_map(|p| p.column).collect();
    assert_eq!(columns, ["carrier", "at", "stops", "gate"]);
    let nothing = check("[[prepare]]\nstep = 'drop'\ncolumns = ['x']", &[("x", Int)]).unwrap_err();
    assert_eq!(nothing[0].why, "no column is left to learn from: keep at least one");
}

#[test]
fn every_problem_is_given_at_once_with_its_step() {
    let toml = "[[prepare]]\nstep = 'standardize'\ncolumns = ['carrier', 'nothing']\n\
                [[prepare]]\nstep = 'one-hot'\ncolumns = ['temp']\nmax = 0";
    let found: Vec<_> = problems(toml).into_iter().map(|p| (p.step, p.field)).collect();
    let at = |step, field: &str| (Some(step), field.to_owned());
    assert_eq!(found, [at(0, "columns"), at(0, "columns"), at(1, "max"), at(1, "columns")]);
}

#[test]
fn the_schema_after_each_step_is_known_and_one_hot_columns_are_one_field() {
    let toml = "[[prepare]]\nstep = 'one-hot'\ncolumns = ['carrier']\n\
                [[prepare]]\nstep = 'date-parts'\ncolumns = ['at']\nparts = ['hour']\n\
                [[prepare]]\nstep = 'drop'\ncolumns = ['carrier=UA', 'hour']";
    let checked = check(toml, &[("carrier", Text), ("at", Time), ("hour", Int)]).unwrap();
    let names = |index: usize| {
        let fields = &checked.schemas()[index].fields;
        fields.iter().map(|field| field.name.as_str()).collect::<Vec<_>>()
    };
    assert_eq!(checked.schemas().len(), 4);
    assert_eq!(names(0), ["carrier", "at", "hour"]);
    assert_eq!(names(1), ["at", "hour", "carrier=*"]);
    assert_eq!(names(2), ["hour", "carrier=*", "at_hour"]);
    assert_eq!(names(3), ["carrier=*", "at_hour"]);
}

#[test]
fn booleans_and_integers_are_features_as_they_are() {
    assert!(
        PipelineSpec::default().check(&schema(&[("late", Bool), ("hour", Int), ("temp", Float)])).is_ok()
    );
}
