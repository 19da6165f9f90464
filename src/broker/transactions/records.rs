//! How transactional ids and producer ids are kept in the journal.

use bytes::Bytes;

use super::messages::Producer;
use super::state::TransactionState;
use super::transaction::Transaction;
use crate::broker::journal::encoding::{Reader, Writer};
use crate::broker::journal::{Damaged, Entry};
use crate::broker::partition::TopicPartition;

const KEY_TRANSACTION: u8 = 1;
const KEY_PRODUCER_IDS: u8 = 2;
const VERSION: u8 = 1;

/// What an entry of this journal says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Record {
    /// What a transactional id has come to; `None` if it is forgotten.
    Transaction(String, Option<Transaction>),
    /// All producer ids below this one may be in use.
    ProducerIds(i64),
}

impl Record {
    pub(super) fn encode(&self) -> Entry {
        match self {
            Record::Transaction(id, transaction) => Entry {
                key: Writer::new(KEY_TRANSACTION).text(id).finish(),
                value: transaction.as_ref().map(encode_transaction),
            },
            Record::ProducerIds(next) => Entry {
                key: Writer::new(KEY_PRODUCER_IDS).finish(),
                value: Some(Writer::new(VERSION).i64(*next).finish()),
            },
        }
    }

    pub(super) fn decode(key: &[u8], value: Option<&[u8]>) -> Result<Record, Damaged> {
        let mut reader = Reader::new(key);
        let record = match reader.u8()? {
            KEY_TRANSACTION => {
                Record::Transaction(reader.text()?, value.map(decode_transaction).transpose()?)
            }
            KEY_PRODUCER_IDS => Record::ProducerIds(value.map_or(Ok(0), decode_producer_ids)?),
            kind => return Err(Damaged::Unknown { what: "the kind of entry", value: kind.into() }),
        };
        reader.finish()?;
        Ok(record)
    }
}

fn encode_transaction(transaction: &Transaction) -> Bytes {
    let partitions: Vec<&TopicPartition> = transaction.partitions.iter().collect();
    let groups: Vec<&String> = transaction.groups.iter().collect();
    Writer::new(VERSION)
        .i64(transaction.producer.id)
        .i16(transaction.producer.epoch)
        .i64(transaction.previous_id.unwrap_or(-1))
        .i16(transaction.last_epoch)
        .i32(transaction.timeout_ms)
        .u8(state_code(transaction.state))
        .list(&partitions, |writer, partition| writer.text(&partition.topic).i32(partition.partition))
        .list(&groups, |writer, group| writer.text(group))
        .i64(transaction.started.unwrap_or(-1))
        .i64(transaction.updated)
        .finish()
}

fn decode_transaction(value: &[u8]) -> Result<Transaction, Damaged> {
    let mut reader = versioned(value)?;
    let transaction = Transaction {
        producer: Producer { id: reader.i64()?, epoch: reader.i16()? },
        previous_id: unless_negative(reader.i64()?),
        last_epoch: reader.i16()?,
        timeout_ms: reader.i32()?,
        state: state_of(reader.u8()?)?,
        partitions: reader
            .list(|reader| Ok(TopicPartition::new(reader.text()?, reader.i32()?)))?
            .into_iter()
            .collect(),
        groups: reader.list(Reader::text)?.into_iter().collect(),
        started: unless_negative(reader.i64()?),
        updated: reader.i64()?,
    };
    reader.finish()?;
    Ok(transaction)
}

fn decode_producer_ids(value: &[u8]) -> Result<i64, Damaged> {
    let mut reader = versioned(value)?;
    let next = reader.i64()?;
    reader.finish()?;
    Ok(next)
}

fn versioned(value: &[u8]) -> Result<Reader<'_>, Damaged> {
    let mut reader = Reader::new(value);
    match reader.u8()? {
        VERSION => Ok(reader),
        version => Err(Damaged::Unknown { what: "the version of the entry", value: version.into() }),
    }
}

fn unless_negative(value: i64) -> Option<i64> {
    (value >= 0).then_some(value)
}

fn state_code(state: TransactionState) -> u8 {
    match state {
        TransactionState::Empty => 0,
        TransactionState::Ongoing => 1,
        TransactionState::PrepareCommit => 2,
        TransactionState::PrepareAbort => 3,
        TransactionState::CompleteCommit => 4,
        TransactionState::CompleteAbort => 5,
    }
}

fn state_of(code: u8) -> Result<TransactionState, Damaged> {
    Ok(match code {
        0 => TransactionState::Empty,
        1 => TransactionState::Ongoing,
        2 => TransactionState::PrepareCommit,
        3 => TransactionState::PrepareAbort,
        4 => TransactionState::CompleteCommit,
        5 => TransactionState::CompleteAbort,
        code => return Err(Damaged::Unknown { what: "the state", value: code.into() }),
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn transaction() -> impl Strategy<Value = Transaction> {
        let name = "[a-z.é]{0,12}";
        let partitions = proptest::collection::btree_set(
            (name, any::<i32>()).prop_map(|(topic, partition)| TopicPartition::new(topic, partition)),
            0..5,
        );
        (
            (any::<i64>(), any::<i16>(), proptest::option::of(0..i64::MAX), any::<i16>(), any::<i32>()),
            (0..6_u8, partitions, proptest::collection::btree_set(name, 0..4)),
            (proptest::option::of(0..i64::MAX), any::<i64>()),
        )
            .prop_map(
                |(
                    (id, epoch, previous_id, last_epoch, timeout_ms),
                    (state, partitions, groups),
                    (started, updated),
                )| {
                    Transaction {
                        producer: Producer { id, epoch },
                        previous_id,
                        last_epoch,
                        timeout_ms,
                        state: state_of(state).unwrap(),
                        partitions,
                        groups,
                        started,
                        updated,
                    }
                },
            )
    }

    proptest! {
        #[test]
        fn a_transaction_comes_back_as_it_was_written(id in ".{0,20}", value in proptest::option::of(transaction())) {
            let record = Record::Transaction(id, value);
            let entry = record.encode();
            prop_assert_eq!(Record::decode(&entry.key, entry.value.as_deref()), Ok(record));
        }

        #[test]
        fn a_transaction_cut_short_is_refused(value in transaction(), cut in any::<prop::sample::Index>()) {
            let entry = Record::Transaction("id".into(), Some(value)).encode();
            let bytes = entry.value.unwrap();
            let cut = cut.index(bytes.len());
            prop_assert!(Record::decode(&entry.key, Some(&bytes[..cut])).is_err());
        }

        #[test]
        fn any_bytes_are_read_or_refused(key in any::<Vec<u8>>(), value in proptest::option::of(any::<Vec<u8>>())) {
            let _ = Record::decode(&key, value.as_deref());
        }
    }

    #[test]
    fn an_entry_of_an_unknown_version_is_refused() {
        let entry = Record::ProducerIds(7).encode();
        let mut value = entry.value.unwrap().to_vec();
        value[0] = 9;
        let refused = Record::decode(&entry.key, Some(&value));
        assert_eq!(refused, Err(Damaged::Unknown { what: "the version of the entry", value: 9 }));
    }
}
