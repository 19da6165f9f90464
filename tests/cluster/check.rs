//! The connection check, step by step.

use forebay::jobs::Cancel;
use forebay::kafka::{
    CheckOutcome, CheckResult, CheckStep, ConnectionProfile, Mechanism, Protocol, Secrets, check_connection,
};

use crate::harness::{Kafka, TestRecord};

fn check(profile: &ConnectionProfile, secrets: &Secrets) -> (bool, Vec<CheckResult>) {
    let mut results = Vec::new();
    let cluster = check_connection(profile, secrets, &Cancel::new(), &mut |result| results.push(result));
    (cluster.is_ok(), results)
}

fn step(results: &[CheckResult], step: CheckStep) -> (&CheckOutcome, &str) {
    let result = results.iter().find(|result| result.step == step).unwrap();
    (&result.outcome, &result.detail)
}

fn words(results: &[CheckResult]) -> Vec<&'static str> {
    let word = |result: &CheckResult| match result.outcome {
        CheckOutcome::Ok => "ok",
        CheckOutcome::NotUsed => "not used",
        CheckOutcome::NotTried => "not tried",
        CheckOutcome::Failed(_) => "failed",
    };
    results.iter().map(word).collect()
}

#[test]
fn a_plain_broker_passes_every_step_that_can_be_tried_without_writing() {
    let kafka = Kafka::start();
    let topic = kafka.topic("flights", 3, &[]);
    kafka.produce(&topic, [TestRecord::new("{}")]);

    let (connected, results) = check(&kafka.profile(), &Secrets::new());

    assert!(connected);
    assert_eq!(results.iter().map(|result| result.step).collect::<Vec<_>>(), CheckStep::ALL);
    assert_eq!(
        words(&results),
        ["ok", "ok", "not used", "not used", "ok", "ok", "ok", "ok", "not tried"],
        "{results:#?}"
    );
    assert_eq!(step(&results, CheckStep::Address).1, kafka.bootstrap());
    assert_eq!(step(&results, CheckStep::Tcp).1, "1 of 1 bootstrap server answered");
    assert_eq!(step(&results, CheckStep::Metadata).1, "1 broker, 1 topic, 3 partitions");
    assert_eq!(step(&results, CheckStep::OffsetsByTime).1, format!("3 look-ups, topic {topic}"));
    assert_eq!(
        step(&results, CheckStep::Permissions).1,
        "may list groups, describe configuration, create topics; reading and writing records not tried"
    );
    assert!(step(&results, CheckStep::Transactions).1.starts_with("offered by the broker"));
    assert_eq!(kafka.connect().catalogue().unwrap().topics.len(), 1, "the check has made a topic");
}

#[test]
fn an_encrypted_link_with_a_sign_in_tells_each_with_its_time() {
    let secure = Kafka::secure();
    let (profile, secrets) = secure.profile(Protocol::SaslSsl, Mechanism::ScramSha512, "bob");
    let (connected, results) = check(&profile, &secrets);
    assert!(connected, "{results:#?}");
    assert_eq!(step(&results, CheckStep::Tls), (&CheckOutcome::Ok, "certificate verified"));
    assert_eq!(step(&results, CheckStep::SignIn), (&CheckOutcome::Ok, "SCRAM-SHA-512 as bob"));
    for timed in [CheckStep::Tls, CheckStep::SignIn, CheckStep::Protocol] {
        let result = results.iter().find(|result| result.step == timed).unwrap();
        assert!(!result.took.is_zero(), "{result:?}");
    }
}

#[test]
fn a_user_without_rights_is_told_what_it_may_not() {
    let secure = Kafka::secure();
    let (profile, secrets) = secure.profile(Protocol::SaslPlaintext, Mechanism::Plain, "carol");
    let (connected, results) = check(&profile, &secrets);
    assert!(connected, "{results:#?}");
    assert!(step(&results, CheckStep::Permissions).1.contains("may not "), "{results:#?}");
    assert!(step(&results, CheckStep::Permissions).1.contains("create topics"), "{results:#?}");
}

#[test]
fn the_step_that_fails_carries_the_problem_and_the_rest_is_not_tried() {
    let secure = Kafka::secure();
    let (profile, mut secrets) = secure.profile(Protocol::SaslSsl, Mechanism::Plain, "alice");
    secrets.set("sasl.password", "wrong");
    let (connected, mut results) = check(&profile, &secrets);
    assert!(!connected);
    let CheckOutcome::Failed(problem) = step(&results, CheckStep::SignIn).0 else { panic!("{results:#?}") };
    assert_eq!(problem.next, "Check user, password and mechanism.");
    results.sort_by_key(|result| result.step);
    let expected = ["ok", "ok", "ok", "failed", "ok", "not tried", "not tried", "not tried", "not tried"];
    assert_eq!(words(&results), expected, "{results:#?}");
}

#[test]
fn a_check_fails_at_the_step_that_is_wrong() {
    let secure = Kafka::secure();
    let plain = |bootstrap: &str| ConnectionProfile {
        name: "staging".into(),
        bootstrap: bootstrap.into(),
        ..ConnectionProfile::default()
    };
    let (mut unknown_authority, secrets) = secure.profile(Protocol::Ssl, Mechanism::Plain, "alice");
    unknown_authority.properties.insert("ssl.ca.location".into(), secure.file("other-ca.pem"));
    let cases = [
        (plain("no-such-host.invalid:9092"), CheckStep::Address),
        (plain("127.0.0.1:1"), CheckStep::Tcp),
        (plain(&secure.address(Protocol::Ssl)), CheckStep::Protocol),
        (unknown_authority, CheckStep::Tls),
    ];
    for (profile, expected) in cases {
        let (connected, results) = check(&profile, &secrets);
        assert!(!connected);
        let failed: Vec<_> = results
            .iter()
            .filter(|result| matches!(result.outcome, CheckOutcome::Failed(_)))
            .map(|result| result.step)
            .collect();
        assert_eq!(failed, [expected], "{results:#?}");
        assert_eq!(results.len(), CheckStep::ALL.len());
    }
}

#[test]
fn a_cancelled_check_ends_with_the_steps_left_not_tried() {
    let cancel = Cancel::new();
    let mut results = Vec::new();
    let stop = cancel.clone();
    let cluster = check_connection(&Kafka::plain().profile(), &Secrets::new(), &cancel, &mut |result| {
        stop.cancel();
        results.push(result);
    });
    assert_eq!(cluster.err(), Some(forebay::kafka::KafkaError::Cancelled));
    assert_eq!(words(&results)[0], "ok");
    assert!(words(&results)[2..].iter().all(|word| *word == "not tried"), "{results:#?}");
    assert_eq!(results[8].detail, "cancelled");
}
