//! The label join: edits of its step, the columns of its topic, and the job that reads the labels.

use super::PrepareMessage;
use crate::app::message::Message;
use crate::app::runtime::Runtime;
use crate::app::state::State;
use crate::app::state::prepare::{JoinOf, LabelStanding};
use crate::codec::Schema;
use crate::data::{Frame, LabelBy, LabelSpec, PageRequest, ReadRequest, page, with_labels};
use crate::jobs::{JobContext, Problem};
use crate::kafka::{Bound, RangeSpec, parse_span};
use crate::ui::format;

/// The job that reads and joins labels.
pub const LABEL_KEY: &str = "label join";
/// The job that looks at the columns of a label topic.
const COLUMNS_KEY: &str = "label columns";
/// How long a label may take, until the user says otherwise.
const WITHIN: &str = "24h";
/// Records of a label topic that are looked at for its columns.
const SAMPLE: u64 = 200;
/// What undo calls the new step.
const ADD: &str = "Add step join label";
/// What undo calls a change of it.
const CHANGE: &str = "Change join label";

/// Why labels cannot be read now.
pub(super) fn refusal(state: &State) -> Option<String> {
    match state.label_standing() {
        LabelStanding::None => Some("there is no step Join label".into()),
        LabelStanding::Incomplete(why) => Some(why),
        LabelStanding::Reading => Some("the labels are being read".into()),
        LabelStanding::Joined(_) => Some("the labels are joined".into()),
        _ if !state.connection.is_open() => Some("no cluster is connected".into()),
        LabelStanding::NotRead | LabelStanding::Failed(_) => None,
    }
}

impl Runtime<'_> {
    /// Adds the step, with the topic that goes by its name, where there is one.
    pub(super) fn add_label(&mut self) {
        let topic = self.state.likely_label_topic().unwrap_or_default();
        self.edit_pipeline(ADD, |pipeline| pipeline.label = Some(LabelSpec::by_key(topic, "", WITHIN)));
        self.state.prepare.label.chosen = true;
    }

    pub(super) fn change_label(&mut self, spec: LabelSpec) {
        self.edit_pipeline(CHANGE, |pipeline| pipeline.label = Some(spec));
    }

    pub(super) fn type_label_within(&mut self, typed: String) {
        let Some(spec) = self.state.label_spec().cloned() else { return };
        let refused = &mut self.state.prepare.label.refused;
        match parse_span(&typed) {
            Err(_) => drop(refused.insert("within", (typed, "a length such as 24h or 2d".into()))),
            Ok(_) => {
                refused.remove("within");
                self.change_label(LabelSpec { within: typed.trim().to_owned(), ..spec });
            }
        }
    }

    /// Takes the names of the fields that event and label have in common, as typed, parted by commas.
    pub(super) fn type_label_fields(&mut self, event: &str, label: &str) {
        let Some(spec) = self.state.label_spec().cloned() else { return };
        let names = |typed: &str| -> Vec<String> {
            typed.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect()
        };
        self.change_label(LabelSpec {
            by: LabelBy::Fields { event: names(event), label: names(label) },
            ..spec
        });
    }

    pub(super) fn delete_label(&mut self) {
        self.edit_pipeline("Delete join label", |pipeline| pipeline.label = None);
        self.state.prepare.label.chosen = false;
    }

    /// Notices another slice, another label topic, and a join that is no longer wanted.
    pub(super) fn follow_label(&mut self) {
        let slice = self.state.slice_frame().map(Frame::identity);
        let wanted = self.state.label_spec().map(|spec| spec.topic.clone());
        let label = &mut self.state.prepare.label;
        if wanted.is_none() {
            label.chosen = false;
            if label.joined.is_pending() {
                self.background.cancel_key(LABEL_KEY);
            }
        }
        self.follow_label_columns(wanted.filter(|topic| !topic.is_empty()));
        if self.state.prepare.label.slice != slice {
            let label = &mut self.state.prepare.label;
            label.slice = slice;
            label.of = None;
            label.joined.clear();
            // Who made this step wants it for every slice.
            if refusal(self.state).is_none() {
                self.join_labels();
            }
        }
    }

    fn follow_label_columns(&mut self, topic: Option<String>) {
        let label = &mut self.state.prepare.label;
        if label.columns_of == topic || !self.state.connection.is_open() {
            return;
        }
        label.columns_of = topic;
        label.columns.clear();
        self.look_at_label_columns();
    }

    pub(super) fn look_at_label_columns(&mut self) {
        let Some(cluster) = self.state.connection.cluster() else { return };
        let label = &mut self.state.prepare.label;
        let Some(topic) = label.columns_of.clone() else { return };
        label.columns.begin();
        let asked = topic.clone();
        let work = move |context: &JobContext<Message>| {
            let range = RangeSpec {
                topics: vec![topic],
                from: Bound::LastRecords(SAMPLE),
                to: Bound::End,
                partitions: None,
            };
            let slice = cluster.resolve(&range, &context.cancel)?;
            let request = PageRequest { slice, codec: "json".into(), limit: SAMPLE as usize, newest: true };
            Ok(page(&cluster, &request, &context.cancel)?.schema)
        };
        self.background.quiet(COLUMNS_KEY, work, move |result| {
            Message::Prepare(PrepareMessage::LabelColumns(asked, result))
        });
    }

    /// The columns of the label topic are known. The only one that could be the label is taken.
    pub(super) fn label_columns(&mut self, topic: &str, result: Result<Schema, Problem>) {
        if self.state.prepare.label.columns_of.as_deref() != Some(topic) {
            return;
        }
        self.state.prepare.label.columns.finish(result);
        let Some(spec) = self.state.label_spec().filter(|spec| spec.column.is_empty()).cloned() else {
            return;
        };
        if let [only] = self.state.label_choices().as_slice() {
            let column = only.clone();
            // With the edit that chose the topic it is one.
            let chose_topic = self.state.workspace.undo_name() == Some(CHANGE);
            self.edit_pipeline_merged(if chose_topic { CHANGE } else { ADD }, |pipeline| {
                pipeline.label = Some(LabelSpec { column, ..spec });
            });
        }
    }

    /// Reads the labels that may belong to the slice and joins them to it.
    pub(super) fn join_labels(&mut self) {
        let Some(cluster) = self.state.connection.cluster() else { return };
        let (Some(frame), Some(spec)) = (self.state.slice_frame().cloned(), self.state.label_spec().cloned())
        else {
            return;
        };
        let of = JoinOf { frame: frame.identity(), spec: spec.clone() };
        let label = &mut self.state.prepare.label;
        label.of = Some(of.clone());
        label.joined.clear();
        label.joined.begin();
        let budget = Some(self.state.settings.memory_budget);
        let title = format!("Joining labels of {}", spec.topic);
        let work = move |context: &JobContext<Message>| {
            let request = ReadRequest {
                slice: frame.slice.as_ref().clone(),
                codec: frame.codec.clone(),
                filter: None,
                budget,
                label: None,
                label_slice: None,
            };
            let (progress, cancel) = (&context.progress, &context.cancel);
            let joined = with_labels(&cluster, frame, &spec, &request, progress, cancel)?;
            let whole = joined.labels.is_some() && !cancel.is_cancelled();
            whole.then_some(joined).ok_or_else(|| Problem::cancelled("Joining labels"))
        };
        self.background.cancel_key(LABEL_KEY);
        self.background.latest(LABEL_KEY, title, work, move |result| {
            Message::Prepare(PrepareMessage::Joined(Box::new(of), result))
        });
    }

    /// Labels were joined, or could not be. What was joined for another slice or step is let go.
    pub(super) fn labels_joined(&mut self, of: &JoinOf, result: Result<Frame, Problem>) {
        if self.state.prepare.label.of.as_ref() != Some(of) {
            return;
        }
        match &result {
            Ok(frame) => {
                let counts = frame.labels.as_ref().map(|labels| labels.counts).unwrap_or_default();
                let rows = format::count(counts.events, "row", "rows");
                let said = format!("{} of {rows} have one", format::integer(counts.matched));
                self.state.notifications.good(format!("Labels of {} joined", of.spec.topic), said);
            }
            Err(problem) => self.state.notifications.problem(problem),
        }
        if result.as_ref().is_err_and(|problem| problem.cancelled) {
            self.state.prepare.label.of = None;
        }
        self.state.prepare.label.joined.finish(result);
    }
}

impl State {
    /// Columns of the label topic that could be the label: those that the slice does not have.
    pub fn label_choices(&self) -> Vec<String> {
        let columns =
            self.prepare.label.columns.get().map(|schema| schema.fields.as_slice()).unwrap_or_default();
        let slice = self.slice_frame().map(|frame| &frame.schema);
        let by = self.label_spec().map(|spec| &spec.by);
        let free = |name: &&String| {
            let matched = matches!(by, Some(LabelBy::Fields { label, .. }) if label.contains(name));
            !matched && slice.is_none_or(|slice| slice.get(name).is_none())
        };
        columns.iter().map(|field| &field.name).filter(free).cloned().collect()
    }

    /// The topics that labels could come from.
    pub fn label_topics(&self) -> Vec<String> {
        let own = self.slice_frame().map(|frame| frame.slice.topics.as_slice()).unwrap_or_default();
        let catalogue = self.connection.catalogue.get();
        let topics = catalogue.into_iter().flat_map(|catalogue| &catalogue.topics);
        let others = topics.filter(|topic| !topic.internal && own.iter().all(|own| own.topic != topic.name));
        others.map(|topic| topic.name.clone()).collect()
    }

    /// The one topic whose name begins with the slice's, apart from what deployments write and where models are.
    fn likely_label_topic(&self) -> Option<String> {
        let own = &self.slice_frame()?.slice.topics.first()?.topic;
        let written: Vec<&String> = self
            .workspace
            .get()
            .deployments
            .iter()
            .flat_map(|saved| [Some(&saved.request.output), saved.request.dead_letter.as_ref()])
            .flatten()
            .collect();
        let beside = |topic: &String| {
            topic.strip_prefix(own.as_str()).is_some_and(|rest| rest.starts_with(['.', '-', '_']))
                && !written.contains(&topic)
                && !topic.ends_with("predictions")
                && !topic.ends_with("dead-letter")
        };
        let mut likely = self.label_topics().into_iter().filter(beside);
        likely.next().filter(|_| likely.next().is_none())
    }

    /// The filter that a slice was read with.
    pub fn filter_of(&self, frame: &Frame) -> Option<String> {
        let slices = &self.workspace.get().slices;
        slices.iter().rev().find(|saved| saved.slice == *frame.slice)?.filter.clone()
    }
}
