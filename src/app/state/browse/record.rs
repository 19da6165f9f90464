//! A record in full, made ready to be drawn: its fields as lines, its text, its bytes.

use serde::Deserializer;
use serde::de::{DeserializeSeed, MapAccess, SeqAccess, Visitor};

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
        let mut lines = Vec::new();
        let mut parser = serde_json::Deserializer::from_slice(bytes);
        let root = Lines { depth: 0, name: String::new(), into: &mut lines };
        let parsed = root.deserialize(&mut parser).and_then(|()| parser.end());
        let tree = parsed.is_ok().then_some(lines);
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

/// Collects lines while the value is parsed, so that fields stand in the order of the record.
struct Lines<'l> {
    depth: usize,
    name: String,
    into: &'l mut Vec<TreeLine>,
}

impl Lines<'_> {
    fn line(&mut self, value: String, kind: &'static str) -> Option<usize> {
        if self.into.len() >= LINES || self.depth == 0 && matches!(kind, "object" | "list") {
            return None;
        }
        let name = if self.depth == 0 { "value".into() } else { std::mem::take(&mut self.name) };
        self.into.push(TreeLine { depth: self.depth.saturating_sub(1), name, value, kind });
        Some(self.into.len() - 1)
    }

    /// Says how many an object or a list holds, once it is known.
    fn holds(&mut self, line: Option<usize>, said: String) {
        if let Some(line) = line.and_then(|line| self.into.get_mut(line)) {
            line.value = said;
        }
    }
}

impl<'de> DeserializeSeed<'de> for Lines<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Lines<'_> {
    type Value = ();

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(mut self) -> Result<(), E> {
        self.line("null".into(), "null");
        Ok(())
    }

    fn visit_bool<E>(mut self, value: bool) -> Result<(), E> {
        self.line(value.to_string(), "bool");
        Ok(())
    }

    fn visit_i64<E>(mut self, value: i64) -> Result<(), E> {
        self.line(value.to_string(), "i64");
        Ok(())
    }

    fn visit_u64<E>(mut self, value: u64) -> Result<(), E> {
        self.line(value.to_string(), "i64");
        Ok(())
    }

    fn visit_f64<E>(mut self, value: f64) -> Result<(), E> {
        self.line(value.to_string(), "f64");
        Ok(())
    }

    fn visit_str<E>(mut self, value: &str) -> Result<(), E> {
        self.line(format!("\"{}\"", value.chars().take(LONG).collect::<String>()), "str");
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<(), A::Error> {
        let line = self.line(String::new(), "object");
        let mut count = 0;
        while let Some(name) = map.next_key::<String>()? {
            map.next_value_seed(Lines { depth: self.depth + 1, name, into: self.into })?;
            count += 1;
        }
        self.holds(line, format!("{count} fields"));
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<(), A::Error> {
        let line = self.line(String::new(), "list");
        let mut count = 0;
        loop {
            let item = Lines { depth: self.depth + 1, name: count.to_string(), into: self.into };
            if list.next_element_seed(item)?.is_none() {
                break;
            }
            count += 1;
        }
        self.holds(line, format!("{count} items"));
        Ok(())
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
