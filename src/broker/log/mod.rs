//! The log of one partition: record batches as they came, in segments, in memory or in a folder.
//!
//! In go batches of a Produce request; out come whole batches for a Fetch, answers about time, epochs, producers and
//! transactions. Retention and compaction are called from outside, as is the clock. It knows nothing of topics,
//! requests or sockets.

mod answers;
mod append;
mod batch;
mod check;
mod clean;
mod compact;
mod compression;
mod config;
mod decode;
mod encode;
mod epochs;
mod error;
mod exchange;
mod extent;
mod files;
mod health;
mod index;
mod keys;
mod open;
mod open_files;
mod partition;
mod peek;
mod producers;
mod read;
mod records;
mod replace;
mod retention;
mod room;
mod scan;
mod segment;
mod snapshot;
mod store;
mod transactions;

pub use answers::{
    Aborted, Appended, Fetched, Isolation, Marker, ProducerStatus, Recovery, Removed, TimedOffset,
};
pub use compact::{Compacted, Compaction};
pub use compression::{Compression, compress, decompress};
pub use config::{Cleanup, Durability, LogConfig, LogPlace, TimestampType};
pub use decode::{ReadRecord, for_each_record};
pub use encode::{PlainRecord, Producer, encode_batch, encode_marker};
pub use error::{AppendError, ReadError, RecordError};
pub use extent::{Extent, FilePart};
pub use partition::PartitionLog;
pub use peek::{Peeked, peek};

#[cfg(test)]
mod tests;
