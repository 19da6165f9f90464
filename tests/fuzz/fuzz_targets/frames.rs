//! Whatever bytes a connection brings: frames are read, requests decoded and answered, and the broker goes on.
//!
//! The first byte chooses how the rest is sent: as it is, or as frames whose lengths are right, so that requests are
//! reached. A panic anywhere in the broker ends the run.

#![no_main]

#[path = "../../../src/broker/mod.rs"]
mod broker;
#[path = "../requests.rs"]
mod requests;

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::Mutex;
use std::time::Duration;

use libfuzzer_sys::fuzz_target;

use broker::{Broker, BrokerConfig};

/// One broker takes so many inputs; topics and groups that they make are gone with it.
const INPUTS_A_BROKER: u32 = 2_000;

static BROKER: Mutex<Option<(Broker, u32)>> = Mutex::new(None);

fuzz_target!(|input: &[u8]| {
    let Some((mode, bytes)) = input.split_first() else { return };
    let mut running = BROKER.lock().unwrap();
    let (broker, inputs) = running.get_or_insert_with(|| (start(), 0));
    let mut stream = TcpStream::connect(broker.address()).unwrap();
    stream.set_read_timeout(Some(Duration::from_millis(20))).unwrap();
    let sent = match mode % 4 {
        0 => bytes.to_vec(),
        1 => frames(bytes),
        _ => requests::request(*mode, bytes),
    };
    // The broker may close before it has read all.
    let _ = stream.write_all(&sent);
    let _ = stream.shutdown(Shutdown::Write);
    let _ = stream.read_to_end(&mut Vec::new());
    *inputs += 1;
    if *inputs == INPUTS_A_BROKER {
        *running = None;
    }
});

fn start() -> Broker {
    let mut config = BrokerConfig::default();
    config.limits.request_bytes = 1 << 20;
    config.limits.requests_in_flight_bytes = 16 << 20;
    config.limits.fetches_in_flight_bytes = 16 << 20;
    config.limits.partitions = 100;
    config.topics.auto_create = true;
    Broker::start(config).unwrap()
}

/// Pieces, each with its length before it.
fn frames(bytes: &[u8]) -> Vec<u8> {
    bytes.chunks(97).flat_map(|piece| [&(piece.len() as u32).to_be_bytes(), piece].concat()).collect()
}
