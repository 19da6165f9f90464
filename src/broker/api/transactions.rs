//! InitProducerId, AddPartitionsToTxn, AddOffsetsToTxn, TxnOffsetCommit and EndTxn.

use kafka_protocol::ResponseError;
use kafka_protocol::messages::add_partitions_to_txn_response::{
    AddPartitionsToTxnPartitionResult, AddPartitionsToTxnTopicResult,
};
use kafka_protocol::messages::txn_offset_commit_response::{
    TxnOffsetCommitResponsePartition, TxnOffsetCommitResponseTopic,
};
use kafka_protocol::messages::{
    AddOffsetsToTxnRequest, AddOffsetsToTxnResponse, AddPartitionsToTxnRequest, AddPartitionsToTxnResponse,
    EndTxnRequest, EndTxnResponse, InitProducerIdRequest, InitProducerIdResponse, ProducerId,
    TxnOffsetCommitRequest, TxnOffsetCommitResponse,
};

use super::group_offsets::{of_known, outcome};
use super::membership::owned;
use super::{Call, code, is_there};
use crate::broker::groups::{MemberIdentity, Position, TransactionCommitRequest};
use crate::broker::partition::TopicPartition;
use crate::broker::transactions::{InitRequest, Producer};

/// Older clients know an older name of being fenced.
fn in_words_of(version: i16, fenced_since: i16) -> impl Fn(ResponseError) -> ResponseError {
    move |error| match error {
        ResponseError::ProducerFenced if version < fenced_since => ResponseError::InvalidProducerEpoch,
        error => error,
    }
}

/// InitProducerId.
pub fn init(call: &Call<'_>, request: InitProducerIdRequest) -> InitProducerIdResponse {
    let (id, epoch) =
        if call.version >= 3 { (request.producer_id.0, request.producer_epoch) } else { (-1, -1) };
    let refused = |error: ResponseError| {
        let response = InitProducerIdResponse::default().with_error_code(error.code());
        response.with_producer_id(ProducerId(-1)).with_producer_epoch(-1)
    };
    if (id == -1) != (epoch == -1) {
        return refused(ResponseError::InvalidRequest);
    }
    let init = InitRequest {
        transactional_id: request.transactional_id.map(|id| id.to_string()),
        timeout_ms: request.transaction_timeout_ms,
        known: (id != -1).then_some(Producer { id, epoch }),
    };
    let given = call.node.on_disk(|| {
        let given = call.node.with_transactions(|transactions| transactions.init(call.node.steady(), &init));
        call.node.finish_transactions();
        given
    });
    match given.map_err(in_words_of(call.version, 4)) {
        Ok(producer) => InitProducerIdResponse::default()
            .with_producer_id(ProducerId(producer.id))
            .with_producer_epoch(producer.epoch),
        Err(error) => refused(error),
    }
}

/// AddPartitionsToTxn: all of them or none.
pub fn add_partitions(call: &Call<'_>, request: AddPartitionsToTxnRequest) -> AddPartitionsToTxnResponse {
    let producer =
        Producer { id: request.v3_and_below_producer_id.0, epoch: request.v3_and_below_producer_epoch };
    let topics = request.v3_and_below_topics;
    let places: Vec<TopicPartition> = topics
        .iter()
        .flat_map(|topic| {
            topic.partitions.iter().map(|number| TopicPartition::new(topic.name.as_str(), *number))
        })
        .collect();
    let all_there = places.iter().all(|place| is_there(call, place));
    let id = &request.v3_and_below_transactional_id;
    let added = if all_there {
        call.node.on_disk(|| {
            call.node.with_transactions(|transactions| {
                transactions.add_partitions(call.node.steady(), id, producer, &places)
            })
        })
    } else {
        Err(ResponseError::OperationNotAttempted)
    };
    let all = code(&added.map_err(in_words_of(call.version, 2)));
    let results = topics.into_iter().map(|topic| {
        let partitions = topic.partitions.iter().map(|number| {
            let is_there = all_there || is_there(call, &TopicPartition::new(topic.name.as_str(), *number));
            let error = if is_there { all } else { ResponseError::UnknownTopicOrPartition.code() };
            AddPartitionsToTxnPartitionResult::default()
                .with_partition_index(*number)
                .with_partition_error_code(error)
        });
        AddPartitionsToTxnTopicResult::default()
            .with_results_by_partition(partitions.collect())
            .with_name(topic.name)
    });
    AddPartitionsToTxnResponse::default().with_results_by_topic_v3_and_below(results.collect())
}

/// AddOffsetsToTxn.
pub fn add_offsets(call: &Call<'_>, request: AddOffsetsToTxnRequest) -> AddOffsetsToTxnResponse {
    let producer = Producer { id: request.producer_id.0, epoch: request.producer_epoch };
    let (id, group) = (&request.transactional_id, &request.group_id);
    let added = call.node.on_disk(|| {
        call.node.with_transactions(|transactions| {
            transactions.add_offsets(call.node.steady(), id, producer, group)
        })
    });
    AddOffsetsToTxnResponse::default().with_error_code(code(&added.map_err(in_words_of(call.version, 2))))
}

/// TxnOffsetCommit.
pub fn commit_offsets(call: &Call<'_>, request: TxnOffsetCommitRequest) -> TxnOffsetCommitResponse {
    let offsets = request.topics.iter().flat_map(|topic| {
        topic.partitions.iter().map(|partition| {
            let position = Position {
                offset: partition.committed_offset,
                leader_epoch: partition.committed_leader_epoch,
                metadata: owned(partition.committed_metadata.clone()).unwrap_or_default(),
            };
            (TopicPartition::new(topic.name.as_str(), partition.partition_index), position)
        })
    });
    let producer = Producer { id: request.producer_id.0, epoch: request.producer_epoch };
    let member = MemberIdentity {
        member_id: request.member_id.to_string(),
        instance_id: owned(request.group_instance_id.clone()),
        generation: if call.version >= 3 { request.generation_id } else { -1 },
    };
    let (id, group) = (&request.transactional_id, &request.group_id);
    let outcomes = of_known(call, offsets, |offsets| {
        if group.is_empty() {
            return Err(ResponseError::InvalidGroupId);
        }
        let commit =
            TransactionCommitRequest { group: group.to_string(), member, producer_id: producer.id, offsets };
        call.node
            .on_disk(|| {
                call.node.with_transactions(|transactions| {
                    transactions.verify_group(id, producer, group)?;
                    call.node.with_groups(|groups| groups.commit_in_transaction(call.node.steady(), commit))
                })
            })
            .map_err(|error| match error {
                ResponseError::GroupIdNotFound => ResponseError::IllegalGeneration,
                error => error,
            })
    });
    let topics = request.topics.into_iter().map(|topic| {
        let partitions =
            topic.partitions.iter().map(|partition| {
                let number = partition.partition_index;
                TxnOffsetCommitResponsePartition::default()
                    .with_partition_index(number)
                    .with_error_code(outcome(&outcomes, &topic.name, number))
            });
        TxnOffsetCommitResponseTopic::default().with_partitions(partitions.collect()).with_name(topic.name)
    });
    TxnOffsetCommitResponse::default().with_topics(topics.collect())
}

/// EndTxn. The answer comes when the markers are written, so that the next transaction need not wait for them.
pub fn end(call: &Call<'_>, request: EndTxnRequest) -> EndTxnResponse {
    let producer = Producer { id: request.producer_id.0, epoch: request.producer_epoch };
    let ended = call.node.on_disk(|| {
        let id = &request.transactional_id;
        let ended = call.node.with_transactions(|transactions| {
            transactions.end(call.node.steady(), id, producer, request.committed)
        });
        call.node.finish_transactions();
        ended
    });
    EndTxnResponse::default().with_error_code(code(&ended.map_err(in_words_of(call.version, 2))))
}
