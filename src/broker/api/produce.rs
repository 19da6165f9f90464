//! Produce: batches go to the ends of partitions' logs.

use bytes::Bytes;
use kafka_protocol::ResponseError;
use kafka_protocol::messages::produce_request::{PartitionProduceData, TopicProduceData};
use kafka_protocol::messages::produce_response::{
    BatchIndexAndErrorMessage, PartitionProduceResponse, TopicProduceResponse,
};
use kafka_protocol::messages::{ProduceRequest, ProduceResponse};

use super::{Call, text};
use crate::broker::log::{AppendError, Appended, Compression, PartitionLog, RecordError, peek};
use crate::broker::malformed::Malformed;
use crate::broker::partition::TopicPartition;
use crate::broker::server::dispatch::{Outcome, encode};
use crate::broker::topics::Topic;
use crate::broker::transactions::Producer;

/// Why a partition's records were not taken.
struct NotTaken {
    error: ResponseError,
    message: Option<String>,
    records: Vec<RecordError>,
}

impl From<ResponseError> for NotTaken {
    fn from(error: ResponseError) -> Self {
        Self { error, message: None, records: Vec::new() }
    }
}

/// Produce. Without acknowledgement there is no answer, and an error closes the connection, so that the client hears of it.
pub fn answer(call: &Call<'_>, request: ProduceRequest) -> Result<Outcome, Malformed> {
    let transactional_id = request.transactional_id.as_deref().map(|id| id.as_str());
    let acks = request.acks;
    let topics = request.topic_data.into_iter().map(|topic| {
        let TopicProduceData { name, partition_data, .. } = topic;
        let found = call.node.topics.named(&name);
        let partitions = partition_data.into_iter().map(|data| {
            let number = data.index;
            let done = match &found {
                _ if !(-1..=1).contains(&acks) => Err(ResponseError::InvalidRequiredAcks.into()),
                None => Err(ResponseError::UnknownTopicOrPartition.into()),
                Some(topic) => append(call, topic, data, transactional_id),
            };
            described(number, done)
        });
        TopicProduceResponse::default().with_partition_responses(partitions.collect()).with_name(name)
    });
    let response = ProduceResponse::default().with_responses(topics.collect());
    if acks != 0 {
        return Ok(Outcome::Answer(encode(&response, call.correlation_id, call.version)?, None));
    }
    let mut partitions = response.responses.iter().flat_map(|topic| &topic.partition_responses);
    let failed = partitions.any(|partition| partition.error_code != 0);
    Ok(if failed { Outcome::Close(None) } else { Outcome::Nothing })
}

fn append(
    call: &Call<'_>,
    topic: &Topic,
    data: PartitionProduceData,
    transactional_id: Option<&str>,
) -> Result<Appended, NotTaken> {
    let partition = topic.partition(data.index).ok_or(ResponseError::UnknownTopicOrPartition)?;
    let records = data.records.unwrap_or_default();
    check_form(&records, call.version)?;
    let place = TopicPartition::new(topic.name.as_str(), data.index);
    let appended = call.node.on_disk(|| {
        partition.with_log(|log| {
            verify(call, log, &records, transactional_id, &place)?;
            log.append(records, topic.leader_epoch, call.node.now()).map_err(NotTaken::from)
        })
    });
    partition.wake();
    appended.unwrap_or_else(|| Err(ResponseError::UnknownTopicOrPartition.into()))
}

/// Whether there is exactly one batch, of a form that this version of the request may have. Whether it is sound is for the log
/// to say.
fn check_form(records: &[u8], version: i16) -> Result<(), NotTaken> {
    /// Offset and length come before a batch, and the smallest of any form has so many bytes after them.
    const BEFORE: usize = 12;
    const LEAST: usize = 14;
    /// First version of the request in which batches may be compressed by zstd.
    const WITH_ZSTD: i16 = 7;
    let invalid = |message: &str| NotTaken {
        message: Some(message.to_string()),
        ..ResponseError::InvalidRecord.into()
    };
    let one_batch = "a produce request has exactly one batch for each partition";
    let length =
        records.get(8..).and_then(|rest| rest.first_chunk()).map(|length| i32::from_be_bytes(*length));
    let Some(length) = length else { return Err(invalid(one_batch)) };
    let length = usize::try_from(length).ok().filter(|length| *length >= LEAST);
    let length = length.ok_or(ResponseError::CorruptMessage)?;
    match records.get(16) {
        Some(2) => {}
        Some(0 | 1) => return Err(invalid("a produce request has only batches of format 2")),
        Some(_) => return Err(ResponseError::CorruptMessage.into()),
        None => return Err(invalid(one_batch)),
    }
    if records.len() - BEFORE != length {
        return Err(invalid(one_batch));
    }
    let attributes =
        records.get(21..).and_then(|rest| rest.first_chunk()).map_or(0, |two| i16::from_be_bytes(*two));
    if version < WITH_ZSTD && Compression::from_attributes(attributes) == Some(Compression::Zstd) {
        return Err(ResponseError::UnsupportedCompressionType.into());
    }
    Ok(())
}

/// Whether a transactional batch belongs to an ongoing transaction of which this partition is a part. The log is held
/// meanwhile, so that the transaction's marker cannot come between this look and the batch.
fn verify(
    call: &Call<'_>,
    log: &PartitionLog,
    records: &Bytes,
    transactional_id: Option<&str>,
    place: &TopicPartition,
) -> Result<(), NotTaken> {
    let Some(producer) = transactional_producer(records) else { return Ok(()) };
    // Who may write under no id is not the owner of one.
    let id = transactional_id.ok_or(ResponseError::TransactionalIdAuthorizationFailed)?;
    if log.has_ongoing(producer.id, producer.epoch) {
        return Ok(());
    }
    let verified =
        call.node.with_transactions(|transactions| transactions.verify_partition(id, producer, place));
    verified.map_err(|error| match error {
        // Clients try this one again.
        ResponseError::ConcurrentTransactions => ResponseError::NotEnoughReplicas.into(),
        error => error.into(),
    })
}

/// The producer of a transactional batch; `None` for other batches, and for bytes that the log will refuse.
fn transactional_producer(batch: &[u8]) -> Option<Producer> {
    let batch = peek(batch).filter(|batch| batch.transactional)?;
    Some(Producer { id: batch.producer_id, epoch: batch.producer_epoch })
}

fn described(number: i32, done: Result<Appended, NotTaken>) -> PartitionProduceResponse {
    let described = PartitionProduceResponse::default().with_index(number);
    let refused = match done {
        Ok(appended) => {
            return described
                .with_base_offset(appended.base_offset)
                .with_log_append_time_ms(appended.log_append_time)
                .with_log_start_offset(appended.log_start_offset);
        }
        Err(refused) => refused,
    };
    let records = refused.records.into_iter().map(|record| {
        BatchIndexAndErrorMessage::default()
            .with_batch_index(record.index)
            .with_batch_index_error_message(Some(text(record.reason)))
    });
    described
        .with_error_code(refused.error.code())
        .with_error_message(refused.message.map(text))
        .with_record_errors(records.collect())
        .with_base_offset(-1)
        .with_log_append_time_ms(-1)
        .with_log_start_offset(-1)
}

impl From<AppendError> for NotTaken {
    fn from(why: AppendError) -> Self {
        let message = Some(why.to_string());
        let (error, records) = match why {
            AppendError::Corrupt(_) => (ResponseError::CorruptMessage, Vec::new()),
            AppendError::InvalidRecord { records, .. } => (ResponseError::InvalidRecord, records),
            AppendError::InvalidTimestamp { records, .. } => (ResponseError::InvalidTimestamp, records),
            AppendError::BatchTooLarge { .. } => (ResponseError::MessageTooLarge, Vec::new()),
            AppendError::ListTooLarge { .. } => (ResponseError::RecordListTooLarge, Vec::new()),
            AppendError::OutOfOrderSequence { .. } => (ResponseError::OutOfOrderSequenceNumber, Vec::new()),
            AppendError::InvalidProducerEpoch { .. } => (ResponseError::InvalidProducerEpoch, Vec::new()),
            AppendError::InvalidTransactionState { .. } => (ResponseError::InvalidTxnState, Vec::new()),
            AppendError::CoordinatorFenced { .. } => {
                (ResponseError::TransactionCoordinatorFenced, Vec::new())
            }
            AppendError::Storage(_) => (ResponseError::KafkaStorageError, Vec::new()),
        };
        Self { error, message, records }
    }
}
