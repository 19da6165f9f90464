//! A `client.properties` file, Java's or librdkafka's, as a connection.
//!
//! In: the file's text and the folder that its relative paths start from. Out: a profile, its secrets, and a note on each
//! line that was not taken over as it stands. Key stores and trust stores are read from disk where librdkafka cannot read
//! them itself; nothing is sent anywhere.

mod jaas;
mod stores;
mod syntax;

use std::collections::BTreeMap;
use std::path::Path;

use rdkafka::ClientConfig;
use rdkafka::error::KafkaError as LibraryError;

use super::connection::{ConnectionProfile, Mechanism, Protocol, Secrets};
use super::error::{KafkaError, Result};

/// A connection as a file describes it.
#[derive(Clone, Debug, PartialEq)]
pub struct ImportedConnection {
    /// The profile, named after the first bootstrap server.
    pub profile: ConnectionProfile,
    /// Passwords and keys that the file holds.
    pub secrets: Secrets,
    /// What was translated or left out, and why, in the file's order: `group.id is left out: …`.
    pub notes: Vec<String>,
}

/// Java's names that librdkafka calls otherwise, with the same meaning.
const RENAMED: [(&str, &str); 5] = [
    ("max.partition.fetch.bytes", "fetch.message.max.bytes"),
    ("max.request.size", "message.max.bytes"),
    ("receive.buffer.bytes", "socket.receive.buffer.bytes"),
    ("request.timeout.ms", "socket.timeout.ms"),
    ("send.buffer.bytes", "socket.send.buffer.bytes"),
];

/// What Forebay decides itself, with the reason.
const LEFT_OUT: [(&str, &str); 5] = [
    ("auto.offset.reset", "a range says where reading begins"),
    ("enable.auto.commit", "reading commits nothing"),
    ("enable.auto.offset.store", "reading commits nothing"),
    ("group.id", "reading joins no group; score names its own"),
    ("transactional.id", "the registry and score name their own"),
];

/// Properties whose values are kept apart from the profile.
const SECRET: [&str; 6] = [
    "sasl.oauthbearer.client.secret",
    "sasl.password",
    "ssl.key.password",
    "ssl.key.pem",
    "ssl.keystore.password",
    "ssl.truststore.password",
];

/// Reads a file. Relative paths in it start from its folder.
pub fn read_properties(path: &Path) -> Result<ImportedConnection> {
    let bytes = std::fs::read(path).map_err(|error| KafkaError::Other {
        what: format!("reading {}", path.display()),
        why: error.to_string(),
    })?;
    // Java's own tools read Latin-1, where every byte is a letter; newer ones write UTF-8.
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => error.into_bytes().into_iter().map(char::from).collect(),
    };
    parse_properties(&text, path.parent().unwrap_or(Path::new(".")))
}

/// Reads the text of such a file; `folder` is where its relative paths start from.
pub fn parse_properties(text: &str, folder: &Path) -> Result<ImportedConnection> {
    let mut import = Import { folder, left: BTreeMap::new(), done: ImportedConnection::empty() };
    for (name, value) in syntax::parse(text).map_err(|why| refuse(&why, "Correct the file."))? {
        if import.left.insert(name.clone(), value).is_some() {
            import.note(format!("{name} is given twice: the last one counts"));
        }
    }
    import.take_cluster()?;
    import.take_sign_in()?;
    import.take_stores()?;
    import.take_rest()?;
    Ok(import.done)
}

pub(super) fn refuse(why: &str, next: &str) -> KafkaError {
    KafkaError::Profile { name: "client.properties".into(), why: why.into(), next: next.into() }
}

/// A file on its way to a connection.
struct Import<'a> {
    folder: &'a Path,
    /// Names and values not yet dealt with.
    left: BTreeMap<String, String>,
    done: ImportedConnection,
}

impl ImportedConnection {
    fn empty() -> Self {
        Self { profile: ConnectionProfile::default(), secrets: Secrets::new(), notes: Vec::new() }
    }
}

impl Import<'_> {
    fn take(&mut self, name: &str) -> Option<String> {
        self.left.remove(name).map(|value| value.trim().to_string()).filter(|value| !value.is_empty())
    }

    fn note(&mut self, text: String) {
        self.done.notes.push(text);
    }

    fn set(&mut self, name: &str, value: String) {
        if SECRET.contains(&name) {
            self.done.secrets.set(name, value);
        } else {
            self.done.profile.properties.insert(name.into(), value);
        }
    }

    fn take_cluster(&mut self) -> Result<()> {
        let servers = self.take("bootstrap.servers").or_else(|| self.take("metadata.broker.list"));
        let servers = servers.ok_or_else(|| {
            refuse("it names no bootstrap.servers", "Add a line bootstrap.servers=host:port.")
        })?;
        let profile = &mut self.done.profile;
        profile.name = servers.split([',', ':']).next().unwrap_or_default().trim().to_string();
        profile.bootstrap = servers;
        if let Some(protocol) = self.take("security.protocol") {
            let known = [Protocol::Plaintext, Protocol::Ssl, Protocol::SaslPlaintext, Protocol::SaslSsl];
            let found = known.into_iter().find(|known| known.as_str().eq_ignore_ascii_case(&protocol));
            self.done.profile.security.protocol = found.ok_or_else(|| {
                let why = format!("security.protocol {protocol} is not known");
                refuse(&why, "Use PLAINTEXT, SSL, SASL_PLAINTEXT or SASL_SSL.")
            })?;
        }
        self.done.profile.schema_registry = self.take("schema.registry.url");
        Ok(())
    }

    fn take_sign_in(&mut self) -> Result<()> {
        let mechanism = self.take("sasl.mechanism").or_else(|| self.take("sasl.mechanisms"));
        let login = self.take("sasl.jaas.config").map(|config| jaas::parse(&config)).transpose()?;
        if let Some(login) = login {
            self.note("sasl.jaas.config is taken over as sasl.username and sasl.password".into());
            self.done.profile.security.username = login.username;
            self.done.secrets.set("sasl.password", login.password);
        }
        if let Some(username) = self.take("sasl.username") {
            self.done.profile.security.username = username;
        }
        // The handlers and callbacks are Java classes.
        let classes: Vec<String> = self.left.keys().filter(|name| is_java_class(name)).cloned().collect();
        for name in classes {
            self.left.remove(&name);
            self.note(format!("{name} is left out: it names a Java class"));
        }
        if !self.done.profile.security.protocol.signs_in() {
            return Ok(());
        }
        let known = [Mechanism::Plain, Mechanism::ScramSha256, Mechanism::ScramSha512];
        let mechanism = mechanism.unwrap_or_else(|| "GSSAPI".into());
        let found = known.into_iter().find(|known| known.as_str().eq_ignore_ascii_case(&mechanism));
        self.done.profile.security.mechanism = found.ok_or_else(|| {
            let why = format!("sasl.mechanism {mechanism} is not among those that Forebay can use");
            refuse(&why, "Use PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512.")
        })?;
        Ok(())
    }

    fn take_stores(&mut self) -> Result<()> {
        let trust = stores::Store {
            location: self.take("ssl.truststore.location"),
            password: self.take("ssl.truststore.password"),
        };
        let key = stores::Store {
            location: self.take("ssl.keystore.location"),
            password: self.take("ssl.keystore.password"),
        };
        for name in ["ssl.truststore.type", "ssl.keystore.type"] {
            // The file itself says what it is.
            self.left.remove(name);
        }
        let settings = stores::trust(&trust, self.folder)?.into_iter().chain(stores::key(&key, self.folder)?);
        for setting in settings {
            self.note(setting.note);
            for (name, value) in setting.values {
                self.set(name, value);
            }
        }
        let inline = [
            ("ssl.truststore.certificates", "ssl.ca.pem"),
            ("ssl.keystore.certificate.chain", "ssl.certificate.pem"),
            ("ssl.keystore.key", "ssl.key.pem"),
        ];
        for (java, own) in inline {
            if let Some(pem) = self.take(java) {
                self.note(format!("{java} is taken over as {own}"));
                self.set(own, pem);
            }
        }
        if self.left.get("ssl.endpoint.identification.algorithm").is_some_and(|value| value.trim().is_empty())
        {
            self.note("ssl.endpoint.identification.algorithm is empty: taken over as none".into());
            self.left.insert("ssl.endpoint.identification.algorithm".into(), "none".into());
        }
        Ok(())
    }

    fn take_rest(&mut self) -> Result<()> {
        for (name, value) in std::mem::take(&mut self.left) {
            let left_out = LEFT_OUT.iter().find(|(known, _)| *known == name);
            let renamed = RENAMED.iter().find(|(java, _)| *java == name);
            if let Some((_, why)) = left_out {
                self.note(format!("{name} is left out: {why}"));
            } else if let Some((java, own)) = renamed {
                self.note(format!("{java} is taken over as {own}"));
                self.set(own, value);
            } else if SECRET.contains(&name.as_str()) {
                self.set(&name, value);
            } else {
                self.take_if_known(name, value)?;
            }
        }
        Ok(())
    }

    /// Takes what librdkafka knows by this name, and asks librdkafka itself.
    fn take_if_known(&mut self, name: String, value: String) -> Result<()> {
        let mut config = ClientConfig::new();
        match config.set(&name, &value).create_native_config() {
            Ok(_) => self.set(&name, value),
            Err(LibraryError::ClientConfig(_, words, _, _)) if words.starts_with("No such") => {
                self.note(format!("{name} is left out: librdkafka has no such property"));
            }
            Err(LibraryError::ClientConfig(_, words, _, _)) => {
                return Err(refuse(&words, "Correct the file."));
            }
            Err(error) => return Err(refuse(&error.to_string(), "Correct the file.")),
        }
        Ok(())
    }
}

fn is_java_class(name: &str) -> bool {
    [
        "serializer",
        "deserializer",
        "interceptor.classes",
        "handler.class",
        "partitioner.class",
        "metric.reporters",
    ]
    .iter()
    .any(|end| name.ends_with(end))
}

#[cfg(test)]
mod tests;
