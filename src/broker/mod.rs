//! The embedded cluster: a broker of Apache Kafka's protocol inside the process, one node, on the loopback interface.
//!
//! It is for trying things out, for tests, and for a program that wants to speak Kafka where no cluster is at hand. What it
//! does, it does as Apache Kafka does; `docs/embedded-cluster.md` says where it knowingly differs. It is not for production: it has
//! no replicas, no access control and no encryption, and it listens to nobody but this machine.
//!
//! In goes a [`BrokerConfig`]; out comes a running [`Broker`] with an address that any Kafka client can be given. It knows
//! nothing of the rest of this crate.
//!
//! - [`log`]: one partition's log.
//! - [`groups`], [`transactions`]: the two coordinators, without input or output; [`journal`] is what they remember.
//! - `topics`: topics, their configuration and their partitions.
//! - `disk`: what is forced to disk.
//! - `server`: connections, frames, dispatch. `api`: one request to one answer.

mod api;
mod config;
mod disk;
mod error;
pub mod groups;
pub mod journal;
mod lock;
pub mod log;
mod malformed;
pub mod partition;
mod server;
mod shared_log;
mod topics;
pub mod transactions;

pub use config::{BrokerConfig, Housekeeping, Limits, LogSink, Storage, TopicDefaults};
pub use error::BrokerError;
pub use log::Durability;
pub use server::Broker;
