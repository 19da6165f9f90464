//! The window, driven without a display: what is drawn is found by role and name, and acted on by pointer and keys.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod connect;
mod harness;
mod shell;
mod table;
mod train;
mod workspace;
