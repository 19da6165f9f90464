//! What librdkafka says beside its return codes.
//!
//! A wrong password, a TLS failure and a dead address all come back from a call as the same transport failure; the cause
//! reaches only the error and log callbacks. [`ForebayContext`] keeps the newest of those lines, and
//! [`super::explain`] joins them into the error. All clients of one [`super::Cluster`] share one context.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use rdkafka::client::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::consumer::ConsumerContext;
use rdkafka::error::{KafkaError as LibraryError, RDKafkaErrorCode};
use rdkafka::message::DeliveryResult;
use rdkafka::producer::ProducerContext;

const KEPT: usize = 32;

/// librdkafka's name for the lines that tell of a broken link.
const BROKEN_LINK: &str = "FAIL";

/// How librdkafka begins what failed in the handshake of TLS.
pub(super) const HANDSHAKE_FAILED: &str = "SSL handshake failed";

/// The context of every librdkafka client of a connection. Clones keep their lines together. A client is heard only while
/// it is polled.
#[derive(Clone, Default)]
pub(super) struct ForebayContext {
    causes: Arc<Mutex<VecDeque<Cause>>>,
}

/// One line that librdkafka said.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Cause {
    at: Instant,
    /// The error's code; `None` for a log line.
    pub code: Option<RDKafkaErrorCode>,
    /// `host:port` of the broker that it is about, where the line names one.
    pub broker: Option<String>,
    /// librdkafka's words, without thread, protocol and state.
    pub words: String,
}

impl ForebayContext {
    /// What was said within the last `span`, newest first.
    pub fn causes(&self, span: Duration) -> Vec<Cause> {
        let causes = self.causes.lock().unwrap_or_else(PoisonError::into_inner);
        causes.iter().rev().take_while(|cause| cause.at.elapsed() <= span).cloned().collect()
    }

    /// Whether a client had no broker any more within the last `span`.
    pub fn all_were_down(&self, span: Duration) -> bool {
        self.causes(span).iter().any(|cause| cause.code == Some(RDKafkaErrorCode::AllBrokersDown))
    }

    fn keep(&self, code: Option<RDKafkaErrorCode>, line: &str) {
        let (broker, words) = strip(line);
        let mut causes = self.causes.lock().unwrap_or_else(PoisonError::into_inner);
        if causes.len() == KEPT {
            causes.pop_front();
        }
        causes.push_back(Cause { at: Instant::now(), code, broker, words });
    }
}

impl ClientContext for ForebayContext {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, line: &str) {
        if facility == BROKEN_LINK || (level as i32) <= RDKafkaLogLevel::Error as i32 {
            self.keep(None, line);
        }
    }

    fn error(&self, error: LibraryError, reason: &str) {
        self.keep(error.rdkafka_error_code(), reason);
    }
}

impl ConsumerContext for ForebayContext {}

impl ProducerContext for ForebayContext {
    type DeliveryOpaque = ();

    fn delivery(&self, _result: &DeliveryResult<'_>, _opaque: ()) {}
}

/// Splits `[thrd:x]: ssl://host:9093/bootstrap: words (after 3ms in state y)` into the broker's address and the words.
fn strip(line: &str) -> (Option<String>, String) {
    let line = match line.strip_prefix("[thrd:").and_then(|rest| rest.split_once("]: ")) {
        Some((_, rest)) => rest,
        None => line,
    };
    let (broker, words) = match line.split_once(": ") {
        Some((head, words)) if is_broker(head) => (address(head), words),
        _ => (None, line),
    };
    let (words, state) = words.split_once(" (after ").unwrap_or((words, ""));
    let words = words.trim();
    // A handshake that fails within its first call is told like any other broken link, but for the state. Where time ran out
    // in it, the other side is away.
    let in_handshake = state.contains("state SSL_HANDSHAKE") && !words.contains("timed out");
    if in_handshake && !words.starts_with(HANDSHAKE_FAILED) {
        return (broker, format!("{HANDSHAKE_FAILED}: {words}"));
    }
    (broker, words.to_string())
}

fn is_broker(head: &str) -> bool {
    head.contains('/') && !head.contains(' ')
}

fn address(head: &str) -> Option<String> {
    let host = head.split_once("://").map_or(head, |(_, rest)| rest);
    host.split('/').next().filter(|host| host.contains(':')).map(str::to_string)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_reduced_to_the_broker_and_the_words() {
        let line = "[thrd:sasl_ssl://k:9093/bootstrap]: sasl_ssl://k:9093/bootstrap: SASL authentication error: \
                    Authentication failed: Invalid username or password (after 5ms in state AUTH_REQ)";
        let expected = "SASL authentication error: Authentication failed: Invalid username or password";
        assert_eq!(strip(line), (Some("k:9093".into()), expected.into()));
        assert_eq!(strip("1/1 brokers are down"), (None, "1/1 brokers are down".into()));
    }

    #[test]
    fn the_newest_lines_come_first_and_only_so_many_are_kept() {
        let context = ForebayContext::default();
        for number in 0..KEPT + 5 {
            context.error(LibraryError::Global(RDKafkaErrorCode::SSL), &format!("line {number}"));
        }
        let causes = context.causes(Duration::from_secs(60));
        assert!(!context.all_were_down(Duration::from_secs(60)));
        assert_eq!(causes.len(), KEPT);
        assert_eq!(causes[0].words, format!("line {}", KEPT + 4));
    }

    #[test]
    fn clones_keep_their_lines_together() {
        let context = ForebayContext::default();
        context.clone().log(RDKafkaLogLevel::Error, "FAIL", "plain://k:1/1: Connection refused");
        let causes = context.causes(Duration::from_secs(60));
        assert_eq!(causes[0].broker.as_deref(), Some("k:1"));
        assert_eq!((causes[0].code, causes[0].words.as_str()), (None, "Connection refused"));
    }
}
