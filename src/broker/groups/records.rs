//! How groups and their offsets are kept in the journal.

use bytes::Bytes;

use super::group::Group;
use super::member::Member;
use super::messages::{Client, Protocol};
use super::offset_messages::Position;
use super::offsets::Committed;
use crate::broker::journal::encoding::{Reader, Writer};
use crate::broker::journal::{Damaged, Entry, Millis};
use crate::broker::partition::TopicPartition;

const KEY_GROUP: u8 = 1;
const KEY_OFFSET: u8 = 2;
const KEY_PENDING: u8 = 3;
const VERSION: u8 = 1;

/// What an entry of this journal says; a missing value removes what was said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Record {
    /// A group with its generation and members.
    Group(String, Option<GroupRecord>),
    /// An offset that a group has committed.
    Offset(String, TopicPartition, Option<Committed>),
    /// An offset in a producer's transaction.
    Pending(i64, String, TopicPartition, Option<Committed>),
}

/// A group as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct GroupRecord {
    pub(super) since: Millis,
    pub(super) generation: i32,
    pub(super) protocol_type: Option<String>,
    pub(super) protocol: Option<String>,
    pub(super) leader: Option<String>,
    pub(super) members: Vec<MemberRecord>,
}

/// A member as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct MemberRecord {
    pub(super) id: String,
    pub(super) instance_id: Option<String>,
    pub(super) client: Client,
    pub(super) protocols: Vec<Protocol>,
    pub(super) session_timeout_ms: i32,
    pub(super) rebalance_timeout_ms: i32,
    pub(super) assignment: Bytes,
}

impl GroupRecord {
    pub(super) fn of(group: &Group, assignment: impl Fn(&Member) -> Bytes) -> GroupRecord {
        GroupRecord {
            since: group.since,
            generation: group.generation,
            protocol_type: group.protocol_type.clone(),
            protocol: group.protocol.clone(),
            leader: group.leader.clone(),
            members: group
                .members
                .values()
                .map(|member| MemberRecord {
                    id: member.id.clone(),
                    instance_id: member.instance_id.clone(),
                    client: member.client.clone(),
                    protocols: member.protocols.clone(),
                    session_timeout_ms: member.session_timeout_ms,
                    rebalance_timeout_ms: member.rebalance_timeout_ms,
                    assignment: assignment(member),
                })
                .collect(),
        }
    }
}

impl MemberRecord {
    pub(super) fn restored(self) -> Member {
        Member {
            id: self.id,
            instance_id: self.instance_id,
            client: self.client,
            protocols: self.protocols,
            session_timeout_ms: self.session_timeout_ms,
            rebalance_timeout_ms: self.rebalance_timeout_ms,
            assignment: self.assignment,
            is_new: false,
            deadline: None,
            join: None,
            sync: None,
        }
    }
}

impl Record {
    pub(super) fn of_group(group: &Group, assignment: impl Fn(&Member) -> Bytes) -> Record {
        Record::Group(group.id.clone(), Some(group.record(assignment)))
    }

    pub(super) fn encode(&self) -> Entry {
        match self {
            Record::Group(id, group) => Entry {
                key: Writer::new(KEY_GROUP).text(id).finish(),
                value: group.as_ref().map(write_group),
            },
            Record::Offset(group, partition, offset) => Entry {
                key: write_partition(Writer::new(KEY_OFFSET).text(group), partition).finish(),
                value: offset.as_ref().map(write_offset),
            },
            Record::Pending(producer, group, partition, offset) => Entry {
                key: write_partition(Writer::new(KEY_PENDING).i64(*producer).text(group), partition).finish(),
                value: offset.as_ref().map(write_offset),
            },
        }
    }

    pub(super) fn decode(key: &[u8], value: Option<&[u8]>) -> Result<Record, Damaged> {
        let mut reader = Reader::new(key);
        let record = match reader.u8()? {
            KEY_GROUP => Record::Group(reader.text()?, value.map(read_group).transpose()?),
            KEY_OFFSET => Record::Offset(
                reader.text()?,
                read_partition(&mut reader)?,
                value.map(read_offset).transpose()?,
            ),
            KEY_PENDING => Record::Pending(
                reader.i64()?,
                reader.text()?,
                read_partition(&mut reader)?,
                value.map(read_offset).transpose()?,
            ),
            kind => return Err(Damaged::Unknown { what: "the kind of entry", value: kind.into() }),
        };
        reader.finish()?;
        Ok(record)
    }
}

fn write_partition(writer: Writer, partition: &TopicPartition) -> Writer {
    writer.text(&partition.topic).i32(partition.partition)
}

fn read_partition(reader: &mut Reader<'_>) -> Result<TopicPartition, Damaged> {
    Ok(TopicPartition::new(reader.text()?, reader.i32()?))
}

fn write_offset(offset: &Committed) -> Bytes {
    Writer::new(VERSION)
        .i64(offset.position.offset)
        .i32(offset.position.leader_epoch)
        .text(&offset.position.metadata)
        .i64(offset.committed_at)
        .i64(offset.expires.unwrap_or(-1))
        .i64(offset.sequence)
        .finish()
}

fn read_offset(value: &[u8]) -> Result<Committed, Damaged> {
    let mut reader = versioned(value)?;
    let offset = Committed {
        position: Position { offset: reader.i64()?, leader_epoch: reader.i32()?, metadata: reader.text()? },
        committed_at: reader.i64()?,
        expires: Some(reader.i64()?).filter(|expires| *expires >= 0),
        sequence: reader.i64()?,
    };
    reader.finish()?;
    Ok(offset)
}

fn write_group(group: &GroupRecord) -> Bytes {
    Writer::new(VERSION)
        .i64(group.since)
        .i32(group.generation)
        .optional_text(group.protocol_type.as_deref())
        .optional_text(group.protocol.as_deref())
        .optional_text(group.leader.as_deref())
        .list(&group.members, write_member)
        .finish()
}

fn write_member(writer: Writer, member: &MemberRecord) -> Writer {
    writer
        .text(&member.id)
        .optional_text(member.instance_id.as_deref())
        .text(&member.client.id)
        .text(&member.client.host)
        .list(&member.protocols, |writer, protocol| writer.text(&protocol.name).bytes(&protocol.metadata))
        .i32(member.session_timeout_ms)
        .i32(member.rebalance_timeout_ms)
        .bytes(&member.assignment)
}

fn read_group(value: &[u8]) -> Result<GroupRecord, Damaged> {
    let mut reader = versioned(value)?;
    let group = GroupRecord {
        since: reader.i64()?,
        generation: reader.i32()?,
        protocol_type: reader.optional_text()?,
        protocol: reader.optional_text()?,
        leader: reader.optional_text()?,
        members: reader.list(read_member)?,
    };
    reader.finish()?;
    Ok(group)
}

fn read_member(reader: &mut Reader<'_>) -> Result<MemberRecord, Damaged> {
    Ok(MemberRecord {
        id: reader.text()?,
        instance_id: reader.optional_text()?,
        client: Client { id: reader.text()?, host: reader.text()? },
        protocols: reader.list(|reader| Ok(Protocol { name: reader.text()?, metadata: reader.bytes()? }))?,
        session_timeout_ms: reader.i32()?,
        rebalance_timeout_ms: reader.i32()?,
        assignment: reader.bytes()?,
    })
}

fn versioned(value: &[u8]) -> Result<Reader<'_>, Damaged> {
    let mut reader = Reader::new(value);
    match reader.u8()? {
        VERSION => Ok(reader),
        version => Err(Damaged::Unknown { what: "the version of the entry", value: version.into() }),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bytes() -> impl Strategy<Value = Bytes> {
        any::<Vec<u8>>().prop_map(Bytes::from)
    }

    fn member() -> impl Strategy<Value = MemberRecord> {
        let protocol = (".{0,8}", bytes()).prop_map(|(name, metadata)| Protocol { name, metadata });
        (
            (".{0,8}", proptest::option::of(".{0,8}"), ".{0,8}", ".{0,8}"),
            proptest::collection::vec(protocol, 0..3),
            (any::<i32>(), any::<i32>(), bytes()),
        )
            .prop_map(
                |((id, instance_id, client, host), protocols, (session, rebalance, assignment))| {
                    MemberRecord {
                        id,
                        instance_id,
                        client: Client { id: client, host },
                        protocols,
                        session_timeout_ms: session,
                        rebalance_timeout_ms: rebalance,
                        assignment,
                    }
                },
            )
    }

    fn record() -> impl Strategy<Value = Record> {
        let optional = || proptest::option::of(".{0,8}");
        let group = (
            any::<(i64, i32)>(),
            optional(),
            optional(),
            optional(),
            proptest::collection::vec(member(), 0..4),
        )
            .prop_map(|((since, generation), protocol_type, protocol, leader, members)| {
                GroupRecord { since, generation, protocol_type, protocol, leader, members }
            });
        let offset = || {
            (any::<(i64, i32)>(), ".{0,8}", any::<i64>(), proptest::option::of(0..i64::MAX), any::<i64>())
                .prop_map(|((offset, leader_epoch), metadata, committed_at, expires, sequence)| Committed {
                    position: Position { offset, leader_epoch, metadata },
                    committed_at,
                    expires,
                    sequence,
                })
        };
        let partition =
            || (".{0,8}", any::<i32>()).prop_map(|(topic, number)| TopicPartition::new(topic, number));
        prop_oneof![
            (".{0,8}", proptest::option::of(group)).prop_map(|(id, group)| Record::Group(id, group)),
            (".{0,8}", partition(), proptest::option::of(offset()))
                .prop_map(|(group, partition, offset)| Record::Offset(group, partition, offset)),
            (any::<i64>(), ".{0,8}", partition(), proptest::option::of(offset())).prop_map(
                |(producer, group, partition, offset)| Record::Pending(producer, group, partition, offset)
            ),
        ]
    }

    proptest! {
        #[test]
        fn what_is_kept_comes_back_as_it_was(record in record()) {
            let entry = record.encode();
            prop_assert_eq!(Record::decode(&entry.key, entry.value.as_deref()), Ok(record));
        }

        #[test]
        fn what_is_cut_short_is_refused(record in record(), cut in any::<prop::sample::Index>()) {
            let entry = record.encode();
            let key = &entry.key[..cut.index(entry.key.len())];
            prop_assert!(Record::decode(key, entry.value.as_deref()).is_err());
            if let Some(value) = &entry.value {
                let value = &value[..cut.index(value.len())];
                prop_assert!(Record::decode(&entry.key, Some(value)).is_err());
            }
        }

        #[test]
        fn any_bytes_are_read_or_refused(kind in 0..5_u8, key in any::<Vec<u8>>(), value in proptest::option::of(any::<Vec<u8>>())) {
            let key = [vec![kind], key].concat();
            let _ = Record::decode(&key, value.as_deref());
        }
    }
}
