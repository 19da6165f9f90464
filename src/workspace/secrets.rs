//! Secrets of connections, from the environment. They are never written anywhere.

use crate::kafka::Secrets;

/// Environment variables that hold secrets, and librdkafka's name for each.
pub const SECRET_VARIABLES: [(&str, &str); 4] = [
    ("FOREBAY_SASL_PASSWORD", "sasl.password"),
    ("FOREBAY_SSL_KEY_PASSWORD", "ssl.key.password"),
    ("FOREBAY_SSL_KEYSTORE_PASSWORD", "ssl.keystore.password"),
    ("FOREBAY_SASL_OAUTHBEARER_CLIENT_SECRET", "sasl.oauthbearer.client.secret"),
];

/// The secrets that the environment gives. A variable that is empty gives none.
pub fn secrets_from_environment() -> Secrets {
    secrets_from(|variable| std::env::var(variable).ok())
}

fn secrets_from(variable: impl Fn(&str) -> Option<String>) -> Secrets {
    let mut secrets = Secrets::new();
    for (name, property) in SECRET_VARIABLES {
        if let Some(value) = variable(name).filter(|value| !value.is_empty()) {
            secrets.set(property, value);
        }
    }
    secrets
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_variable_becomes_the_property_and_its_value_is_not_shown() {
        let secrets = secrets_from(|name| match name {
            "FOREBAY_SASL_PASSWORD" => Some("alice-secret".into()),
            "FOREBAY_SSL_KEY_PASSWORD" => Some(String::new()),
            _ => None,
        });
        assert_eq!(secrets.get("sasl.password"), Some("alice-secret"));
        assert_eq!(secrets.get("ssl.key.password"), None);
        assert!(!format!("{secrets:?}").contains("alice-secret"));
    }
}
