//! The embedded cluster: a single-node broker that speaks the Kafka protocol.

pub mod log;
