//! Looking things up: a topic, its timeline, what a range resolves to, records. Each a job whose newest request wins.

use jiff::tz::TimeZone;

use super::BrowseMessage;
use super::keep::CODEC;
use crate::app::message::Message;
use crate::app::runtime::Runtime;
use crate::app::state::browse::buckets::{aligned, bucket_ms};
use crate::app::state::browse::{FilterEdit, RangeEdit, RecordView};
use crate::data::{PageRequest, page, record};
use crate::jobs::{Cancel, JobContext, Problem};
use crate::kafka::{Bound, Cluster, EventTime, Offset, PartitionId, RangeSpec, ReadPlan, TimelineRequest};
use crate::ui::table::{Arrangement, RECORDS};

/// Records that the table shows of a range at most.
pub const PAGE: usize = 2_000;
/// Buckets of the timeline at most: one per 2 points of the plot as drawn.
const BUCKETS: usize = 400;
/// Buckets of the first, coarse look.
const COARSE: usize = 25;

impl Runtime<'_> {
    /// Asks the cluster for its topics again, and for the open one.
    pub(super) fn refresh(&mut self) {
        self.refresh_catalogue();
        if let Some(topic) = self.state.browse.topic.clone() {
            self.open_topic(topic);
        }
    }

    /// Opens a topic: details, timeline, newest records. A range that was chosen on it before is chosen again.
    pub(super) fn open_topic(&mut self, topic: String) {
        let browse = &mut self.state.browse;
        if browse.topic.as_deref() != Some(topic.as_str()) {
            browse.detail.clear();
            browse.timeline.clear();
            browse.zoom = None;
            browse.page.clear();
            browse.plan.clear();
            browse.selected = None;
            browse.record.clear();
            browse.filter = FilterEdit::default();
            browse.range = RangeEdit { snap: browse.range.snap, ..RangeEdit::default() };
            browse.topic = Some(topic.clone());
            self.state.workspace.layout().topic = Some(topic.clone());
            self.restore_range(&topic);
        }
        self.look_up_detail();
        self.look_up_timeline();
        self.look_up_plan();
        self.look_up_page();
    }

    /// Shows a part of the timeline.
    pub(super) fn zoom(&mut self, span: Option<(EventTime, EventTime)>) {
        self.state.browse.zoom = span.filter(|(from, to)| to > from);
        self.look_up_timeline();
    }

    /// Takes what was typed into a field of the range.
    pub(super) fn type_range(&mut self, change: impl FnOnce(&mut RangeEdit)) {
        let zone = self.state.zone().clone();
        change(&mut self.state.browse.range);
        self.state.browse.range.read_texts(&zone);
        self.range_changed();
    }

    /// Takes a range that was brushed or picked.
    pub(super) fn choose_range(&mut self, from: Bound, to: Bound) {
        let zone = self.state.zone().clone();
        self.state.browse.range.choose(from, to, &zone);
        self.range_changed();
    }

    /// The range is another one: it is kept in the workspace, and its plan and records are looked up.
    pub(super) fn range_changed(&mut self) {
        self.keep_range();
        self.look_up_plan();
        self.look_up_page();
    }

    /// Chooses a record and fetches it in full.
    pub(super) fn select_record(&mut self, partition: PartitionId, offset: Offset) {
        self.state.browse.selected = Some((partition, offset));
        let (Some(cluster), Some(topic)) = (self.state.connection.cluster(), self.state.browse.topic.clone())
        else {
            return;
        };
        self.state.browse.record.begin();
        let look_up = move |context: &JobContext<Message>| {
            let found = record(&cluster, &topic, partition, offset, &context.cancel)?;
            found.map(RecordView::new).ok_or_else(|| {
                let why = format!("the log of {topic} no longer has it");
                Problem::new(format!("Reading {partition} at {offset}"), why, "Look for topics again")
            })
        };
        self.background.latest("browse record", "Reading a record", look_up, |result| {
            Message::Browse(BrowseMessage::Record(result))
        });
    }

    /// Chooses the record so many rows further down.
    pub(super) fn step_record(&mut self, rows: i64) {
        let browse = &self.state.browse;
        let last = browse.shown_entries().saturating_sub(1) as i64;
        let row = browse.selected_row().map_or(0, |row| (row as i64 + rows).clamp(0, last)) as usize;
        let entry = browse
            .entry_at(row)
            .and_then(|index| browse.page.get()?.entries.get(index))
            .map(|entry| (entry.partition, entry.offset));
        if let Some((partition, offset)) = entry {
            self.select_record(partition, offset);
        }
    }

    /// Shows the columns of the table that are hidden.
    pub(super) fn show_all_columns(&mut self) {
        let Some(topic) = self.state.browse.topic.as_deref() else { return };
        let mut arrangement = Arrangement::of(self.ctx, RECORDS, topic);
        arrangement.show_all();
        arrangement.keep(self.ctx, RECORDS, topic);
    }

    fn look_up_detail(&mut self) {
        let Some((cluster, topic)) = self.cluster_and_topic() else { return };
        self.state.browse.detail.begin();
        let look_up = move |_: &JobContext<Message>| Ok(cluster.topic(&topic)?);
        self.background.latest("browse topic", "Opening a topic", look_up, |result| {
            Message::Browse(BrowseMessage::Detail(result))
        });
    }

    fn look_up_timeline(&mut self) {
        let Some((cluster, topic)) = self.cluster_and_topic() else { return };
        let (zone, zoom, title) =
            (self.state.zone().clone(), self.state.browse.zoom, format!("Timeline of {topic}"));
        self.state.browse.timeline.begin();
        let look_up = move |context: &JobContext<Message>| timeline(&cluster, topic, zoom, &zone, context);
        self.background.latest("browse timeline", title, look_up, |result| {
            Message::Browse(BrowseMessage::TimelineEnded(result))
        });
    }

    /// Looks up what the chosen range would cost; forgets the plan while none is chosen.
    pub(super) fn look_up_plan(&mut self) {
        let Some((cluster, topic)) = self.cluster_and_topic() else { return };
        let Some(range) = self.state.browse.range.spec(&topic) else {
            self.background.cancel_key("browse plan");
            self.state.browse.plan.clear();
            return;
        };
        self.state.browse.plan.begin();
        let look_up = move |context: &JobContext<Message>| plan(&cluster, &range, &context.cancel);
        self.background.latest("browse plan", format!("Planning {topic}"), look_up, |result| {
            Message::Browse(BrowseMessage::Plan(result))
        });
    }

    /// Fetches records for the table: the first of the range, or the newest of the topic while none is chosen.
    pub(super) fn look_up_page(&mut self) {
        let Some((cluster, topic)) = self.cluster_and_topic() else { return };
        let chosen = self.state.browse.range.spec(&topic);
        let newest = chosen.is_none();
        let partitions = self.state.browse.range.partitions.clone();
        let whole =
            RangeSpec { topics: vec![topic.clone()], from: Bound::Beginning, to: Bound::End, partitions };
        let range = chosen.unwrap_or(whole);
        self.state.browse.page.begin();
        let look_up = move |context: &JobContext<Message>| {
            let slice = cluster.resolve(&range, &context.cancel)?;
            let request = PageRequest { slice, codec: CODEC.into(), limit: PAGE, newest };
            page(&cluster, &request, &context.cancel)
        };
        self.background.latest("browse page", format!("Records of {topic}"), look_up, |result| {
            Message::Browse(BrowseMessage::Page(result))
        });
    }

    /// The connected cluster and the open topic.
    fn cluster_and_topic(&self) -> Option<(Cluster, String)> {
        Some((self.state.connection.cluster()?, self.state.browse.topic.clone()?))
    }
}

/// A coarse look first, which tells how far the topic reaches; then buckets of a length that has a name.
fn timeline(
    cluster: &Cluster,
    topic: String,
    zoom: Option<(EventTime, EventTime)>,
    zone: &TimeZone,
    context: &JobContext<Message>,
) -> Result<(), Problem> {
    let show = |timeline| context.send(Message::Browse(BrowseMessage::TimelinePart(timeline)));
    let mut span = zoom;
    if zoom.is_none() {
        let coarse = TimelineRequest { topic: topic.clone(), buckets: COARSE, between: None };
        cluster.timeline(&coarse, &context.cancel, |found| {
            span = found.first.zip(found.last);
            show(found);
        })?;
    }
    let Some((first, last)) = span else { return Ok(()) };
    let length = bucket_ms(last.0 - first.0, BUCKETS);
    let (start, end, buckets) = aligned(first, last, length, zone);
    let finer = TimelineRequest { topic, buckets, between: Some((start, end)) };
    Ok(cluster.timeline(&finer, &context.cancel, show)?)
}

fn plan(cluster: &Cluster, range: &RangeSpec, cancel: &Cancel) -> Result<ReadPlan, Problem> {
    let slice = cluster.resolve(range, cancel)?;
    Ok(cluster.plan(&slice, cancel)?)
}
