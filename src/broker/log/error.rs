//! Why a log refuses to append or to read. Each case names the Kafka error code that a server answers with.

use std::io;

use thiserror::Error;

/// A record that made its batch invalid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordError {
    /// The record's index in the batch, from 0.
    pub index: i32,
    /// What is wrong with it.
    pub reason: String,
}

/// Why records were not appended. Nothing of the request is in the log then.
#[derive(Debug, Error)]
pub enum AppendError {
    /// `CORRUPT_MESSAGE`: lengths or checksum do not hold.
    #[error("{0}")]
    Corrupt(String),
    /// `INVALID_RECORD`: the batch is whole, but not one that this log takes.
    #[error("{reason}")]
    InvalidRecord {
        /// What is wrong with the batch.
        reason: String,
        /// The records at fault, where it is a matter of single records.
        records: Vec<RecordError>,
    },
    /// `INVALID_TIMESTAMP`: a timestamp too far from the broker's clock.
    #[error("{reason}")]
    InvalidTimestamp {
        /// What is wrong, in general.
        reason: String,
        /// The records at fault.
        records: Vec<RecordError>,
    },
    /// `MESSAGE_TOO_LARGE`: a batch above `max.message.bytes`.
    #[error("the batch takes {size} bytes, more than the {max} that max.message.bytes allows")]
    BatchTooLarge {
        /// The batch's size in bytes.
        size: usize,
        /// The limit in bytes.
        max: usize,
    },
    /// `RECORD_LIST_TOO_LARGE`: the request does not fit into one segment.
    #[error("the batches take {size} bytes, more than the {max} that segment.bytes allows")]
    ListTooLarge {
        /// The size of all batches in bytes.
        size: usize,
        /// The limit in bytes.
        max: u64,
    },
    /// `OUT_OF_ORDER_SEQUENCE_NUMBER`.
    #[error("producer {producer_id} sent sequence {got} where {expected} was due")]
    OutOfOrderSequence {
        /// The producer.
        producer_id: i64,
        /// The first sequence number of the batch.
        got: i32,
        /// The one that would have been right.
        expected: i32,
    },
    /// `INVALID_PRODUCER_EPOCH`: a newer producer with the same id has written already.
    #[error("producer {producer_id} wrote with epoch {got}, but epoch {current} is in force")]
    InvalidProducerEpoch {
        /// The producer.
        producer_id: i64,
        /// The epoch of the batch.
        got: i16,
        /// The epoch in force.
        current: i16,
    },
    /// `INVALID_TXN_STATE`: a plain batch in the middle of the producer's transaction.
    #[error("producer {producer_id} wrote outside of its open transaction")]
    InvalidTransactionState {
        /// The producer.
        producer_id: i64,
    },
    /// `TRANSACTION_COORDINATOR_FENCED`: a marker of an older coordinator.
    #[error("a marker of coordinator epoch {got} came after one of epoch {current}")]
    CoordinatorFenced {
        /// The epoch of the marker.
        got: i32,
        /// The epoch in force.
        current: i32,
    },
    /// `KAFKA_STORAGE_ERROR`.
    #[error("the log could not be written: {0}")]
    Storage(#[from] io::Error),
}

/// Why records were not read.
#[derive(Debug, Error)]
pub enum ReadError {
    /// `OFFSET_OUT_OF_RANGE`.
    #[error("offset {asked} is outside of the log, which holds {start} to {end}")]
    OutOfRange {
        /// The offset asked for.
        asked: i64,
        /// The first offset of the log.
        start: i64,
        /// The offset that the next record gets.
        end: i64,
    },
    /// `KAFKA_STORAGE_ERROR`.
    #[error("the log could not be read: {0}")]
    Storage(#[from] io::Error),
}
