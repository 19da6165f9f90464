//! librdkafka's errors, joined with what its clients said, as errors that a person can act on.

use std::time::Duration;

use rdkafka::error::{KafkaError as LibraryError, RDKafkaErrorCode as Code};

use super::context::{Cause, ForebayContext};
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

/// The error that a person gets.
pub(super) fn explain(asked: &Asked<'_>, error: &LibraryError, context: &ForebayContext) -> KafkaError {
    let what = asked.what.to_string();
    let Some(code) = error.rdkafka_error_code() else {
        return KafkaError::Other { what, why: error.to_string() };
    };
    match code {
        Code::Authentication | Code::SaslAuthenticationFailed | Code::SSL => {
            link_failure(asked, code, context)
        }
        Code::BrokerTransportFailure | Code::AllBrokersDown | Code::Resolve => {
            link_failure(asked, code, context)
        }
        Code::OperationTimedOut | Code::RequestTimedOut if names_cause(&context.causes(RECENT)) => {
            link_failure(asked, code, context)
        }
        Code::OperationTimedOut | Code::RequestTimedOut => {
            KafkaError::TimedOut { what, seconds: asked.timeout.as_secs(), why: words(code) }
        }
        Code::TopicAuthorizationFailed
        | Code::GroupAuthorizationFailed
        | Code::ClusterAuthorizationFailed
        | Code::TransactionalIdAuthorizationFailed => KafkaError::Unauthorised { what, why: words(code) },
        Code::UnknownTopicOrPartition | Code::UnknownTopic | Code::UnknownPartition
            if !asked.topic.is_empty() =>
        {
            KafkaError::NoTopic { topic: asked.topic.into() }
        }
        Code::ProducerFenced | Code::Fenced | Code::InvalidProducerEpoch => KafkaError::Fenced { what },
        _ => KafkaError::Other { what, why: words(code) },
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

/// Whether trying on cannot help: the sign-in or TLS was refused, or no broker of the list can be reached.
pub(super) fn is_final(causes: &[Cause]) -> bool {
    causes
        .iter()
        .any(|cause| matches!(cause.code, Some(Code::Authentication | Code::SSL | Code::AllBrokersDown)))
}

fn names_cause(causes: &[Cause]) -> bool {
    causes.iter().any(|cause| cause.code.is_some_and(|code| code != Code::AllBrokersDown))
}

/// The link to the brokers failed: says which part of it.
fn link_failure(asked: &Asked<'_>, code: Code, context: &ForebayContext) -> KafkaError {
    let causes = context.causes(RECENT);
    let newest = |wanted: Code| causes.iter().find(|cause| cause.code == Some(wanted));
    let bootstrap = asked.bootstrap.to_string();
    if let Some(cause) = newest(Code::Authentication) {
        return KafkaError::SignIn { bootstrap, why: said(cause, asked.bootstrap) };
    }
    if let Some(cause) = newest(Code::SSL) {
        let next = tls_next(&cause.words);
        return KafkaError::Tls { bootstrap, why: said(cause, asked.bootstrap), next };
    }
    let other = newest(Code::Resolve)
        .or_else(|| causes.iter().find(|cause| cause.code.is_some_and(|code| code != Code::AllBrokersDown)))
        .or_else(|| causes.iter().find(|cause| cause.code.is_none()));
    match (code, other) {
        (Code::Authentication | Code::SaslAuthenticationFailed, _) => {
            KafkaError::SignIn { bootstrap, why: words(code) }
        }
        (Code::SSL, _) => KafkaError::Tls { bootstrap, why: words(code), next: tls_next("") },
        (_, Some(cause)) => KafkaError::Unreachable {
            bootstrap,
            why: said(cause, asked.bootstrap),
            next: unreachable_next(&cause.words),
        },
        (_, None) => KafkaError::Unreachable {
            bootstrap,
            why: format!("{} within {} s", words(code), asked.timeout.as_secs()),
            next: unreachable_next(""),
        },
    }
}

/// The words, with the broker in front where it is not simply the bootstrap address.
fn said(cause: &Cause, bootstrap: &str) -> String {
    match &cause.broker {
        Some(broker) if broker != bootstrap => format!("{broker}: {}", cause.words),
        _ => cause.words.clone(),
    }
}

fn tls_next(words: &str) -> String {
    let next = if words.contains("wrong version number") || words.contains("packet length too long") {
        "The broker speaks no TLS on this port: choose PLAINTEXT or SASL_PLAINTEXT, or the port of its TLS listener."
    } else if words.contains("certificate verify failed") || words.contains("verify") {
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
    let next = if words.contains("security.protocol") || words.contains("SSL listener") {
        "Something answers there but breaks the link: the listener probably wants TLS or a sign-in. Choose its \
         security protocol."
    } else if words.contains("resolve") {
        "Check the host's name, and that this machine can look it up."
    } else if words.contains("refused") {
        "Check the port, and that the broker runs."
    } else {
        "Check the address, the port and the network between."
    };
    next.into()
}
