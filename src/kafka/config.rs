//! From a profile and its secrets to librdkafka's configuration.

use std::time::Duration;

use rdkafka::ClientConfig;
use rdkafka::config::RDKafkaLogLevel;

use super::connection::{ConnectionProfile, Mechanism, Protocol, Secrets};

/// What Forebay sets where the profile says nothing, with the value that the window shows as its default.
pub const DEFAULTS: [(&str, &str); 7] = [
    // A topic is made by an explicit act, never because somebody asked for a name that is not there.
    ("allow.auto.create.topics", "false"),
    ("client.id", "forebay"),
    ("isolation.level", "read_committed"),
    // A broker that comes back is found again within two seconds instead of ten.
    ("reconnect.backoff.max.ms", "2000"),
    ("socket.connection.setup.timeout.ms", "5000"),
    ("socket.keepalive.enable", "true"),
    ("socket.timeout.ms", "10000"),
];

/// Everything that a client of this connection needs: our defaults, then security, then the profile's own properties,
/// then the secrets; the later wins.
pub(super) fn client_config(profile: &ConnectionProfile, secrets: &Secrets) -> ClientConfig {
    let mut config = ClientConfig::new();
    // A link that the other side breaks is only told at this level, and is all that says "wrong security protocol".
    config.set_log_level(RDKafkaLogLevel::Info);
    for (name, value) in DEFAULTS {
        config.set(name, value);
    }
    config.set("bootstrap.servers", &profile.bootstrap);
    set_security(&mut config, profile);
    for (name, value) in &profile.properties {
        config.set(name, value);
    }
    for (name, value) in secrets.iter() {
        config.set(name, value);
    }
    // An application's file names its group. Only a member of a group may act as one; every other client would look for its
    // coordinator.
    config.remove("group.id").remove("group.instance.id");
    config
}

/// How long a request may take: the connection's `socket.timeout.ms`.
pub(super) fn request_timeout(config: &ClientConfig) -> Duration {
    let millis = config.get("socket.timeout.ms").and_then(|value| value.parse().ok());
    Duration::from_millis(millis.unwrap_or(10_000))
}

fn set_security(config: &mut ClientConfig, profile: &ConnectionProfile) {
    let security = &profile.security;
    config.set("security.protocol", security.protocol.as_str());
    if security.protocol.signs_in() {
        config.set("sasl.mechanism", security.mechanism.as_str());
        config.set("sasl.username", &security.username);
    }
    let names_ca =
        ["ssl.ca.location", "ssl.ca.pem"].iter().any(|name| profile.properties.contains_key(*name));
    if cfg!(target_os = "linux") && security.protocol.is_encrypted() && !names_ca {
        // OpenSSL is linked in and does not know where this system keeps its certificates.
        config.set("ssl.ca.location", "probe");
    }
}

impl Protocol {
    /// Kafka's word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Plaintext => "PLAINTEXT",
            Self::Ssl => "SSL",
            Self::SaslPlaintext => "SASL_PLAINTEXT",
            Self::SaslSsl => "SASL_SSL",
        }
    }

    /// Whether the link is encrypted.
    pub fn is_encrypted(self) -> bool {
        matches!(self, Self::Ssl | Self::SaslSsl)
    }

    /// Whether a SASL sign-in is made.
    pub fn signs_in(self) -> bool {
        matches!(self, Self::SaslPlaintext | Self::SaslSsl)
    }
}

impl Mechanism {
    /// Kafka's word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Plain => "PLAIN",
            Self::ScramSha256 => "SCRAM-SHA-256",
            Self::ScramSha512 => "SCRAM-SHA-512",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_profiles_properties_win_over_defaults_and_secrets_over_both() {
        let mut profile = ConnectionProfile { bootstrap: "k:9092".into(), ..Default::default() };
        profile.properties.insert("client.id".into(), "mine".into());
        profile.properties.insert("socket.timeout.ms".into(), "1500".into());
        let mut secrets = Secrets::new();
        secrets.set("ssl.key.password", "hidden");

        let config = client_config(&profile, &secrets);

        assert_eq!(config.get("client.id"), Some("mine"));
        assert_eq!(config.get("isolation.level"), Some("read_committed"));
        assert_eq!(config.get("ssl.key.password"), Some("hidden"));
        assert_eq!(request_timeout(&config), Duration::from_millis(1500));
    }

    #[test]
    fn the_sign_in_is_set_only_where_the_protocol_has_one() {
        let mut profile = ConnectionProfile::default();
        profile.security.username = "alice".into();
        assert_eq!(client_config(&profile, &Secrets::new()).get("sasl.username"), None);

        profile.security.protocol = Protocol::SaslSsl;
        profile.security.mechanism = Mechanism::ScramSha512;
        let config = client_config(&profile, &Secrets::new());
        assert_eq!(config.get("security.protocol"), Some("SASL_SSL"));
        assert_eq!(config.get("sasl.mechanism"), Some("SCRAM-SHA-512"));
        assert_eq!(config.get("sasl.username"), Some("alice"));
    }
}
