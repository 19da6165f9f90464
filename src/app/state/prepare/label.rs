//! The label join as stage Prepare sees it: what is to be joined, how far that is, and the slice with its labels.

use std::collections::BTreeMap;

use crate::app::remote::Remote;
use crate::app::state::State;
use crate::codec::Schema;
use crate::data::{Frame, FrameLabels, LabelBy, LabelSpec};
use crate::jobs::Problem;
use crate::ui::format;

/// State of the label join.
#[derive(Default)]
pub struct LabelState {
    /// Whether its step is the chosen one.
    pub chosen: bool,
    /// The slice with the column of its labels.
    pub joined: Remote<Frame>,
    /// What [`LabelState::joined`] was, or is being, made of.
    pub of: Option<JoinOf>,
    /// The slice that was last looked at, by [`Frame::identity`].
    pub slice: Option<usize>,
    /// Columns of the label topic's newest records, to choose from.
    pub columns: Remote<Schema>,
    /// The label topic that they are of.
    pub columns_of: Option<String>,
    /// What was typed into a field and cannot be used, with the reason, by field.
    pub refused: BTreeMap<&'static str, (String, String)>,
}

/// What a join was made of; another one makes it old.
#[derive(Clone, Debug, PartialEq)]
pub struct JoinOf {
    /// The slice, by [`Frame::identity`].
    pub frame: usize,
    /// What was joined.
    pub spec: LabelSpec,
}

/// How far the label join of the slice is.
#[derive(Clone, Debug, PartialEq)]
pub enum LabelStanding<'a> {
    /// No labels are joined.
    None,
    /// Something is missing in what is to be joined.
    Incomplete(String),
    /// It is said what to join; the labels are still to be read.
    NotRead,
    /// They are being read.
    Reading,
    /// They could not be read.
    Failed(&'a Problem),
    /// They are joined.
    Joined(&'a FrameLabels),
}

impl State {
    /// The slice as it was read, without labels.
    pub fn slice_frame(&self) -> Option<&Frame> {
        self.browse.frame.get()
    }

    /// The label join of the slice's pipeline.
    pub fn label_spec(&self) -> Option<&LabelSpec> {
        self.pipeline()?.label.as_ref()
    }

    /// The column of the labels, once they are joined.
    pub fn label_column(&self) -> Option<&str> {
        self.prepared_frame()?.labels.as_ref().map(|labels| labels.spec.column.as_str())
    }

    /// The slice with its labels, where they are those that the pipeline asks for.
    pub(super) fn labelled_frame(&self) -> Option<&Frame> {
        let joined = self.prepare.label.joined.get().filter(|frame| frame.labels.is_some())?;
        let of = self.prepare.label.of.as_ref()?;
        let current = of.frame == self.slice_frame()?.identity() && Some(&of.spec) == self.label_spec();
        (current && !self.prepare.label.joined.is_pending()).then_some(joined)
    }

    /// How far the label join is.
    pub fn label_standing(&self) -> LabelStanding<'_> {
        let (Some(spec), Some(slice)) = (self.label_spec(), self.slice_frame()) else {
            return LabelStanding::None;
        };
        if let Some(why) = problem_of(spec, &slice.schema) {
            return LabelStanding::Incomplete(why);
        }
        let label = &self.prepare.label;
        let now = JoinOf { frame: slice.identity(), spec: spec.clone() };
        if label.of.as_ref() != Some(&now) {
            return LabelStanding::NotRead;
        }
        match (&label.joined, self.labelled_frame().and_then(|frame| frame.labels.as_deref())) {
            (Remote::Pending(_), _) => LabelStanding::Reading,
            (Remote::Failed { problem, .. }, _) => LabelStanding::Failed(problem),
            (_, Some(labels)) => LabelStanding::Joined(labels),
            (_, None) => LabelStanding::NotRead,
        }
    }

    /// Why nothing can be made of the slice yet, where labels are to be joined and are not.
    pub fn label_refusal(&self) -> Option<String> {
        match self.label_standing() {
            LabelStanding::None | LabelStanding::Joined(_) => None,
            LabelStanding::Incomplete(why) => Some(format!("step 1, Join label: {why}")),
            LabelStanding::NotRead => Some("the labels of step 1 are not read yet".into()),
            LabelStanding::Reading => Some("the labels are being read".into()),
            LabelStanding::Failed(problem) => Some(format!("the labels could not be read: {}", problem.why)),
        }
    }

    /// The slice without the column of its labels: what features may be made of. A label is what is to be predicted.
    pub fn feature_frame(&self) -> Option<Frame> {
        let frame = self.prepared_frame()?;
        let Some(column) = self.label_column() else { return Some(frame.clone()) };
        Some(without(frame, column))
    }
}

/// A frame without one of its columns.
pub(super) fn without(frame: &Frame, column: &str) -> Frame {
    let fields = frame.schema.fields.iter().filter(|field| field.name != column).cloned().collect();
    Frame { data: frame.data.drop_many([column]).into(), schema: Schema { fields }.into(), ..frame.clone() }
}

/// What is missing or wrong in a label join on a slice of these columns.
fn problem_of(spec: &LabelSpec, slice: &Schema) -> Option<String> {
    let missing = match (spec.topic.is_empty(), spec.column.is_empty()) {
        (true, _) => Some("choose the topic that holds the labels".to_owned()),
        (false, true) => Some("choose the column that is the label".to_owned()),
        _ => None,
    };
    let taken = || {
        let taken = slice.get(&spec.column).is_some();
        taken.then(|| format!("the slice has a column {} already", spec.column))
    };
    let unknown = || {
        let LabelBy::Fields { event, .. } = &spec.by else { return None };
        let unknown = event.iter().find(|name| slice.get(name).is_none())?;
        Some(format!("the slice has no column {unknown}"))
    };
    let wrong = || spec.check().into_iter().next().map(|(_, why)| why);
    missing.or_else(taken).or_else(unknown).or_else(wrong)
}

/// How labels find their events, in words: `by key`, `by carrier, flight`.
pub fn by_in_words(by: &LabelBy) -> String {
    match by {
        LabelBy::Key => "by key".into(),
        LabelBy::Fields { event, label } if event == label => format!("by {}", event.join(", ")),
        LabelBy::Fields { event, label } => format!("by {} = {}", event.join(", "), label.join(", ")),
    }
}

/// A label join in a line: `flights.arrived by key, within 24 h`.
pub fn label_in_words(spec: &LabelSpec) -> String {
    if spec.topic.is_empty() {
        return "no topic chosen".into();
    }
    format!("{} {}, within {}", spec.topic, by_in_words(&spec.by), within_in_words(spec))
}

/// How long a label may take, in words. People say 24 h and 48 h, not 1 d and 2 d.
pub fn within_in_words(spec: &LabelSpec) -> String {
    const HOUR: i64 = 3_600_000;
    match spec.within_ms() {
        Ok(within) if within % HOUR == 0 && within < 100 * HOUR => format!("{} h", within / HOUR),
        Ok(within) => format::duration_ms(within as f64),
        Err(_) => spec.within.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::codec::{Field, Kind};

    fn slice() -> Schema {
        Schema { fields: vec![Field { name: "carrier".into(), kind: Kind::Text, nullable: false }] }
    }

    #[test]
    fn what_is_missing_is_asked_for_one_after_the_other() {
        let said = |spec: &LabelSpec| problem_of(spec, &slice()).unwrap_or_default();
        assert_eq!(said(&LabelSpec::by_key("", "", "24h")), "choose the topic that holds the labels");
        assert_eq!(said(&LabelSpec::by_key("arrived", "", "24h")), "choose the column that is the label");
        assert_eq!(
            said(&LabelSpec::by_key("arrived", "carrier", "24h")),
            "the slice has a column carrier already"
        );
        let by = LabelBy::fields(["flight"]);
        let spec = LabelSpec { by, ..LabelSpec::by_key("arrived", "arr_delay", "24h") };
        assert_eq!(said(&spec), "the slice has no column flight");
        assert_eq!(said(&LabelSpec::by_key("arrived", "arr_delay", "24h")), "");
    }

    #[test]
    fn a_join_is_told_in_a_line() {
        let spec = LabelSpec::by_key("flights.arrived", "arr_delay", "24h");
        assert_eq!(label_in_words(&spec), "flights.arrived by key, within 24 h");
        let by = LabelBy::Fields { event: vec!["flight".into()], label: vec!["number".into()] };
        assert_eq!(
            label_in_words(&LabelSpec { by, ..spec }),
            "flights.arrived by flight = number, within 24 h"
        );
    }
}
