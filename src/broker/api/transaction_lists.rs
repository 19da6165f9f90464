//! ListTransactions, DescribeTransactions and DescribeProducers: what is going on.

use std::collections::{BTreeMap, BTreeSet};

use kafka_protocol::ResponseError;
use kafka_protocol::messages::describe_producers_response::{
    PartitionResponse, ProducerState, TopicResponse,
};
use kafka_protocol::messages::describe_transactions_response::{TopicData, TransactionState};
use kafka_protocol::messages::{
    DescribeProducersRequest, DescribeProducersResponse, DescribeTransactionsRequest,
    DescribeTransactionsResponse, ListTransactionsRequest, ListTransactionsResponse, ProducerId, TopicName,
    TransactionalId, list_transactions_response,
};

use super::{Call, each_once, text};
use crate::broker::log::ProducerStatus;
use crate::broker::transactions::{DescribedTransaction, TransactionState as State};

/// States that a transactional id can be in.
const STATES: [State; 6] = [
    State::Empty,
    State::Ongoing,
    State::PrepareCommit,
    State::PrepareAbort,
    State::CompleteCommit,
    State::CompleteAbort,
];

/// ListTransactions.
pub fn list(call: &Call<'_>, request: ListTransactionsRequest) -> ListTransactionsResponse {
    let is_state = |name: &str| STATES.iter().any(|state| state.name() == name);
    let (states, unknown): (Vec<_>, Vec<_>) =
        request.state_filters.into_iter().partition(|name| is_state(name));
    let states: BTreeSet<&str> = states.iter().map(|name| name.as_str()).collect();
    if states.is_empty() && !unknown.is_empty() {
        return ListTransactionsResponse::default().with_unknown_state_filters(unknown);
    }
    let now = call.node.steady();
    let least = if call.version >= 1 { request.duration_filter } else { -1 };
    let listed = call.node.with_transactions(|transactions| transactions.list()).into_iter();
    let listed = listed.filter(|one| states.is_empty() || states.contains(one.state.name()));
    let producers: BTreeSet<ProducerId> = request.producer_id_filters.into_iter().collect();
    let listed =
        listed.filter(|one| producers.is_empty() || producers.contains(&ProducerId(one.producer_id)));
    let listed = listed.filter(|one| least < 0 || one.started.is_some_and(|started| now - started > least));
    let listed = listed.map(|one| {
        list_transactions_response::TransactionState::default()
            .with_transactional_id(TransactionalId(text(one.transactional_id)))
            .with_producer_id(ProducerId(one.producer_id))
            .with_transaction_state(text(one.state.name()))
    });
    ListTransactionsResponse::default()
        .with_transaction_states(listed.collect())
        .with_unknown_state_filters(unknown)
}

/// DescribeTransactions.
pub fn describe(call: &Call<'_>, request: DescribeTransactionsRequest) -> DescribeTransactionsResponse {
    let ids = each_once(request.transactional_ids, TransactionalId::clone);
    let states = ids.into_iter().map(|id| {
        let found = call.node.with_transactions(|transactions| transactions.describe(&id));
        let state = TransactionState::default().with_transactional_id(id);
        match found {
            Some(found) => described(state, found),
            None => state.with_error_code(ResponseError::TransactionalIdNotFound.code()),
        }
    });
    DescribeTransactionsResponse::default().with_transaction_states(states.collect())
}

fn described(state: TransactionState, found: DescribedTransaction) -> TransactionState {
    let mut topics: BTreeMap<String, Vec<i32>> = BTreeMap::new();
    for place in found.partitions {
        topics.entry(place.topic).or_default().push(place.partition);
    }
    let topics = topics.into_iter().map(|(topic, partitions)| {
        TopicData::default().with_topic(TopicName(text(topic))).with_partitions(partitions)
    });
    state
        .with_transaction_state(text(found.state.name()))
        .with_transaction_timeout_ms(found.timeout_ms)
        .with_transaction_start_time_ms(found.started.unwrap_or(-1))
        .with_producer_id(ProducerId(found.producer.id))
        .with_producer_epoch(found.producer.epoch)
        .with_topics(topics.collect())
}

/// DescribeProducers.
pub fn describe_producers(call: &Call<'_>, request: DescribeProducersRequest) -> DescribeProducersResponse {
    let mut answered = BTreeSet::new();
    let topics = request.topics.into_iter().map(|asked| {
        let topic = call.node.topics.named(&asked.name);
        let once =
            asked.partition_indexes.iter().filter(|number| answered.insert((asked.name.clone(), **number)));
        let partitions = once.map(|number| {
            let response = PartitionResponse::default().with_partition_index(*number);
            let partition = topic.as_ref().and_then(|topic| topic.partition(*number));
            match partition.and_then(|partition| partition.with_log(|log| log.producers())) {
                Some(producers) => {
                    response.with_active_producers(producers.into_iter().map(producer).collect())
                }
                None => response.with_error_code(ResponseError::UnknownTopicOrPartition.code()),
            }
        });
        TopicResponse::default().with_partitions(partitions.collect()).with_name(asked.name)
    });
    DescribeProducersResponse::default().with_topics(topics.collect())
}

fn producer(status: ProducerStatus) -> ProducerState {
    ProducerState::default()
        .with_producer_id(ProducerId(status.producer_id))
        .with_producer_epoch(i32::from(status.producer_epoch))
        .with_last_sequence(status.last_sequence)
        .with_last_timestamp(status.last_timestamp)
        .with_coordinator_epoch(status.coordinator_epoch)
        .with_current_txn_start_offset(status.transaction_start.unwrap_or(-1))
}
