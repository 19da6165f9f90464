//! What is exported can be read again, and a failed export leaves nothing behind.

use std::fs;
use std::path::{Path, PathBuf};

use polars::prelude::*;

use super::*;
use crate::codec::{Codec, Decoding, Json, Schema, assemble};
use crate::jobs::{Cancel, Problem, Progress};
use crate::kafka::{EventTime, Offset, PartitionId, PartitionRange, RecordBatch, Slice, TopicSlice};

fn frame() -> Frame {
    let mut batch = RecordBatch::new("flights".into(), PartitionId(0));
    let time = Some(EventTime(1_357_017_300_000));
    batch.push(Offset(5), time, Some(b"k"), Some(br#"{"a":9007199254740993,"b":1.5,"c":"x, \"y\""}"#), []);
    batch.push(Offset(6), None, None, Some(br#"{"a":2,"d":true}"#), []);
    batch.push(Offset(7), time, Some(b"\xff\x00"), Some(br#"{"a":3,"c":""}"#), []);
    let mut decoder = Json.decoder(&Schema::default(), Decoding::Widen);
    decoder.decode(&batch);
    let decoded = assemble(vec![decoder.take_chunk()], false);
    let range = PartitionRange { partition: PartitionId(0), start: Offset(5), end: Offset(8) };
    let topic = TopicSlice { topic: "flights".into(), topic_id: None, partitions: vec![range] };
    Frame::of(decoded.frame, decoded.schema, Slice { cluster_id: "c".into(), topics: vec![topic] })
}

fn write(path: &Path) -> Result<(), Problem> {
    export(&frame(), path, ExportFormat::of(path)?, &Progress::new(), &Cancel::new())
}

fn names(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}

#[test]
fn parquet_and_arrow_come_back_the_same() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["a.parquet", "a.arrow"] {
        let path = folder.path().join(name);
        write(&path).unwrap();
        let again = import(&path).unwrap();
        assert!(again.equals_missing(&frame().data), "{name} {again}");
    }
    assert_eq!(names(folder.path()).len(), 2, "no temporary file is left");
}

#[test]
fn a_parquet_file_says_which_slice_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.parquet");
    write(&path).unwrap();
    let mut reader = ParquetReader::new(fs::File::open(&path).unwrap());
    let metadata = reader.get_metadata().unwrap().key_value_metadata().clone().unwrap();
    let entry = metadata.iter().find(|entry| entry.key == "forebay.slice").unwrap();
    let slice: Slice = serde_json::from_str(entry.value.as_ref().unwrap()).unwrap();
    assert_eq!(slice, *frame().slice);
}

#[test]
fn lines_of_json_are_plain_and_come_back_with_the_same_types() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.jsonl");
    write(&path).unwrap();
    let first = fs::read_to_string(&path).unwrap().lines().next().unwrap().to_owned();
    let first: serde_json::Value = serde_json::from_str(&first).unwrap();
    assert_eq!(first["a"], 9_007_199_254_740_993_i64);
    assert_eq!((&first["_key"], &first["_timestamp"]), (&"k".into(), &"2013-01-01T05:15:00Z".into()));
    let again = import(&path).unwrap();
    for name in ["a", "b", "c", "d", "_offset"] {
        let (new, old) = (again.column(name).unwrap(), frame().data.column(name).unwrap().clone());
        assert!(new.equals_missing(&old), "{name}");
    }
    let keys: Vec<_> = again.column("_key").unwrap().str().unwrap().iter().collect();
    assert_eq!(keys, [Some("k"), None, Some("0xff00")]);

    let mut lines = Vec::new();
    write_lines(&frame(), &mut lines, &Progress::new(), &Cancel::new()).unwrap();
    assert_eq!(lines, fs::read(&path).unwrap());
}

#[test]
fn csv_quotes_what_needs_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.csv");
    write(&path).unwrap();
    let text = fs::read_to_string(&path).unwrap();
    assert!(
        text.starts_with("_partition,_offset,_timestamp,_key,a,b,c,d\n0,5,2013-01-01T05:15:00Z,k,"),
        "{text}"
    );
    let again = import(&path).unwrap();
    assert_eq!(again.column("c").unwrap().str().unwrap().get(0), Some("x, \"y\""));
    assert_eq!(again.column("a").unwrap().i64().unwrap().get(0), Some(9_007_199_254_740_993));
}

#[test]
fn an_unknown_ending_names_those_there_are() {
    let problem = write(Path::new("a.xlsx")).unwrap_err();
    assert_eq!(
        (problem.why.as_str(), problem.next.as_str()),
        ("the ending .xlsx is not known", "Use .parquet, .arrow, .csv or .jsonl.")
    );
}

#[test]
fn a_line_that_is_not_json_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.jsonl");
    fs::write(&path, "{\"a\":1}\n\n{\"a\":\r\n").unwrap();
    assert!(import(&path).unwrap_err().why.starts_with("line 3: not JSON at byte"));
}

#[test]
fn a_folder_that_is_not_there_and_a_cancel_leave_nothing() {
    let folder = tempfile::tempdir().unwrap();
    assert!(write(&folder.path().join("no/a.csv")).unwrap_err().next.contains("folder"));
    let cancel = Cancel::new();
    cancel.cancel();
    let path = folder.path().join("a.parquet");
    let problem = export(&frame(), &path, ExportFormat::Parquet, &Progress::new(), &cancel).unwrap_err();
    assert!(problem.cancelled);
    assert!(names(folder.path()).is_empty());
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_told_in_the_systems_words() {
    let mut full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let problem = write_lines(&frame(), &mut full, &Progress::new(), &Cancel::new()).unwrap_err();
    assert!(problem.to_string().contains("No space left on device"), "{problem}");
}
