//! What is joined, as people write it: `[label]` of a run file.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::codec::{by_name, meta};
use crate::kafka::parse_span;

/// `[label]` of a run file; the same for a deployment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LabelSpec {
    /// The topic that holds the labels.
    pub topic: String,
    /// The field of a label record that is the label; it becomes a column of this name.
    pub column: String,
    /// How long after its event a label may come: `48h`.
    pub within: String,
    /// How a label finds its event.
    #[serde(default)]
    pub by: LabelBy,
    /// The codec of the label records.
    #[serde(default = "json")]
    pub codec: String,
}

/// What event and label must have in common. As text: `"key"`, `["carrier", "flight"]` where both have fields of the same
/// names, or `{ event = ["carrier"], label = ["airline"] }`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum LabelBy {
    /// The record's key, byte for byte.
    #[default]
    Key,
    /// Fields of the payloads, pair by pair, compared as text: 5, 5.0 and "5" are the same.
    Fields {
        /// Those of the event.
        event: Vec<String>,
        /// Those of the label, in the same order.
        label: Vec<String>,
    },
}

fn json() -> String {
    "json".into()
}

impl LabelSpec {
    /// By record key, as JSON.
    pub fn by_key(topic: impl Into<String>, column: impl Into<String>, within: impl Into<String>) -> Self {
        Self {
            topic: topic.into(),
            column: column.into(),
            within: within.into(),
            by: LabelBy::Key,
            codec: json(),
        }
    }

    /// The bound in milliseconds; the error says what was expected.
    pub fn within_ms(&self) -> Result<i64, String> {
        parse_span(&self.within).map(|span| i64::try_from(span).unwrap_or(i64::MAX))
    }

    /// Everything wrong with it, as (field, why).
    pub fn check(&self) -> Vec<(String, String)> {
        let mut problems = Vec::new();
        let mut wrong = |field: &str, why: String| problems.push((field.to_string(), why));
        if self.topic.is_empty() {
            wrong("topic", "a topic is needed".into());
        }
        if self.column.is_empty() {
            wrong("column", "name the field that holds the label".into());
        }
        if meta::ALL.contains(&self.column.as_str()) {
            wrong("column", format!("{} says where a record is and is no label", self.column));
        }
        if let Err(why) = self.within_ms() {
            wrong("within", why);
        }
        if let Err(why) = by_name(&self.codec) {
            wrong("codec", why);
        }
        if let Err(why) = self.by.check() {
            wrong("by", why);
        }
        problems
    }
}

impl LabelBy {
    /// Fields of the same names on both sides.
    pub fn fields<S: Into<String>>(names: impl IntoIterator<Item = S>) -> Self {
        let names: Vec<String> = names.into_iter().map(Into::into).collect();
        Self::Fields { event: names.clone(), label: names }
    }

    fn check(&self) -> Result<(), String> {
        let Self::Fields { event, label } = self else { return Ok(()) };
        if event.is_empty() || label.is_empty() {
            return Err("name at least one field, or \"key\"".into());
        }
        if event.len() != label.len() {
            return Err(format!(
                "there are {} fields of the event and {} of the label: each needs its other",
                event.len(),
                label.len()
            ));
        }
        Ok(())
    }
}

/// The forms in which it is written.
#[derive(Serialize, Deserialize)]
#[serde(untagged, expecting = "by must be \"key\", a list of fields, or { event = […], label = […] }")]
enum Written {
    Word(String),
    Same(Vec<String>),
    Pairs(Pairs),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Pairs {
    event: Vec<String>,
    label: Vec<String>,
}

impl Serialize for LabelBy {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let written = match self.clone() {
            Self::Key => Written::Word("key".into()),
            Self::Fields { event, label } if event == label => Written::Same(event),
            Self::Fields { event, label } => Written::Pairs(Pairs { event, label }),
        };
        written.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for LabelBy {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Written::deserialize(deserializer)? {
            Written::Word(word) if word == "key" => Ok(Self::Key),
            Written::Word(word) => Err(serde::de::Error::custom(format!(
                "by is {word:?}: expected \"key\", or a list of fields"
            ))),
            Written::Same(names) => Ok(Self::fields(names)),
            Written::Pairs(Pairs { event, label }) => Ok(Self::Fields { event, label }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHORT: &str = "topic = \"flights.arrived\"\ncolumn = \"arr_delay\"\nwithin = \"48h\"\n";

    fn read(by: &str) -> Result<LabelSpec, String> {
        toml::from_str(&format!("{SHORT}{by}")).map_err(|error| error.message().to_owned())
    }

    fn fields(spec: &LabelSpec) -> Vec<String> {
        spec.check().into_iter().map(|(field, _)| field).collect()
    }

    #[test]
    fn key_and_json_may_be_left_out() {
        let spec = read("").unwrap();
        assert_eq!(spec, LabelSpec::by_key("flights.arrived", "arr_delay", "48h"));
        assert_eq!((spec.within_ms(), spec.check()), (Ok(172_800_000), vec![]));
    }

    #[test]
    fn fields_are_written_as_they_are_read() {
        for by in [
            "by = \"key\"",
            "by = [\"carrier\", \"flight\"]",
            "by = { event = [\"carrier\"], label = [\"airline\"] }",
        ] {
            let spec = read(by).unwrap();
            let text = toml::to_string(&spec).unwrap();
            assert_eq!(toml::from_str::<LabelSpec>(&text).unwrap(), spec, "{text}");
            let json = serde_json::to_string(&spec).unwrap();
            assert_eq!(serde_json::from_str::<LabelSpec>(&json).unwrap(), spec, "{json}");
        }
        assert_eq!(read("by = [\"a\"]").unwrap().by, LabelBy::fields(["a"]));
    }

    #[test]
    fn what_cannot_be_joined_is_said_with_its_field() {
        assert!(read("by = \"kee\"").unwrap_err().contains("expected \"key\""));
        assert!(read("by = 3").unwrap_err().contains("by must be \"key\""));
        let spec = LabelSpec::by_key("", "_offset", "soon");
        assert_eq!(fields(&spec), ["topic", "column", "within"]);
        let uneven = LabelBy::Fields { event: vec!["a".into()], label: vec![] };
        let spec = LabelSpec { by: uneven, codec: "xml".into(), ..read("").unwrap() };
        assert_eq!(fields(&spec), ["codec", "by"]);
    }
}
