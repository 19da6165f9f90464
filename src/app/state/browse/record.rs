//! A record in full, made ready to be drawn: its fields as lines, its text, its bytes.

use serde_json::Value;

use crate::data::FullRecord;

/// Lines of a record's tree at most; a larger record is still there as text and as bytes.
const LINES: usize = 20_000;
/// Characters of one value in the tree at most.
const LONG: usize = 2_000;

/// A record with its lines.
#[derive(Clone, Debug, PartialEq)]
pub struct RecordView {
    /// As it is in the log.
    pub record: FullRecord,
    /// Its fields, from top to bottom; `None` where the value is not JSON.
    pub tree: Option<Vec<TreeLine>>,
    /// Why it is not.
    pub not_json: Option<String>,
    /// Its value as text, line by line; bytes that are not UTF-8 are replaced.
    pub text: Vec<String>,
}

/// One line of the tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TreeLine {
    /// How deep it lies.
    pub depth: usize,
    /// The field's name, or the number of an item.
    pub name: String,
    /// Its value; of an object or a list how many it holds.
    pub value: String,
    /// `i64`, `f64`, `str`, `bool`, `null`, `object`, `list`.
    pub kind: &'static str,
}

impl RecordView {
    /// Of a record.
    pub fn new(record: FullRecord) -> Self {
        let bytes = record.value.as_deref().unwrap_or_default();
        let parsed = serde_json::from_slice::<Value>(bytes);
        let tree = parsed.as_ref().ok().map(|value| {
            let mut lines = Vec::new();
            children(value, 0, &mut lines);
            lines
        });
        let not_json = parsed.err().filter(|_| record.value.is_some()).map(|error| error.to_string());
        let text = String::from_utf8_lossy(bytes).lines().map(str::to_owned).collect();
        Self { record, tree, not_json, text }
    }

    /// Bytes of the value.
    pub fn bytes(&self) -> &[u8] {
        self.record.value.as_deref().unwrap_or_default()
    }

    /// Rows of 12 bytes.
    pub fn hex_rows(&self) -> usize {
        self.bytes().len().div_ceil(12)
    }

    /// A row of 12 bytes: where it begins, in hexadecimal, as text.
    pub fn hex_row(&self, row: usize) -> (String, String, String) {
        let start = row * 12;
        let bytes = self.bytes().get(start..(start + 12).min(self.bytes().len())).unwrap_or_default();
        let hex = bytes.iter().map(|byte| format!("{byte:02x} ")).collect();
        let seen = |byte: &u8| if byte.is_ascii_graphic() || *byte == b' ' { *byte as char } else { '.' };
        (format!("{start:06x}"), hex, bytes.iter().map(seen).collect())
    }
}

fn children(value: &Value, depth: usize, lines: &mut Vec<TreeLine>) {
    match value {
        Value::Object(fields) => {
            fields.iter().for_each(|(name, value)| line(name.clone(), value, depth, lines))
        }
        Value::Array(items) => {
            let numbered = items.iter().enumerate();
            numbered.for_each(|(index, value)| line(index.to_string(), value, depth, lines));
        }
        other => line("value".into(), other, depth, lines),
    }
}

fn line(name: String, value: &Value, depth: usize, lines: &mut Vec<TreeLine>) {
    if lines.len() >= LINES {
        return;
    }
    let (text, kind) = match value {
        Value::Null => ("null".into(), "null"),
        Value::Bool(value) => (value.to_string(), "bool"),
        Value::Number(number) if number.is_f64() => (number.to_string(), "f64"),
        Value::Number(number) => (number.to_string(), "i64"),
        Value::String(text) => (format!("\"{}\"", text.chars().take(LONG).collect::<String>()), "str"),
        Value::Array(items) => (format!("{} items", items.len()), "list"),
        Value::Object(fields) => (format!("{} fields", fields.len()), "object"),
    };
    lines.push(TreeLine { depth, name, value: text, kind });
    if value.is_object() || value.is_array() {
        children(value, depth + 1, lines);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kafka::{Offset, PartitionId};

    fn record(value: &[u8]) -> RecordView {
        RecordView::new(FullRecord {
            topic: "flights".into(),
            partition: PartitionId(0),
            offset: Offset(9_042),
            timestamp: None,
            key: None,
            value: Some(value.to_vec()),
            headers: Vec::new(),
        })
    }

    #[test]
    fn a_tree_has_a_line_per_field_with_its_type() {
        let view = record(br#"{"flight":4537,"temp":32.9,"to":{"dest":"IAD"},"big":9007199254740993}"#);
        let lines = view.tree.expect("it is JSON");
        let said: Vec<_> = lines.iter().map(|line| (line.depth, line.value.as_str(), line.kind)).collect();
        assert!(said.contains(&(0, "4537", "i64")) && said.contains(&(1, "\"IAD\"", "str")), "{said:?}");
        assert!(said.contains(&(0, "9007199254740993", "i64")), "64 bits are exact: {said:?}");
    }

    #[test]
    fn bytes_that_are_not_json_are_there_as_text_and_hex() {
        let view = record(b"\xff\x00not json");
        assert!(view.tree.is_none() && view.not_json.is_some());
        let (at, hex, text) = view.hex_row(0);
        assert_eq!((at.as_str(), text.as_str()), ("000000", "..not json"));
        assert!(hex.starts_with("ff 00 6e"));
        assert_eq!(view.hex_rows(), 1);
    }
}
