//! A `client.properties` of a secure cluster, as Java's own tools use it.

use std::path::Path;

use forebay::jobs::Problem;
use forebay::kafka::{Cluster, Protocol, parse_properties, read_properties};

use crate::harness::{Kafka, Secure, java_tool};

const LOGIN: &str = "org.apache.kafka.common.security.plain.PlainLoginModule required \\\n  \
                     username=\"alice\" password=\"alice-secret\";";

fn properties(secure: &Secure, truststore: &str) -> String {
    format!(
        "# as Java's client reads it\n\
         bootstrap.servers={server}\n\
         security.protocol=SASL_SSL\n\
         sasl.mechanism=PLAIN\n\
         sasl.jaas.config={LOGIN}\n\
         ssl.truststore.location={truststore}\n\
         ssl.truststore.password=store-secret\n",
        server = secure.address(Protocol::SaslSsl),
    )
}

#[test]
fn the_file_with_which_javas_tools_connect_connects_here() {
    let secure = Kafka::secure();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("client.properties");
    std::fs::write(&file, properties(secure, &secure.file("truststore.p12"))).unwrap();
    let (server, topic) = (secure.address(Protocol::SaslSsl), secure.kafka.topic("witness", 1, &[]));
    let seen = java_tool(
        "org.apache.kafka.tools.GetOffsetShell",
        &["--bootstrap-server", &server, "--command-config", file.to_str().unwrap(), "--topic", &topic],
    );
    assert_eq!(seen.trim(), format!("{topic}:0:0"));

    let imported = read_properties(&file).unwrap();
    assert_eq!(
        imported.notes,
        [
            "sasl.jaas.config is taken over as sasl.username and sasl.password",
            "ssl.truststore.location is taken over as ssl.ca.pem, certificates in it: 1",
        ]
    );
    let cluster = Cluster::connect(&imported.profile, &imported.secrets).unwrap();
    assert_eq!(cluster.id(), secure.kafka.connect().id());
}

#[test]
fn a_pem_trust_store_connects() {
    let secure = Kafka::secure();
    let imported = parse_properties(&properties(secure, &secure.file("ca.pem")), Path::new(".")).unwrap();
    assert!(Cluster::connect(&imported.profile, &imported.secrets).is_ok());
}

#[test]
fn a_real_jks_store_is_refused_with_the_line_that_converts_it() {
    let secure = Kafka::secure();
    let store = secure.file("truststore.jks");
    let error = parse_properties(&properties(secure, &store), Path::new(".")).unwrap_err();
    let problem = Problem::from(error);
    assert_eq!(problem.what, "Connection client.properties cannot be used");
    assert_eq!(problem.why, format!("{store} is a JKS store, which only Java can read"));
    assert!(problem.next.starts_with("Convert it with: keytool -importkeystore -srckeystore "), "{problem}");
}

#[test]
fn a_wrong_password_of_a_store_is_told_and_not_quoted() {
    let secure = Kafka::secure();
    let text = properties(secure, &secure.file("truststore.p12")).replace("store-secret", "guessed-it");
    let problem = Problem::from(parse_properties(&text, Path::new(".")).unwrap_err());
    assert!(problem.why.contains("truststore.p12 cannot be opened"), "{problem}");
    assert_eq!(problem.next, "Check ssl.truststore.password.");
    assert!(!problem.to_string().contains("guessed-it"));
}
