//! Kafka: connections, the catalogue of topics, ranges resolved to slices, reading and writing.
//!
//! In: a [`ConnectionProfile`] with its [`Secrets`]. Out: raw records in [`RecordBatch`]es, and facts about the cluster.
//! It never joins a consumer group or commits an offset for browsing or reading; everything that writes goes through
//! [`Cluster::write_access`], which a read-only connection refuses. It knows nothing of columns.

mod admin;
mod batch;
mod batch_queue;
mod catalogue;
mod check;
mod client;
mod committed;
mod config;
mod connection;
mod context;
mod duration;
mod error;
mod explain;
mod group;
mod native;
mod offsets;
mod plan;
mod properties;
mod range;
mod reader;
mod resolve;
mod slice;
mod tail;
mod timeline;
mod topics;
mod types;
mod watermark;
mod way_back;
mod writer;

pub use batch::{Header, Record, RecordBatch};
pub use catalogue::{BrokerInfo, Catalogue, ConfigEntry, GroupLag, PartitionInfo, TopicDetail, TopicSummary};
pub use check::{CheckOutcome, CheckResult, CheckStep, check_connection};
pub use client::{Cluster, WriteAccess};
pub use committed::GroupOffsets;
pub use config::DEFAULTS;
pub use connection::{ConnectionProfile, Mechanism, Protocol, Secrets, SecurityProfile};
pub use duration::{format_span, parse_span};
pub use error::{KafkaError, Result};
pub use group::{GroupConsumer, GroupOptions, Polled};
pub use plan::ReadPlan;
pub use properties::{ImportedConnection, parse_properties, read_properties};
pub use range::{Bound, RangeSpec};
pub use reader::{PartitionPosition, ReadOptions, SliceReader};
pub use slice::{PartitionRange, Slice, TopicSlice};
pub use tail::{TailPosition, TopicTail};
pub use timeline::{PartitionDensity, Timeline, TimelineRequest};
pub use types::{EventTime, Offset, PartitionId};
pub use writer::{OutRecord, TopicWriter, TransactionalWriter};
