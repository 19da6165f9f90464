//! One broker with TLS, SASL and access rules.

use std::path::{Path, PathBuf};

use forebay::kafka::{ConnectionProfile, Mechanism, Protocol, Secrets};

use super::broker::{Broker, free_port};
use super::java::{java_tool, keytool};
use super::kafka::{Kafka, new_cluster_id, new_root};

/// The password of every key store.
pub const STORE_PASSWORD: &str = "store-secret";

/// A broker with four listeners. Users are `alice` (PLAIN, may do everything), `bob` (SCRAM, may do everything) and
/// `carol` (PLAIN, may do nothing but what [`Secure::allow`] gave her); the password of each is `NAME-secret`.
pub struct Secure {
    /// The broker; its plain listener needs no sign-in and may do everything.
    pub kafka: Kafka,
    ssl_port: u16,
    sasl_plaintext_port: u16,
    sasl_ssl_port: u16,
    certificates: PathBuf,
}

impl Secure {
    pub(super) fn start() -> Self {
        let root = new_root();
        let certificates = root.path().join("certificates");
        make_certificates(&certificates);
        let [ssl_port, sasl_plaintext_port, sasl_ssl_port] = std::array::from_fn(|_| free_port());
        let mut broker = Broker::new(1, root.path());
        let listeners = format!(
            ",SSL://127.0.0.1:{ssl_port},SASL_PLAINTEXT://127.0.0.1:{sasl_plaintext_port},\
             SASL_SSL://127.0.0.1:{sasl_ssl_port}"
        );
        let scram =
            ["SCRAM-SHA-256", "SCRAM-SHA-512"].map(|name| format!("{name}=[name=bob,password=bob-secret]"));
        broker.format(&new_cluster_id(), &[broker.voter()], &listeners, &settings(&certificates), &scram);
        broker.start();
        let kafka = Kafka::running(vec![broker], root);
        Self { kafka, ssl_port, sasl_plaintext_port, sasl_ssl_port, certificates }
    }

    /// `host:port` of the listener that speaks `protocol`.
    pub fn address(&self, protocol: Protocol) -> String {
        match protocol {
            Protocol::Plaintext => self.kafka.bootstrap(),
            Protocol::Ssl => format!("127.0.0.1:{}", self.ssl_port),
            Protocol::SaslPlaintext => format!("127.0.0.1:{}", self.sasl_plaintext_port),
            Protocol::SaslSsl => format!("127.0.0.1:{}", self.sasl_ssl_port),
        }
    }

    /// A file beside the broker's certificates: `ca.pem` (who signed it), `other-ca.pem` (somebody else),
    /// `truststore.p12`, `truststore.jks`.
    pub fn file(&self, name: &str) -> String {
        self.certificates.join(name).display().to_string()
    }

    /// A profile that reaches the listener of `protocol`, trusts its certificate and signs in as `user`.
    pub fn profile(
        &self,
        protocol: Protocol,
        mechanism: Mechanism,
        user: &str,
    ) -> (ConnectionProfile, Secrets) {
        let mut profile = ConnectionProfile {
            name: "secure".into(),
            bootstrap: self.address(protocol),
            ..ConnectionProfile::default()
        };
        profile.security.protocol = protocol;
        profile.security.mechanism = mechanism;
        profile.security.username = user.into();
        profile.properties.insert("ssl.ca.location".into(), self.file("ca.pem"));
        let mut secrets = Secrets::new();
        secrets.set("sasl.password", format!("{user}-secret"));
        (profile, secrets)
    }

    /// Gives `user` a right on a topic: `allow("carol", "Describe", "flights")`.
    pub fn allow(&self, user: &str, operation: &str, topic: &str) {
        let (server, user) = (self.kafka.bootstrap(), format!("User:{user}"));
        java_tool(
            "org.apache.kafka.tools.AclCommand",
            &[
                "--bootstrap-server",
                &server,
                "--add",
                "--allow-principal",
                &user,
                "--operation",
                operation,
                "--topic",
                topic,
            ],
        );
    }
}

fn settings(certificates: &Path) -> String {
    let plain = "org.apache.kafka.common.security.plain.PlainLoginModule required \
                 user_alice=\"alice-secret\" user_carol=\"carol-secret\";";
    let scram = "org.apache.kafka.common.security.scram.ScramLoginModule required;";
    let mut lines = vec![
        "authorizer.class.name=org.apache.kafka.metadata.authorizer.StandardAuthorizer".to_string(),
        "super.users=User:ANONYMOUS;User:alice;User:bob".into(),
        "sasl.enabled.mechanisms=PLAIN,SCRAM-SHA-256,SCRAM-SHA-512".into(),
        format!("ssl.keystore.location={}", certificates.join("broker.p12").display()),
        format!("ssl.keystore.password={STORE_PASSWORD}"),
        "ssl.keystore.type=PKCS12".into(),
    ];
    for listener in ["sasl_plaintext", "sasl_ssl"] {
        lines.push(format!("listener.name.{listener}.plain.sasl.jaas.config={plain}"));
        for mechanism in ["scram-sha-256", "scram-sha-512"] {
            lines.push(format!("listener.name.{listener}.{mechanism}.sasl.jaas.config={scram}"));
        }
    }
    lines.join("\n")
}

fn make_certificates(folder: &Path) {
    std::fs::create_dir_all(folder).unwrap();
    let pass = ["-storepass", STORE_PASSWORD];
    for (name, owner) in [("broker", "CN=127.0.0.1"), ("other", "CN=somebody else")] {
        let (store, pem) = (format!("{name}.p12"), if name == "broker" { "ca.pem" } else { "other-ca.pem" });
        let make =
            ["-genkeypair", "-alias", name, "-keyalg", "EC", "-validity", "30", "-storetype", "PKCS12"];
        let names = ["-dname", owner, "-ext", "SAN=dns:localhost,ip:127.0.0.1", "-keystore", &store];
        keytool(folder, &[&make[..], &names, &pass].concat());
        keytool(
            folder,
            &[&["-exportcert", "-rfc", "-alias", name, "-file", pem, "-keystore", &store][..], &pass]
                .concat(),
        );
    }
    for (store, kind) in [("truststore.p12", "PKCS12"), ("truststore.jks", "JKS")] {
        let import = ["-importcert", "-noprompt", "-alias", "ca", "-file", "ca.pem"];
        keytool(folder, &[&import[..], &["-storetype", kind, "-keystore", store], &pass].concat());
    }
}
