//! A model of the departures, published.

use forebay::jobs::{Cancel, Progress};
use forebay::kafka::Cluster;
use forebay::learn::{FitObserver, Round, RunFile, TrainRequest, train};
use forebay::registry::{Keep, Package, Registry, TopicRegistry};

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
