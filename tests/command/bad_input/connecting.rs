//! A cluster that cannot be reached as it was described.

use forebay::kafka::Protocol;

use super::page;
use crate::binary::{Forebay, Ran};
use crate::harness::{Kafka, Secure, output};

/// A `client.properties` of these lines, and a command with it.
fn run(lines: &[String], password: &str, arguments: &[&str]) -> (Forebay, Ran) {
    let forebay = Forebay::alone();
    forebay.write("client.properties", &lines.join("\n"));
    let mut command = forebay.command(&[arguments, &["--config", "client.properties"]].concat());
    if !password.is_empty() {
        command.env("FOREBAY_SASL_PASSWORD", password);
    }
    let ran = Ran::of(output(&mut command));
    (forebay, ran)
}

/// What `forebay topics` says of a cluster that it cannot connect to.
fn refusal(lines: &[String], password: &str) -> String {
    let (_, ran) = run(lines, password, &["topics"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (1, ""), "{ran:#?}");
    ran.stderr
}

fn bootstrap(address: &str) -> String {
    format!("bootstrap.servers={address}")
}

fn tls(secure: &Secure) -> [String; 2] {
    ["security.protocol=SSL".into(), format!("ssl.ca.location={}", secure.file("ca.pem"))]
}

fn signed_in(secure: &Secure, user: &str) -> Vec<String> {
    vec![
        bootstrap(&secure.address(Protocol::SaslPlaintext)),
        "security.protocol=SASL_PLAINTEXT".into(),
        "sasl.mechanism=PLAIN".into(),
        format!("sasl.username={user}"),
    ]
}

#[test]
fn a_wrong_address_is_told_as_a_name_that_nobody_knows() {
    let told = refusal(&[bootstrap("no-such-host.invalid:9092")], "");
    page::says("wrong address", &[("no-such-host.invalid", "broker")], &told);
}

#[test]
fn a_wrong_port_is_told_as_refused() {
    let told = refusal(&[bootstrap("127.0.0.1:1")], "");
    page::says("wrong port", &[("127.0.0.1:1", "broker:9092")], &told);
}

#[test]
fn tls_against_a_plaintext_listener_names_the_other_protocols() {
    let secure = Kafka::secure();
    let address = secure.address(Protocol::Plaintext);
    let told = refusal(&[&[bootstrap(&address)][..], &tls(secure)].concat(), "");
    page::says("TLS against plaintext", &[(&address, "broker:9092")], &told);
}

#[test]
fn plaintext_against_a_tls_listener_names_tls_and_sign_in() {
    let address = Kafka::secure().address(Protocol::Ssl);
    let told = refusal(&[bootstrap(&address)], "");
    page::says("plaintext against TLS", &[(&address, "broker:9092")], &told);
}

#[test]
fn a_wrong_password_is_told_in_the_brokers_words_and_not_quoted() {
    let secure = Kafka::secure();
    let told = refusal(&signed_in(secure, "alice"), "guessed-it");
    page::says("wrong password", &[(&secure.address(Protocol::SaslPlaintext), "broker:9092")], &told);
    assert!(!told.contains("guessed-it"), "{told}");
}

#[test]
fn a_topic_without_access_rules_is_told_as_not_authorised() {
    let secure = Kafka::secure();
    let topic = secure.kafka.topic("closed", 2, &[]);
    let read = ["read", &topic, "-o", "a.csv"];

    let (forebay, ran) = run(&signed_in(secure, "carol"), "carol-secret", &read);

    assert_eq!((ran.code, ran.stdout.as_str()), (1, ""), "{ran:#?}");
    page::says("no ACL on the topic", &[(&topic, "flights")], &ran.stderr);
    assert_eq!(forebay.files(), ["client.properties"]);
}

#[test]
fn a_topic_that_may_be_seen_and_not_read_is_told_when_it_is_read() {
    let secure = Kafka::secure();
    let topic = secure.kafka.topic("half-open", 1, &[]);
    secure.kafka.produce(&topic, [crate::harness::TestRecord::new("{}")]);
    secure.allow("carol", "Describe", &topic);
    let read = ["read", &topic, "-o", "a.csv"];

    let (forebay, ran) = run(&signed_in(secure, "carol"), "carol-secret", &read);

    assert_eq!((ran.code, ran.stdout.as_str()), (1, ""), "{ran:#?}");
    page::says("an ACL to describe the topic and none to read it", &[(&topic, "flights")], &ran.stderr);
    assert_eq!(forebay.files(), ["client.properties"]);
}
