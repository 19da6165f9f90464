//! What a label's value means to a version: its classes may be other ones, and its limit.

use std::sync::Arc;

use crate::learn::{Target, TaskKind};
use crate::live::stats::Truth;
use crate::registry::Manifest;

/// A label's value as it was read.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum LabelValue {
    Null,
    Number(f64),
    Text(Arc<str>),
}

/// How a version reads labels.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Meaning {
    /// Its classes; empty for a number.
    pub(super) classes: Vec<String>,
    /// What is above it is the second class.
    above: Option<f64>,
}

impl Meaning {
    pub(super) fn of(manifest: &Manifest) -> Self {
        let above = match &manifest.task.target {
            Target::Above { above, .. } => Some(*above),
            Target::Column(_) => None,
        };
        let classes = match manifest.task.kind {
            TaskKind::Classification => manifest.classes.clone(),
            TaskKind::Regression => Vec::new(),
        };
        Self { classes, above }
    }

    /// Reads a label as training reads its target ([`crate::learn::TaskSpec::labels`]).
    pub(super) fn truth(&self, value: &LabelValue) -> Truth {
        match (value, self.above) {
            (LabelValue::Null, _) => Truth::Missing,
            (LabelValue::Number(number), _) if !number.is_finite() => Truth::Missing,
            (LabelValue::Number(number), Some(above)) => {
                self.class(if *number > above { "true" } else { "false" })
            }
            (LabelValue::Text(_), Some(_)) => Truth::Missing,
            (LabelValue::Number(number), None) if self.classes.is_empty() => Truth::Number(*number),
            // Zero has one name, whatever its sign.
            (LabelValue::Number(number), None) => self.class(&(number + 0.0).to_string()),
            (LabelValue::Text(_), None) if self.classes.is_empty() => Truth::Missing,
            (LabelValue::Text(text), None) => self.class(text),
        }
    }

    fn class(&self, name: &str) -> Truth {
        let known = self.classes.iter().position(|class| class == name);
        known.map_or_else(|| Truth::Other(name.into()), |class| Truth::Class(class as u32))
    }
}

#[cfg(test)]
mod tests {
    use polars::prelude::*;

    use super::*;
    use crate::learn::{Labels, TaskSpec};

    fn meaning(classes: &[&str], above: Option<f64>) -> Meaning {
        Meaning { classes: classes.iter().map(|class| (*class).into()).collect(), above }
    }

    fn value(value: AnyValue<'_>) -> LabelValue {
        super::super::label_records::value(&value)
    }

    /// What training makes of a column is what live labels are.
    #[test]
    fn labels_are_read_as_training_reads_its_target() {
        let columns = [
            Column::new("y".into(), [3_i64, -1, 3, 10]),
            Column::new("y".into(), [0.0, -0.0, 2.5, 1e300]),
            Column::new("y".into(), [true, false, true, true]),
            Column::new("y".into(), ["b", "", "a", "b"]),
        ];
        for column in columns {
            let data = DataFrame::new(column.len(), vec![column.clone()]).unwrap();
            let task: TaskSpec =
                serde_json::from_value(serde_json::json!({"kind": "classification", "target": "y"})).unwrap();
            let Labels::Classes { names, classes } = task.labels(&data).unwrap().labels else { panic!() };
            let meaning = meaning(&names.iter().map(String::as_str).collect::<Vec<_>>(), None);
            for (row, class) in classes.iter().enumerate() {
                assert_eq!(
                    meaning.truth(&value(column.get(row).unwrap())),
                    Truth::Class(*class),
                    "{column:?}"
                );
            }
        }
    }

    #[test]
    fn a_limit_parts_numbers_strictly_and_nothing_else() {
        let late = meaning(&["false", "true"], Some(15.0));
        assert_eq!(late.truth(&LabelValue::Number(15.0)), Truth::Class(0));
        assert_eq!(late.truth(&LabelValue::Number(15.5)), Truth::Class(1));
        for value in [LabelValue::Null, LabelValue::Number(f64::NAN), LabelValue::Text("16".into())] {
            assert_eq!(late.truth(&value), Truth::Missing);
        }
    }

    #[test]
    fn a_class_that_the_version_does_not_know_is_told() {
        let meaning = meaning(&["a", "b"], None);
        assert_eq!(meaning.truth(&LabelValue::Text("c".into())), Truth::Other("c".into()));
        assert_eq!(super::tests::meaning(&[], None).truth(&LabelValue::Text("5".into())), Truth::Missing);
    }
}
