//! The ready workspace: two runs, a model with two versions and an alias, a deployment, made as a user would make them.
//!
//! It is made once, on a cluster whose history is written, and kept beside that cluster from then on.

use std::path::Path;
use std::sync::Arc;

use jiff::Timestamp;

use super::{ARRIVED, CONNECTION, DEAD_LETTER, FLIGHTS, MODEL, MODELS, PREDICTIONS};
use crate::data::{Completeness, Frame, LabelSpec, ReadRequest, read};
use crate::jobs::{Cancel, Problem, Progress};
use crate::kafka::{Bound, Cluster, RangeSpec};
use crate::learn::{FitObserver, LearnerSpec, Round, Run, RunFile, train_on};
use crate::live::{Delivery, ScoreRequest};
use crate::pipeline::{PipelineSpec, StepSpec};
use crate::registry::{Keep, ModelRef, Package, Registry, Selector, TopicRegistry};
use crate::workspace::{
    ConnectionRef, Layout, Place, SavedDeployment, SavedPipeline, SavedRange, SavedRun, SavedSlice,
    TrainingSetup, Workspace,
};

/// The run that the demo trains, in the words of a run file; the other one differs in its learner.
const RUN: &str = include_str!("../../assets/flights/demo.toml");
/// The alias that the deployment follows.
const ALIAS: &str = "champion";

/// Makes the workspace where there is none. One that is there is left as the user left it.
pub(super) fn make_ready(
    cluster: &Cluster,
    place: &Place,
    progress: &Progress,
    cancel: &Cancel,
) -> Result<(), Problem> {
    if place.file().is_some_and(Path::exists) {
        return Ok(());
    }
    let workspace = made(cluster, progress, cancel)?;
    place.save(&workspace)
}

/// Slices and runs of a workspace belong to one cluster. One that its user took to another connection is no concern of the
/// demo's, and one that cannot be read says so where it is opened.
pub(super) fn check_same_cluster(place: &Place, cluster: &Cluster) -> Result<(), Problem> {
    let of_demo = place.connection().filter(|connection| connection.name == CONNECTION);
    match of_demo.and_then(|connection| connection.cluster_id) {
        Some(known) if known != cluster.id() => Err(Problem::new(
            "Opening the demo's workspace",
            format!("it was made on cluster {known}, and the cluster beside it is {}", cluster.id()),
            "Start with --fresh to make both anew, or move the workspace away",
        )),
        _ => Ok(()),
    }
}

fn made(cluster: &Cluster, progress: &Progress, cancel: &Cancel) -> Result<Workspace, Problem> {
    let trees = RunFile::parse(RUN)?;
    let logistic = RunFile { learner: LearnerSpec::LogisticRegression { c: 1.0 }, ..trees.clone() };
    let frame = training_slice(cluster, &trees, progress, cancel)?;
    let registry = TopicRegistry::new(cluster.clone(), MODELS, Keep::All);
    let mut runs = Vec::new();
    for (name, file) in [("1", &logistic), ("2", &trees)] {
        let run = Arc::new(train_on(&frame, file, &Unwatched, progress, cancel)?);
        let version = published(&registry, &run, progress, cancel)?;
        registry.set_alias(MODEL, ALIAS, Some(version))?;
        let saved = SavedRun::of(name, run, Timestamp::now().as_millisecond())?;
        runs.push(SavedRun { published: Some(format!("{MODEL}@{version}")), ..saved });
    }
    let scoring = scoring(&trees);
    begin_scoring(cluster, &scoring, cancel)?;
    Ok(Workspace {
        connection: Some(ConnectionRef { name: CONNECTION.into(), cluster_id: Some(cluster.id().into()) }),
        layout: Layout {
            stage: Some("live".into()),
            topic: Some(FLIGHTS.into()),
            run: runs.last().map(|run| run.name.clone()),
            model: Some(MODEL.into()),
            ..Layout::default()
        },
        ranges: [(FLIGHTS.into(), saved_range(&trees))].into(),
        slices: vec![saved_slice(&frame, &trees)],
        pipelines: vec![SavedPipeline {
            name: "late flights".into(),
            topic: Some(FLIGHTS.into()),
            label: trees.label.clone(),
            steps: with_exclusions(&trees),
        }],
        training: TrainingSetup {
            seed: trees.seed,
            task: Some(trees.task.clone()),
            split: trees.split.clone(),
            learners: vec![logistic.learner, trees.learner],
        },
        deployments: vec![SavedDeployment { name: format!("{MODEL}@{ALIAS}"), request: scoring }],
        runs,
        ..Workspace::default()
    })
}

/// Reads the departures of the run with their labels.
fn training_slice(
    cluster: &Cluster,
    file: &RunFile,
    progress: &Progress,
    cancel: &Cancel,
) -> Result<Frame, Problem> {
    let request = ReadRequest {
        slice: cluster.resolve(&file.slice.range, cancel)?,
        codec: file.slice.codec.clone(),
        filter: file.slice.filter.clone(),
        budget: None,
        label: file.label.clone(),
        label_slice: None,
    };
    let frame = read(cluster, &request, progress, cancel)?;
    match &frame.completeness {
        Completeness::Whole => Ok(frame),
        Completeness::Part { .. } if cancel.is_cancelled() => Err(Problem::cancelled("Preparing the demo")),
        Completeness::Part { why, next, .. } => {
            Err(Problem::new("Reading the demo's flights", why.clone(), next.clone()))
        }
    }
}

/// The version of a run's package: one that is there already, where the demo was ended before its workspace was saved, or
/// the next.
fn published(
    registry: &TopicRegistry,
    run: &Run,
    progress: &Progress,
    cancel: &Cancel,
) -> Result<u32, Problem> {
    let package = Package::of(run)?;
    let known = registry.models(cancel)?;
    let mut versions = known.iter().filter(|model| model.name == MODEL).flat_map(|model| &model.versions);
    let same = versions.find(|version| version.manifest.digest == package.manifest.digest);
    match same {
        Some(version) => Ok(version.version),
        None => Ok(registry.publish(MODEL, &package, progress, cancel)?.version),
    }
}

/// The steps of a run for stage Prepare, where what no feature may use is dropped by a step.
fn with_exclusions(file: &RunFile) -> PipelineSpec {
    let drop = StepSpec::Drop { columns: file.task.exclude.clone() };
    PipelineSpec { steps: std::iter::once(drop).chain(file.prepare.steps.iter().cloned()).collect() }
}

fn saved_range(file: &RunFile) -> SavedRange {
    let section = file.slice.clone();
    SavedRange { range: section.range, codec: section.codec, filter: section.filter }
}

fn saved_slice(frame: &Frame, file: &RunFile) -> SavedSlice {
    SavedSlice {
        name: frame.slice.digest().chars().take(6).collect(),
        codec: frame.codec.clone(),
        filter: file.slice.filter.clone(),
        rows: Some(frame.rows() as u64),
        content: frame.content.clone(),
        slice: frame.slice.as_ref().clone(),
    }
}

/// Lets the deployment begin where the replay does, whenever it is first started: a group that has committed nothing would
/// begin at the end of then.
fn begin_scoring(cluster: &Cluster, request: &ScoreRequest, cancel: &Cancel) -> Result<(), Problem> {
    let range =
        RangeSpec { topics: vec![request.input.clone()], from: Bound::End, to: Bound::End, partitions: None };
    let ends = cluster.resolve(&range, cancel)?;
    let begin: Vec<_> = ends
        .topics
        .iter()
        .flat_map(|topic| {
            topic.partitions.iter().map(|range| (topic.topic.clone(), range.partition, range.end))
        })
        .collect();
    Ok(cluster
        .write_access("set where the demo's deployment begins")?
        .begin_group(&request.group(), &begin)?)
}

/// The deployment, with the labels that the training had.
fn scoring(file: &RunFile) -> ScoreRequest {
    let labels = file.label.clone().unwrap_or_else(|| LabelSpec::by_key(ARRIVED, "arr_delay", "24h"));
    ScoreRequest {
        model: ModelRef { name: MODEL.into(), selector: Selector::Alias(ALIAS.into()) },
        model_topic: MODELS.into(),
        input: FLIGHTS.into(),
        output: PREDICTIONS.into(),
        dead_letter: Some(DEAD_LETTER.into()),
        group: None,
        delivery: Delivery::ExactlyOnce,
        from_beginning: false,
        until_end: false,
        instance: None,
        max_batch: ScoreRequest::MAX_BATCH,
        commit_ms: ScoreRequest::COMMIT_MS,
        labels: Some(labels),
    }
}

/// Rounds are kept in the run; nobody looks at them as they come.
struct Unwatched;

impl FitObserver for Unwatched {
    fn round(&self, _: Round, _: usize) {}
}
