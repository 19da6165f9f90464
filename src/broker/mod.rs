//! The embedded cluster: a single-node broker that speaks the Kafka protocol.

pub mod groups;
pub mod journal;
pub mod partition;
pub mod transactions;
