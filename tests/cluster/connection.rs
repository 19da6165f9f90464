//! Connecting: what works, and what a person is told where it does not.

use std::net::TcpListener;

use forebay::jobs::{Cancel, Problem};
use forebay::kafka::{Cluster, ConnectionProfile, KafkaError, Mechanism, Protocol, Secrets};

use crate::harness::Kafka;

/// The problem that a person sees when this profile is opened.
fn problem(profile: &ConnectionProfile, secrets: &Secrets) -> Problem {
    match Cluster::connect(profile, secrets) {
        Ok(_) => panic!("{} connected", profile.bootstrap),
        Err(error) => error.into(),
    }
}

fn plain(bootstrap: &str) -> ConnectionProfile {
    ConnectionProfile { name: "staging".into(), bootstrap: bootstrap.into(), ..Default::default() }
}

#[test]
fn plaintext_tls_plain_and_scram_connect_to_the_same_cluster() {
    let secure = Kafka::secure();
    let id = secure.kafka.connect().id().to_string();
    let (profile, secrets) = secure.profile(Protocol::Ssl, Mechanism::Plain, "nobody");
    assert_eq!(Cluster::connect(&profile, &secrets).unwrap().id(), id);
    for protocol in [Protocol::SaslPlaintext, Protocol::SaslSsl] {
        for (mechanism, user) in
            [(Mechanism::Plain, "alice"), (Mechanism::ScramSha256, "bob"), (Mechanism::ScramSha512, "bob")]
        {
            let (profile, secrets) = secure.profile(protocol, mechanism, user);
            let cluster = Cluster::connect(&profile, &secrets).unwrap();
            assert_eq!(cluster.id(), id, "{protocol:?} {mechanism:?}");
        }
    }
}

#[test]
fn a_wrong_port_is_told_as_refused() {
    let problem = problem(&plain("127.0.0.1:1"), &Secrets::new());
    assert_eq!(problem.what, "127.0.0.1:1 does not answer");
    assert_eq!(problem.why, "Connect to ipv4#127.0.0.1:1 failed: Connection refused");
    assert_eq!(problem.next, "Check the port, and that the broker runs.");
}

#[test]
fn a_wrong_address_is_told_as_a_name_that_cannot_be_looked_up() {
    let problem = problem(&plain("no-such-host.invalid:9092"), &Secrets::new());
    assert_eq!(problem.what, "no-such-host.invalid:9092 does not answer");
    assert!(problem.why.starts_with("Failed to resolve 'no-such-host.invalid:9092'"), "{problem}");
    assert_eq!(problem.next, "Check the host's name, and that this machine can look it up.");
}

#[test]
fn a_port_that_accepts_and_says_nothing_times_out_with_its_address() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = silent.local_addr().unwrap().to_string();
    let mut profile = plain(&address);
    profile.properties.insert("socket.connection.setup.timeout.ms".into(), "1500".into());
    let problem = problem(&profile, &Secrets::new());
    assert_eq!(problem.what, format!("{address} does not answer"));
    assert!(problem.why.contains("timed out"), "{problem}");
    assert_eq!(problem.next, "Check the address, the port and the network between.");
}

#[test]
fn waiting_for_an_answer_can_be_cancelled() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let profile = plain(&silent.local_addr().unwrap().to_string());
    let cancel = Cancel::new();
    cancel.cancel();
    let error = Cluster::connect_or_cancel(&profile, &Secrets::new(), &cancel).err();
    assert_eq!(error, Some(KafkaError::Cancelled));
}

#[test]
fn plaintext_against_a_tls_listener_advises_another_protocol() {
    let address = Kafka::secure().address(Protocol::Ssl);
    let problem = problem(&plain(&address), &Secrets::new());
    assert_eq!(problem.what, format!("{address} does not answer"));
    assert!(problem.why.starts_with("Disconnected: connection closed by peer"), "{problem}");
    assert!(problem.next.contains("wants TLS or a sign-in"), "{problem}");
}

#[test]
fn tls_against_a_plaintext_listener_says_so() {
    let secure = Kafka::secure();
    let (mut profile, secrets) = secure.profile(Protocol::Ssl, Mechanism::Plain, "alice");
    profile.bootstrap = secure.address(Protocol::Plaintext);
    let problem = problem(&profile, &secrets);
    assert_eq!(problem.what, format!("TLS with {} failed", profile.bootstrap), "{problem}");
    assert!(problem.why.starts_with("SSL handshake failed: Disconnected"), "{problem}");
    assert!(problem.next.starts_with("The broker speaks no TLS on this port"), "{problem}");
}

#[test]
fn a_sign_in_that_the_listener_does_not_want_is_told() {
    let secure = Kafka::secure();
    let (mut profile, secrets) = secure.profile(Protocol::SaslPlaintext, Mechanism::Plain, "alice");
    profile.bootstrap = secure.address(Protocol::Plaintext);
    let problem = problem(&profile, &secrets);
    assert_eq!(problem.what, format!("{} refused the sign-in", profile.bootstrap));
    assert!(problem.next.starts_with("The broker wants no sign-in on this port"), "{problem}");
}

#[test]
fn a_wrong_password_is_told_in_the_brokers_words_and_not_quoted() {
    let secure = Kafka::secure();
    let words = [
        (Mechanism::Plain, "alice", "Invalid username or password"),
        (Mechanism::ScramSha512, "bob", "invalid credentials with SASL mechanism SCRAM-SHA-512"),
    ];
    for (mechanism, user, expected) in words {
        let (profile, mut secrets) = secure.profile(Protocol::SaslSsl, mechanism, user);
        secrets.set("sasl.password", "guessed-it");
        let problem = problem(&profile, &secrets);
        assert_eq!(problem.what, format!("{} refused the sign-in", profile.bootstrap));
        assert!(problem.why.contains(expected), "{problem}");
        assert_eq!(problem.next, "Check user, password and mechanism.");
        assert!(!problem.to_string().contains("guessed-it"));
    }
}

#[test]
fn a_certificate_of_an_unknown_authority_is_refused() {
    let secure = Kafka::secure();
    let (mut profile, secrets) = secure.profile(Protocol::Ssl, Mechanism::Plain, "alice");
    profile.properties.insert("ssl.ca.location".into(), secure.file("other-ca.pem"));
    let problem = problem(&profile, &secrets);
    assert_eq!(problem.what, format!("TLS with {} failed", profile.bootstrap), "{problem}");
    assert!(problem.why.contains("certificate verify failed"), "{problem}");
    assert!(problem.next.starts_with("Give the certificate authority that signed"), "{problem}");
}

#[test]
fn a_topic_without_an_access_rule_is_told_as_not_authorised() {
    let secure = Kafka::secure();
    let topic = secure.kafka.topic("closed", 2, &[]);
    let (profile, secrets) = secure.profile(Protocol::SaslPlaintext, Mechanism::Plain, "carol");
    let cluster = Cluster::connect(&profile, &secrets).unwrap();

    assert!(cluster.catalogue().unwrap().topics.iter().all(|known| known.name != topic));
    let problem = Problem::from(cluster.topic(&topic).unwrap_err());

    assert_eq!(problem.what, format!("Looking at topic {topic} is not authorised"));
    assert_eq!(problem.why, "Broker: Topic authorization failed");
    assert!(problem.next.starts_with("Ask for an access rule (ACL)"), "{problem}");
}

#[test]
fn what_a_user_may_not_see_of_a_topic_is_told_beside_what_it_may() {
    let secure = Kafka::secure();
    let topic = secure.kafka.topic("half-open", 2, &[]);
    secure.allow("carol", "Describe", &topic);
    let (profile, secrets) = secure.profile(Protocol::SaslPlaintext, Mechanism::Plain, "carol");
    let detail = Cluster::connect(&profile, &secrets).unwrap().topic(&topic).unwrap();

    assert_eq!(detail.summary.partitions.len(), 2);
    assert!(detail.config.is_empty());
    assert_eq!(
        detail.problems,
        [format!("reading the configuration of topic {topic} is not authorised: this user may not see it")]
    );
}

#[test]
fn a_read_only_connection_refuses_to_write() {
    let mut profile = Kafka::plain().profile();
    profile.read_only = true;
    let cluster = Cluster::connect(&profile, &Secrets::new()).unwrap();
    let problem = Problem::from(cluster.write_access("publish to models").err().unwrap());
    assert_eq!(problem.what, "Publish to models refused");
    assert_eq!(problem.why, "connection test is read-only");
    assert!(problem.next.starts_with("Switch off read-only"), "{problem}");
}
