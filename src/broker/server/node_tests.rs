//! A node without connections: what a disk that fails and a loss of power leave of its transactions.

use super::*;
use crate::broker::config::Storage;
use crate::broker::disk::simulated::Disk;
use crate::broker::log::{Compression, Isolation, PlainRecord, encode_batch, for_each_record};
use crate::broker::topics::NewTopic;
use crate::broker::transactions::InitRequest;

const TOPICS: [&str; 2] = ["first", "second"];

fn node(folder: &std::path::Path) -> Node {
    let config = BrokerConfig {
        storage: Storage::Folder(folder.to_path_buf()),
        durability: Durability::Always,
        ..BrokerConfig::default()
    };
    Node::open(config, 0).unwrap()
}

fn begin(node: &Node) -> Producer {
    let places = TOPICS.map(|name| TopicPartition::new(name, 0));
    let request = InitRequest { transactional_id: Some("id".into()), timeout_ms: 60_000, known: None };
    let producer = node.with_transactions(|transactions| {
        let producer = transactions.init(node.now(), &request).unwrap();
        transactions.add_partitions(node.now(), "id", producer, &places).unwrap();
        producer
    });
    for name in TOPICS {
        let record = PlainRecord { timestamp: node.now(), key: None, value: Some(b"value") };
        let of = crate::broker::log::Producer {
            id: producer.id,
            epoch: producer.epoch,
            sequence: 0,
            transactional: true,
        };
        let batch = encode_batch(&[record], of, Compression::None).unwrap();
        let topic = node.topics.named(name).unwrap();
        let appended = topic.partition(0).unwrap().with_log(|log| log.append(batch, 0, node.now()));
        appended.unwrap().unwrap();
    }
    producer
}

fn markers(node: &Node, name: &str) -> usize {
    let topic = node.topics.named(name).unwrap();
    let read =
        topic.partition(0).unwrap().with_log(|log| log.read(0, usize::MAX, true, Isolation::Uncommitted));
    let mut markers = 0;
    for_each_record(&read.unwrap().unwrap().records.read().unwrap(), 1 << 20, |record| {
        markers += usize::from(record.control);
    })
    .unwrap();
    markers
}

#[test]
fn a_marker_is_written_once_while_another_one_cannot_be_written() {
    for (stuck, expected) in [(0, [0, 1]), (1, [1, 0])] {
        let folder = tempfile::tempdir().unwrap();
        let disk = Disk::watch();
        let node = node(folder.path());
        for name in TOPICS {
            let new = NewTopic { name: name.into(), partitions: 1, config: Default::default() };
            node.topics.create(new, false, node.now()).unwrap();
        }
        let producer = begin(&node);
        node.with_transactions(|transactions| transactions.end(node.now(), "id", producer, true)).unwrap();
        let stuck = node.topics.named(TOPICS[stuck]).unwrap().id.hex();
        disk.fail(0, move |path| path.components().any(|part| *part.as_os_str() == *stuck));
        for _ in 0..4 {
            node.finish_transactions();
        }
        assert!(!disk.is_to_fail());
        assert_eq!(TOPICS.map(|name| markers(&node, name)), expected);
        let again = node.tick().unwrap();
        assert!(again <= node.steady() + RETRY_MS, "what is left is tried again soon");
        // The logs are opened anew, and what is due is done.
        drop(node);
        let node = self::node(folder.path());
        assert!(TOPICS.iter().all(|name| markers(&node, name) >= 1));
        let left = node.with_transactions(|transactions| transactions.describe("id").unwrap().partitions);
        assert_eq!(left, []);
    }
}

#[test]
fn a_producer_id_does_not_come_again_after_a_loss_of_power_whatever_the_durability() {
    let root = tempfile::tempdir().unwrap();
    let disk = Disk::watch();
    let mut seen = Vec::new();
    for loss in 0..3 {
        let folder = root.path().join(format!("{loss}"));
        if loss > 0 {
            std::fs::create_dir(&folder).unwrap();
            disk.after_loss_of_power(&root.path().join(format!("{}", loss - 1)), &folder);
        }
        let config = BrokerConfig { storage: Storage::Folder(folder), ..BrokerConfig::default() };
        let node = Node::open(config, 0).unwrap();
        let request = InitRequest { transactional_id: None, timeout_ms: 60_000, known: None };
        for _ in 0..1500 {
            let given = node.with_transactions(|transactions| transactions.init(node.now(), &request));
            seen.push(given.unwrap().id);
        }
    }
    let all = seen.len();
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), all);
}
