//! `NAME@VERSION` and `NAME@ALIAS`.

use serde::{Deserialize, Serialize};

use super::error::{RegistryError, Result as RegistryResult};

/// A model's version, by number or by alias.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ModelRef {
    /// The model: letters, digits, `.`, `_`, `-`, the first a letter or digit; at most 100.
    pub name: String,
    /// Which version.
    pub selector: Selector,
}

/// Which version of a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Selector {
    /// This one; counts from 1.
    Version(u32),
    /// Whichever the alias points to (the same characters as a name, the first a letter).
    Alias(String),
}

const LONGEST: usize = 100;

/// Refuses what cannot be a model's name. A name that passes is safe as a file name and as a part of a key.
pub(super) fn check_name(name: &str) -> RegistryResult<()> {
    check(name, |first| first.is_ascii_alphanumeric(), "a letter or digit")
}

/// Refuses what cannot be an alias.
pub(super) fn check_alias(alias: &str) -> RegistryResult<()> {
    check(alias, |first| first.is_ascii_alphabetic(), "a letter")
}

fn check(name: &str, first: impl Fn(char) -> bool, what: &str) -> RegistryResult<()> {
    let refuse = |why: String| Err(RegistryError::Name { name: name.into(), why });
    if name.len() > LONGEST {
        return refuse(format!("at most {LONGEST} characters"));
    }
    if !name.starts_with(first) {
        return refuse(format!("must begin with {what}"));
    }
    let odd = name.chars().find(|&letter| !(letter.is_ascii_alphanumeric() || "._-".contains(letter)));
    match odd {
        Some(odd) => refuse(format!("only letters, digits, . _ and - are allowed, not \"{odd}\"")),
        None => Ok(()),
    }
}

/// A version as it is written: decimal, from 1, without sign or leading zero.
pub(super) fn parse_version(text: &str) -> Option<u32> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    if plain { text.parse().ok() } else { None }
}

impl std::str::FromStr for ModelRef {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let Some((name, selector)) = text.split_once('@') else {
            return Err(format!("\"{text}\" names no version: write NAME@VERSION or NAME@ALIAS"));
        };
        check_name(name).map_err(|error| error.to_string())?;
        let selector = match parse_version(selector) {
            Some(version) => Selector::Version(version),
            None if selector.starts_with(|first: char| first.is_ascii_digit()) => {
                return Err(format!("\"{selector}\" is no version: a number from 1 to {}", u32::MAX));
            }
            None => {
                check_alias(selector).map_err(|error| error.to_string())?;
                Selector::Alias(selector.into())
            }
        };
        Ok(Self { name: name.into(), selector })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_read_and_printed_alike() {
        for text in ["arrival-delay@6", "arrival-delay@champion", "a.b_c@4294967295", "0x@v2"] {
            let model: ModelRef = text.parse().unwrap();
            assert_eq!(model.to_string(), text);
        }
        let model: ModelRef = "delay@7".parse().unwrap();
        assert_eq!(model.selector, Selector::Version(7));
    }

    #[test]
    fn what_is_no_reference_is_refused_with_the_reason() {
        for (text, why) in [
            ("delay", "NAME@VERSION"),
            ("@champion", "must begin"),
            ("../etc@1", "must begin"),
            ("a/b@1", "not \"/\""),
            ("delay@", "must begin with a letter"),
            ("delay@0", "no version"),
            ("delay@007", "no version"),
            ("delay@4294967296", "no version"),
            ("delay@a@b", "not \"@\""),
            ("délai@1", "not \"é\""),
        ] {
            let error = text.parse::<ModelRef>().unwrap_err();
            assert!(error.contains(why), "{text}: {error}");
        }
        assert!(format!("{}@1", "a".repeat(101)).parse::<ModelRef>().is_err());
    }
}
