//! Codecs: bytes to typed columns.
//!
//! In: [`RecordBatch`]es. Out: polars frames with a [`Schema`], and every record that could not be decoded as a
//! [`Rejection`]. A codec knows nothing of ranges, files or models.

mod assemble;
mod chunk;
mod json;
mod schema;
mod seen;
mod values;

pub use assemble::{assemble, chunk_columns};
pub use chunk::Chunk;
pub use json::{Json, MAX_COLUMNS, MAX_DEPTH};
pub use schema::{Field, Kind, Schema};
pub use values::float_text;

use polars::frame::DataFrame;
use serde::{Deserialize, Serialize};

use crate::kafka::{Offset, PartitionId, RecordBatch};

/// Names of the columns that say where a row came from; a payload's own field of such a name gets a `value.` before it.
pub mod meta {
    /// `i32`.
    pub const PARTITION: &str = "_partition";
    /// `i64`.
    pub const OFFSET: &str = "_offset";
    /// `datetime[ms]`, UTC without a zone; null where the log has none.
    pub const TIMESTAMP: &str = "_timestamp";
    /// `binary`.
    pub const KEY: &str = "_key";
    /// `str`; there only when a slice has more than one topic.
    pub const TOPIC: &str = "_topic";
    /// `datetime[ms]`, when the row's label came; there only where labels were joined.
    pub const LABEL_TIMESTAMP: &str = "_label_timestamp";
    /// All of them.
    pub const ALL: [&str; 6] = [PARTITION, OFFSET, TIMESTAMP, KEY, TOPIC, LABEL_TIMESTAMP];
}

/// A way to read payloads.
pub trait Codec: Send + Sync {
    /// Its name in run files: `json`.
    fn name(&self) -> &'static str;

    /// A schema from a sample of records of every partition. Never fails: what cannot be decoded is not part of it.
    fn infer(&self, sample: &[RecordBatch]) -> Schema;

    /// A decoder that begins with `schema`.
    fn decoder(&self, schema: &Schema, mode: Decoding) -> Box<dyn Decoder>;
}

/// What a decoder does with fields that the schema does not have, and with values of another kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decoding {
    /// Reading for training: the schema grows and widens (i64 → f64 → string), no record is rejected for its types.
    Widen,
    /// Live scoring: exactly the schema's columns; other fields are skipped, a value that does not fit rejects its record,
    /// and so does a missing field that the schema does not call `nullable`.
    Exact,
}

/// Decodes batches, one after the other, straight into typed columns. A record without a value is counted as a tombstone;
/// it is no row and not refused.
pub trait Decoder: Send {
    /// Decodes every record of `batch`; those that cannot be decoded become rejections.
    fn decode(&mut self, batch: &RecordBatch);

    /// Rows decoded and not yet taken.
    fn rows(&self) -> usize;

    /// Bytes that the builders hold, about.
    fn bytes(&self) -> usize;

    /// Takes what was decoded so far, with types still open for [`assemble()`], and begins anew with the schema that the
    /// decoder was made with. Row order is decoding order.
    fn take_chunk(&mut self) -> Chunk;

    /// The same as a frame of its own.
    fn take(&mut self) -> Decoded;
}

/// What a decoder gives.
#[derive(Debug, Default)]
pub struct Decoded {
    /// The meta columns, then the payload's in schema order.
    pub frame: DataFrame,
    /// The schema of the payload's columns.
    pub schema: Schema,
    /// What could not be decoded.
    pub rejected: Vec<Rejection>,
    /// Records without a value, which are neither rows nor refused.
    pub tombstones: u64,
    /// The first field for which there was no column any more, when there were too many.
    pub surplus: Option<String>,
}

/// A record that was refused, with where it is and why. Its bytes stay in Kafka; a reader can fetch it again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejection {
    /// The topic.
    pub topic: String,
    /// The partition.
    pub partition: PartitionId,
    /// The offset.
    pub offset: Offset,
    /// Which step refused it: `decode`, `prepare`, `predict`.
    pub step: String,
    /// Why, for a person: `not JSON at byte 40: expected a comma`.
    pub reason: String,
}

/// The codec of that name; the error names those there are.
pub fn by_name(name: &str) -> Result<&'static dyn Codec, String> {
    let all: [&'static dyn Codec; 1] = [&Json];
    all.into_iter().find(|codec| codec.name() == name).ok_or_else(|| {
        let names: Vec<_> = all.iter().map(|codec| codec.name()).collect();
        format!("there is no codec {name:?}; there is: {}", names.join(", "))
    })
}
