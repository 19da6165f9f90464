//! The window, driven without a display: what is drawn is found by role and name, and acted on by pointer and keys.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod browse;
mod comparison;
mod connect;
mod demo;
mod flow;
mod harness;
mod labels;
mod live;
mod models;
mod names;
mod outage;
mod prepare;
mod samples;
mod shell;
mod table;
mod train;
mod workspace;

#[path = "../cluster/harness/mod.rs"]
mod brokers;

#[allow(dead_code, reason = "not every binary uses all of it")]
#[path = "../cluster/packages.rs"]
mod packages;
