//! Run files as people write them.

use super::*;
use crate::kafka::{Bound, Offset, PartitionId};
use crate::pipeline::StepSpec;

const WHOLE: &str = r#"
format = 1
seed = 42

[slice]
topics = ["flights"]
from = "2013-01-01T00:00:00Z"
to = "end"
codec = "json"

[task]
kind = "classification"
target = { column = "arr_delay", above = 15.0 }
exclude = ["tailnum"]

[[prepare]]
step = "impute"
columns = ["temp", "wind_speed"]
with = "median"

[[prepare]]
step = "one-hot"
columns = ["carrier"]

[split]
by = "time"
train = 0.7
valid = 0.15
test = 0.15
gap = "1h"

[learner]
kind = "boosted-trees"
rounds = 50
"#;

fn why(text: &str) -> String {
    RunFile::parse(text).unwrap_err().why
}

#[test]
fn a_whole_file_is_read_and_written_back_to_the_same() {
    let file = RunFile::parse(WHOLE).unwrap();
    assert_eq!(file.seed, 42);
    assert_eq!(file.prepare.steps.len(), 2);
    assert_eq!(file.task.target, Target::Above { column: "arr_delay".into(), above: 15.0 });
    assert!(matches!(file.learner, LearnerSpec::BoostedTrees { rounds: 50, depth: 6, .. }));
    assert_eq!(RunFile::parse(&file.to_toml()).unwrap(), file);
}

#[test]
fn offsets_per_partition_survive_the_round_trip() {
    let text = WHOLE.replace("from = \"2013-01-01T00:00:00Z\"", "from = { 0 = 1200, 1 = 1187 }");
    let mut file = RunFile::parse(&text).unwrap();
    let offsets = [(PartitionId(0), Offset(1200)), (PartitionId(1), Offset(1187))];
    assert_eq!(file.slice.range.from, Bound::Offsets(offsets.into()));
    file.slice.range.partitions = Some(vec![PartitionId(1)]);
    assert_eq!(RunFile::parse(&file.to_toml()).unwrap(), file);
}

#[test]
fn what_has_a_default_may_be_left_out() {
    let text = "format = 1\n[slice]\ntopics = [\"t\"]\nfrom = \"beginning\"\nto = \"end\"\n[task]\nkind = \"regression\"\n\
                target = \"y\"\n[learner]\nkind = \"ridge-regression\"";
    let file = RunFile::parse(text).unwrap();
    assert_eq!((file.seed, file.slice.codec.as_str(), file.prepare.steps.len()), (0, "json", 0));
    assert_eq!(
        (file.split.clone(), file.learner),
        (SplitSpec::default(), LearnerSpec::RidgeRegression { alpha: 1.0 })
    );
    assert_eq!(RunFile::parse(&file.to_toml()).unwrap(), file);
}

#[test]
fn every_problem_comes_at_once_with_its_field() {
    let text = WHOLE
        .replace("seed = 42", "sed = 42")
        .replace("codec = \"json\"", "codec = \"jsonn\"\nfrmo = 1")
        .replace("exclude", "exclud")
        .replace("with = \"median\"", "wth = \"median\"")
        .replace("gap = \"1h\"", "gapp = \"1h\"")
        .replace("rounds = 50", "rounds = 0\ndeep = 3");
    let why = why(&text);
    for part in [
        "sed: ",
        "slice.frmo: ",
        "`exclud`",
        "prepare 1: ",
        "`wth`",
        "`gapp`",
        "`deep`",
        "slice.codec: ",
        "learner.rounds: ",
    ] {
        assert!(why.contains(part), "{part} is not in {why}");
    }
}

#[test]
fn a_missing_section_and_a_wrong_target_are_named() {
    let why = why("format = 1\n[task]\nkind = \"regression\"\ntarget = 3");
    for part in ["slice: is missing", "learner: is missing", "task: target must be a column name"] {
        assert!(why.contains(part), "{part} is not in {why}");
    }
}

#[test]
fn labels_from_another_topic_are_read_and_written_back() {
    let text =
        format!("{WHOLE}\n[label]\ntopic = \"flights.arrived\"\ncolumn = \"arr_delay\"\nwithin = \"48h\"");
    let file = RunFile::parse(&text).unwrap();
    assert_eq!(file.label, Some(LabelSpec::by_key("flights.arrived", "arr_delay", "48h")));
    assert_eq!(RunFile::parse(&file.to_toml()).unwrap(), file);

    let by_fields =
        format!("{text}\nby = {{ event = [\"flight\"], label = [\"number\"] }}\ncodec = \"json\"");
    let file = RunFile::parse(&by_fields).unwrap();
    assert_eq!(RunFile::parse(&file.to_toml()).unwrap(), file);
}

#[test]
fn a_label_that_is_not_the_target_and_other_mistakes_are_named() {
    let text = format!(
        "{WHOLE}\n[label]\ntopic = \"\"\ncolumn = \"late\"\nwithin = \"soon\"\nby = []\ncodec = \"xml\"\nform = 1"
    );
    let why = why(&text);
    for part in [
        "task.target: must be the label's column, late",
        "label.topic: ",
        "label.within: ",
        "label.by: ",
        "label.codec: ",
        "`form`",
    ] {
        assert!(why.contains(part), "{part} is not in {why}");
    }
}

#[test]
fn a_newer_format_is_refused_and_nothing_else_is_said() {
    let problem = RunFile::parse("format = 2\nnonsense = 1").unwrap_err();
    assert_eq!(problem.why, "it is of format 2, and this program reads format 1");
    assert!(why("seed = 1").contains("format = 1"));
}

#[test]
fn broken_toml_is_named_by_line() {
    assert!(why("format = 1\nseed = \n").starts_with("line 2: "));
}

#[test]
fn a_learner_that_does_not_fit_the_task_is_a_problem() {
    let text = WHOLE.replace("kind = \"boosted-trees\"\nrounds = 50", "kind = \"ridge-regression\"");
    assert_eq!(
        why(&text),
        "learner.kind: ridge-regression does not fit the task; choose logistic-regression or boosted-trees"
    );
}

#[test]
fn steps_keep_their_order() {
    let file = RunFile::parse(WHOLE).unwrap();
    assert!(matches!(file.prepare.steps.first(), Some(StepSpec::Impute { .. })));
    assert!(matches!(file.prepare.steps.last(), Some(StepSpec::OneHot { .. })));
}
