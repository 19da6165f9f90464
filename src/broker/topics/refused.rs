//! Why a change to topics was not made.

use std::io;

use kafka_protocol::ResponseError;

/// An error of the protocol with words to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Refused {
    /// The error.
    pub error: ResponseError,
    /// What was wrong.
    pub message: String,
}

impl Refused {
    /// An error with words to it.
    pub fn new(error: ResponseError, message: impl Into<String>) -> Self {
        Self { error, message: message.into() }
    }

    /// A topic that is not there.
    pub fn unknown_topic() -> Self {
        Self::new(ResponseError::UnknownTopicOrPartition, "This server does not host this topic-partition.")
    }

    /// A value that is none for a configuration.
    pub fn config(message: impl Into<String>) -> Self {
        Self::new(ResponseError::InvalidConfig, message)
    }
}

impl From<io::Error> for Refused {
    fn from(error: io::Error) -> Self {
        Self::new(ResponseError::KafkaStorageError, format!("the broker's folder cannot be written: {error}"))
    }
}
