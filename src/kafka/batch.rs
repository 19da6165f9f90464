//! Raw records of one partition in one allocation.

use std::ops::Range;
use std::sync::Arc;

use super::types::{EventTime, Offset, PartitionId};

/// Consecutive raw records of one partition, in offset order.
///
/// Keys, values and headers lie behind one another in a single arena, so that a batch costs two allocations however many
/// records it holds, can be recycled ([`RecordBatch::reset`]) and can be made by a test without a broker.
#[derive(Clone, Debug)]
pub struct RecordBatch {
    topic: Arc<str>,
    partition: PartitionId,
    arena: Vec<u8>,
    records: Vec<Meta>,
    headers: Vec<HeaderMeta>,
}

#[derive(Clone, Debug)]
struct Meta {
    offset: Offset,
    timestamp: Option<EventTime>,
    key: Option<Range<u32>>,
    value: Option<Range<u32>>,
    headers: Range<u32>,
}

#[derive(Clone, Debug)]
struct HeaderMeta {
    name: Range<u32>,
    value: Option<Range<u32>>,
}

/// One record of a [`RecordBatch`].
#[derive(Clone, Copy, Debug)]
pub struct Record<'a> {
    /// Where it is.
    pub offset: Offset,
    /// When it was; `None` where the log has no timestamp.
    pub timestamp: Option<EventTime>,
    /// Its key; `None` is Kafka's null.
    pub key: Option<&'a [u8]>,
    /// Its value; `None` is a tombstone.
    pub value: Option<&'a [u8]>,
    batch: &'a RecordBatch,
    index: usize,
}

/// One header of a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header<'a> {
    /// The header's name.
    pub name: &'a str,
    /// Its bytes; `None` is Kafka's null.
    pub value: Option<&'a [u8]>,
}

impl RecordBatch {
    /// An empty batch for `partition` of `topic`.
    pub fn new(topic: Arc<str>, partition: PartitionId) -> Self {
        Self { topic, partition, arena: Vec::new(), records: Vec::new(), headers: Vec::new() }
    }

    /// Empties the batch for another partition, keeping its memory.
    pub fn reset(&mut self, topic: Arc<str>, partition: PartitionId) {
        self.topic = topic;
        self.partition = partition;
        self.arena.clear();
        self.records.clear();
        self.headers.clear();
    }

    /// Appends a record. Returns false, and appends nothing, when the arena would pass 2 GiB: start a new batch then.
    pub fn push<'h>(
        &mut self,
        offset: Offset,
        timestamp: Option<EventTime>,
        key: Option<&[u8]>,
        value: Option<&[u8]>,
        headers: impl IntoIterator<Item = Header<'h>>,
    ) -> bool {
        let arena_before = self.arena.len();
        let headers_before = self.headers.len();
        let first_header = headers_before as u32;
        let key = key.map(|bytes| self.store(bytes));
        let value = value.map(|bytes| self.store(bytes));
        for header in headers {
            let name = self.store(header.name.as_bytes());
            let value = header.value.map(|bytes| self.store(bytes));
            self.headers.push(HeaderMeta { name, value });
        }
        if self.arena.len() > i32::MAX as usize {
            self.arena.truncate(arena_before);
            self.headers.truncate(headers_before);
            return false;
        }
        let headers = first_header..self.headers.len() as u32;
        self.records.push(Meta { offset, timestamp, key, value, headers });
        true
    }

    fn store(&mut self, bytes: &[u8]) -> Range<u32> {
        let start = self.arena.len() as u32;
        self.arena.extend_from_slice(bytes);
        start..self.arena.len() as u32
    }

    /// The topic of every record.
    pub fn topic(&self) -> &Arc<str> {
        &self.topic
    }

    /// The partition of every record.
    pub fn partition(&self) -> PartitionId {
        self.partition
    }

    /// Number of records.
    pub fn len(&self) -> usize {
        self.records.len()
    }

    /// Whether there is no record.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// Bytes of keys, values and headers.
    pub fn bytes(&self) -> usize {
        self.arena.len()
    }

    /// The offset of the last record.
    pub fn last_offset(&self) -> Option<Offset> {
        self.records.last().map(|meta| meta.offset)
    }

    /// The records in offset order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Record<'_>> {
        self.records.iter().enumerate().map(|(index, meta)| Record {
            offset: meta.offset,
            timestamp: meta.timestamp,
            key: meta.key.as_ref().map(|range| self.slice(range)),
            value: meta.value.as_ref().map(|range| self.slice(range)),
            batch: self,
            index,
        })
    }

    fn slice(&self, range: &Range<u32>) -> &[u8] {
        // Ranges are made by `store` only and the arena is truncated only together with what points into it.
        self.arena.get(range.start as usize..range.end as usize).unwrap_or_default()
    }
}

impl<'a> Record<'a> {
    /// The record's headers, in order.
    pub fn headers(&self) -> impl Iterator<Item = Header<'a>> {
        let batch = self.batch;
        let range = batch.records.get(self.index).map_or(0..0, |meta| meta.headers.clone());
        let metas = batch.headers.get(range.start as usize..range.end as usize).unwrap_or_default();
        metas.iter().map(move |meta| Header {
            name: std::str::from_utf8(batch.slice(&meta.name)).unwrap_or_default(),
            value: meta.value.as_ref().map(|value| batch.slice(value)),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_come_back_as_they_were_pushed() {
        let mut batch = RecordBatch::new("flights".into(), PartitionId(1));
        let header = Header { name: "trace", value: Some(b"7") };
        assert!(batch.push(Offset(5), Some(EventTime(10)), Some(b"k"), Some(b"value"), [header]));
        assert!(batch.push(Offset(8), None, None, None, []));

        let records: Vec<_> = batch.iter().collect();
        assert_eq!(records[0].key, Some(&b"k"[..]));
        assert_eq!(records[0].value, Some(&b"value"[..]));
        assert_eq!(records[0].headers().collect::<Vec<_>>(), [header]);
        assert_eq!((records[1].offset, records[1].key, records[1].value), (Offset(8), None, None));
        assert_eq!(records[1].headers().count(), 0);
    }

    #[test]
    fn a_batch_that_is_reset_is_empty() {
        let mut batch = RecordBatch::new("a".into(), PartitionId(0));
        batch.push(Offset(0), None, None, Some(b"x"), []);
        batch.reset("b".into(), PartitionId(3));
        assert!(batch.is_empty());
        assert_eq!((batch.topic().as_ref(), batch.partition(), batch.bytes()), ("b", PartitionId(3), 0));
    }
}
