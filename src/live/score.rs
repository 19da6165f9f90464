//! A deployment from beginning to end.

use std::sync::Arc;

use serde::Serialize;

use super::labels::LabelJoin;
use super::request::ScoreRequest;
use super::scoring::Scoring;
use super::stats::{LiveState, LiveStats};
use super::swap::{Follower, load};
use super::topics::Topics;
use super::wire::KafkaWire;
use crate::jobs::{Cancel, Problem};
use crate::kafka::Cluster;
use crate::registry::{Keep, Registry, TopicRegistry};

/// How a deployment ended.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ScoreSummary {
    /// Records read, predictions written, records rejected: the first is the sum of the others.
    pub read: u64,
    #[allow(missing_docs)]
    pub scored: u64,
    #[allow(missing_docs)]
    pub rejected: u64,
    /// Versions that scored, in order.
    pub versions: Vec<u32>,
}

/// Scores until cancelled (a clean stop: the batch at hand is finished and committed, the group is left) or, with
/// `until_end`, done. Blocks; `stats` tells how it goes, and how it ended.
pub fn score(
    cluster: &Cluster,
    request: &ScoreRequest,
    stats: &Arc<LiveStats>,
    cancel: &Cancel,
) -> Result<ScoreSummary, Problem> {
    stats.begin();
    let outcome = deploy(cluster, request, stats, cancel);
    stats.set_state(match &outcome {
        Ok(_) => LiveState::Stopped,
        Err(problem) if problem.cancelled => LiveState::Stopped,
        Err(problem) => LiveState::Failed { problem: problem.clone() },
    });
    outcome
}

fn deploy(
    cluster: &Cluster,
    request: &ScoreRequest,
    stats: &Arc<LiveStats>,
    cancel: &Cancel,
) -> Result<ScoreSummary, Problem> {
    check(request)?;
    cluster.write_access(&format!("score {} to {}", request.model, request.output))?;
    let registry = TopicRegistry::new(cluster.clone(), &request.model_topic, Keep::All);
    let version = registry.find(&request.model, cancel)?.version;
    let scorer = load(&registry, &request.model.name, version, cancel)?;
    let topics = Topics::prepare(cluster, request, cancel)?;
    let follower = Follower::start(registry.clone(), &request.model, version, stats)?;
    let Some(spec) = &request.labels else {
        let wire = KafkaWire::open(cluster, request)?;
        return Scoring::new(wire, request, topics, scorer, stats, cancel).run(&follower);
    };
    let (join, feed) = LabelJoin::start(cluster, request, spec, registry, stats, cancel)?;
    let wire = KafkaWire::open(cluster, request)?;
    let scoring = Scoring::new(wire, request, topics, scorer, stats, cancel).with_labels(feed)?;
    let summary = scoring.run(&follower)?;
    join.finish(cancel);
    Ok(summary)
}

fn check(request: &ScoreRequest) -> Result<(), Problem> {
    let problems = request.check();
    if problems.is_empty() {
        return Ok(());
    }
    let why: Vec<String> = problems.into_iter().map(|(field, why)| format!("{field}: {why}")).collect();
    Err(Problem::new(
        format!("{} cannot be deployed like this", request.model),
        why.join("; "),
        "Change these settings.",
    ))
}
