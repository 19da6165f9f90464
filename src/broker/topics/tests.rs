//! Topics as they change: what is on disk then, and who waits.

use std::sync::mpsc;
use std::time::Duration;

use super::*;

fn config(root: &std::path::Path) -> BrokerConfig {
    BrokerConfig {
        storage: Storage::Folder(root.to_path_buf()),
        durability: Durability::Always,
        ..BrokerConfig::default()
    }
}

fn new(name: &str, partitions: usize) -> NewTopic {
    NewTopic { name: name.into(), partitions, config: BTreeMap::new() }
}

#[cfg(unix)]
#[test]
fn a_topic_and_what_is_in_it_survive_a_loss_of_power() {
    use crate::broker::disk::simulated::Disk;
    use crate::broker::log::{Compression, PlainRecord, Producer, encode_batch};

    let append = |topics: &Topics, number: i32| {
        let record = PlainRecord { timestamp: 0, key: None, value: Some(b"value") };
        let batch = encode_batch(&[record], Producer::NONE, Compression::None).unwrap();
        let topic = topics.named("topic").unwrap();
        topic.partition(number).unwrap().with_log(|log| log.append(batch, 0, 0)).unwrap().unwrap();
    };
    let place = tempfile::tempdir().unwrap();
    let disk = Disk::watch();
    let root = place.path().join("new/broker");
    let topics = Topics::open(&config(&root), 0).unwrap();
    topics.create(new("topic", 1), false, 0).unwrap();
    append(&topics, 0);
    topics.add_partitions("topic", 3, false, 0).unwrap();
    append(&topics, 2);
    topics.create(new("gone", 1), false, 0).unwrap();
    topics.delete("gone").unwrap();
    let left = tempfile::tempdir().unwrap();
    disk.after_loss_of_power(place.path(), left.path());
    let topics = Topics::open(&config(&left.path().join("new/broker")), 0).unwrap();
    let topic = topics.named("topic").unwrap();
    let ends =
        topic.partitions.iter().map(|partition| partition.with_log(|log| log.high_watermark()).unwrap());
    assert_eq!(ends.collect::<Vec<_>>(), [1, 0, 1]);
    assert!(topics.named("gone").is_none());
}

/// What was refused is not done later, at the next start.
#[cfg(unix)]
#[test]
fn a_change_that_was_refused_because_the_disk_failed_is_not_made_by_the_next_start() {
    use crate::broker::disk::simulated::Disk;

    let folder = tempfile::tempdir().unwrap();
    let disk = Disk::watch();
    let topics = Topics::open(&config(folder.path()), 0).unwrap();
    topics.create(new("there", 1), false, 0).unwrap();
    let refuses = |change: &dyn Fn() -> bool| {
        // The name of the new file is forced to disk last.
        let place = folder.path().to_owned();
        disk.fail(0, move |path| path == place);
        assert!(change() && !disk.is_to_fail());
    };
    refuses(&|| topics.delete("there").is_err());
    refuses(&|| topics.create(new("never", 1), false, 0).is_err());
    refuses(&|| topics.add_partitions("there", 2, false, 0).is_err());
    assert!(topics.named("there").is_some());
    topics.close();
    topics.release();
    assert!(topics.create(new("late", 1), false, 0).is_err(), "the folder may be another's");
    let topics = Topics::open(&config(folder.path()), 0).unwrap();
    let all: Vec<_> = topics.all().iter().map(|topic| (topic.name.clone(), topic.partitions.len())).collect();
    assert_eq!(all, [("there".to_owned(), 1)]);
}

/// A change that waits for another one, or for the disk, holds up none of the threads that serve connections.
#[test]
fn others_go_on_while_a_topic_changes() {
    let root = tempfile::tempdir().unwrap();
    let with_durability = BrokerConfig { durability: Durability::System, ..config(root.path()) };
    let topics = Arc::new(Topics::open(&with_durability, 0).unwrap());
    topics.create(new("there", 1), false, 0).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).build().unwrap();
    type Change = fn(&Topics);
    let changes: [Change; 4] = [
        |topics| drop(topics.create(new("topic", 2), false, 0).unwrap()),
        |topics| topics.add_partitions("there", 2, false, 0).unwrap(),
        |topics| topics.configure("there", |_| Ok(()), false).unwrap(),
        |topics| drop(topics.delete("there").unwrap()),
    ];
    for change in changes {
        let held = topics.changes.lock().unwrap();
        let (say, hear) = mpsc::channel();
        let changed = topics.clone();
        let changing = runtime.spawn(async move { change(&changed) });
        runtime.spawn(async move { say.send(()).unwrap() });
        let others = hear.recv_timeout(Duration::from_mins(1));
        drop(held);
        runtime.block_on(changing).unwrap();
        assert!(others.is_ok());
    }
}
