//! The broker's own configuration under the names of Apache Kafka, for whoever asks. It cannot be changed.

use std::time::Duration;

use super::node::{HOST, NODE_ID, Node};
use crate::broker::topics::config::{Effective, Kind, SETTINGS, Source};

/// A setting of the broker.
#[derive(Debug)]
pub struct BrokerSetting {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
    /// What its value is.
    pub kind: Kind,
    /// Where the value comes from.
    pub source: Source,
}

/// All settings, by name.
pub fn of(node: &Node) -> Vec<BrokerSetting> {
    let own = std::collections::BTreeMap::new();
    let effective = Effective { own: &own, broker: &node.topics.defaults().config };
    let of_topics = SETTINGS.iter().filter(|setting| !setting.broker_name.is_empty()).map(|setting| {
        let (value, source) = effective.value(setting);
        let name = setting.broker_name.to_string();
        BrokerSetting { name, value: value.to_string(), kind: setting.kind, source }
    });
    let mut settings: Vec<BrokerSetting> = of_topics.chain(of_broker(node)).collect();
    settings.sort_by(|one, other| one.name.cmp(&other.name));
    settings
}

fn of_broker(node: &Node) -> impl Iterator<Item = BrokerSetting> {
    let config = &node.config;
    let (limits, groups, topics) = (&config.limits, &config.groups, &config.topics);
    let number = |name, value: i128, kind| (name, value.to_string(), kind);
    let int = |name, value: usize| number(name, i128::try_from(value).unwrap_or(i128::MAX), Kind::Int);
    let ms = |name, value: Duration| {
        number(name, i128::try_from(value.as_millis()).unwrap_or(i128::MAX), Kind::Long)
    };
    let listener = format!("PLAINTEXT://{HOST}:{}", node.port);
    [
        ("advertised.listeners", listener.clone(), Kind::Text),
        ("auto.create.topics.enable", topics.auto_create.to_string(), Kind::Boolean),
        number("broker.id", NODE_ID.into(), Kind::Int),
        ms("connections.max.idle.ms", limits.idle),
        ("default.replication.factor", "1".to_string(), Kind::Int),
        ("delete.topic.enable", "true".to_string(), Kind::Boolean),
        int("fetch.max.bytes", limits.fetch_bytes),
        number("group.initial.rebalance.delay.ms", groups.initial_rebalance_delay_ms.into(), Kind::Int),
        number("group.max.session.timeout.ms", groups.max_session_timeout_ms.into(), Kind::Int),
        int("group.max.size", groups.max_size.min(i32::MAX as usize)),
        number("group.min.session.timeout.ms", groups.min_session_timeout_ms.into(), Kind::Int),
        ("listeners", listener, Kind::Text),
        ms("log.cleaner.backoff.ms", config.housekeeping.compaction),
        ("log.dirs", config.storage.to_string(), Kind::Text),
        ms("log.retention.check.interval.ms", config.housekeeping.retention),
        int("max.connections", limits.connections),
        number("node.id", NODE_ID.into(), Kind::Int),
        int("num.partitions", usize::from(topics.partitions)),
        int("offset.metadata.max.bytes", groups.max_metadata_bytes),
        number("offsets.retention.minutes", i128::from(groups.offsets_retention_ms / 60_000), Kind::Int),
        int("queued.max.request.bytes", limits.requests_in_flight_bytes),
        int("socket.request.max.bytes", limits.request_bytes),
        number("transaction.max.timeout.ms", config.transactions.max_timeout_ms.into(), Kind::Int),
        number("transactional.id.expiration.ms", config.transactions.id_expiration_ms.into(), Kind::Int),
    ]
    .into_iter()
    .map(|(name, value, kind)| BrokerSetting {
        name: name.to_string(),
        value,
        kind,
        source: Source::Broker,
    })
}
