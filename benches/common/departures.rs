//! Departures, as the benchmarks write them, and a model of them.

use forebay::jobs::{Cancel, Progress};
use forebay::kafka::Cluster;
use forebay::learn::{FitObserver, Round, RunFile, TrainRequest, train};
use forebay::registry::{Keep, Package, Registry, TopicRegistry};

use super::harness::TestRecord;

pub const PARTITIONS: i32 = 4;
/// The model topic, and the model's name in it.
pub const MODELS: &str = "models";
pub const MODEL: &str = "delay";

/// The features, and what is done to them before a logistic regression.
pub const PREPARE: &str = r#"
[[prepare]]
step = "select"
columns = ["dep_delay", "distance", "temp", "wind_speed", "hour"]

[[prepare]]
step = "impute"
columns = ["temp", "wind_speed"]
with = "median"

[[prepare]]
step = "standardize"
columns = ["dep_delay", "distance", "temp", "wind_speed", "hour"]
"#;

/// Departure `n`: one every half minute, dealt to the partitions in turn.
pub fn record(n: u64) -> TestRecord {
    let at = 1_700_000_000_000 + 30_000 * n as i64;
    TestRecord::new(value(n)).key(n.to_string()).partition((n % PARTITIONS as u64) as i32).at(at)
}

/// Five numbers that the model uses, and what else stands in such records.
pub fn value(n: u64) -> String {
    let mixed = n.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 20;
    let (dep_delay, noise) = (mixed % 120, (mixed >> 13) % 60);
    format!(
        "{{\"flight\":{},\"carrier\":\"C{:02}\",\"dep_delay\":{dep_delay}.5,\"distance\":{},\"temp\":{}.25,\
         \"wind_speed\":{}.125,\"hour\":{},\"late\":{}}}",
        1_000_000 + n,
        mixed % 16,
        1_000 + mixed % 4_000,
        30 + mixed % 60,
        mixed % 40,
        mixed % 24,
        dep_delay + noise > 90,
    )
}

/// Trains on the first departures of each partition of `topic`, and publishes the version, which becomes the champion.
pub fn publish_model(cluster: &Cluster, topic: &str) {
    let text = format!(
        "format = 1\n[slice]\ntopics = [\"{topic}\"]\nfrom = \"beginning\"\nto = \"1000\"\n\
         [task]\nkind = \"classification\"\ntarget = \"late\"\n{PREPARE}\n\
         [learner]\nkind = \"logistic-regression\"\n"
    );
    let request = TrainRequest { run: RunFile::parse(&text).unwrap(), slice: None, label_slice: None };
    let run = train(cluster, &request, &Unobserved, &Progress::new(), &Cancel::new()).unwrap();
    let registry = TopicRegistry::new(cluster.clone(), MODELS, Keep::All);
    let package = Package::of(&run).unwrap();
    let published = registry.publish(MODEL, &package, &Progress::new(), &Cancel::new()).unwrap();
    registry.set_alias(MODEL, "champion", Some(published.version)).unwrap();
}

struct Unobserved;

impl FitObserver for Unobserved {
    fn round(&self, _: Round, _: usize) {}
}
