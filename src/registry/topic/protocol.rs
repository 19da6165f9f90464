//! Keys and values of a model topic, as docs/model-topic.md defines them.

use serde::{Deserialize, Serialize};

use crate::registry::manifest::Manifest;
use crate::registry::model_ref::{check_alias, check_name, parse_version};

/// The version of the protocol that is written, and the only one that is read.
pub(super) const FORMAT: u32 = 1;

/// A record's key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Key<'a> {
    /// `NAME`: the highest version that was ever published.
    Counter { name: &'a str },
    /// `NAME/VERSION`: the manifest.
    Version { name: &'a str, version: u32 },
    /// `NAME/VERSION/CHUNK`: a piece of the payload, counted from 0.
    Chunk { name: &'a str, version: u32, chunk: u32 },
    /// `NAME@ALIAS`: where an alias points.
    Alias { name: &'a str, alias: &'a str },
}

impl<'a> Key<'a> {
    /// Reads a key; what is none belongs to somebody else and is passed over.
    pub(super) fn parse(bytes: &'a [u8]) -> Option<Self> {
        let text = std::str::from_utf8(bytes).ok()?;
        if let Some((name, alias)) = text.split_once('@') {
            check_name(name).and_then(|()| check_alias(alias)).ok()?;
            return Some(Self::Alias { name, alias });
        }
        let mut parts = text.split('/');
        let name = parts.next()?;
        check_name(name).ok()?;
        let key = match (parts.next(), parts.next()) {
            (None, _) => Self::Counter { name },
            (Some(version), None) => Self::Version { name, version: parse_version(version)? },
            (Some(version), Some("0")) => Self::Chunk { name, version: parse_version(version)?, chunk: 0 },
            (Some(version), Some(chunk)) => {
                Self::Chunk { name, version: parse_version(version)?, chunk: parse_version(chunk)? }
            }
        };
        parts.next().is_none().then_some(key)
    }
}

impl std::fmt::Display for Key<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Counter { name } => write!(f, "{name}"),
            Self::Version { name, version } => write!(f, "{name}/{version}"),
            Self::Chunk { name, version, chunk } => write!(f, "{name}/{version}/{chunk}"),
            Self::Alias { name, alias } => write!(f, "{name}@{alias}"),
        }
    }
}

/// Value of `NAME/VERSION`.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct VersionRecord {
    pub(super) format: u32,
    /// How many chunks the payload has.
    pub(super) chunks: u32,
    /// Bytes of the payload.
    pub(super) bytes: u64,
    /// SHA-256 of the payload, hexadecimal.
    pub(super) sha256: String,
    /// The package's own manifest.
    pub(super) manifest: Manifest,
}

/// Value of `NAME@ALIAS`.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct AliasRecord {
    pub(super) version: u32,
}

/// Value of `NAME`.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(super) struct CounterRecord {
    pub(super) last_version: u32,
}

/// Reads a manifest record; the version of its format is looked at first.
pub(super) fn parse_version_record(value: &[u8]) -> Result<VersionRecord, String> {
    #[derive(Deserialize)]
    struct Format {
        format: u32,
    }
    let not_read = |error: serde_json::Error| format!("its manifest cannot be read: {error}");
    let Format { format } = serde_json::from_slice(value).map_err(not_read)?;
    if format != FORMAT {
        return Err(format!("its manifest has format version {format}; this program reads {FORMAT} only"));
    }
    serde_json::from_slice(value).map_err(not_read)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_and_written_alike() {
        for (text, key) in [
            ("delay", Key::Counter { name: "delay" }),
            ("delay/7", Key::Version { name: "delay", version: 7 }),
            ("delay/7/0", Key::Chunk { name: "delay", version: 7, chunk: 0 }),
            ("delay/7/12", Key::Chunk { name: "delay", version: 7, chunk: 12 }),
            ("delay@champion", Key::Alias { name: "delay", alias: "champion" }),
        ] {
            assert_eq!(Key::parse(text.as_bytes()), Some(key));
            assert_eq!(key.to_string(), text);
        }
    }

    #[test]
    fn what_is_no_key_is_passed_over() {
        for text in
            ["", "delay/0", "delay/07", "delay/7/00", "delay/7/0/0", "delay/x", "a b", "delay@7", "../1"]
        {
            assert_eq!(Key::parse(text.as_bytes()), None, "{text}");
        }
        assert_eq!(Key::parse(&[0xff, 0xfe]), None);
    }
}
