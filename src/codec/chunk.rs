//! Decoded records before their final types are known: what one decoder gives, and what [`assemble`] makes a frame of.
//!
//! [`assemble`]: fn@super::assemble

use std::sync::Arc;

use super::Rejection;
use super::schema::{Field, Kind};
use super::seen::Seen;
use super::values::{Packed, Values};
use crate::kafka::{PartitionId, Record, RecordBatch};

/// Rows of some batches. Its columns have the types that these rows need; other chunks may widen them.
#[derive(Clone, Debug, Default)]
pub struct Chunk {
    pub(super) origins: Vec<Origin>,
    pub(super) offsets: Vec<i64>,
    pub(super) timestamps: Values,
    pub(super) keys: Packed,
    pub(super) null_keys: Vec<usize>,
    pub(super) columns: Vec<ChunkColumn>,
    /// Rows before a filter took some.
    decoded: usize,
    rejected: Vec<Rejection>,
    tombstones: u64,
    surplus: Option<String>,
}

/// Consecutive rows of one partition.
#[derive(Clone, Debug)]
pub(super) struct Origin {
    pub topic: Arc<str>,
    pub partition: PartitionId,
    pub rows: usize,
}

/// A payload's column.
#[derive(Clone, Debug)]
pub(super) struct ChunkColumn {
    pub name: Arc<str>,
    pub values: Values,
    /// A row without it, or with null, was seen.
    pub nullable: bool,
}

impl Chunk {
    /// Rows.
    pub fn rows(&self) -> usize {
        self.offsets.len()
    }

    /// Rows that were decoded, with those that a filter has taken since.
    pub fn decoded(&self) -> usize {
        self.decoded
    }

    /// Bytes of memory, about.
    pub fn memory(&self) -> usize {
        let columns: usize = self.columns.iter().map(|column| column.values.memory()).sum();
        columns + self.offsets.len() * 16 + self.keys.memory()
    }

    /// Takes the records that were refused.
    pub fn take_rejected(&mut self) -> Vec<Rejection> {
        std::mem::take(&mut self.rejected)
    }

    /// Records without a value, which are no rows.
    pub fn tombstones(&self) -> u64 {
        self.tombstones
    }

    /// The first field that found no place among the columns, because there were too many.
    pub fn surplus(&self) -> Option<&str> {
        self.surplus.as_deref()
    }

    /// Names of the payload's columns.
    pub fn names(&self) -> impl Iterator<Item = &Arc<str>> {
        self.columns.iter().map(|column| &column.name)
    }

    /// Keeps the rows for which `keep` is true. What was seen in the others stays part of the schema.
    pub fn retain(&mut self, keep: &[bool]) {
        self.finish();
        for column in &mut self.columns {
            column.values.retain(keep);
        }
        self.timestamps.retain(keep);
        self.keys = self.keys.retained(keep);
        let mut rows = 0;
        for origin in &mut self.origins {
            let kept = keep.iter().skip(rows).take(origin.rows).filter(|keep| **keep).count();
            rows += origin.rows;
            origin.rows = kept;
        }
        let kept_before: Vec<usize> = keep
            .iter()
            .scan(0, |kept, keep| {
                let before = *kept;
                *kept += usize::from(*keep);
                Some(before)
            })
            .collect();
        self.null_keys.retain(|row| keep.get(*row).copied().unwrap_or(false));
        for row in &mut self.null_keys {
            *row = kept_before.get(*row).copied().unwrap_or_default();
        }
        let mut keep = keep.iter();
        self.offsets.retain(|_| keep.next().copied().unwrap_or(false));
    }

    /// The same rows with some of the columns only.
    pub(super) fn with_columns(&self, names: &[&str]) -> Self {
        let wanted = self.columns.iter().filter(|column| names.contains(&&*column.name));
        Self {
            origins: self.origins.clone(),
            offsets: self.offsets.clone(),
            timestamps: self.timestamps.clone(),
            keys: self.keys.clone(),
            null_keys: self.null_keys.clone(),
            columns: wanted.cloned().collect(),
            decoded: self.decoded,
            ..Self::default()
        }
    }

    /// Begins with the columns of a schema.
    pub(super) fn starting_with(fields: &[Field]) -> Self {
        let columns = fields.iter().map(|field| ChunkColumn {
            name: field.name.as_str().into(),
            values: Values::starting_with(Seen::of(field.kind)),
            nullable: field.nullable || field.kind == Kind::Null,
        });
        Self { columns: columns.collect(), ..Self::default() }
    }

    /// Appends the meta columns of a record whose payload was decoded.
    pub(super) fn push_meta(&mut self, batch: &RecordBatch, record: &Record<'_>) {
        let row = self.offsets.len();
        match self.origins.last_mut() {
            Some(last) if last.partition == batch.partition() && last.topic == *batch.topic() => {
                last.rows += 1
            }
            _ => self.origins.push(Origin {
                topic: batch.topic().clone(),
                partition: batch.partition(),
                rows: 1,
            }),
        }
        self.offsets.push(record.offset.0);
        if let Some(timestamp) = record.timestamp {
            self.timestamps.push_int(row, timestamp.0);
        }
        if record.key.is_none() {
            self.null_keys.push(row);
        }
        self.keys.push(record.key.unwrap_or_default());
        self.decoded += 1;
    }

    pub(super) fn push_tombstone(&mut self) {
        self.tombstones += 1;
    }

    pub(super) fn push_rejection(&mut self, batch: &RecordBatch, record: &Record<'_>, reason: String) {
        self.rejected.push(Rejection {
            topic: batch.topic().to_string(),
            partition: batch.partition(),
            offset: record.offset,
            step: "decode".into(),
            reason,
        });
    }

    pub(super) fn note_surplus(&mut self, name: &str) {
        self.surplus.get_or_insert_with(|| name.to_owned());
    }

    /// Makes all columns equally long and settles which are nullable.
    pub(super) fn finish(&mut self) {
        let rows = self.rows();
        self.timestamps.pad(rows);
        for column in &mut self.columns {
            // After a filter the columns are whole already, and their nulls known.
            if self.decoded == rows {
                column.nullable |= column.values.set() < rows;
            }
            column.values.pad(rows);
        }
    }
}
