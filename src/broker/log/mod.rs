//! The log of one partition: record batches as they came, in segments, in memory or in a folder.
//!
//! In go batches of a Produce request; out come whole batches for a Fetch, answers about time, epochs, producers and
//! transactions. Retention and compaction are called from outside, as is the clock. It knows nothing of topics,
//! requests or sockets.

mod answers;
mod compression;
mod config;
mod decode;
mod encode;
mod error;
mod partition;

pub use answers::{
    Aborted, Appended, Fetched, Isolation, Marker, ProducerStatus, Recovery, Removed, TimedOffset,
};
pub use compression::{Compression, compress, decompress};
pub use config::{Cleanup, Durability, LogConfig, LogPlace, TimestampType};
pub use decode::{ReadRecord, for_each_record};
pub use encode::{PlainRecord, Producer, encode_batch, encode_marker};
pub use error::{AppendError, ReadError, RecordError};
pub use partition::PartitionLog;
