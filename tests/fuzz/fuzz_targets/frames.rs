//! Frames as no client sends them: see `bodies/frames.rs`. `cargo test --test cluster fuzz` runs the same over the seeds
//! and mutations of them. One broker takes all inputs; a panic anywhere in it ends the run.

#![no_main]

#[path = "../../../src/broker/mod.rs"]
mod broker;
#[path = "../bodies/frames.rs"]
mod frames;

use std::sync::Mutex;

/// After so many inputs, what topics and groups they have made is deleted.
const BETWEEN_CLEANINGS: u32 = 500;

struct Running {
    _broker: broker::Broker,
    sender: frames::Sender,
    inputs: u32,
}

static RUNNING: Mutex<Option<Running>> = Mutex::new(None);

libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let mut running = RUNNING.lock().unwrap();
    let running = running.get_or_insert_with(|| {
        let broker = broker::Broker::start(frames::config()).unwrap();
        let sender = frames::Sender::connect(broker.address());
        Running { _broker: broker, sender, inputs: 0 }
    });
    running.sender.run(input);
    running.inputs += 1;
    if running.inputs.is_multiple_of(BETWEEN_CLEANINGS) {
        running.sender.clean();
    }
});
