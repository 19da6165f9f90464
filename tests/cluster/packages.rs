//! A small package for tests, and its siblings.

use forebay::jobs::{Cancel, Progress};
use forebay::kafka::Cluster;
use forebay::registry::{Keep, Package, Registry, TopicRegistry, VersionInfo};
use serde_json::Value;

/// The package of `tests/samples/package.json`: the probability that a flight is late, by `dep_delay` and `distance`.
pub fn sample() -> Package {
    changed(|_| {})
}

/// The sample with another intercept: other predictions, another digest.
pub fn with_intercept(intercept: f64) -> Package {
    changed(|parts| parts["model"]["intercepts"][0] = intercept.into())
}

/// The sample with so many classes, and coefficients of as many digits as numbers have: a large package.
pub fn with_many_classes(count: u64) -> Package {
    let mut state = 7_u64;
    let mut number = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    changed(|parts| {
        let classes: Vec<String> = (0..count).map(|class| format!("c{class}")).collect();
        parts["manifest"]["classes"] = classes.clone().into();
        parts["model"]["classes"] = classes.into();
        parts["model"]["intercepts"] = (0..count).map(|_| number()).collect::<Vec<f64>>().into();
        let coefficients: Vec<Vec<f64>> = (0..count).map(|_| vec![number(), number()]).collect();
        parts["model"]["coefficients"] = coefficients.into();
    })
}

/// The sample with its JSON changed.
pub fn changed(change: impl FnOnce(&mut Value)) -> Package {
    let mut parts: Value = serde_json::from_str(include_str!("../samples/package.json")).unwrap();
    change(&mut parts);
    Package {
        manifest: serde_json::from_value(parts["manifest"].take()).unwrap(),
        pipeline: serde_json::from_value(parts["pipeline"].take()).unwrap(),
        model: serde_json::from_value(parts["model"].take()).unwrap(),
        evaluation: None,
    }
}

/// A registry that has read nothing yet.
pub fn registry(cluster: &Cluster, topic: &str) -> TopicRegistry {
    TopicRegistry::new(cluster.clone(), topic, Keep::All)
}

pub fn publish(registry: &TopicRegistry, name: &str, package: &Package) -> VersionInfo {
    registry.publish(name, package, &Progress::new(), &Cancel::new()).unwrap()
}
