//! Prediction records: the JSON that docs/live-scoring.md defines.
//!
//! In: values and where the input stands. Out: bytes, written into one buffer that is used again and again; nothing is built
//! per record.

use serde::Serialize;

use crate::kafka::{Offset, PartitionId};
use crate::registry::Manifest;

/// Writes the predictions of one version.
pub(super) struct PredictionWriter {
    /// `{"prediction":`, then per class its name as JSON.
    classes: Vec<Vec<u8>>,
    /// What follows the values: `,"model":{…},"input":{"topic":…,"partition":`.
    middle: Vec<u8>,
    buffer: Vec<u8>,
}

/// Where an input record stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct InputPlace {
    pub(super) partition: PartitionId,
    pub(super) offset: Offset,
    /// ms since 1970.
    pub(super) timestamp: Option<i64>,
}

impl PredictionWriter {
    pub(super) fn new(model: &str, version: u32, manifest: &Manifest, input: &str) -> Self {
        let mut middle = b",\"model\":{\"name\":".to_vec();
        put(&mut middle, model);
        middle.extend(b",\"version\":");
        put(&mut middle, version);
        middle.extend(b"},\"input\":{\"topic\":");
        put(&mut middle, input);
        middle.extend(b",\"partition\":");
        Self { classes: manifest.classes.iter().map(json).collect(), middle, buffer: Vec::with_capacity(512) }
    }

    /// The record's value: `values` are the probabilities in the order of the classes, or the one number.
    pub(super) fn write(&mut self, values: &[f64], place: InputPlace) -> &[u8] {
        self.buffer.clear();
        self.buffer.extend(b"{\"prediction\":");
        if self.classes.is_empty() {
            put(&mut self.buffer, values.first());
        } else {
            let class = self.classes.get(most_probable(values) as usize);
            self.buffer.extend(class.map_or(&b"null"[..], Vec::as_slice));
            self.buffer.extend(b",\"probabilities\":{");
            for (number, (class, value)) in self.classes.iter().zip(values).enumerate() {
                if number > 0 {
                    self.buffer.push(b',');
                }
                self.buffer.extend(class);
                self.buffer.push(b':');
                put(&mut self.buffer, value);
            }
            self.buffer.push(b'}');
        }
        self.buffer.extend(&self.middle);
        put(&mut self.buffer, place.partition.0);
        self.buffer.extend(b",\"offset\":");
        put(&mut self.buffer, place.offset.0);
        self.buffer.extend(b",\"timestamp\":");
        put(&mut self.buffer, place.timestamp);
        self.buffer.extend(b"}}");
        &self.buffer
    }
}

/// The most probable class; the first one wins a tie, as everywhere.
pub(super) fn most_probable(values: &[f64]) -> u32 {
    let mut best = (0, f64::NEG_INFINITY);
    for (class, &value) in (0..).zip(values) {
        if value > best.1 {
            best = (class, value);
        }
    }
    best.0
}

/// Writing numbers and text into memory cannot fail.
fn put(buffer: &mut Vec<u8>, value: impl Serialize) {
    let _ = serde_json::to_writer(buffer, &value);
}

fn json(text: &String) -> Vec<u8> {
    let mut bytes = Vec::new();
    put(&mut bytes, text);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    fn writer(classes: &[&str]) -> PredictionWriter {
        let classes = classes.iter().map(|class| json(&class.to_string())).collect();
        let middle =
            br#","model":{"name":"delay","version":6},"input":{"topic":"flights","partition":"#.to_vec();
        PredictionWriter { classes, middle, buffer: Vec::new() }
    }

    fn place(timestamp: Option<i64>) -> InputPlace {
        InputPlace { partition: PartitionId(1), offset: Offset(i64::MAX), timestamp }
    }

    #[test]
    fn a_classification_has_its_class_and_every_probability() {
        let mut writer = writer(&["on time", "\"late\""]);
        let text = String::from_utf8(writer.write(&[0.25, 0.75], place(Some(5))).to_vec()).unwrap();
        assert_eq!(
            text,
            r#"{"prediction":"\"late\"","probabilities":{"on time":0.25,"\"late\"":0.75},"model":{"name":"delay","version":6},"input":{"topic":"flights","partition":1,"offset":9223372036854775807,"timestamp":5}}"#
        );
    }

    #[test]
    fn a_number_stands_alone_and_the_buffer_is_used_again() {
        let mut writer = writer(&[]);
        writer.write(&[1e300], place(None));
        let value: serde_json::Value = serde_json::from_slice(writer.write(&[-0.1], place(None))).unwrap();
        assert_eq!(value["prediction"], -0.1);
        assert_eq!(value["input"]["timestamp"], serde_json::Value::Null);
        assert!(value.get("probabilities").is_none());
    }

    #[test]
    fn the_first_class_wins_a_tie() {
        assert_eq!(most_probable(&[0.5, 0.5]), 0);
        assert_eq!(most_probable(&[0.2, 0.5, 0.3]), 1);
    }
}
