//! The model topic: versions, aliases, publishers at once, publishers killed, damage, compaction.

use std::time::{Duration, Instant};

use forebay::jobs::{Cancel, Progress};
use forebay::kafka::{OutRecord, PartitionId, TransactionalWriter};
use forebay::registry::{Keep, ModelInfo, Package, Registry, RegistryError, TopicRegistry, VersionInfo};

use crate::harness::{Kafka, TestRecord, consumed, unique};
use crate::packages::{publish, registry, sample, with_intercept, with_many_classes};

fn find(registry: &TopicRegistry, model: &str) -> Result<VersionInfo, RegistryError> {
    registry.find(&model.parse().unwrap(), &Cancel::new())
}

fn get(registry: &TopicRegistry, version: u32) -> Result<Package, RegistryError> {
    registry.get("delay", version, &Progress::new(), &Cancel::new())
}

/// The one model of a topic, as a reader sees it that has read nothing before.
fn seen_anew(kafka: &Kafka, topic: &str) -> ModelInfo {
    let mut models = registry(&kafka.connect(), topic).models(&Cancel::new()).unwrap();
    models.pop().unwrap_or_default()
}

fn numbers(model: &ModelInfo) -> Vec<u32> {
    model.versions.iter().map(|version| version.version).collect()
}

#[test]
fn a_topic_that_is_not_there_is_empty_and_is_made_by_the_first_publishing() {
    let kafka = Kafka::shared();
    let cluster = kafka.connect();
    let topic = unique("models");
    let registry = registry(&cluster, &topic);
    assert!(registry.models(&Cancel::new()).unwrap().is_empty());

    assert_eq!(publish(&registry, "delay", &sample()).version, 1);

    let detail = cluster.topic(&topic).unwrap();
    assert_eq!(detail.summary.partitions.len(), 1);
    assert_eq!(detail.config["cleanup.policy"].value, "compact");
    assert_eq!(get(&registry, 1).unwrap().model, sample().model);
}

#[test]
fn a_package_larger_than_a_record_is_cut_into_chunks_and_put_together_again() {
    let kafka = Kafka::shared();
    let topic = kafka.topic("models", 1, &[("cleanup.policy", "compact"), ("max.message.bytes", "20000")]);
    let cluster = kafka.connect();
    let large = with_many_classes(2_000);

    let published = publish(&registry(&cluster, &topic), "delay", &large);

    assert!(published.bytes > 2 * 20_000, "{} bytes should need several chunks", published.bytes);
    let other = registry(&cluster, &topic);
    assert_eq!(get(&other, 1).unwrap().to_bytes().unwrap(), large.to_bytes().unwrap());
    assert_eq!(find(&other, "delay@1").unwrap().manifest.digest, published.manifest.digest);
}

#[test]
fn aliases_move_and_their_moves_are_remembered() {
    let kafka = Kafka::shared();
    let topic = unique("models");
    let registry = registry(&kafka.connect(), &topic);
    publish(&registry, "delay", &sample());
    publish(&registry, "delay", &with_intercept(-1.0));

    registry.set_alias("delay", "champion", Some(1)).unwrap();
    registry.set_alias("delay", "champion", Some(2)).unwrap();
    assert_eq!(find(&registry, "delay@champion").unwrap().version, 2);
    assert!(matches!(registry.delete("delay", 2), Err(RegistryError::InUse { .. })));
    assert!(matches!(registry.set_alias("delay", "champion", Some(9)), Err(RegistryError::NotFound { .. })));
    registry.set_alias("delay", "champion", None).unwrap();
    assert!(matches!(find(&registry, "delay@champion"), Err(RegistryError::NotFound { .. })));

    let moves: Vec<_> = seen_anew(kafka, &topic).alias_history.iter().map(|one| one.2).collect();
    assert_eq!(moves, [None, Some(2), Some(1)]);
}

#[test]
fn a_deleted_version_is_gone_and_its_number_does_not_come_back() {
    let kafka = Kafka::shared();
    let topic = unique("models");
    let registry = registry(&kafka.connect(), &topic);
    publish(&registry, "delay", &sample());
    publish(&registry, "delay", &sample());
    registry.delete("delay", 2).unwrap();

    assert_eq!(numbers(&seen_anew(kafka, &topic)), [1]);
    assert_eq!(publish(&registry, "delay", &sample()).version, 3);
}

#[test]
fn two_publishers_at_once_never_get_the_same_version() {
    let kafka = Kafka::shared();
    let topic = kafka.topic("models", 1, &[("cleanup.policy", "compact")]);
    let mut versions: Vec<u32> = std::thread::scope(|scope| {
        let publishers: Vec<_> = [-1.0, -2.0]
            .into_iter()
            .map(|intercept| {
                let registry = registry(&kafka.connect(), &topic);
                scope.spawn(move || publish(&registry, "delay", &with_intercept(intercept)).version)
            })
            .collect();
        publishers.into_iter().map(|publisher| publisher.join().unwrap()).collect()
    });
    versions.sort_unstable();

    assert_eq!(versions, [1, 2]);
    let model = seen_anew(kafka, &topic);
    assert_eq!((numbers(&model), model.damaged), (vec![2, 1], vec![]));
}

/// A publisher that wrote its chunks and was killed before it could commit: its transaction stays open.
fn killed_half_way(kafka: &Kafka, topic: &str, name: &str) {
    let cluster = kafka.connect();
    let access = cluster.write_access("test").unwrap();
    let mut writer = TransactionalWriter::open(access, &format!("forebay-model/{topic}/{name}")).unwrap();
    writer.begin().unwrap();
    for (key, value) in
        [(format!("{name}/1/0"), &b"half a package"[..]), (format!("{name}@champion"), br#"{"version":1}"#)]
    {
        let key = Some(key.as_bytes());
        writer
            .send(OutRecord {
                topic,
                partition: Some(PartitionId(0)),
                key,
                value: Some(value),
                ..OutRecord::default()
            })
            .unwrap();
    }
    writer.flush().unwrap();
    std::mem::forget(writer);
}

#[test]
fn a_publisher_killed_half_way_leaves_nothing_and_is_followed_at_once() {
    let kafka = Kafka::shared();
    let topic = kafka.topic("models", 1, &[("cleanup.policy", "compact")]);
    killed_half_way(kafka, &topic, "delay");
    assert_eq!(seen_anew(kafka, &topic), ModelInfo::default());

    let published = publish(&registry(&kafka.connect(), &topic), "delay", &sample());

    assert_eq!(published.version, 1);
    let model = seen_anew(kafka, &topic);
    assert_eq!((numbers(&model), model.alias_history), (vec![1], vec![]));
}

#[test]
fn a_damaged_version_is_listed_with_the_reason_and_never_offered() {
    let kafka = Kafka::shared();
    let topic = kafka.topic("models", 1, &[("cleanup.policy", "compact")]);
    let registry = registry(&kafka.connect(), &topic);
    for _ in 0..3 {
        publish(&registry, "delay", &sample());
    }
    // Another program overwrites a chunk, deletes a chunk, and writes a manifest of a format to come.
    kafka.produce(
        &topic,
        [
            TestRecord::new("not the chunk").key("delay/1/0").partition(0),
            TestRecord::tombstone("delay/2/0").partition(0),
            TestRecord::new(r#"{"format":2}"#).key("delay/4").partition(0),
        ],
    );

    let model = seen_anew(kafka, &topic);
    assert_eq!(numbers(&model), [3]);
    let damaged: Vec<u32> = model.damaged.iter().map(|one| one.0).collect();
    assert_eq!(damaged, [4, 2, 1]);
    assert!(model.damaged[0].1.contains("format version 2"), "{:?}", model.damaged);
    assert!(model.damaged[1].1.contains("chunk 0 was deleted"), "{:?}", model.damaged);
    assert!(model.damaged[2].1.contains("written again"), "{:?}", model.damaged);
    for version in [1, 2, 4] {
        assert!(matches!(get(&registry, version), Err(RegistryError::Damaged { .. })), "{version}");
    }
    assert_eq!(publish(&registry, "delay", &sample()).version, 5);
}

#[test]
fn keeping_the_latest_lets_compaction_leave_one_and_the_aliased() {
    let kafka = Kafka::shared();
    let settings = [
        ("cleanup.policy", "compact"),
        ("segment.ms", "200"),
        ("min.cleanable.dirty.ratio", "0.01"),
        ("delete.retention.ms", "100"),
    ];
    let topic = kafka.topic("models", 1, &settings);
    let latest = TopicRegistry::new(kafka.connect(), &topic, Keep::Latest);
    publish(&latest, "delay", &sample());
    latest.set_alias("delay", "champion", Some(1)).unwrap();
    for _ in 0..3 {
        publish(&latest, "delay", &sample());
    }
    assert_eq!(numbers(&seen_anew(kafka, &topic)), [4, 1]);

    let deadline = Instant::now() + Duration::from_secs(60);
    while records_of(kafka, &topic, "delay/2/0") + records_of(kafka, &topic, "delay/3/0") > 0 {
        assert!(Instant::now() < deadline, "compaction left versions that were tombstoned");
        // A segment is closed, and with it cleaned, only when something is written behind it.
        kafka.produce(&topic, [TestRecord::new("1").key("unrelated key").partition(0)]);
        std::thread::sleep(Duration::from_millis(500));
    }
    assert_eq!(numbers(&seen_anew(kafka, &topic)), [4, 1]);
    assert_eq!(get(&latest, 4).unwrap().model, sample().model);
}

/// Records with this key and a value that the log still has.
fn records_of(kafka: &Kafka, topic: &str, key: &str) -> usize {
    let records = consumed(kafka, topic);
    records
        .iter()
        .filter(|record| record.key.as_deref() == Some(key.as_bytes()) && record.value.is_some())
        .count()
}

#[test]
fn a_topic_that_would_lose_models_is_refused() {
    let kafka = Kafka::shared();
    let cluster = kafka.connect();
    let several = kafka.topic("models", 3, &[("cleanup.policy", "compact")]);
    let deleting = kafka.topic("models", 1, &[("cleanup.policy", "delete")]);
    for (topic, why) in [(several, "3 partitions"), (deleting, "cleanup.policy is delete")] {
        let error = registry(&cluster, &topic)
            .publish("delay", &sample(), &Progress::new(), &Cancel::new())
            .unwrap_err();
        assert!(error.to_string().contains(why), "{error}");
    }
}
