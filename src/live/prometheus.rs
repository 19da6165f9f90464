//! A snapshot as Prometheus text.

use std::fmt::Write;

use super::request::ScoreRequest;
use super::stats::{LiveLabels, LiveSnapshot, LiveState};

/// The text that Prometheus scrapes (exposition format 0.0.4), of one deployment.
pub fn prometheus_text(request: &ScoreRequest, snapshot: &LiveSnapshot) -> String {
    let labels = format!(
        "model=\"{}\",input=\"{}\",output=\"{}\",group=\"{}\"",
        escaped(&request.model.name),
        escaped(&request.input),
        escaped(&request.output),
        escaped(&request.group()),
    );
    let mut text = Text { text: String::new(), labels };
    let counts = &snapshot.counts;
    text.one("records_read_total", "counter", "Input records read.", counts.read);
    text.one("records_scored_total", "counter", "Predictions committed.", counts.scored);
    text.one("records_rejected_total", "counter", "Input records that could not be scored.", counts.rejected);
    text.one(
        "records_dead_lettered_total",
        "counter",
        "Rejected records written to the dead-letter topic.",
        counts.dead_lettered,
    );
    text.one("values_unseen_total", "counter", "Values that training had not seen.", counts.unseen);
    text.one("commits_total", "counter", "Transactions or offset commits.", counts.commits);
    text.one("repeats_total", "counter", "Batches taken back and read again.", counts.repeats);
    text.one(
        "swaps_total",
        "counter",
        "Changes of the version (the last 50 at most).",
        snapshot.swaps.len() as u64,
    );
    let running = matches!(snapshot.state, LiveState::Running);
    text.one("up", "gauge", "1 while it scores.", u64::from(running));
    if let Some(serving) = snapshot.serving {
        text.one("model_version", "gauge", "The version that scores.", u64::from(serving.version));
    }
    text.one("lag_records", "gauge", "Records behind the end, all partitions together.", snapshot.lag);
    text.head("partition_lag_records", "gauge", "Records behind the end.");
    for partition in &snapshot.partitions {
        text.line(
            "partition_lag_records",
            &format!("partition=\"{}\"", partition.partition.0),
            partition.lag as f64,
        );
    }
    let latency = &snapshot.latency;
    let what = "From a record's arrival in the scorer to the commit of its prediction, the last minute.";
    text.head("latency_seconds", "gauge", what);
    text.line("latency_seconds", "quantile=\"0.5\"", latency.p50_us as f64 / 1e6);
    text.line("latency_seconds", "quantile=\"0.99\"", latency.p99_us as f64 / 1e6);
    if let Some(labels) = &snapshot.labels {
        text.labels(labels);
    }
    text.text
}

struct Text {
    text: String,
    labels: String,
}

impl Text {
    fn one(&mut self, name: &str, kind: &str, help: &str, value: u64) {
        self.head(name, kind, help);
        let _ = writeln!(self.text, "forebay_{name}{{{}}} {value}", self.labels);
    }

    /// What labels say of the predictions.
    fn labels(&mut self, labels: &LiveLabels) {
        let counts = &labels.counts;
        let of = [
            ("labelled", counts.labelled),
            ("no-label", counts.no_label),
            ("given-up", counts.given_up),
            ("without-key", counts.without_key),
        ];
        self.head("predictions_total", "counter", "Predictions by what became of their label.");
        for (fate, count) in of {
            self.line("predictions_total", &format!("label=\"{fate}\""), count as f64);
        }
        self.one("predictions_waiting", "gauge", "Predictions whose label may still come.", counts.waiting);
        self.one("label_lag_records", "gauge", "Label records behind the end of their topic.", labels.lag);
        self.one(
            "label_store_bytes",
            "gauge",
            "Bytes that waiting predictions and labels hold.",
            labels.held_bytes,
        );
        self.head("quality", "gauge", "How good the last labelled predictions were.");
        for (metric, value) in &labels.window.metrics {
            self.line("quality", &format!("metric=\"{metric}\""), *value);
        }
    }

    fn head(&mut self, name: &str, kind: &str, help: &str) {
        let _ = writeln!(self.text, "# HELP forebay_{name} {help}\n# TYPE forebay_{name} {kind}");
    }

    fn line(&mut self, name: &str, label: &str, value: f64) {
        let _ = writeln!(self.text, "forebay_{name}{{{},{label}}} {value}", self.labels);
    }
}

fn escaped(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}
