//! What a connection is: where the cluster is and how to sign in.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A named cluster profile, as it is saved. Holds no secret.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ConnectionProfile {
    /// The name by which workspaces and `--connection` refer to it.
    pub name: String,
    /// `host:port`, several parted by commas.
    pub bootstrap: String,
    /// Refuse every write to the cluster, in this module.
    pub read_only: bool,
    /// How to talk and sign in.
    pub security: SecurityProfile,
    /// Any librdkafka property; wins over what Forebay would set.
    pub properties: BTreeMap<String, String>,
    /// Address of the schema registry, if there is one.
    pub schema_registry: Option<String>,
}

/// How to talk to the brokers and sign in.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SecurityProfile {
    /// Encrypted or not, with sign-in or not.
    pub protocol: Protocol,
    /// The SASL mechanism; used with the two SASL protocols only.
    pub mechanism: Mechanism,
    /// The SASL user.
    pub username: String,
}

/// Kafka's `security.protocol`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Protocol {
    /// Neither encrypted nor signed in.
    #[default]
    Plaintext,
    /// Encrypted.
    Ssl,
    /// Signed in, not encrypted.
    SaslPlaintext,
    /// Encrypted and signed in.
    SaslSsl,
}

/// Kafka's `sasl.mechanism`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Mechanism {
    /// User and password as they are.
    #[default]
    #[serde(rename = "PLAIN")]
    Plain,
    /// SCRAM with SHA-256.
    #[serde(rename = "SCRAM-SHA-256")]
    ScramSha256,
    /// SCRAM with SHA-512.
    #[serde(rename = "SCRAM-SHA-512")]
    ScramSha512,
}

/// The secret properties of a connection (`sasl.password`, `ssl.key.password`, …), by librdkafka's names. Never
/// serialized; its `Debug` shows names only.
#[derive(Clone, Default, PartialEq)]
pub struct Secrets(BTreeMap<String, String>);

impl Secrets {
    /// No secret.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the secret property `name`.
    pub fn set(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.0.insert(name.into(), value.into());
    }

    /// Takes over the other's secrets; where both have one, the other's wins.
    pub fn extend(&mut self, other: &Self) {
        self.0.extend(other.0.iter().map(|(name, value)| (name.clone(), value.clone())));
    }

    /// The secret property `name`.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// Names and values, for the client's configuration only.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl std::fmt::Debug for Secrets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}
