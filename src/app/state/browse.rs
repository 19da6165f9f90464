//! What stage Browse shows: a topic, the range chosen on it, the records in it, and what is read of it.

pub mod buckets;
mod range;
mod record;

use polars::prelude::BooleanChunked;

use crate::app::remote::Remote;
use crate::data::{Filter, Frame, Page, PageContent};
use crate::kafka::{EventTime, Offset, PartitionId, ReadPlan, Timeline, TopicDetail};

pub use range::{RangeBy, RangeEdit, Snap};
pub use record::{RecordView, TreeLine};

/// A timeline is not looked at closer than this, in ms.
const LEAST_SPAN: i64 = 100;

/// State of stage Browse.
#[derive(Default)]
pub struct BrowseState {
    /// What is typed into the search of topics.
    pub search: String,
    /// Whether Kafka's own topics are listed.
    pub show_internal: bool,
    /// The cluster whose topics are shown.
    pub cluster: Option<String>,
    /// The workspace's revision that is shown.
    pub revision: u64,
    /// The topic that is open.
    pub topic: Option<String>,
    /// Its partitions, configuration and groups.
    pub detail: Remote<TopicDetail>,
    /// Its records over time.
    pub timeline: Remote<Timeline>,
    /// The part of it that is looked at; `None` is the whole topic.
    pub zoom: Option<(EventTime, EventTime)>,
    /// The range as it is typed and brushed.
    pub range: RangeEdit,
    /// What reading the range would cost; `None` inside while no range is chosen.
    pub plan: Remote<ReadPlan>,
    /// Records of the range, or the newest ones while none is chosen.
    pub page: Remote<Page>,
    /// The filter of records.
    pub filter: FilterEdit,
    /// The record that is chosen in the table.
    pub selected: Option<(PartitionId, Offset)>,
    /// Whether the record is shown over the table, where the window is narrow.
    pub record_open: bool,
    /// The chosen record in full.
    pub record: Remote<RecordView>,
    /// How it is shown.
    pub record_tab: RecordTab,
    /// The slice that was read last: what the stages after this one work on.
    pub frame: Remote<Frame>,
}

/// How a record is shown in full.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RecordTab {
    /// Fields with their types.
    #[default]
    Tree,
    /// The value as text.
    Raw,
    /// The value as bytes.
    Hex,
    /// The headers.
    Headers,
}

/// The filter as it is typed, and what it leaves of the page.
#[derive(Debug, Default)]
pub struct FilterEdit {
    /// What is typed.
    pub text: String,
    /// What is wrong with it.
    pub problem: Option<String>,
    /// The entries of the page that it keeps; `None` is all.
    pub kept: Option<Vec<usize>>,
}

impl BrowseState {
    /// Entries of the page in the table, after the filter.
    pub fn shown_entries(&self) -> usize {
        let all = self.page.get().map_or(0, |page| page.entries.len());
        self.filter.kept.as_ref().map_or(all, Vec::len)
    }

    /// The entry of the page in a row of the table.
    pub fn entry_at(&self, row: usize) -> Option<usize> {
        match &self.filter.kept {
            Some(kept) => kept.get(row).copied(),
            None => Some(row),
        }
    }

    /// The row of the table with the chosen record.
    pub fn selected_row(&self) -> Option<usize> {
        let (partition, offset) = self.selected?;
        let entries = &self.page.get()?.entries;
        (0..self.shown_entries()).find(|row| {
            let entry = self.entry_at(*row).and_then(|index| entries.get(index));
            entry.is_some_and(|entry| (entry.partition, entry.offset) == (partition, offset))
        })
    }

    /// The chosen range, where it is a part of the timeline's span; else the middle half of that.
    pub fn closer(&self) -> Option<(EventTime, EventTime)> {
        let timeline = self.timeline.get().filter(|timeline| timeline.buckets() > 0)?;
        let (start, end) = (timeline.start.0, timeline.end.0);
        let range = self.range.times().filter(|(from, to)| {
            let inside = start <= from.0 && to.0 <= end;
            inside && (to.0 - from.0) < (end - start) * 9 / 10
        });
        let quarter = (end - start) / 4;
        let half = (EventTime(start + quarter), EventTime(end - quarter));
        (end - start > LEAST_SPAN).then(|| range.unwrap_or(half))
    }

    /// Twice the timeline's span around its middle; `None` where that is the whole topic.
    pub fn farther(&self) -> Option<(EventTime, EventTime)> {
        let timeline = self.timeline.get()?;
        let half = (timeline.end.0 - timeline.start.0) / 2;
        let (from, to) = (timeline.start.0 - half, timeline.end.0 + half);
        let (first, last) = timeline.first.zip(timeline.last)?;
        (from > first.0 || to <= last.0)
            .then_some((EventTime(from.max(first.0)), EventTime(to.min(last.0 + 1))))
    }

    /// The filter that reading applies; `None` where nothing is typed.
    pub fn filter_text(&self) -> Option<String> {
        let text = self.filter.text.trim();
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// Applies what is typed as a filter to the page. A wrong filter is a problem and hides nothing.
    pub fn apply_filter(&mut self) {
        self.filter.problem = None;
        self.filter.kept = None;
        let Some(text) = self.filter_text() else { return };
        let Some(page) = self.page.get() else { return };
        match keep(page, &text) {
            Ok(kept) => self.filter.kept = Some(kept),
            Err(problem) => self.filter.problem = Some(problem),
        }
    }
}

/// The entries of a page for which a filter holds. Records that are no rows match no filter.
fn keep(page: &Page, text: &str) -> Result<Vec<usize>, String> {
    let filter = Filter::parse(text)?;
    filter.check(&page.schema)?;
    let mask: BooleanChunked = filter.mask(&page.data)?;
    let holds = |content: &PageContent| match content {
        PageContent::Row(row) => mask.get(*row) == Some(true),
        PageContent::Tombstone | PageContent::Rejected(_) => false,
    };
    let entries = page.entries.iter().enumerate();
    Ok(entries.filter(|(_, entry)| holds(&entry.content)).map(|(index, _)| index).collect())
}
