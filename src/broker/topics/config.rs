//! Configurations of topics: names, kinds, defaults and what a value must be, as Apache Kafka 4.1 has them.

use std::collections::BTreeMap;

/// A configuration that a topic may have.
#[derive(Debug)]
pub struct Setting {
    /// Its name, such as `retention.ms`.
    pub name: &'static str,
    /// What the broker's configuration calls its default.
    pub broker_name: &'static str,
    /// What its value is.
    pub kind: Kind,
    /// Its value when nobody says otherwise.
    pub default: &'static str,
    check: Check,
}

/// What a value is. The numbers are those of the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `true` or `false`.
    Boolean = 1,
    /// A word.
    Text = 2,
    /// 32 bits.
    Int = 3,
    /// 64 bits.
    Long = 5,
    /// A number with a fraction.
    Double = 6,
    /// Words with commas between them.
    List = 7,
}

#[derive(Debug, Clone, Copy)]
enum Check {
    Any,
    AtLeast(i64),
    Between(i64, i64),
    Share,
    OneOf(&'static [&'static str]),
    SomeOf(&'static [&'static str]),
}

const MAX: &str = "9223372036854775807";
const COMPRESSIONS: &[&str] = &["uncompressed", "zstd", "lz4", "snappy", "gzip", "producer"];

const fn setting(
    name: &'static str,
    broker_name: &'static str,
    kind: Kind,
    default: &'static str,
    check: Check,
) -> Setting {
    Setting { name, broker_name, kind, default, check }
}

/// Every configuration of a topic, by name.
pub const SETTINGS: &[Setting] = &[
    setting(
        "cleanup.policy",
        "log.cleanup.policy",
        Kind::List,
        "delete",
        Check::SomeOf(&["compact", "delete"]),
    ),
    setting("compression.gzip.level", "compression.gzip.level", Kind::Int, "-1", Check::Between(-1, 9)),
    setting("compression.lz4.level", "compression.lz4.level", Kind::Int, "9", Check::Between(1, 17)),
    setting("compression.type", "compression.type", Kind::Text, "producer", Check::OneOf(COMPRESSIONS)),
    setting("compression.zstd.level", "compression.zstd.level", Kind::Int, "3", Check::Between(-131_072, 22)),
    setting(
        "delete.retention.ms",
        "log.cleaner.delete.retention.ms",
        Kind::Long,
        "86400000",
        Check::AtLeast(0),
    ),
    setting("file.delete.delay.ms", "log.segment.delete.delay.ms", Kind::Long, "60000", Check::AtLeast(0)),
    setting("flush.messages", "log.flush.interval.messages", Kind::Long, MAX, Check::AtLeast(1)),
    setting("flush.ms", "log.flush.interval.ms", Kind::Long, MAX, Check::AtLeast(0)),
    setting("follower.replication.throttled.replicas", "", Kind::List, "", Check::Any),
    setting("index.interval.bytes", "log.index.interval.bytes", Kind::Int, "4096", Check::AtLeast(0)),
    setting("leader.replication.throttled.replicas", "", Kind::List, "", Check::Any),
    setting("local.retention.bytes", "log.local.retention.bytes", Kind::Long, "-2", Check::AtLeast(-2)),
    setting("local.retention.ms", "log.local.retention.ms", Kind::Long, "-2", Check::AtLeast(-2)),
    setting("max.compaction.lag.ms", "log.cleaner.max.compaction.lag.ms", Kind::Long, MAX, Check::AtLeast(1)),
    setting("max.message.bytes", "message.max.bytes", Kind::Int, "1048588", Check::AtLeast(0)),
    setting(
        "message.timestamp.after.max.ms",
        "log.message.timestamp.after.max.ms",
        Kind::Long,
        "3600000",
        Check::AtLeast(0),
    ),
    setting(
        "message.timestamp.before.max.ms",
        "log.message.timestamp.before.max.ms",
        Kind::Long,
        MAX,
        Check::AtLeast(0),
    ),
    setting(
        "message.timestamp.type",
        "log.message.timestamp.type",
        Kind::Text,
        "CreateTime",
        Check::OneOf(&["CreateTime", "LogAppendTime"]),
    ),
    setting(
        "min.cleanable.dirty.ratio",
        "log.cleaner.min.cleanable.ratio",
        Kind::Double,
        "0.5",
        Check::Share,
    ),
    setting("min.compaction.lag.ms", "log.cleaner.min.compaction.lag.ms", Kind::Long, "0", Check::AtLeast(0)),
    setting("min.insync.replicas", "min.insync.replicas", Kind::Int, "1", Check::AtLeast(1)),
    setting("preallocate", "log.preallocate", Kind::Boolean, "false", Check::Any),
    setting("remote.log.copy.disable", "", Kind::Boolean, "false", Check::Any),
    setting("remote.log.delete.on.disable", "", Kind::Boolean, "false", Check::Any),
    setting("remote.storage.enable", "", Kind::Boolean, "false", Check::OneOf(&["false"])),
    setting("retention.bytes", "log.retention.bytes", Kind::Long, "-1", Check::AtLeast(-1)),
    setting("retention.ms", "log.retention.ms", Kind::Long, "604800000", Check::AtLeast(-1)),
    setting("segment.bytes", "log.segment.bytes", Kind::Int, "1073741824", Check::AtLeast(1 << 20)),
    setting("segment.index.bytes", "log.index.size.max.bytes", Kind::Int, "10485760", Check::AtLeast(4)),
    setting("segment.jitter.ms", "log.roll.jitter.ms", Kind::Long, "0", Check::AtLeast(0)),
    setting("segment.ms", "log.roll.ms", Kind::Long, "604800000", Check::AtLeast(1)),
    setting(
        "unclean.leader.election.enable",
        "unclean.leader.election.enable",
        Kind::Boolean,
        "false",
        Check::Any,
    ),
];

/// The setting of this name.
pub fn named(name: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.name == name)
}

impl Setting {
    /// Why the value is none for this setting.
    pub fn problem(&self, value: &str) -> Option<String> {
        let wrong = |why: &str| Some(format!("Invalid value {value} for configuration {}: {why}", self.name));
        let value = value.trim();
        match self.kind {
            Kind::Boolean if !["true", "false"].contains(&value.to_lowercase().as_str()) => {
                return wrong("Expected value to be either true or false");
            }
            Kind::Int if value.parse::<i32>().is_err() => return wrong("Not a number of type INT"),
            Kind::Long if value.parse::<i64>().is_err() => return wrong("Not a number of type LONG"),
            Kind::Double if value.parse::<f64>().is_err() => return wrong("Not a number of type DOUBLE"),
            _ => {}
        }
        let number = || value.parse::<i64>().unwrap_or_default();
        match self.check {
            Check::AtLeast(least) if number() < least => wrong(&format!("Value must be at least {least}")),
            Check::Between(least, most) if !(least..=most).contains(&number()) => {
                wrong(&format!("Value must be between {least} and {most}"))
            }
            Check::Share if !value.parse().is_ok_and(|share: f64| (0.0..=1.0).contains(&share)) => {
                wrong("Value must be between 0 and 1")
            }
            Check::OneOf(words) if !words.contains(&value) => {
                wrong(&format!("String must be one of: {}", words.join(", ")))
            }
            Check::SomeOf(words) if !items(value).all(|item| words.contains(&item)) => {
                wrong(&format!("String must be one of: {}", words.join(", ")))
            }
            _ => None,
        }
    }
}

/// Items of a list with commas between them.
pub fn items(list: &str) -> impl Iterator<Item = &str> {
    list.split(',').map(str::trim).filter(|item| !item.is_empty())
}

/// Why these are no configuration of a topic. `own` is what the topic itself says, by name, and `broker` what the broker says
/// for topics that do not.
pub fn problem(own: &BTreeMap<String, String>, broker: &BTreeMap<String, String>) -> Option<String> {
    let single = own.iter().chain(broker).find_map(|(name, value)| match named(name) {
        Some(setting) => setting.problem(value),
        None => Some(format!("Unknown topic config name: {name}")),
    });
    single.or_else(|| lag_problem(Effective { own, broker }))
}

fn lag_problem(effective: Effective<'_>) -> Option<String> {
    let (least, most) =
        (effective.number("min.compaction.lag.ms"), effective.number("max.compaction.lag.ms"));
    (least > most).then(|| {
        format!(
            "conflict topic config setting min.compaction.lag.ms ({least}) > max.compaction.lag.ms ({most})"
        )
    })
}

/// Where a value comes from. The numbers are those of the protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The topic itself says so.
    Topic = 1,
    /// The broker was started so.
    Broker = 4,
    /// Apache Kafka's default.
    Default = 5,
}

/// What holds for a topic: what it says itself, then what the broker was started with, then Apache Kafka's defaults.
#[derive(Debug, Clone, Copy)]
pub struct Effective<'a> {
    /// What the topic says.
    pub own: &'a BTreeMap<String, String>,
    /// What the broker was started with.
    pub broker: &'a BTreeMap<String, String>,
}

impl<'a> Effective<'a> {
    /// The value that holds, and where it comes from.
    pub fn value(&self, setting: &Setting) -> (&'a str, Source) {
        let [first, ..] = self.layers(setting);
        first.unwrap_or((setting.default, Source::Default))
    }

    /// Every value there is, the one that holds first.
    pub fn values(&self, setting: &Setting) -> impl Iterator<Item = (&'a str, Source)> {
        self.layers(setting).into_iter().flatten()
    }

    /// What the topic and the broker say, the one that holds first, and the default at the end.
    fn layers(&self, setting: &Setting) -> [Option<(&'a str, Source)>; 3] {
        let own = self.own.get(setting.name).map(|value| (value.as_str(), Source::Topic));
        let broker = self.broker.get(setting.name).map(|value| (value.as_str(), Source::Broker));
        let default = Some((setting.default, Source::Default));
        match (own, broker) {
            (Some(_), _) => [own, broker, default],
            (None, Some(_)) => [broker, default, None],
            (None, None) => [default, None, None],
        }
    }

    /// The value that holds as a number; what cannot be one is not stored in the first place.
    pub fn number(&self, name: &str) -> i64 {
        self.text(name).trim().parse().unwrap_or_default()
    }

    /// The value that holds as a text.
    pub fn text(&self, name: &str) -> &'a str {
        named(name).map_or("", |setting| self.value(setting).0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
        pairs.iter().map(|(name, value)| (name.to_string(), value.to_string())).collect()
    }

    #[test]
    fn every_default_is_a_valid_value() {
        for setting in SETTINGS {
            assert_eq!(setting.problem(setting.default), None, "{}", setting.name);
        }
        assert!(SETTINGS.is_sorted_by_key(|setting| setting.name));
    }

    #[test]
    fn values_of_the_wrong_kind_or_out_of_range_are_refused_with_their_name() {
        let wrong = [
            ("retention.ms", "soon"),
            ("retention.ms", "-2"),
            ("segment.bytes", "1000"),
            ("segment.bytes", "99999999999"),
            ("cleanup.policy", "shrink"),
            ("cleanup.policy", "delete,shrink"),
            ("min.cleanable.dirty.ratio", "1.5"),
            ("preallocate", "yes"),
            ("message.timestamp.type", "Now"),
            ("remote.storage.enable", "true"),
        ];
        for (name, value) in wrong {
            let problem = problem(&of(&[(name, value)]), &of(&[]));
            assert!(
                problem.is_some_and(|text| text.contains(name) && text.contains(value)),
                "{name}={value}"
            );
        }
        assert_eq!(
            problem(&of(&[("nonsense", "1")]), &of(&[])),
            Some("Unknown topic config name: nonsense".to_string())
        );
        let lags = [("min.compaction.lag.ms", "10"), ("max.compaction.lag.ms", "5")];
        assert!(problem(&of(&lags), &of(&[])).is_some());
        assert!(problem(&of(&lags[..1]), &of(&lags[1..])).is_some(), "what the broker says holds too");
        let both = of(&[("cleanup.policy", "compact, delete"), ("retention.ms", "-1")]);
        assert_eq!(problem(&both, &of(&[])), None);
    }

    #[test]
    fn the_topic_says_before_the_broker_and_the_broker_before_the_default() {
        let (own, broker) = (of(&[("retention.ms", "1")]), of(&[("retention.ms", "2"), ("segment.ms", "3")]));
        let effective = Effective { own: &own, broker: &broker };
        assert_eq!(effective.number("retention.ms"), 1);
        assert_eq!(effective.number("segment.ms"), 3);
        assert_eq!(effective.text("cleanup.policy"), "delete");
        let retention = named("retention.ms").unwrap();
        let sources: Vec<Source> = effective.values(retention).map(|(_, source)| source).collect();
        assert_eq!(sources, [Source::Topic, Source::Broker, Source::Default]);
    }
}
