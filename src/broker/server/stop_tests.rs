//! How a broker begins and ends.

use std::cell::Cell;
use std::io::{Read, Write};
use std::sync::Arc;
use std::time::Duration;

use kafka_protocol::messages::join_group_request::JoinGroupRequestProtocol;
use kafka_protocol::messages::{CreatePartitionsRequest, JoinGroupRequest, create_partitions_request};
use tokio::runtime::Builder;

use super::Broker;
use super::client_for_tests::*;
use crate::broker::config::{BrokerConfig, Housekeeping, Storage};
use crate::broker::error::BrokerError;

#[test]
fn a_start_that_fails_fails_also_within_an_async_caller() {
    let root = tempfile::tempdir().unwrap();
    let storage = Storage::Folder(root.path().to_path_buf());
    let config = BrokerConfig { storage, ..BrokerConfig::default() };
    let first = Broker::start(config.clone()).unwrap();
    for mut runtime in [Builder::new_current_thread(), Builder::new_multi_thread()] {
        let again = runtime.build().unwrap().block_on(async { Broker::start(config.clone()).err() });
        assert!(matches!(again, Some(BrokerError::FolderInUse(_))));
    }
    let taken = BrokerConfig { port: first.address().port(), ..BrokerConfig::default() };
    let runtime = Builder::new_current_thread().build().unwrap();
    assert!(matches!(runtime.block_on(async { Broker::start(taken).err() }), Some(BrokerError::Port { .. })));
}

#[test]
fn a_broker_stops_while_a_fetch_and_a_join_wait_and_housekeeping_runs() {
    let root = tempfile::tempdir().unwrap();
    let moment = Duration::from_millis(1);
    let config = BrokerConfig {
        storage: Storage::Folder(root.path().to_path_buf()),
        housekeeping: Housekeeping { retention: moment, compaction: moment },
        ..BrokerConfig::default()
    };
    let broker = Broker::start(config.clone()).unwrap();
    let mut fetching = connect(&broker);
    create_topic(&mut fetching, &[("cleanup.policy", "compact,delete")]);
    let send = |stream: &mut std::net::TcpStream, frame: &[u8]| {
        stream.write_all(&i32::try_from(frame.len()).unwrap().to_be_bytes()).unwrap();
        stream.write_all(frame).unwrap();
    };
    send(&mut fetching, &request(&fetch_request(0, 1, 1).with_max_wait_ms(i32::MAX), 12));
    let join = JoinGroupRequest::default()
        .with_group_id(name("g"))
        .with_protocol_type(name("consumer"))
        .with_session_timeout_ms(1_800_000)
        .with_rebalance_timeout_ms(1_800_000)
        .with_protocols(vec![JoinGroupRequestProtocol::default().with_name(name("range"))]);
    let (mut joined, mut joining) = (connect(&broker), connect(&broker));
    send(&mut joined, &request(&join, 3));
    assert!(answer(&mut joined).is_some());
    send(&mut joining, &request(&join, 3));
    broker.stop();
    for stream in [&mut fetching, &mut joining] {
        assert_eq!(stream.read(&mut [0]).unwrap_or(0), 0);
    }
    Broker::start(config).unwrap();
}

#[test]
fn a_folder_is_free_when_stop_returns_whoever_still_knows_the_node() {
    let root = tempfile::tempdir().unwrap();
    let broker = on_folder(root.path());
    let late = Arc::clone(&broker.node);
    broker.stop();
    on_folder(root.path()).stop();
    drop(late);
}

#[test]
fn housekeeping_looks_between_partitions_whether_the_broker_ends() {
    let broker = memory();
    let mut stream = connect(&broker);
    create_topic(&mut stream, &[]);
    let topic = create_partitions_request::CreatePartitionsTopic::default();
    let topic = topic.with_name(name("t")).with_count(5).with_assignments(None);
    let request = CreatePartitionsRequest::default().with_topics(vec![topic]);
    assert_eq!(ask(&mut stream, &request, 1).results[0].error_code, 0);
    let visited = Cell::new(0);
    let visit = || {
        broker.node.keep_house(|_| {
            visited.set(visited.get() + 1);
            if visited.get() == 7 {
                broker.node.end();
            }
            Ok(())
        });
        visited.get()
    };
    assert_eq!((visit(), visit(), visit()), (5, 7, 7));
}
