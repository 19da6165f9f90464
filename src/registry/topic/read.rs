//! Reading a model topic: the index brought up to date, the payload of a version.

use std::sync::{MutexGuard, PoisonError};

use sha2::{Digest, Sha256};

use super::TopicRegistry;
use super::index::{Index, Payload};
use super::protocol::Key;
use crate::jobs::{Cancel, Progress};
use crate::kafka::{
    Bound, KafkaError, Offset, PartitionId, PartitionRange, RangeSpec, ReadOptions, Record, Slice,
    SliceReader,
};
use crate::registry::error::{RegistryError, Result};

impl TopicRegistry {
    /// The index, up to the last committed record of this moment. The first call reads the whole topic, later ones what is
    /// new. A topic that is not there is an empty registry.
    pub(super) fn refreshed(&self, cancel: &Cancel) -> Result<MutexGuard<'_, Index>> {
        let mut index = self.index.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((mut slice, whole)) = self.committed(cancel)? else {
            *index = Index::default();
            return Ok(index);
        };
        let topic_id = slice.topics.first().and_then(|topic| topic.topic_id.clone());
        let made_anew = index.topic_id != topic_id || index.next > whole.end;
        if made_anew {
            *index = Index::of(topic_id);
        }
        let start = index.next.max(whole.start);
        if start < whole.end {
            narrow(&mut slice, start, whole.end);
            // A read that stops half-way must not leave records to be taken in twice.
            self.read(&slice, cancel, |record| {
                index.add(record);
                index.next = Offset(record.offset.0 + 1);
            })?;
        }
        index.next = whole.end;
        Ok(index)
    }

    /// The payload of a version, held against its size and SHA-256.
    pub(super) fn payload(
        &self,
        name: &str,
        version: u32,
        progress: &Progress,
        cancel: &Cancel,
    ) -> Result<Vec<u8>> {
        let payload = self.refreshed(cancel)?.payload(name, version)?;
        progress.stage(format!("loading {name}@{version}"), payload.bytes);
        let bytes = self.gather(name, version, &payload, progress, cancel)?;
        let sha256 = hex::encode(Sha256::digest(&bytes));
        if sha256 == payload.sha256 {
            return Ok(bytes);
        }
        // Between look and read somebody deleted or overwrote it.
        let why = format!("what was read has the SHA-256 {sha256}, its manifest says {}", payload.sha256);
        Err(RegistryError::Damaged { what: format!("{name}@{version}"), why })
    }

    fn gather(
        &self,
        name: &str,
        version: u32,
        payload: &Payload,
        progress: &Progress,
        cancel: &Cancel,
    ) -> Result<Vec<u8>> {
        let Some((mut slice, _)) = self.committed(cancel)? else {
            return Err(RegistryError::NotFound { what: format!("{name}@{version}") });
        };
        narrow(&mut slice, Offset(payload.offsets.start), Offset(payload.offsets.end));
        let mut bytes = Vec::with_capacity(payload.bytes as usize);
        self.read(&slice, cancel, |record| {
            let ours = matches!(
                record.key.and_then(Key::parse),
                Some(Key::Chunk { name: of, version: number, .. }) if of == name && number == version
            );
            if let (true, true, Some(value)) = (ours, payload.chunks.contains(&record.offset), record.value) {
                bytes.extend_from_slice(value);
                progress.add(value.len() as u64);
                progress.add_bytes(value.len() as u64);
            }
        })?;
        Ok(bytes)
    }

    /// The topic's one partition as a slice up to the last stable offset, and its range; `None` when there is no topic.
    fn committed(&self, cancel: &Cancel) -> Result<Option<(Slice, PartitionRange)>> {
        let range = RangeSpec {
            topics: vec![self.topic.clone()],
            from: Bound::Beginning,
            to: Bound::End,
            partitions: None,
        };
        let slice = match self.cluster.resolve(&range, cancel) {
            Err(KafkaError::NoTopic { .. }) => return Ok(None),
            resolved => resolved?,
        };
        match slice.topics.as_slice() {
            [topic] if topic.partitions.len() == 1 => {
                let whole = topic.partitions.first().copied();
                Ok(whole.filter(|whole| whole.partition == PartitionId(0)).map(|whole| (slice, whole)))
            }
            topics => {
                let partitions: usize = topics.iter().map(|topic| topic.partitions.len()).sum();
                Err(RegistryError::Topic {
                    topic: self.topic.clone(),
                    why: format!("it has {partitions} partitions, and only one keeps the records in order"),
                    next: "Choose another topic; publishing makes one that is not there.".into(),
                })
            }
        }
    }

    fn read(&self, slice: &Slice, cancel: &Cancel, mut take: impl FnMut(&Record<'_>)) -> Result<()> {
        let mut reader = SliceReader::open(&self.cluster, slice, ReadOptions::default())?;
        let mut spare = None;
        while let Some(batch) = reader.next(spare.take(), cancel)? {
            batch.iter().for_each(|record| take(&record));
            spare = Some(batch);
        }
        Ok(())
    }
}

fn narrow(slice: &mut Slice, start: Offset, end: Offset) {
    for range in slice.topics.iter_mut().flat_map(|topic| &mut topic.partitions) {
        (range.start, range.end) = (start, end);
    }
}
