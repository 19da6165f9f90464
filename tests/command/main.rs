//! Tests of the `forebay` binary against a real Kafka: what a person or a script at a terminal sees.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod bad_input;
mod binary;
mod demo;
mod exactly_once;
mod flow;
mod output;
mod quiet;
mod repeat;
mod small;
mod stop;
mod terminal;
mod usage;

#[path = "../cluster/harness/mod.rs"]
mod harness;
