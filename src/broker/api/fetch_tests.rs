//! When a fetch is answered, and with how much.

use std::time::{Duration, Instant};

use crate::broker::log::Compression;
use crate::broker::server::Broker;
use crate::broker::server::client_for_tests::*;

/// What fetches here wait for at most.
const WAIT: Duration = Duration::from_secs(60);

/// A broker with so many batches of 1,000 bytes in `t`.
fn with_batches(count: usize, config: &[(&'static str, &'static str)]) -> Broker {
    let broker = memory();
    let mut stream = connect(&broker);
    create_topic(&mut stream, config);
    for _ in 0..count {
        assert_eq!(produce(&mut stream, batch(1000, Compression::None), 9), 0);
    }
    broker
}

#[test]
fn enough_that_does_not_fit_is_enough() {
    let broker = with_batches(3, &[]);
    let mut stream = connect(&broker);
    let began = Instant::now();
    // Two batches fit in the room of the partition, which is as much as the client waits for.
    let records = fetch(&mut stream, &fetch_request(0, 3000, 3000), 12).records.unwrap();
    assert!((2000..3000).contains(&records.len()), "{}", records.len());
    assert!(began.elapsed() < WAIT);
}

#[test]
fn a_client_waits_for_no_more_than_it_takes() {
    let broker = with_batches(1, &[]);
    let mut stream = connect(&broker);
    let began = Instant::now();
    let request = fetch_request(0, i32::MAX, 1 << 20).with_max_bytes(1000);
    assert!(fetch(&mut stream, &request, 12).records.unwrap().len() > 1000);
    assert!(began.elapsed() < WAIT);
}

#[test]
fn what_lies_in_the_next_segment_counts() {
    let broker = with_batches(1100, &[("segment.bytes", "1048576")]);
    let mut stream = connect(&broker);
    let began = Instant::now();
    // The first segment ends before the offset 1,000.
    let records = fetch(&mut stream, &fetch_request(980, 60_000, 60_000), 12).records.unwrap();
    assert!(!records.is_empty() && began.elapsed() < WAIT);
}

#[test]
fn too_little_is_waited_for() {
    let broker = with_batches(1, &[]);
    let mut stream = connect(&broker);
    let request = fetch_request(0, 5000, 1 << 20).with_max_wait_ms(200);
    let began = Instant::now();
    assert!(fetch(&mut stream, &request, 12).records.unwrap().len() > 1000);
    assert!(began.elapsed() >= Duration::from_millis(200));
}
