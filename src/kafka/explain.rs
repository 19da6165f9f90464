//! librdkafka's errors, joined with what its clients said, as errors that a person can act on.

use std::time::Duration;

use rdkafka::error::{KafkaError as LibraryError, RDKafkaErrorCode as Code};

use super::context::{Cause, ForebayContext, HANDSHAKE_FAILED};
use super::error::KafkaError;

/// What was asked for when it failed.
pub(super) struct Asked<'a> {
    /// What was being done: `reading flights`.
    pub what: &'a str,
    /// The topic that it was about; empty where it was about none.
    pub topic: &'a str,
    /// The connection's bootstrap servers.
    pub bootstrap: &'a str,
    /// How long was waited.
    pub timeout: Duration,
}

/// How far back a line still explains a failure.
const RECENT: Duration = Duration::from_secs(30);

/// An address may stand for several machines or both protocols of the internet, which are tried one after another.
const TRY_ALL_ADDRESSES: Duration = Duration::from_millis(1500);

/// The error that a person gets.
pub(super) fn explain(asked: &Asked<'_>, error: &LibraryError, context: &ForebayContext) -> KafkaError {
    let what = asked.what.to_string();
    let topic = asked.topic.to_string();
    let Some(code) = code_of(error) else {
        return KafkaError::Other { what, why: error.to_string() };
    };
    match code {
        Code::Authentication
        | Code::SaslAuthenticationFailed
        | Code::SSL
        | Code::BrokerTransportFailure
        | Code::AllBrokersDown
        | Code::Resolve => link_failure(asked, code, context),
        Code::OperationTimedOut | Code::RequestTimedOut if context.causes(RECENT).iter().any(names_link) => {
            link_failure(asked, code, context)
        }
        Code::OperationTimedOut | Code::RequestTimedOut => {
            KafkaError::TimedOut { what, seconds: asked.timeout.as_secs(), why: words(code) }
        }
        Code::TopicAuthorizationFailed
        | Code::GroupAuthorizationFailed
        | Code::ClusterAuthorizationFailed
        | Code::TransactionalIdAuthorizationFailed => KafkaError::Unauthorised { what, why: words(code) },
        Code::UnknownTopicOrPartition | Code::UnknownTopic | Code::UnknownPartition if !topic.is_empty() => {
            KafkaError::NoTopic { topic }
        }
        Code::TopicAlreadyExists => KafkaError::TopicExists { topic },
        Code::ProducerFenced | Code::Fenced | Code::InvalidProducerEpoch => KafkaError::Fenced { what },
        _ => KafkaError::Other { what, why: words(code) },
    }
}

/// Also the code of an administrator's request, which the library's own method leaves out.
fn code_of(error: &LibraryError) -> Option<Code> {
    match error {
        LibraryError::AdminOp(code) => Some(*code),
        other => other.rdkafka_error_code(),
    }
}

/// librdkafka's sentence for a code: `Broker: Topic authorization failed`.
pub(super) fn words(code: Code) -> String {
    let text = code.to_string();
    match text.split_once(" (") {
        Some((_, sentence)) => sentence.strip_suffix(')').unwrap_or(sentence).to_string(),
        None => text,
    }
}

/// Whether waiting longer for a first answer cannot help: the sign-in or TLS was refused, or every server of the list has
/// failed at all its addresses.
pub(super) fn is_hopeless(causes: &[Cause], bootstrap: &str, waited: Duration) -> bool {
    let refused = |cause: &Cause| matches!(cause.code, Some(Code::Authentication | Code::SSL));
    let failed = |server: &str| causes.iter().any(|cause| cause.broker.as_deref() == Some(server));
    causes.iter().any(refused)
        || (waited >= TRY_ALL_ADDRESSES && bootstrap.split(',').all(|server| failed(server.trim())))
}

/// Whether the line tells of a link that failed.
fn names_link(cause: &Cause) -> bool {
    cause.broker.is_some() && cause.code != Some(Code::AllBrokersDown)
}

/// The link to the brokers failed: says which part of it.
fn link_failure(asked: &Asked<'_>, code: Code, context: &ForebayContext) -> KafkaError {
    let causes = context.causes(RECENT);
    let coded = |wanted: Code| causes.iter().find(|cause| cause.code == Some(wanted));
    let cause = coded(Code::Authentication)
        .or_else(|| coded(Code::SSL))
        .or_else(|| coded(Code::Resolve))
        .or_else(|| causes.iter().find(|cause| names_link(cause)));
    let bootstrap = asked.bootstrap.to_string();
    let Some(cause) = cause else {
        return without_cause(bootstrap, code, asked.timeout);
    };
    let why = said(cause, asked.bootstrap);
    match cause.code.unwrap_or(code) {
        Code::Authentication => KafkaError::SignIn { bootstrap, why, next: sign_in_next(&cause.words) },
        Code::SSL => KafkaError::Tls { bootstrap, why, next: tls_next(&cause.words) },
        _ if cause.words.starts_with(HANDSHAKE_FAILED) => {
            KafkaError::Tls { bootstrap, why, next: tls_next(&cause.words) }
        }
        _ => KafkaError::Unreachable { bootstrap, why, next: unreachable_next(&cause.words) },
    }
}

fn without_cause(bootstrap: String, code: Code, timeout: Duration) -> KafkaError {
    match code {
        Code::Authentication | Code::SaslAuthenticationFailed => {
            KafkaError::SignIn { bootstrap, why: words(code), next: sign_in_next("") }
        }
        Code::SSL => KafkaError::Tls { bootstrap, why: words(code), next: tls_next("") },
        _ => {
            let why = format!("no answer within {} s", timeout.as_secs());
            KafkaError::Unreachable { bootstrap, why, next: unreachable_next("") }
        }
    }
}

/// The words, with the broker in front where it is not simply the bootstrap address.
fn said(cause: &Cause, bootstrap: &str) -> String {
    match &cause.broker {
        Some(broker) if broker != bootstrap => format!("{broker}: {}", cause.words),
        _ => cause.words.clone(),
    }
}

fn sign_in_next(words: &str) -> String {
    let next = if words.contains("not valid in current SASL state") {
        "The broker wants no sign-in on this port: choose PLAINTEXT or SSL, or the port of its SASL listener."
    } else if words.contains("supported mechanisms") {
        "Choose one of the mechanisms that the broker names."
    } else {
        "Check user, password and mechanism."
    };
    next.into()
}

fn tls_next(words: &str) -> String {
    let next = if words.contains("wrong version number") || words.contains("Disconnected") {
        "The broker speaks no TLS on this port: choose PLAINTEXT or SASL_PLAINTEXT, or the port of its TLS listener."
    } else if words.contains("certificate verify failed") {
        "Give the certificate authority that signed the broker's certificate as ssl.ca.location, and check that the \
         address is one of the certificate's names."
    } else if words.contains("certificate required") || words.contains("bad certificate") {
        "The broker wants a certificate of yours: give ssl.certificate.location and ssl.key.location."
    } else {
        "Check the security protocol, the port and the certificates."
    };
    next.into()
}

fn unreachable_next(words: &str) -> String {
    let next = if words.contains("Disconnected") {
        "The other side broke the link. If it never held, the listener wants TLS or a sign-in: choose another security \
         protocol, or another port."
    } else if words.contains("resolve") {
        "Check the host's name, and that this machine can look it up."
    } else if words.contains("refused") {
        "Check the port, and that the broker runs."
    } else {
        "Check the address, the port and the network between."
    };
    next.into()
}

#[cfg(test)]
mod tests {
    use rdkafka::ClientContext;

    use super::*;

    fn asked() -> Asked<'static> {
        let timeout = Duration::from_secs(10);
        Asked { what: "reading flights", topic: "flights", bootstrap: "k:9092", timeout }
    }

    fn explained(code: Code, heard: &[(Code, &str)]) -> KafkaError {
        let context = ForebayContext::default();
        for (code, line) in heard {
            context.error(LibraryError::Global(*code), line);
        }
        explain(&asked(), &LibraryError::MetadataFetch(code), &context)
    }

    #[test]
    fn a_transport_failure_says_what_the_client_heard() {
        let heard =
            [(Code::Authentication, "sasl_ssl://k:9092/1: SASL authentication error: no (after 3ms in x)")];
        let error = explained(Code::BrokerTransportFailure, &heard);
        assert!(
            matches!(&error, KafkaError::SignIn { why, .. } if why == "SASL authentication error: no"),
            "{error}"
        );
    }

    #[test]
    fn a_link_that_breaks_in_the_handshake_is_a_failure_of_tls_in_whatever_words() {
        let broken = |words, state| {
            let line = format!("ssl://k:9092/bootstrap: {words} (after 12ms in state {state})");
            explained(Code::BrokerTransportFailure, &[(Code::BrokerTransportFailure, &line)])
        };
        for words in ["Disconnected: SSL connection closed by peer", "Disconnected: connection reset by peer"]
        {
            let error = broken(words, "SSL_HANDSHAKE");
            let KafkaError::Tls { why, next, .. } = &error else { panic!("{error}") };
            assert_eq!(why, &format!("SSL handshake failed: {words}"));
            assert!(next.starts_with("The broker speaks no TLS on this port"), "{next}");
            assert!(matches!(broken(words, "UP"), KafkaError::Unreachable { .. }));
        }
        let silent = broken("Connection setup timed out in state SSL_HANDSHAKE", "SSL_HANDSHAKE");
        assert!(matches!(silent, KafkaError::Unreachable { .. }), "{silent}");
    }

    #[test]
    fn a_time_out_is_a_broken_link_only_where_the_client_heard_of_one() {
        let refused =
            [(Code::BrokerTransportFailure, "k:9092/1: Connect to ipv4#127.0.0.1:9092 failed: refused")];
        assert!(matches!(explained(Code::OperationTimedOut, &refused), KafkaError::Unreachable { .. }));
        assert!(matches!(explained(Code::OperationTimedOut, &[]), KafkaError::TimedOut { seconds: 10, .. }));
    }

    #[test]
    fn a_missing_topic_is_named() {
        let error = explained(Code::UnknownTopicOrPartition, &[]);
        assert_eq!(error, KafkaError::NoTopic { topic: "flights".into() });
    }

    #[test]
    fn codes_are_told_in_the_librarys_sentence() {
        assert_eq!(words(Code::TopicAuthorizationFailed), "Broker: Topic authorization failed");
    }

    #[test]
    fn waiting_ends_when_every_server_has_failed_and_not_before() {
        let context = ForebayContext::default();
        context.error(LibraryError::Global(Code::BrokerTransportFailure), "a:1/bootstrap: refused");
        let causes = context.causes(RECENT);
        assert!(!is_hopeless(&causes, "a:1", Duration::ZERO));
        assert!(is_hopeless(&causes, "a:1", TRY_ALL_ADDRESSES));
        assert!(!is_hopeless(&causes, "a:1, b:1", TRY_ALL_ADDRESSES));
    }
}
