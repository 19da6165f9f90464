//! What the jobs of stage Browse bring.

use std::path::PathBuf;

use crate::app::runtime::Runtime;
use crate::app::state::browse::RecordView;
use crate::data::{Completeness, Frame, Page};
use crate::jobs::Problem;
use crate::kafka::{ReadPlan, Timeline, TopicDetail};
use crate::ui::format;

/// What a job of stage Browse brings.
#[derive(Debug)]
pub enum BrowseMessage {
    /// Details of the open topic.
    Detail(Result<TopicDetail, Problem>),
    /// A timeline, coarse at first; a finer one may follow.
    TimelinePart(Timeline),
    /// No finer timeline follows.
    TimelineEnded(Result<(), Problem>),
    /// What the range costs.
    Plan(Result<ReadPlan, Problem>),
    /// Records for the table.
    Page(Result<Page, Problem>),
    /// The chosen record.
    Record(Result<RecordView, Problem>),
    /// The slice that was read.
    Frame(Result<Frame, Problem>),
    /// A file was written, with so many rows.
    Exported(Result<(PathBuf, u64), Problem>),
}

impl BrowseMessage {
    /// Puts it into the state.
    pub fn handle(self, runtime: &mut Runtime<'_>) {
        let browse = &mut runtime.state.browse;
        match self {
            Self::Detail(result) => browse.detail.finish(result),
            Self::TimelinePart(timeline) => browse.timeline.part(timeline),
            Self::TimelineEnded(Ok(())) => {
                if let Some(finest) = browse.timeline.get().cloned() {
                    browse.timeline.finish(Ok(finest));
                }
            }
            Self::TimelineEnded(Err(problem)) => browse.timeline.finish(Err(problem)),
            Self::Plan(result) => browse.plan.finish(result),
            Self::Page(result) => {
                browse.page.finish(result);
                browse.apply_filter();
            }
            Self::Record(result) => browse.record.finish(result),
            Self::Frame(result) => {
                if let Ok(frame) = &result {
                    let (title, detail) = read_in_words(frame);
                    runtime.state.notifications.good(title, detail);
                    runtime.keep_slice(frame);
                }
                if let Err(problem) = &result {
                    runtime.state.notifications.problem(problem);
                }
                runtime.state.browse.frame.finish(result);
            }
            Self::Exported(Ok((path, rows))) => {
                let rows = format::count(rows, "row", "rows");
                runtime.state.notifications.good("Slice exported", format!("{rows} to {}", path.display()));
            }
            Self::Exported(Err(problem)) => runtime.state.notifications.problem(&problem),
        }
    }
}

/// `Slice 7c1e94 read`, and `254,369 rows, 107 rejected`.
fn read_in_words(frame: &Frame) -> (String, String) {
    let digest: String = frame.slice.digest().chars().take(6).collect();
    let mut said = format::count(frame.rows() as u64, "row", "rows");
    if frame.rejected_total > 0 {
        said += &format!(", {} rejected", format::integer(frame.rejected_total));
    }
    match &frame.completeness {
        Completeness::Whole => (format!("Slice {digest} read"), said),
        Completeness::Part { why, .. } => (format!("Slice {digest} read in part"), format!("{said}; {why}")),
    }
}
