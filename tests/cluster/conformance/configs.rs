//! Settings of topics and of the broker.

use std::collections::BTreeMap;

use kafka_protocol::messages::describe_configs_request::DescribeConfigsResource;
use kafka_protocol::messages::describe_configs_response::DescribeConfigsResult;
use kafka_protocol::messages::{
    AlterConfigsRequest, DescribeConfigsRequest, IncrementalAlterConfigsRequest, alter_configs_request,
    incremental_alter_configs_request as incremental,
};

use super::admin::eventually;
use super::batch::Batch;
use super::codes::{INVALID_CONFIG, INVALID_REQUEST, MESSAGE_TOO_LARGE, NONE, UNKNOWN_TOPIC_OR_PARTITION};
use super::raw::{Raw, text};
use super::target::Target;

cases! {
    raw:
        every_setting_of_a_topic_has_kafkas_name_and_default,
        a_setting_tells_where_it_comes_from,
        single_settings_are_asked_for_by_name,
        a_setting_is_changed_and_taken_back,
        lists_are_added_to_and_taken_from,
        an_alteration_of_all_takes_back_what_it_does_not_name,
        wrong_settings_are_refused_and_change_nothing,
        a_change_may_be_tried_without_being_made,
        what_is_not_there_cannot_be_described_or_changed,
        an_alteration_of_the_broker_names_it_and_what_can_be_altered,
        an_alteration_names_each_resource_once,
        a_changed_limit_of_a_batch_takes_effect,
        a_changed_retention_takes_effect,
        the_broker_tells_its_settings;
}

const TOPIC: i8 = 2;
const BROKER: i8 = 4;

pub const SET: i8 = 0;
const DELETE: i8 = 1;
const APPEND: i8 = 2;
const SUBTRACT: i8 = 3;

/// Every setting of a topic in Kafka 4.1 and its default; `retention.ms` is what the tests' clusters say.
const DEFAULTS: [(&str, &str); 33] = [
    ("cleanup.policy", "delete"),
    ("compression.gzip.level", "-1"),
    ("compression.lz4.level", "9"),
    ("compression.type", "producer"),
    ("compression.zstd.level", "3"),
    ("delete.retention.ms", "86400000"),
    ("file.delete.delay.ms", "60000"),
    ("flush.messages", "9223372036854775807"),
    ("flush.ms", "9223372036854775807"),
    ("follower.replication.throttled.replicas", ""),
    ("index.interval.bytes", "4096"),
    ("leader.replication.throttled.replicas", ""),
    ("local.retention.bytes", "-2"),
    ("local.retention.ms", "-2"),
    ("max.compaction.lag.ms", "9223372036854775807"),
    ("max.message.bytes", "1048588"),
    ("message.timestamp.after.max.ms", "3600000"),
    ("message.timestamp.before.max.ms", "9223372036854775807"),
    ("message.timestamp.type", "CreateTime"),
    ("min.cleanable.dirty.ratio", "0.5"),
    ("min.compaction.lag.ms", "0"),
    ("min.insync.replicas", "1"),
    ("preallocate", "false"),
    ("remote.log.copy.disable", "false"),
    ("remote.log.delete.on.disable", "false"),
    ("remote.storage.enable", "false"),
    ("retention.bytes", "-1"),
    ("retention.ms", "-1"),
    ("segment.bytes", "1073741824"),
    ("segment.index.bytes", "10485760"),
    ("segment.jitter.ms", "0"),
    ("segment.ms", "604800000"),
    ("unclean.leader.election.enable", "false"),
];

fn describe(raw: &mut Raw, kind: i8, name: &str, keys: Option<&[&str]>) -> DescribeConfigsResult {
    let keys = keys.map(|keys| keys.iter().map(|key| text(*key)).collect());
    let resource = DescribeConfigsResource::default()
        .with_resource_type(kind)
        .with_resource_name(text(name))
        .with_configuration_keys(keys);
    let request =
        DescribeConfigsRequest::default().with_resources(vec![resource]).with_include_synonyms(true);
    raw.call(4, &request).results[0].clone()
}

/// Value and source of each setting of a topic.
fn settings(raw: &mut Raw, topic: &str) -> BTreeMap<String, (String, i8)> {
    let described = describe(raw, TOPIC, topic, None);
    assert_eq!(described.error_code, NONE);
    let entries = described.configs.into_iter();
    entries
        .map(|entry| {
            (entry.name.to_string(), (entry.value.unwrap_or_default().to_string(), entry.config_source))
        })
        .collect()
}

/// IncrementalAlterConfigs of a topic.
pub fn change(raw: &mut Raw, topic: &str, changes: &[(&str, i8, Option<&str>)], validate_only: bool) -> i16 {
    let changes = changes.iter().map(|(name, operation, value)| {
        incremental::AlterableConfig::default()
            .with_name(text(*name))
            .with_config_operation(*operation)
            .with_value(value.map(text))
    });
    let resource = incremental::AlterConfigsResource::default()
        .with_resource_type(TOPIC)
        .with_resource_name(text(topic))
        .with_configs(changes.collect());
    let request = IncrementalAlterConfigsRequest::default()
        .with_resources(vec![resource])
        .with_validate_only(validate_only);
    raw.call(1, &request).responses[0].error_code
}

/// AlterConfigs: the topic is to have this setting and no other.
fn replace(raw: &mut Raw, topic: &str, name: &str, value: Option<&str>) -> i16 {
    let setting =
        alter_configs_request::AlterableConfig::default().with_name(text(name)).with_value(value.map(text));
    let resource = alter_configs_request::AlterConfigsResource::default()
        .with_resource_type(TOPIC)
        .with_resource_name(text(topic))
        .with_configs(vec![setting]);
    let request = AlterConfigsRequest::default().with_resources(vec![resource]);
    raw.call(2, &request).responses[0].error_code
}

/// Waits until a setting has this value.
fn wait_for(raw: &mut Raw, topic: &str, name: &str, value: &str) {
    eventually(&format!("{name} is {value}"), || (settings(raw, topic)[name].0 == value).then_some(()));
}

fn every_setting_of_a_topic_has_kafkas_name_and_default(target: &Target) {
    let topic = target.topic("defaults", 1, &[]);
    let found = settings(&mut target.raw(), &topic);
    let found: BTreeMap<&str, &str> =
        found.iter().map(|(name, (value, _))| (name.as_str(), value.as_str())).collect();
    assert_eq!(found, BTreeMap::from(DEFAULTS));
}

fn a_setting_tells_where_it_comes_from(target: &Target) {
    let topic = target.topic("sources", 1, &[("retention.ms", "5000")]);
    let described = describe(&mut target.raw(), TOPIC, &topic, None);
    let entry = |name: &str| described.configs.iter().find(|entry| entry.name.as_str() == name).unwrap();
    let (set, default) = (entry("retention.ms"), entry("cleanup.policy"));
    assert_eq!((set.config_source, set.read_only, set.is_sensitive), (1, false, false));
    assert_eq!((default.config_source, default.read_only, default.is_sensitive), (5, false, false));
    let synonym = &set.synonyms[0];
    assert_eq!((synonym.name.as_str(), synonym.source), ("retention.ms", 1));
    assert_eq!(synonym.value.as_ref().unwrap().as_str(), "5000");
    let synonym = &default.synonyms[0];
    assert_eq!((synonym.name.as_str(), synonym.source), ("log.cleanup.policy", 5));
    // Numbers of the protocol: long, list, string, double, boolean, int.
    let kinds = [("retention.ms", 5), ("cleanup.policy", 7), ("compression.type", 2)];
    for (name, kind) in
        kinds.into_iter().chain([("min.cleanable.dirty.ratio", 6), ("preallocate", 1), ("segment.bytes", 3)])
    {
        assert_eq!(entry(name).config_type, kind, "{name}");
    }
}

fn single_settings_are_asked_for_by_name(target: &Target) {
    let topic = target.topic("single", 1, &[]);
    let described = describe(&mut target.raw(), TOPIC, &topic, Some(&["segment.ms", "unheard.of"]));
    let names: Vec<&str> = described.configs.iter().map(|entry| entry.name.as_str()).collect();
    assert_eq!(names, ["segment.ms"]);
}

fn a_setting_is_changed_and_taken_back(target: &Target) {
    let (topic, mut raw) = (target.topic("changed", 1, &[("segment.ms", "7000")]), target.raw());
    assert_eq!(change(&mut raw, &topic, &[("retention.ms", SET, Some("9000"))], false), NONE);
    wait_for(&mut raw, &topic, "retention.ms", "9000");
    assert_eq!(settings(&mut raw, &topic)["segment.ms"], ("7000".into(), 1), "the others stay");
    assert_eq!(change(&mut raw, &topic, &[("retention.ms", DELETE, None)], false), NONE);
    wait_for(&mut raw, &topic, "retention.ms", "-1");
}

fn lists_are_added_to_and_taken_from(target: &Target) {
    let (topic, mut raw) = (target.topic("lists", 1, &[]), target.raw());
    assert_eq!(change(&mut raw, &topic, &[("cleanup.policy", APPEND, Some("compact"))], false), NONE);
    wait_for(&mut raw, &topic, "cleanup.policy", "delete,compact");
    assert_eq!(change(&mut raw, &topic, &[("cleanup.policy", SUBTRACT, Some("delete"))], false), NONE);
    wait_for(&mut raw, &topic, "cleanup.policy", "compact");
    let no_list = change(&mut raw, &topic, &[("retention.ms", APPEND, Some("5"))], false);
    assert_eq!(no_list, INVALID_CONFIG);
}

fn an_alteration_of_all_takes_back_what_it_does_not_name(target: &Target) {
    let (topic, mut raw) = (target.topic("all", 1, &[("retention.ms", "5000")]), target.raw());
    assert_eq!(replace(&mut raw, &topic, "segment.ms", Some("8000")), NONE);
    wait_for(&mut raw, &topic, "segment.ms", "8000");
    wait_for(&mut raw, &topic, "retention.ms", "-1");
}

fn wrong_settings_are_refused_and_change_nothing(target: &Target) {
    let (topic, mut raw) = (target.topic("wrong", 1, &[]), target.raw());
    let before = settings(&mut raw, &topic);
    let wrong = [
        ("unheard.of", "1"),
        ("retention.ms", "soon"),
        ("retention.ms", "-2"),
        ("cleanup.policy", "burn"),
        ("compression.type", "rar"),
        ("min.cleanable.dirty.ratio", "1.5"),
        ("max.message.bytes", "-1"),
        ("segment.bytes", "1"),
        ("message.timestamp.type", "Never"),
        ("preallocate", "perhaps"),
    ];
    for (name, value) in wrong {
        let refused =
            change(&mut raw, &topic, &[("segment.ms", SET, Some("5000")), (name, SET, Some(value))], false);
        assert_eq!(refused, INVALID_CONFIG, "{name}={value}");
    }
    for nothing in [("retention.ms", SET, None), ("cleanup.policy", APPEND, None)] {
        assert_eq!(change(&mut raw, &topic, &[nothing], false), INVALID_REQUEST);
    }
    assert_eq!(replace(&mut raw, &topic, "retention.ms", None), INVALID_REQUEST);
    assert_eq!(replace(&mut raw, &topic, "retention.ms", Some("soon")), INVALID_CONFIG);
    let twice = [("retention.ms", SET, Some("1")), ("retention.ms", SET, Some("2"))];
    assert_eq!(change(&mut raw, &topic, &twice, false), INVALID_REQUEST);
    assert_eq!(settings(&mut raw, &topic), before);
}

fn a_change_may_be_tried_without_being_made(target: &Target) {
    let (topic, mut raw) = (target.topic("tried", 1, &[]), target.raw());
    assert_eq!(change(&mut raw, &topic, &[("retention.ms", SET, Some("9000"))], true), NONE);
    assert_eq!(change(&mut raw, &topic, &[("retention.ms", SET, Some("soon"))], true), INVALID_CONFIG);
    assert_eq!(settings(&mut raw, &topic)["retention.ms"].0, "-1");
}

fn what_is_not_there_cannot_be_described_or_changed(target: &Target) {
    let mut raw = target.raw();
    assert_eq!(describe(&mut raw, TOPIC, "nowhere", None).error_code, UNKNOWN_TOPIC_OR_PARTITION);
    let changed = change(&mut raw, "nowhere", &[("retention.ms", SET, Some("1"))], false);
    assert_eq!(changed, UNKNOWN_TOPIC_OR_PARTITION);
    assert_eq!(describe(&mut raw, BROKER, "4711", None).error_code, INVALID_REQUEST);
    assert_eq!(describe(&mut raw, 77, "nowhere", None).error_code, INVALID_REQUEST);
}

/// IncrementalAlterConfigs of one setting of resources; the error of each answer.
fn alter_singly(raw: &mut Raw, resources: &[(i8, &str)], name: &str) -> Vec<i16> {
    let change = incremental::AlterableConfig::default()
        .with_name(text(name))
        .with_config_operation(SET)
        .with_value(Some(text("77")));
    let changes = resources.iter().map(|(kind, resource)| {
        incremental::AlterConfigsResource::default()
            .with_resource_type(*kind)
            .with_resource_name(text(*resource))
            .with_configs(vec![change.clone()])
    });
    let request = IncrementalAlterConfigsRequest::default().with_resources(changes.collect());
    raw.call(1, &request).responses.iter().map(|answer| answer.error_code).collect()
}

/// The same, and AlterConfigs.
fn alter(raw: &mut Raw, resources: &[(i8, &str)], name: &str) -> (Vec<i16>, Vec<i16>) {
    let single = alter_singly(raw, resources, name);
    let setting =
        alter_configs_request::AlterableConfig::default().with_name(text(name)).with_value(Some(text("77")));
    let settings = resources.iter().map(|(kind, resource)| {
        alter_configs_request::AlterConfigsResource::default()
            .with_resource_type(*kind)
            .with_resource_name(text(*resource))
            .with_configs(vec![setting.clone()])
    });
    let request = AlterConfigsRequest::default().with_resources(settings.collect());
    let whole = raw.call(2, &request).responses.iter().map(|answer| answer.error_code).collect();
    (single, whole)
}

/// The same error from both.
fn both(codes: &[i16]) -> (Vec<i16>, Vec<i16>) {
    (codes.to_vec(), codes.to_vec())
}

fn an_alteration_of_the_broker_names_it_and_what_can_be_altered(target: &Target) {
    let mut raw = target.raw();
    let broker = "1";
    assert_eq!(alter(&mut raw, &[(BROKER, "4711")], "log.cleaner.threads"), both(&[INVALID_REQUEST]));
    assert_eq!(alter(&mut raw, &[(BROKER, "one")], "log.cleaner.threads"), both(&[INVALID_REQUEST]));
    assert_eq!(alter(&mut raw, &[(BROKER, broker)], "node.id"), both(&[INVALID_REQUEST]));
    assert_eq!(alter(&mut raw, &[(77, "nowhere")], "retention.ms"), both(&[INVALID_REQUEST]));
}

fn an_alteration_names_each_resource_once(target: &Target) {
    let (topic, mut raw) = (target.topic("once", 1, &[]), target.raw());
    assert_eq!(alter(&mut raw, &[(TOPIC, "nowhere")], "retention.ms"), both(&[UNKNOWN_TOPIC_OR_PARTITION]));
    let twice = [(TOPIC, topic.as_str()), (TOPIC, topic.as_str())];
    assert_eq!(alter_singly(&mut raw, &twice, "retention.ms"), [INVALID_REQUEST; 2]);
    assert_eq!(settings(&mut raw, &topic)["retention.ms"].0, "-1");
    let mixed = alter(&mut raw, &[(TOPIC, "nowhere"), (TOPIC, &topic)], "retention.ms");
    assert_eq!(mixed, both(&[UNKNOWN_TOPIC_OR_PARTITION, NONE]), "one does not hold up the other");
}

fn a_changed_limit_of_a_batch_takes_effect(target: &Target) {
    let (topic, mut raw) = (target.topic("limit", 1, &[]), target.raw());
    let batch = Batch::value(&"x".repeat(2_000));
    assert_eq!(raw.write(&topic, None, &batch).0, NONE);
    assert_eq!(change(&mut raw, &topic, &[("max.message.bytes", SET, Some("1000"))], false), NONE);
    eventually("the batch is too large", || {
        (raw.write(&topic, None, &batch).0 == MESSAGE_TOO_LARGE).then_some(())
    });
    assert_eq!(change(&mut raw, &topic, &[("max.message.bytes", DELETE, None)], false), NONE);
    eventually("the batch is taken again", || (raw.write(&topic, None, &batch).0 == NONE).then_some(()));
}

fn a_changed_retention_takes_effect(target: &Target) {
    let (topic, mut raw) = (target.topic("retention", 1, &[]), target.raw());
    // Its time is long over, but nothing expires until the topic says so.
    assert_eq!(raw.write(&topic, None, &Batch::value("of 1970")).0, NONE);
    assert_eq!(change(&mut raw, &topic, &[("retention.ms", SET, Some("3600000"))], false), NONE);
    eventually("the record is gone", || (raw.watermarks(&topic) == (1, 1)).then_some(()));
}

fn the_broker_tells_its_settings(target: &Target) {
    let mut raw = target.raw();
    let node =
        raw.call(12, &Default::default() as &kafka_protocol::messages::MetadataRequest).brokers[0].node_id.0;
    let described = describe(&mut raw, BROKER, &node.to_string(), None);
    assert_eq!(described.error_code, NONE);
    let value = |name: &str| {
        let entry = described.configs.iter().find(|entry| entry.name.as_str() == name);
        entry.unwrap_or_else(|| panic!("{name} is not told")).value.clone().unwrap_or_default().to_string()
    };
    assert_eq!(value("broker.id"), node.to_string());
    assert_eq!(value("node.id"), node.to_string());
    assert_eq!(value("auto.create.topics.enable"), "false");
    assert_eq!(value("group.min.session.timeout.ms"), "100");
    assert_eq!(value("transaction.max.timeout.ms"), "900000");
    assert_eq!(value("message.max.bytes"), "1048588");
    assert_eq!(value("num.partitions"), "1");
}
