//! Stories of a workspace on disk.

use std::fs;
use std::path::Path;

use super::*;
use crate::files;
use crate::kafka::{Bound, Offset, PartitionId, PartitionRange, RangeSpec, Slice, TopicSlice};
use crate::pipeline::StepSpec;

const RUN_FILE: &str = r#"
format = 1
seed = 7
[slice]
topics = ["flights"]
from = "2013-01-01T00:00:00Z"
to = "2013-02-01T00:00:00Z"
codec = "json"
[task]
kind = "classification"
target = { column = "arr_delay", above = 15.0 }
[[prepare]]
step = "impute"
columns = ["temp"]
with = "median"
[learner]
kind = "boosted-trees"
rounds = 10
"#;

fn slice() -> Slice {
    let range = |partition, start, end| PartitionRange {
        partition: PartitionId(partition),
        start: Offset(start),
        end: Offset(end),
    };
    let partitions = (0..12).map(|partition| range(partition, 1_200, i64::MAX - 1)).collect();
    let topic = TopicSlice { topic: "flights.2013".into(), topic_id: None, partitions };
    Slice { cluster_id: "MkU3OEVBNTcwNTJENDM2Qk".into(), topics: vec![topic] }
}

fn workspace() -> Workspace {
    let range = RangeSpec {
        topics: vec!["flights".into()],
        from: Bound::Beginning,
        to: Bound::LastRecords(1_000),
        partitions: None,
    };
    let filter = Some("origin == \"JFK\"".to_string());
    Workspace {
        connection: Some(ConnectionRef { name: "plant".into(), cluster_id: Some("MkU3".into()) }),
        layout: Layout {
            stage: Some("browse".into()),
            widths: [("topics".into(), 248.0)].into(),
            ..Layout::default()
        },
        ranges: [("flights".into(), SavedRange { range, codec: "json".into(), filter: filter.clone() })]
            .into(),
        slices: vec![SavedSlice {
            name: "January".into(),
            codec: "json".into(),
            filter,
            rows: Some(27_004),
            content: vec!["ab".into()],
            slice: slice(),
        }],
        pipelines: vec![SavedPipeline {
            name: "weather".into(),
            topic: Some("flights".into()),
            label: Some(crate::data::LabelSpec::by_key("arrived", "late", "2h")),
            steps: crate::pipeline::PipelineSpec {
                steps: vec![StepSpec::Drop { columns: vec!["tailnum".into()] }],
            },
        }],
        ..Workspace::default()
    }
}

fn saved_run(name: &str) -> SavedRun {
    SavedRun {
        name: name.into(),
        ended: 1_700_000_000_000,
        digest: "0".repeat(64),
        slice: slice().digest(),
        label_slice: None,
        rows: [70, 15, 15, 0, 0],
        published: None,
        test_opened: false,
        metrics: RunMetrics { valid: [("roc_auc".into(), 0.1 + 0.2)].into(), ..RunMetrics::default() },
        file: toml::from_str(RUN_FILE).unwrap(),
        result: None,
    }
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn what_was_saved_is_opened_again_and_saved_to_the_same_text() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("late.forebay");
    let mut workspace = workspace();
    workspace.runs.push(saved_run("first"));
    Place::at(&path).save(&workspace).unwrap();
    let text = fs::read_to_string(&path).unwrap();

    let opened = Place::at(&path).open().unwrap();
    assert_eq!(opened.workspace, workspace);
    assert_eq!(opened.workspace.runs[0].metrics, workspace.runs[0].metrics);
    assert_eq!(opened.workspace.runs[0].file, workspace.runs[0].file);
    Place::at(&path).save(&opened.workspace).unwrap();
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
}

#[test]
fn offsets_take_one_line_per_partition_in_order() {
    let text = format::text(&workspace()).unwrap();
    let lines: Vec<_> =
        text.lines().filter(|line| line.ends_with(&format!("[1200, {}]", i64::MAX - 1))).collect();
    assert_eq!(lines.len(), 12);
    assert!(lines[2].starts_with("2 = ") && lines[11].starts_with("11 = "), "{lines:?}");
}

#[test]
fn a_run_whose_result_is_gone_or_changed_is_kept_and_named() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::at(&folder.path().join("late.forebay"));
    let mut workspace = workspace();
    workspace.runs.push(saved_run("first"));
    place.save(&workspace).unwrap();
    let gone = place.open().unwrap();
    assert_eq!(gone.workspace.runs.len(), 1);
    assert_eq!(gone.missing[0].0, "first");

    let results = folder.path().join("late.forebay.d");
    files::make_folder(&results).unwrap();
    files::write(&results.join(workspace.runs[0].file_name()), b"{}").unwrap();
    let changed = place.open().unwrap();
    assert!(changed.missing[0].1.ends_with("its content has changed since it was written"), "{changed:?}");
}

#[test]
fn a_file_cut_anywhere_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("late.forebay");
    Place::at(&path).save(&workspace()).unwrap();
    let whole = fs::read(&path).unwrap();
    for cut in (100..whole.len() - 10).step_by(37) {
        fs::write(&path, &whole[..cut]).unwrap();
        let problem = Place::at(&path).open().unwrap_err();
        assert!(problem.why.starts_with("its end is missing"), "cut at {cut}: {problem}");
        assert_eq!(fs::read(&path).unwrap(), whole[..cut]);
    }
}

#[test]
fn a_newer_file_and_a_file_of_another_kind_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("late.forebay");
    fs::write(&path, "format = 9\nwonder = true\n").unwrap();
    let problem = Place::at(&path).open().unwrap_err();
    assert_eq!(problem.why, "it has format 9; this version of Forebay knows formats up to 1");
    fs::write(&path, "{\"not\": \"toml\"}").unwrap();
    assert!(Place::at(&path).open().unwrap_err().why.contains("TOML parse error"));
    fs::write(&path, "format = 1\nrangs = {}\n").unwrap();
    assert!(Place::at(&path).open().unwrap_err().why.contains("rangs"));
}

#[test]
fn unsaved_work_is_offered_until_it_is_saved_or_discarded() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("late.forebay");
    let place = Place::at(&path);
    place.save(&Workspace::default()).unwrap();
    place.autosave(&workspace()).unwrap();

    let again = Place::at(&path);
    assert_eq!(again.open().unwrap().workspace, Workspace::default());
    assert_eq!(again.recover().unwrap().unwrap().opened.workspace, workspace());
    again.save(&workspace()).unwrap();
    assert!(again.recover().unwrap().is_none());
    assert_eq!(names(folder.path()), ["late.forebay"]);
}

#[test]
fn a_workspace_without_a_file_is_kept_in_the_configuration_folder() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::unnamed(&ConfigFolder::at(folder.path().join("forebay")));
    assert_eq!(place.save(&workspace()).unwrap_err().next, "Choose a name for it.");
    place.autosave(&workspace()).unwrap();
    assert_eq!(place.recover().unwrap().unwrap().opened.workspace, workspace());
    place.discard_autosave().unwrap();
    assert!(place.recover().unwrap().is_none());
}

#[test]
fn saving_where_nothing_can_be_written_says_so_and_keeps_the_old_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("late.forebay");
    let place = Place::at(&path);
    place.save(&workspace()).unwrap();
    let before = fs::read(&path).unwrap();
    // The user running the tests may be allowed everything; a file that is marked read-only is refused to anybody.
    let mut permissions = fs::metadata(&path).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&path, permissions).unwrap();
    let problem = place.save(&Workspace::default()).unwrap_err();
    assert_eq!(problem.next, "Nothing was replaced. Choose a folder that you may write to.");
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn its_cluster_is_known_without_opening_it_and_a_removed_one_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("late.forebay");
    let place = Place::at(&path);
    assert_eq!(place.connection(), None);
    place.save(&workspace()).unwrap();
    place.autosave(&workspace()).unwrap();
    assert_eq!(place.connection(), workspace().connection);
    fs::write(&path, "not a workspace").unwrap();
    assert_eq!(place.connection(), None);
    place.remove().unwrap();
    assert_eq!(names(folder.path()), Vec::<String>::new());
    place.remove().unwrap();
}
