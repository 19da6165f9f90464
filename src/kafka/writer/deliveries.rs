//! What becomes of records that were handed over.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use rdkafka::client::ClientContext;
use rdkafka::config::RDKafkaLogLevel;
use rdkafka::error::{KafkaError as LibraryError, RDKafkaErrorCode as Code};
use rdkafka::message::{DeliveryResult, Message};
use rdkafka::producer::ProducerContext;

use crate::kafka::context::ForebayContext;

/// A producer's context: passes on what librdkafka says, and keeps the first delivery that failed.
pub(super) struct Deliveries {
    said: ForebayContext,
    failure: Mutex<Option<Failure>>,
    any_failed: AtomicBool,
}

/// A record that was not delivered.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Failure {
    pub topic: String,
    pub code: Code,
    pub bytes: usize,
}

impl Deliveries {
    pub fn new(said: ForebayContext) -> Self {
        Self { said, failure: Mutex::new(None), any_failed: AtomicBool::new(false) }
    }

    /// The first failure since the last call.
    pub fn take_failure(&self) -> Option<Failure> {
        self.failure.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Whether any delivery ever failed.
    pub fn has_failed(&self) -> bool {
        self.any_failed.load(Ordering::Relaxed)
    }

    fn failed(&self, failure: Failure) {
        self.any_failed.store(true, Ordering::Relaxed);
        self.failure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(failure);
    }
}

impl ClientContext for Deliveries {
    fn log(&self, level: RDKafkaLogLevel, facility: &str, line: &str) {
        self.said.log(level, facility, line);
    }

    fn error(&self, error: LibraryError, reason: &str) {
        self.said.error(error, reason);
    }
}

impl ProducerContext for Deliveries {
    type DeliveryOpaque = ();

    fn delivery(&self, result: &DeliveryResult<'_>, _opaque: ()) {
        let Err((error, message)) = result else { return };
        let Some(code) = error.rdkafka_error_code() else { return };
        // An abort takes back what was not sent yet; that is its purpose.
        if matches!(code, Code::PurgeQueue | Code::PurgeInflight) {
            return;
        }
        let bytes = message.key_len() + message.payload_len();
        self.failed(Failure { topic: message.topic().to_string(), code, bytes });
    }
}
