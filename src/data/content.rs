//! The content digest: what a partition held when it was read.
//!
//! It is one SHA-256 per partition over its records in offset order. Each record adds, all numbers little endian: offset
//! (`i64`), timestamp (`i64`, `i64::MIN` where there is none), length of the key (`i32`, -1 for null), length of the value
//! (`i32`, -1 for null), then the bytes of key and value. Headers are left out. Records that cannot be decoded and
//! tombstones count like all others; a filter changes nothing. An empty partition has the digest of nothing.

use sha2::{Digest, Sha256};

use crate::kafka::{Record, RecordBatch};

/// A partition's digest while its records come.
#[derive(Clone, Default)]
pub struct ContentDigest(Sha256);

impl ContentDigest {
    /// Adds the records of the next batch.
    pub fn add(&mut self, batch: &RecordBatch) {
        batch.iter().for_each(|record| self.add_record(&record));
    }

    /// The digest in hexadecimal.
    pub fn finish(self) -> String {
        hex::encode(self.0.finalize())
    }

    fn add_record(&mut self, record: &Record<'_>) {
        let mut head = [0; 24];
        let timestamp = record.timestamp.map_or(i64::MIN, |timestamp| timestamp.0);
        let numbers = [record.offset.0.to_le_bytes(), timestamp.to_le_bytes(), lengths(record)];
        head.chunks_exact_mut(8).zip(numbers).for_each(|(to, from)| to.copy_from_slice(&from));
        self.0.update(head);
        self.0.update(record.key.unwrap_or_default());
        self.0.update(record.value.unwrap_or_default());
    }
}

fn lengths(record: &Record<'_>) -> [u8; 8] {
    let length = |bytes: Option<&[u8]>| bytes.map_or(u32::MAX, |bytes| bytes.len() as u32);
    (u64::from(length(record.key)) | u64::from(length(record.value)) << 32).to_le_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kafka::{EventTime, Offset, PartitionId};

    /// Offset, key and value.
    type Written<'a> = (i64, Option<&'a [u8]>, Option<&'a [u8]>);

    fn batch(records: &[Written<'_>]) -> RecordBatch {
        let mut batch = RecordBatch::new("a".into(), PartitionId(0));
        for (offset, key, value) in records {
            batch.push(Offset(*offset), Some(EventTime(7)), *key, *value, []);
        }
        batch
    }

    fn digest(batches: &[RecordBatch]) -> String {
        let mut digest = ContentDigest::default();
        batches.iter().for_each(|batch| digest.add(batch));
        digest.finish()
    }

    #[test]
    fn it_is_the_hash_of_the_bytes_that_the_module_says() {
        let mut bytes = Vec::new();
        bytes.extend(5_i64.to_le_bytes());
        bytes.extend(7_i64.to_le_bytes());
        bytes.extend(1_i32.to_le_bytes());
        bytes.extend((-1_i32).to_le_bytes());
        bytes.extend(b"k");
        assert_eq!(digest(&[batch(&[(5, Some(b"k"), None)])]), hex::encode(Sha256::digest(&bytes)));
    }

    #[test]
    fn it_depends_on_content_and_not_on_batches() {
        let records = [(0, Some(&b"a"[..]), Some(&b"bc"[..])), (1, None, Some(b"")), (3, Some(b""), None)];
        let whole = digest(&[batch(&records)]);
        assert_eq!(whole, digest(&[batch(&records[..1]), batch(&records[1..])]));
        assert_ne!(whole, digest(&[batch(&records[..2])]));
        assert_ne!(digest(&[batch(&[(0, Some(b"ab"), Some(b"c"))])]), digest(&[batch(&records[..1])]));
        assert_ne!(digest(&[batch(&[(0, None, None)])]), digest(&[batch(&[(0, Some(b""), Some(b""))])]));
    }
}
