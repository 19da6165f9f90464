//! `NAME@VERSION` and `NAME@ALIAS`.

use serde::{Deserialize, Serialize};

/// A model's version, by number or by alias.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ModelRef {
    /// The model: letters, digits, `.`, `_`, `-`; at most 100.
    pub name: String,
    /// Which version.
    pub selector: Selector,
}

/// Which version of a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selector {
    /// This one.
    Version(u32),
    /// Whichever the alias points to (aliases begin with a letter).
    Alias(String),
}

impl std::str::FromStr for ModelRef {
    type Err = String;

    fn from_str(_text: &str) -> Result<Self, String> {
        todo!("registry owner")
    }
}

impl TryFrom<String> for ModelRef {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<ModelRef> for String {
    fn from(model: ModelRef) -> Self {
        model.to_string()
    }
}

impl std::fmt::Display for ModelRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.selector {
            Selector::Version(version) => write!(f, "{}@{version}", self.name),
            Selector::Alias(alias) => write!(f, "{}@{alias}", self.name),
        }
    }
}
