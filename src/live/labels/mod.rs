//! Labels of a deployment: predictions wait for them, and what came out says how good the predictions were.
//!
//! In: predictions as they are committed, by a [`LabelFeed`]. Out: what labels say, in the deployment's statistics. The work is
//! done on a thread of its own that reads the label topic without a group; whatever happens to it, scoring goes on.
//! docs/label-join.md says the rule, which is that of training.

mod clock;
mod joining;
mod label_records;
mod label_topic;
mod meaning;
mod predicted;
mod quality;
mod recovered;
mod waiting;

use std::sync::Arc;
use std::thread::JoinHandle;

use crossbeam_channel::{Receiver, Sender, bounded};

pub(super) use predicted::{EventKeys, Predicted};

use self::joining::{Given, Joining};
use self::meaning::Meaning;
use super::request::ScoreRequest;
use super::stats::{LiveStats, PartitionLag};
use crate::data::LabelSpec;
use crate::jobs::{Cancel, Problem};
use crate::kafka::{Bound, Cluster, KafkaError, PartitionId, RangeSpec, Slice};
use crate::registry::{Manifest, TopicRegistry};

/// Messages that wait for the thread at most; each has the predictions of one transaction.
const QUEUED: usize = 256;
/// Bytes that predictions and labels may hold while they wait.
const LIMIT: usize = 256 << 20;

/// What the scoring loop tells.
enum Fed {
    /// This member has these partitions of the input now.
    Assigned(Vec<PartitionId>),
    /// Predictions of this version may come.
    Version(u32, Meaning),
    /// Predictions that are committed.
    Committed(Vec<Predicted>),
    /// How far behind each partition is.
    Lag(Vec<PartitionLag>),
}

/// Takes what the scoring loop tells to the thread that joins.
pub(super) struct LabelFeed {
    sender: Sender<Fed>,
    spec: LabelSpec,
}

impl LabelFeed {
    fn new(spec: &LabelSpec) -> (Self, Receiver<Fed>) {
        let (sender, inbox) = bounded(QUEUED);
        (Self { sender, spec: spec.clone() }, inbox)
    }

    /// What the labels are.
    pub(super) fn spec(&self) -> &LabelSpec {
        &self.spec
    }

    pub(super) fn version(&self, version: u32, manifest: &Manifest) {
        self.tell(Fed::Version(version, Meaning::of(manifest)));
    }

    pub(super) fn assigned(&self, partitions: &[PartitionId]) {
        self.tell(Fed::Assigned(partitions.to_vec()));
    }

    pub(super) fn committed(&self, predicted: Vec<Predicted>) {
        self.tell(Fed::Committed(predicted));
    }

    pub(super) fn lag(&self, partitions: &[PartitionLag]) {
        self.tell(Fed::Lag(partitions.to_vec()));
    }

    /// Waits where the thread has fallen far behind. Of one that is gone [`LabelJoin`] tells.
    fn tell(&self, fed: Fed) {
        let _ = self.sender.send(fed);
    }
}

/// The thread that joins. It ends when its feed is dropped: at once, or, where everything is scored to an end, when the
/// labels that are there by then are read.
pub(super) struct LabelJoin {
    stop: Cancel,
    stats: Arc<LiveStats>,
    thread: Option<JoinHandle<()>>,
}

impl LabelJoin {
    /// Starts it before the deployment joins its group: what the output holds by now was predicted before.
    pub(super) fn start(
        cluster: &Cluster,
        request: &ScoreRequest,
        spec: &LabelSpec,
        registry: TopicRegistry,
        stats: &Arc<LiveStats>,
        cancel: &Cancel,
    ) -> Result<(Self, LabelFeed), Problem> {
        let written = written(cluster, &request.output, cancel)?;
        let (feed, inbox) = LabelFeed::new(spec);
        let stop = Cancel::new();
        let joining = Joining::new(Given {
            cluster: cluster.clone(),
            request: request.clone(),
            spec: spec.clone(),
            registry,
            written: Some(written),
            stats: stats.clone(),
            inbox,
            stop: stop.clone(),
        })?;
        let thread = std::thread::Builder::new().name("labels".into()).spawn(move || joining.run());
        let thread = thread.map_err(|error| Problem::new("Following the labels", error.to_string(), ""))?;
        Ok((Self { stop, stats: stats.clone(), thread: Some(thread) }, feed))
    }

    /// Waits until it has ended, after its feed was dropped; cancelled, without what is left to do.
    pub(super) fn finish(mut self, cancel: &Cancel) {
        while let Some(thread) = self.thread.take_if(|thread| !thread.is_finished()) {
            if cancel.is_cancelled() {
                self.stop.cancel();
            }
            std::thread::sleep(std::time::Duration::from_millis(10));
            self.thread = Some(thread);
        }
    }
}

impl Drop for LabelJoin {
    fn drop(&mut self) {
        self.stop.cancel();
        if let Some(Err(_)) = self.thread.take().map(JoinHandle::join) {
            self.stats.note("Following the labels ended by a defect; predictions were written all the same");
        }
    }
}

/// What the output topic holds.
fn written(cluster: &Cluster, output: &str, cancel: &Cancel) -> Result<Slice, KafkaError> {
    let range =
        RangeSpec { topics: vec![output.into()], from: Bound::Beginning, to: Bound::End, partitions: None };
    cluster.resolve(&range, cancel)
}
