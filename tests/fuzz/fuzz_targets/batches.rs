//! Batches as no producer sends them: see `bodies/batches.rs`. `cargo test --test cluster fuzz` runs the same over the
//! seeds and mutations of them.

#![no_main]

#[path = "../bodies/batches.rs"]
mod batches;
#[path = "../../../src/broker/mod.rs"]
mod broker;

libfuzzer_sys::fuzz_target!(|input: &[u8]| batches::run(input));
