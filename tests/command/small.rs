//! A small problem whose model trains in a moment, for tests that are about something else.

use crate::binary::Forebay;
use crate::harness::{Kafka, TestRecord, unique};

/// Records `{"x":…,"late":…}` in four partitions, a second apart; `late` follows `x`, but not always.
pub fn records(count: i64) -> impl Iterator<Item = TestRecord> {
    (0..count).map(|number| {
        let x = (number * 7_919 % 1_000) as f64 / 100.0;
        let late = (x > 5.0) != (number % 10 == 0);
        let value = format!(r#"{{"id":{number},"x":{x},"late":{late}}}"#);
        let at = 1_356_998_400_000 + number * 1_000;
        TestRecord::new(value).key(format!("k{number}")).at(at).partition((number % 4) as i32)
    })
}

/// A topic of such records.
pub fn topic(kafka: &Kafka, count: i64) -> String {
    let topic = kafka.topic("small", 4, &[("retention.ms", "-1")]);
    kafka.produce(&topic, records(count));
    topic
}

/// A run file for such a topic.
pub fn run_file(topic: &str) -> String {
    format!(
        r#"
format = 1
seed = 42
[slice]
topics = ["{topic}"]
from = "beginning"
to = "end"
codec = "json"
[task]
kind = "classification"
target = "late"
exclude = ["id"]
[[prepare]]
step = "standardize"
columns = ["x"]
[split]
by = "time"
train = 0.6
valid = 0.2
test = 0.2
[learner]
kind = "logistic-regression"
"#
    )
}

/// Publishes a model for such a topic and gives the model topic's name; the model is called `late`.
pub fn published_model(forebay: &Forebay, topic: &str) -> String {
    let models = unique("models");
    forebay.write("run.toml", &run_file(topic));
    let run = forebay.json(&["train", "run.toml", "--publish", "late", "--models", &models]);
    assert_eq!(run["published"]["version"], 1, "{run}");
    models
}

/// The arguments that score `input` with the model that [`published_model`] published, without how far and as whom.
pub fn score<'a>(models: &'a str, input: &'a str, output: &'a str) -> [&'a str; 8] {
    ["score", "late@1", "--models", models, "--input", input, "--output", output]
}
