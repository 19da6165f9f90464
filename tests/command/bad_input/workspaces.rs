//! Workspace files that are not as they were written. The window opens them through the same [`Place`].

use std::fs;

use forebay::workspace::{Place, SavedPipeline, Workspace};

use super::page;

/// A folder with a saved workspace in it, and the file's text.
fn saved() -> (tempfile::TempDir, Place, String) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("late.forebay");
    let pipelines = vec![SavedPipeline { name: "as it comes".into(), ..SavedPipeline::default() }];
    let place = Place::at(&path);
    place.save(&Workspace { pipelines, ..Workspace::default() }).unwrap();
    let text = fs::read_to_string(&path).unwrap();
    (folder, place, text)
}

/// What is said of the file with this text, which stays as it is.
fn refusal(place: &Place, text: &str) -> String {
    let file = place.file().unwrap();
    fs::write(file, text).unwrap();
    let problem = place.open().unwrap_err();
    assert_eq!(fs::read_to_string(file).unwrap(), text);
    problem.to_string()
}

#[test]
fn a_file_cut_in_half_is_refused_and_left_as_it_is() {
    let (folder, place, text) = saved();
    let told = refusal(&place, &text[..text.len() / 2]);
    page::says("a workspace file cut in half", &[(&folder.path().display().to_string(), "/home/ada")], &told);
}

#[test]
fn a_file_of_a_newer_version_is_refused_and_left_as_it_is() {
    let (folder, place, text) = saved();
    let told = refusal(&place, &text.replace("format = 1", "format = 2"));
    page::says(
        "a workspace file from a newer version",
        &[(&folder.path().display().to_string(), "/home/ada")],
        &told,
    );
}
