//! The answer to a fetch, written around its records, which are not copied.

use bytes::{BufMut, Bytes, BytesMut};
use kafka_protocol::messages::fetch_response::PartitionData;
use kafka_protocol::messages::{FetchResponse, ResponseHeader};
use kafka_protocol::protocol::{Encodable, HeaderVersion};

use crate::broker::log::Extent;
use crate::broker::malformed::Malformed;
use crate::broker::server::parts::Parts;

/// First version with compact lengths and tagged fields.
const FLEXIBLE: i16 = 12;

/// Records shorter than this are copied, because another part costs more.
const WORTH_A_PART: usize = 4096;

/// Writes the answer, with the records of its partitions in their order. Topics, partitions and records each stand at the end of
/// what holds them, so each is written empty first, then its end is taken off again and continued.
///
/// # Errors
/// A field has a value that the version cannot say.
pub fn encode(
    version: i16,
    correlation_id: i32,
    mut answer: FetchResponse,
    records: Vec<Extent>,
) -> Result<Parts, Malformed> {
    let mut records = records.into_iter();
    let mut writer = Writer { head: BytesMut::new(), parts: Parts::default(), version };
    let header = ResponseHeader::default().with_correlation_id(correlation_id);
    header.encode(&mut writer.head, FetchResponse::header_version(version)).map_err(unwritable)?;
    let topics = std::mem::take(&mut answer.responses);
    writer.open(&answer, topics.len())?;
    for mut topic in topics {
        let partitions = std::mem::take(&mut topic.partitions);
        writer.open(&topic, partitions.len())?;
        for partition in partitions {
            writer.partition(partition, records.next().unwrap_or_default())?;
        }
        writer.close();
    }
    writer.close();
    writer.parts.push(writer.head.freeze());
    Ok(writer.parts)
}

fn unwritable<E>(_: E) -> Malformed {
    Malformed("its answer cannot be written in its version")
}

struct Writer {
    /// What was written since the last part.
    head: BytesMut,
    parts: Parts,
    version: i16,
}

impl Writer {
    fn is_flexible(&self) -> bool {
        self.version >= FLEXIBLE
    }

    /// Writes a structure that ends with an empty array or no bytes, up to there, and the length of what follows instead.
    fn open(&mut self, structure: &impl Encodable, length: usize) -> Result<(), Malformed> {
        structure.encode(&mut self.head, self.version).map_err(unwritable)?;
        // The length of nothing, and with compact lengths one byte for no tagged fields.
        let end = if self.is_flexible() { 2 } else { 4 };
        self.head.truncate(self.head.len().saturating_sub(end));
        if !self.is_flexible() {
            self.head.put_i32(i32::try_from(length).map_err(unwritable)?);
            return Ok(());
        }
        let mut rest = u32::try_from(length + 1).map_err(unwritable)?;
        while rest >= 0x80 {
            self.head.put_u8((rest & 0x7f) as u8 | 0x80);
            rest >>= 7;
        }
        self.head.put_u8(rest as u8);
        Ok(())
    }

    /// Ends a structure: it has no tagged fields.
    fn close(&mut self) {
        if self.is_flexible() {
            self.head.put_u8(0);
        }
    }

    fn partition(&mut self, mut partition: PartitionData, records: Extent) -> Result<(), Malformed> {
        partition.records = Some(Bytes::new());
        if records.is_empty() {
            return partition.encode(&mut self.head, self.version).map_err(unwritable);
        }
        self.open(&partition, records.len())?;
        match records {
            Extent::Memory(bytes) if bytes.len() < WORTH_A_PART => self.head.put_slice(&bytes),
            records => {
                self.parts.push(self.head.split().freeze());
                self.parts.push_extent(records);
            }
        }
        self.close();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use kafka_protocol::messages::fetch_response::{
        AbortedTransaction, EpochEndOffset, FetchableTopicResponse,
    };
    use kafka_protocol::messages::{BrokerId, ProducerId, TopicName};
    use kafka_protocol::protocol::StrBytes;

    use super::*;
    use crate::broker::server::dispatch;

    fn partition(number: i32, records: usize) -> PartitionData {
        let aborted = AbortedTransaction::default().with_producer_id(ProducerId(7)).with_first_offset(3);
        PartitionData::default()
            .with_partition_index(number)
            .with_high_watermark(11)
            .with_aborted_transactions(Some(vec![aborted]))
            .with_preferred_read_replica(BrokerId(-1))
            .with_records(Some(Bytes::from(vec![9; records])))
    }

    #[test]
    fn it_is_what_the_codec_writes_in_every_version() {
        for version in 4..=17 {
            let mut diverged = partition(3, 0);
            if version >= FLEXIBLE {
                diverged.diverging_epoch = EpochEndOffset::default().with_epoch(1).with_end_offset(2);
            }
            let partitions = vec![partition(0, 0), partition(1, 10), partition(2, 100_000), diverged];
            let topic = FetchableTopicResponse::default().with_partitions(partitions);
            let topic = if version < 13 {
                topic.with_topic(TopicName(StrBytes::from_static_str("flights")))
            } else {
                topic.with_topic_id(u128_id())
            };
            let answer = FetchResponse::default().with_responses(vec![topic.clone(), topic]);
            let expected = dispatch::encode(&answer, 5, version).unwrap().joined();
            let mut empty = answer;
            let partitions = empty.responses.iter_mut().flat_map(|topic| &mut topic.partitions);
            let records = partitions.map(|data| Extent::Memory(data.records.take().unwrap())).collect();
            let written = encode(version, 5, empty, records).unwrap().joined();
            assert_eq!(written, expected, "version {version}");
        }
    }

    fn u128_id<T: TryFrom<Vec<u8>> + Default>() -> T {
        T::try_from(vec![3; 16]).unwrap_or_default()
    }
}
