//! A page of records for a table, and one record in full, without reading the rest of a slice.

use polars::frame::DataFrame;

use crate::codec::{Codec, Decoding, Schema, assemble, by_name};
use crate::jobs::{Cancel, Problem};
use crate::kafka::{
    Cluster, EventTime, Offset, PartitionId, PartitionRange, ReadOptions, Record, RecordBatch, Slice,
    SliceReader, TopicSlice,
};

/// By how much more is asked for when gaps left too few records.
const GROWTH: i64 = 8;

/// Which records of a slice to show.
#[derive(Clone, Debug, PartialEq)]
pub struct PageRequest {
    /// Where to look.
    pub slice: Slice,
    /// The codec's name.
    pub codec: String,
    /// Records at most.
    pub limit: usize,
    /// The newest records of the slice, newest first; else the oldest, oldest first.
    pub newest: bool,
}

/// Some records of a slice, by timestamp.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// Every record, in the order asked for, also those that are no rows.
    pub entries: Vec<PageEntry>,
    /// The decoded rows: meta columns, then the payload's.
    pub data: DataFrame,
    /// Types of the payload's columns, from these records alone.
    pub schema: Schema,
    /// Whether the page holds every record of the slice.
    pub whole: bool,
}

/// One record of a [`Page`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageEntry {
    #[allow(missing_docs)]
    pub topic: String,
    #[allow(missing_docs)]
    pub partition: PartitionId,
    #[allow(missing_docs)]
    pub offset: Offset,
    /// When it was, where the log says.
    pub timestamp: Option<EventTime>,
    /// What became of it.
    pub content: PageContent,
}

/// What became of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PageContent {
    /// It is this row of [`Page::data`].
    Row(usize),
    /// It has no value.
    Tombstone,
    /// It could not be decoded: why.
    Rejected(String),
}

/// One record as it is in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FullRecord {
    #[allow(missing_docs)]
    pub topic: String,
    #[allow(missing_docs)]
    pub partition: PartitionId,
    #[allow(missing_docs)]
    pub offset: Offset,
    /// When it was, where the log says.
    pub timestamp: Option<EventTime>,
    /// Its key; `None` is Kafka's null.
    pub key: Option<Vec<u8>>,
    /// Its value; `None` is a tombstone.
    pub value: Option<Vec<u8>>,
    /// Its headers, in order.
    pub headers: Vec<(String, Option<Vec<u8>>)>,
}

/// Reads a page. It asks each partition for its share only, and for more where compaction or markers left gaps.
pub fn page(cluster: &Cluster, request: &PageRequest, cancel: &Cancel) -> Result<Page, Problem> {
    let codec = by_name(&request.codec)
        .map_err(|why| Problem::new("Choosing a codec", why, "Choose one of those there are"))?;
    let partitions: usize = request.slice.topics.iter().map(|topic| topic.partitions.len()).sum();
    let mut share = request.limit.div_ceil(partitions.max(1)).max(1) as i64;
    loop {
        let part = part_of(&request.slice, share, request.newest);
        let batches = read_all(cluster, &part, cancel)?;
        let records: usize = batches.iter().map(RecordBatch::len).sum();
        let all = part.offsets() == request.slice.offsets();
        if records >= request.limit || all {
            let page = arrange(&batches, codec, request);
            return Ok(Page { whole: all && records <= request.limit, ..page });
        }
        share = share.saturating_mul(GROWTH);
    }
}

/// Reads the record at one offset; `None` where the log no longer has it.
pub fn record(
    cluster: &Cluster,
    topic: &str,
    partition: PartitionId,
    offset: Offset,
    cancel: &Cancel,
) -> Result<Option<FullRecord>, Problem> {
    let range = PartitionRange { partition, start: offset, end: Offset(offset.0.saturating_add(1)) };
    let slice = Slice {
        cluster_id: cluster.id().to_owned(),
        topics: vec![TopicSlice { topic: topic.to_owned(), topic_id: None, partitions: vec![range] }],
    };
    let batches = read_all(cluster, &slice, cancel)?;
    let found = batches.iter().flat_map(RecordBatch::iter).find(|record| record.offset == offset);
    Ok(found.map(|record| FullRecord {
        topic: topic.to_owned(),
        partition,
        offset,
        timestamp: record.timestamp,
        key: record.key.map(<[u8]>::to_vec),
        value: record.value.map(<[u8]>::to_vec),
        headers: record
            .headers()
            .map(|header| (header.name.to_owned(), header.value.map(<[u8]>::to_vec)))
            .collect(),
    }))
}

/// The first or last `share` offsets of each partition.
fn part_of(slice: &Slice, share: i64, newest: bool) -> Slice {
    let mut part = slice.clone();
    for range in part.topics.iter_mut().flat_map(|topic| &mut topic.partitions) {
        if newest {
            range.start = range.start.max(Offset(range.end.0.saturating_sub(share)));
        } else {
            range.end = range.end.min(Offset(range.start.0.saturating_add(share)));
        }
    }
    part
}

fn read_all(cluster: &Cluster, slice: &Slice, cancel: &Cancel) -> Result<Vec<RecordBatch>, Problem> {
    let mut reader = SliceReader::open(cluster, slice, ReadOptions::default())?;
    let mut batches = Vec::new();
    while let Some(batch) = reader.next(None, cancel)? {
        batches.push(batch);
    }
    Ok(batches)
}

/// Orders the records by time, keeps as many as asked for, and decodes those.
fn arrange(batches: &[RecordBatch], codec: &dyn Codec, request: &PageRequest) -> Page {
    let mut records: Vec<(&RecordBatch, Record<'_>)> =
        batches.iter().flat_map(|batch| batch.iter().map(move |record| (batch, record))).collect();
    records.sort_by_key(|(batch, record)| {
        (record.timestamp, batch.topic().clone(), batch.partition(), record.offset)
    });
    if request.newest {
        records.reverse();
    }
    records.truncate(request.limit);

    let mut decoder = codec.decoder(&Schema::default(), Decoding::Widen);
    let mut entries = Vec::with_capacity(records.len());
    for (batch, record) in records {
        let mut alone = RecordBatch::new(batch.topic().clone(), batch.partition());
        alone.push(record.offset, record.timestamp, record.key, record.value, []);
        let row = decoder.rows();
        decoder.decode(&alone);
        let content = match (record.value, decoder.rows() > row) {
            (None, _) => PageContent::Tombstone,
            (_, true) => PageContent::Row(row),
            // The reason is filled in below.
            (_, false) => PageContent::Rejected(String::new()),
        };
        entries.push(PageEntry {
            topic: batch.topic().to_string(),
            partition: batch.partition(),
            offset: record.offset,
            timestamp: record.timestamp,
            content,
        });
    }
    let chunk = decoder.take_chunk();
    let decoded = assemble(vec![chunk], request.slice.topics.len() > 1);
    let refused = entries.iter_mut().filter(|entry| matches!(entry.content, PageContent::Rejected(_)));
    for (entry, rejection) in refused.zip(decoded.rejected) {
        entry.content = PageContent::Rejected(rejection.reason);
    }
    Page { entries, data: decoded.frame, schema: decoded.schema, whole: false }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch(partition: i32, records: &[(i64, i64, Option<&str>)]) -> RecordBatch {
        let mut batch = RecordBatch::new("a".into(), PartitionId(partition));
        for (offset, time, value) in records {
            batch.push(Offset(*offset), Some(EventTime(*time)), None, value.map(str::as_bytes), []);
        }
        batch
    }

    fn slice() -> Slice {
        let range = |partition, start, end| PartitionRange {
            partition: PartitionId(partition),
            start: Offset(start),
            end: Offset(end),
        };
        let partitions = vec![range(0, 0, 100), range(1, 50, 52)];
        Slice {
            cluster_id: "c".into(),
            topics: vec![TopicSlice { topic: "a".into(), topic_id: None, partitions }],
        }
    }

    #[test]
    fn every_record_is_an_entry_in_order_of_time_whatever_became_of_it() {
        let batches = [
            batch(0, &[(0, 10, Some("{\"n\":1}")), (1, 30, None)]),
            batch(1, &[(50, 20, Some("oops")), (51, 40, Some("{\"n\":2}"))]),
        ];
        let request = PageRequest { slice: slice(), codec: "json".into(), limit: 3, newest: true };
        let page = arrange(&batches, by_name("json").unwrap(), &request);
        let entries: Vec<_> =
            page.entries.iter().map(|entry| (entry.offset.0, entry.content.clone())).collect();
        let reason = "not JSON at byte 0: expected value".to_owned();
        assert_eq!(
            entries,
            [(51, PageContent::Row(0)), (1, PageContent::Tombstone), (50, PageContent::Rejected(reason))]
        );
        assert_eq!(page.data.height(), 1);
    }

    #[test]
    fn a_page_asks_each_partition_for_its_share_only() {
        let ranges = |newest| {
            let part = part_of(&slice(), 5, newest);
            part.topics[0].partitions.iter().map(|range| (range.start.0, range.end.0)).collect::<Vec<_>>()
        };
        assert_eq!(ranges(true), [(95, 100), (50, 52)]);
        assert_eq!(ranges(false), [(0, 5), (50, 52)]);
    }
}
