//! Reads the sources and holds the arrows that `src/lib.rs` draws.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "helpers of a test; clippy.toml allows this in test functions only"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// What each module may use besides itself. The flow first, each with those to the left of it.
const MAY_USE: [(&str, &[&str]); 14] = [
    ("broker", &[]),
    ("jobs", &[]),
    ("files", &["jobs"]),
    ("kafka", &["jobs", "files"]),
    ("codec", &["jobs", "files", "kafka"]),
    ("data", &["jobs", "files", "kafka", "codec"]),
    ("pipeline", &["jobs", "files", "kafka", "codec", "data"]),
    ("learn", &["jobs", "files", "kafka", "codec", "data", "pipeline"]),
    ("registry", &["jobs", "files", "kafka", "codec", "data", "pipeline", "learn"]),
    ("live", &["jobs", "files", "kafka", "codec", "data", "pipeline", "learn", "registry"]),
    ("workspace", &["jobs", "files", "kafka", "codec", "data", "pipeline", "learn", "registry", "live"]),
    (
        "demo",
        &[
            "jobs",
            "files",
            "broker",
            "kafka",
            "codec",
            "data",
            "pipeline",
            "learn",
            "registry",
            "live",
            "workspace",
        ],
    ),
    (
        "app",
        &[
            "demo",
            "jobs",
            "files",
            "kafka",
            "codec",
            "data",
            "pipeline",
            "learn",
            "registry",
            "live",
            "workspace",
            "ui",
        ],
    ),
    (
        "cli",
        &[
            "demo",
            "jobs",
            "files",
            "kafka",
            "codec",
            "data",
            "pipeline",
            "learn",
            "registry",
            "live",
            "workspace",
            "app",
        ],
    ),
];

/// What `ui/` may use: everything that says what things are. Whether it does I/O with it is looked at below.
const UI_MAY_USE: &[&str] =
    &["app", "demo", "jobs", "kafka", "codec", "data", "pipeline", "learn", "registry", "live", "workspace"];

const LINES_AT_MOST: usize = 500;

/// A source file: its path below `src/`, its module, its text.
struct Source {
    path: PathBuf,
    module: String,
    text: String,
}

impl Source {
    /// Lines of code, without comments.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines = (1..).zip(self.text.lines());
        lines.filter(|(_, line)| !line.trim_start().starts_with("//"))
    }

    /// Lines of code before the tests that stand in the same file.
    fn product(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines: Vec<_> = self.text.lines().collect();
        let of_tests = |pair: &[&str]| {
            pair[0] == "#[cfg(test)]" && pair[1].starts_with("mod ") && pair[1].ends_with('{')
        };
        let end = lines.windows(2).position(of_tests).map_or(lines.len(), |at| at + 1);
        self.code().take_while(move |(number, _)| *number < end)
    }

    /// Modules of this crate that its code names, each with its line.
    fn uses(&self) -> Vec<(usize, String)> {
        self.code()
            .flat_map(|(number, line)| named(line).into_iter().map(move |name| (number, name)))
            .collect()
    }
}

/// Modules named in a line as `crate::NAME`, also in a group: `crate::{jobs, kafka::Offset}`.
fn named(line: &str) -> Vec<String> {
    let mut names = Vec::new();
    for after in line.split("crate::").skip(1) {
        let group = after.strip_prefix('{').map(|group| group.split('}').next().unwrap_or(group));
        let paths = group.map_or_else(|| vec![after], |group| group.split(',').collect());
        for path in paths {
            let name: String =
                path.trim().chars().take_while(|letter| letter.is_alphanumeric() || *letter == '_').collect();
            names.push(name);
        }
    }
    names.retain(|name| name.chars().next().is_some_and(char::is_lowercase));
    names
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut sources = Vec::new();
    collect(&root, &root, &mut sources);
    assert!(sources.len() > 100, "only {} sources found", sources.len());
    sources
}

fn collect(root: &Path, folder: &Path, sources: &mut Vec<Source>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, sources);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            let path = path.strip_prefix(root).unwrap().to_path_buf();
            let first = path.components().next().unwrap().as_os_str().to_string_lossy();
            let module = first.strip_suffix(".rs").unwrap_or(&first).to_string();
            sources.push(Source { path, module, text });
        }
    }
}

#[test]
fn each_module_uses_only_those_to_the_left_of_it() {
    let mut may_use: BTreeMap<&str, &[&str]> = MAY_USE.into();
    may_use.insert("ui", UI_MAY_USE);
    let mut wrong = Vec::new();
    for source in sources().iter().filter(|source| !["lib", "main"].contains(&source.module.as_str())) {
        let allowed = may_use.get(source.module.as_str());
        let allowed = allowed.unwrap_or_else(|| panic!("{} has no place in the flow", source.module));
        for (line, used) in source.uses() {
            if used != source.module && !allowed.contains(&used.as_str()) {
                wrong.push(format!("{}:{line} uses {used}", source.path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "arrows that point to the right:\n{}", wrong.join("\n"));
}

#[test]
fn the_reader_of_names_sees_single_and_grouped_uses() {
    assert_eq!(named("use crate::kafka::Offset;"), ["kafka"]);
    assert_eq!(named("use crate::{jobs::Cancel, live, Thing};"), ["jobs", "live"]);
    assert_eq!(named("fn of(a: crate::data::Frame, b: crate::app::State)"), ["data", "app"]);
    assert!(named("use super::thing;").is_empty());
}

#[test]
fn only_the_window_knows_egui() {
    refuse(&["eframe", "egui", "rfd"], |source| ["app", "ui"].contains(&source.module.as_str()));
}

#[test]
fn panels_do_no_input_or_output_and_start_no_threads() {
    let allowed = |source: &Source| source.module != "ui";
    refuse_text(
        &[
            "std::fs",
            "std::net",
            "std::thread",
            "std::process",
            "crate::files",
            "Cluster::connect",
            ".recv()",
            ".lock()",
        ],
        allowed,
    );
}

#[test]
fn files_of_the_user_are_written_in_one_place() {
    refuse_text(
        &["File::create", "fs::write(", "fs::rename", "OpenOptions::new()", "NamedTempFile"],
        |source| {
            // A log of frame times grows line by line, for measuring. The embedded cluster's files are its own.
            source.path == Path::new("app/frame_times.rs")
                || ["files", "broker"].contains(&source.module.as_str())
        },
    );
}

#[test]
fn unsafe_code_stands_in_one_file() {
    refuse_text(&["unsafe {", "unsafe fn", "unsafe impl", "unsafe extern"], |source| {
        source.path == Path::new("kafka/native.rs")
    });
}

#[test]
fn every_file_says_what_it_is_and_stays_readable() {
    let sources = sources();
    let long = sources.iter().filter(|source| source.text.lines().count() > LINES_AT_MOST);
    let long: Vec<_> = long.map(|source| source.path.display().to_string()).collect();
    assert!(long.is_empty(), "over {LINES_AT_MOST} lines: {}", long.join(", "));
    let is_test = |source: &Source| source.path.to_string_lossy().contains("tests");
    let mute = sources.iter().filter(|source| !is_test(source) && !source.text.starts_with("//!"));
    let mute: Vec<_> = mute.map(|source| source.path.display().to_string()).collect();
    assert!(mute.is_empty(), "without a head that says what it is: {}", mute.join(", "));
}

/// What a manifest depends on, on any system.
fn packages(manifest: &toml::Table) -> BTreeMap<&String, &toml::Value> {
    let systems = manifest.get("target").and_then(toml::Value::as_table).into_iter().flatten();
    let tables = systems.map(|(_, system)| &system["dependencies"]).chain([&manifest["dependencies"]]);
    tables.flat_map(|table| table.as_table().unwrap()).collect()
}

/// The fuzz targets are a package of their own, which nothing else here builds.
#[test]
fn the_fuzz_targets_have_each_package_that_the_embedded_cluster_uses() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let manifest =
        |path: &str| -> toml::Table { fs::read_to_string(root.join(path)).unwrap().parse().unwrap() };
    let (own, of_targets) = (manifest("Cargo.toml"), manifest("tests/fuzz/Cargo.toml"));
    let sources = sources();
    let used = |package: &str| {
        let path = format!("{}::", package.replace('-', "_"));
        let mut lines = sources.iter().filter(|source| source.module == "broker").flat_map(Source::product);
        lines.any(|(_, line)| has_word(line, &path))
    };
    let there = packages(&of_targets);
    let mut own = packages(&own);
    own.retain(|name, value| used(name) && there.get(name) != Some(value));
    let wrong: Vec<_> = own.into_keys().collect();
    assert!(wrong.is_empty(), "tests/fuzz/Cargo.toml has not, or otherwise than Cargo.toml: {wrong:?}");
}

#[test]
fn nothing_is_left_to_be_written() {
    refuse_text(&["todo!(", "unimplemented!(", "dbg!("], |_| false);
}

/// Fails for every name used as a path outside the files that may.
fn refuse(names: &[&str], may: impl Fn(&Source) -> bool) {
    let paths: Vec<String> = names.iter().map(|name| format!("{name}::")).collect();
    refuse_text(&paths.iter().map(String::as_str).collect::<Vec<_>>(), may);
}

/// Fails for every text in code, tests of a module left out, outside the files that may have it.
fn refuse_text(texts: &[&str], may: impl Fn(&Source) -> bool) {
    let mut wrong = Vec::new();
    for source in sources().iter().filter(|source| !may(source)) {
        if source.path.to_string_lossy().contains("tests") {
            continue;
        }
        for (number, line) in source.product() {
            for text in texts.iter().filter(|text| has_word(line, text)) {
                wrong.push(format!("{}:{number} has {text}", source.path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Whether the text stands in the line and not as the end of a longer word.
fn has_word(line: &str, text: &str) -> bool {
    line.match_indices(text).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !text.starts_with(char::is_alphabetic)
            || !before.is_some_and(|letter| letter.is_alphanumeric() || letter == '_')
    })
}

#[test]
fn the_page_of_bad_input_cites_tests_that_are_there_and_hold_its_messages() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join("docs/bad-input.md")).unwrap();
    let mut rows = 0;
    for row in page.lines().filter(|line| line.starts_with("| ") && line.contains(".rs::")) {
        rows += 1;
        let cells: Vec<&str> = row.trim_matches(['|', ' ']).split(" | ").collect();
        let mut holds_message = cells[2] == "none";
        for cited in cells[3].split('`').filter(|cited| !cited.trim().is_empty()) {
            let (path, name) = cited.split_once("::").unwrap();
            let source =
                fs::read_to_string(root.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"));
            let is_there = source.contains(&format!("#[test]\nfn {name}("));
            assert!(is_there, "{path} has no test {name}, which docs/bad-input.md cites");
            holds_message |= source.contains(&format!("\"{}\"", cells[0]));
        }
        assert!(holds_message, "no test that is cited for \"{}\" holds its message", cells[0]);
    }
    assert!(rows >= 30, "only {rows} rows found");
}
