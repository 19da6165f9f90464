//! Tests against a real Kafka, and of the embedded cluster beside it. Each module is one subject; `harness` starts and
//! ends the brokers.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod catalogue;
mod check;
mod conformance;
mod connection;
mod demo;
mod deployment;
mod frames;
mod groups;
mod harness;
mod harness_works;
mod interrupted;
mod labels;
mod live_labels;
mod model_topic;
mod packages;
mod properties;
mod ranges;
mod reading;
mod requests;
mod scoring;
mod topic_ids;
mod writing;

#[path = "../command/bad_input/page.rs"]
mod page;
