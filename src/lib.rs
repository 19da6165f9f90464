//! Forebay trains on Apache Kafka topics without another data lake.
//!
//! The modules stand in the order in which data flow; each may use those to the left of it, never those to the right:
//!
//! ```text
//! kafka ──► codec ──► data ──► pipeline ──► learn ──► registry ──► live
//!   bytes     columns   frame     features     model      package     predictions
//! ```
//!
//! - [`kafka`]: connections, the catalogue of topics, ranges resolved to slices, reading, writing.
//! - [`codec`]: bytes to typed columns.
//! - [`data`]: a slice as a frame, profiles, splits, filters, export.
//! - [`pipeline`]: preparation steps, fitted on train only, the same for a batch and a stream.
//! - [`learn`]: learners, runs, metrics and evaluation.
//! - [`registry`]: packages, the model topic, the folder registry, aliases.
//! - [`live`]: the scoring loop.
//!
//! [`broker`] is the embedded cluster: a broker of Kafka's protocol that uses none of the others and could serve another program.
//! [`demo`] streams a year of flights into it and makes a workspace that is ready to look at.
//!
//! Beside the flow stand [`jobs`] (progress, cancel, problems) and [`files`] (written whole or not at all), which know no
//! domain and are open to all; [`workspace`] (what the user made, as a file), [`cli`] (the headless commands), [`app`] (the
//! only place that changes the window's state) and [`ui`] (reads that state, sends commands). `tests/architecture.rs` holds
//! these arrows.

pub mod app;
pub mod broker;
pub mod cli;
pub mod codec;
pub mod data;
pub mod demo;
pub mod files;
pub mod jobs;
pub mod kafka;
pub mod learn;
pub mod live;
pub mod pipeline;
pub mod registry;
pub mod ui;
pub mod workspace;
