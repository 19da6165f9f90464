//! Commands of stage Browse: open a topic, choose a range, look at records, read the slice.

mod keep;
mod look_ups;
mod message;
mod reading;

use std::path::PathBuf;

use eframe::egui::Key;

use super::{About, Action, Command, plain};
use crate::app::remote::Remote;
use crate::app::runtime::Runtime;
use crate::app::state::State;
use crate::app::state::browse::{RangeBy, RangeEdit, RecordTab, Snap};
use crate::kafka::{Bound, EventTime, Offset, PartitionId};
use crate::ui::Icon;
use crate::ui::format::{self, Precision};

pub use message::BrowseMessage;
pub use reading::READ_KEY;

/// Something to be done in stage Browse.
#[derive(Clone, Debug)]
pub enum BrowseCommand {
    /// Look for topics again.
    Refresh,
    /// Search topics for this text.
    Search(String),
    /// List Kafka's own topics too, or not.
    ShowInternal(bool),
    /// Open a topic.
    Open(String),
    /// Look at a part of the timeline; `None` is the whole topic.
    Zoom(Option<(EventTime, EventTime)>),
    /// Look at the chosen range, where it is a part of what is shown; else at the middle half of that.
    ZoomIn,
    /// Look at twice as much.
    ZoomOut,
    /// What the ends of the range are.
    RangeBy(RangeBy),
    /// The first end was typed.
    TypeFrom(String),
    /// The other end was typed.
    TypeTo(String),
    /// A range was brushed or picked.
    Choose(Bound, Bound),
    /// Everything in the topic.
    WholeTopic,
    /// The last 24 hours.
    LastDay,
    /// No range.
    ClearRange,
    /// Only these partitions; `None` is all.
    Partitions(Option<Vec<PartitionId>>),
    /// To what the brush snaps.
    Snap(Snap),
    /// The filter was typed.
    TypeFilter(String),
    /// Show all columns.
    ShowAllColumns,
    /// Choose a record.
    Select(PartitionId, Offset),
    /// Choose the record so many rows further down.
    Step(i64),
    /// Show the record over the table, or not, where the window is narrow.
    OpenRecord(bool),
    /// How the record is shown.
    Tab(RecordTab),
    /// Read the chosen range.
    Read,
    /// Write the slice that was read to a file: asks for the path.
    Export,
    /// Write it to this file.
    ExportTo(PathBuf),
}

impl Action for BrowseCommand {
    fn about(&self, state: &State) -> Option<About> {
        Some(match self {
            Self::Open(topic) => {
                About::new(format!("Go to topic {topic}"), "Opens the topic").icon(Icon::Topic)
            }
            Self::Choose(from, to) => {
                let said = |bound: &Bound| bound_in_words(bound, state);
                About::new(
                    format!("Choose {} to {}", said(from), said(to)),
                    "Chooses this range of the open topic",
                )
            }
            Self::Refresh => {
                About::new("Look for topics again", "Asks the cluster for its topics and their watermarks")
                    .icon(Icon::Refresh)
                    .shortcut(plain(Key::F5))
            }
            Self::WholeTopic => {
                About::new("Whole topic", "Chooses everything from the beginning to the end of now")
            }
            Self::LastDay => About::new("Last 24 h", "Chooses the records of the last 24 hours"),
            Self::ClearRange => {
                About::new("Clear the range", "Chooses nothing, and shows the newest records")
            }
            Self::Zoom(None) => {
                About::new("Show the whole topic", "Shows the timeline from the first record to the last")
            }
            Self::ZoomIn => {
                About::new("Zoom in", "Shows the chosen range, or the middle half of what is shown")
                    .icon(Icon::ZoomIn)
                    .shortcut(plain(Key::Plus))
            }
            Self::ZoomOut => About::new("Zoom out", "Shows twice as much of the topic")
                .icon(Icon::ZoomOut)
                .shortcut(plain(Key::Minus)),
            Self::ShowAllColumns => {
                About::new("Show all columns", "Shows the columns that are hidden in the table")
            }
            Self::Read => {
                About::new("Read slice", "Reads the chosen range into memory; nothing is committed")
                    .icon(Icon::Pin)
            }
            Self::Export => {
                About::new("Export", "Writes the slice that was read to a parquet, arrow, csv or jsonl file")
                    .icon(Icon::Export)
            }
            Self::Step(1) => About::new("Next record", "Shows the record below").icon(Icon::ChevronDown),
            Self::Step(-1) => About::new("Previous record", "Shows the record above").icon(Icon::ChevronUp),
            _ => return None,
        })
    }

    fn refusal(&self, state: &State) -> Option<String> {
        let browse = &state.browse;
        if !state.connection.is_open() {
            return Some("no cluster is connected".into());
        }
        match self {
            Self::Read => {
                if browse.topic.is_none() {
                    return Some("no topic is open".into());
                }
                if browse.frame.is_pending() {
                    return Some("a slice is being read".into());
                }
                match &browse.plan {
                    Remote::Failed { problem, .. } => Some(problem.why.clone()),
                    Remote::Ready(plan) if plan.offsets == 0 => Some("the range holds no record".into()),
                    _ if browse.range.chosen.is_none() => Some("no range is chosen".into()),
                    Remote::Ready(_) => None,
                    _ => Some("the range is being looked up".into()),
                }
            }
            Self::Zoom(None) | Self::ZoomOut if browse.zoom.is_none() => {
                Some("the whole topic is shown".into())
            }
            Self::ZoomIn => browse.closer().is_none().then(|| "there is nothing to look at closer".into()),
            Self::Export => browse.frame.get().is_none().then(|| "no slice is read".into()),
            Self::ShowAllColumns => browse.page.get().is_none().then(|| "no record is shown".into()),
            Self::WholeTopic | Self::LastDay | Self::ClearRange => {
                browse.topic.is_none().then(|| "no topic is open".into())
            }
            _ => None,
        }
    }

    fn run(self, runtime: &mut Runtime<'_>) {
        match self {
            Self::Refresh => runtime.refresh(),
            Self::Search(text) => runtime.state.browse.search = text,
            Self::ShowInternal(show) => runtime.state.browse.show_internal = show,
            Self::Open(topic) => runtime.open_topic(topic),
            Self::Zoom(span) => runtime.zoom(span),
            Self::ZoomIn => {
                let closer = runtime.state.browse.closer();
                runtime.zoom(closer);
            }
            Self::ZoomOut => {
                let farther = runtime.state.browse.farther();
                runtime.zoom(farther);
            }
            Self::RangeBy(by) => {
                runtime.state.browse.range.set_by(by);
                runtime.range_changed();
            }
            Self::TypeFrom(text) => runtime.type_range(|range| range.from = text),
            Self::TypeTo(text) => runtime.type_range(|range| range.to = text),
            Self::Choose(from, to) => runtime.choose_range(from, to),
            Self::WholeTopic => runtime.choose_range(Bound::Beginning, Bound::End),
            Self::LastDay => runtime.choose_range(Bound::LastMillis(86_400_000), Bound::End),
            Self::ClearRange => {
                let by = runtime.state.browse.range.by;
                runtime.state.browse.range = Default::default();
                runtime.state.browse.range.by = by;
                runtime.range_changed();
            }
            Self::Partitions(partitions) => {
                runtime.state.browse.range.partitions = partitions;
                runtime.range_changed();
            }
            Self::Snap(snap) => runtime.state.browse.range.snap = snap,
            Self::TypeFilter(text) => {
                runtime.state.browse.filter.text = text;
                runtime.state.browse.apply_filter();
            }
            Self::ShowAllColumns => runtime.show_all_columns(),
            Self::Select(partition, offset) => runtime.select_record(partition, offset),
            Self::Step(rows) => runtime.step_record(rows),
            Self::OpenRecord(open) => runtime.state.browse.record_open = open,
            Self::Tab(tab) => runtime.state.browse.record_tab = tab,
            Self::Read => runtime.read_slice(),
            Self::Export => runtime.ask_export(),
            Self::ExportTo(path) => runtime.export(path),
        }
    }

    fn tick(runtime: &mut Runtime<'_>) {
        runtime.follow();
    }

    fn listed(state: &State) -> Vec<Self> {
        let mut listed = vec![Self::Refresh];
        if state.browse.topic.is_some() {
            listed.extend([Self::WholeTopic, Self::LastDay, Self::ClearRange]);
            listed.extend([Self::ZoomIn, Self::ZoomOut, Self::Zoom(None)]);
            listed.extend([Self::Read, Self::Export, Self::ShowAllColumns, Self::Step(1), Self::Step(-1)]);
        }
        listed
    }

    fn main_action(_state: &State) -> Option<Self> {
        Some(Self::Read)
    }
}

impl BrowseCommand {
    /// One command for each topic, that shows it: what `#` finds in the palette.
    pub fn topics(state: &State) -> Vec<Self> {
        let catalogue = state.connection.catalogue.get();
        catalogue
            .into_iter()
            .flat_map(|known| &known.topics)
            .map(|topic| Self::Open(topic.name.clone()))
            .collect()
    }

    /// Commands that go to an offset or a time as typed: what `:` finds in the palette.
    pub fn places(state: &State, typed: &str) -> Vec<Self> {
        if state.browse.topic.is_none() {
            return Vec::new();
        }
        let typed_as = |by| {
            let mut edit = RangeEdit { by, from: typed.into(), to: "end".into(), ..RangeEdit::default() };
            edit.read_texts(state.zone());
            edit.chosen.map(|(from, to)| Self::Choose(from, to))
        };
        [RangeBy::Offset, RangeBy::Time].into_iter().filter_map(typed_as).collect()
    }
}

/// `offset 9,041`, `2013-02-01 00:00`, `the end`.
fn bound_in_words(bound: &Bound, state: &State) -> String {
    match bound {
        Bound::Beginning => "the beginning".into(),
        Bound::End => "the end".into(),
        Bound::Offset(offset) => format!("offset {}", format::integer(offset.0)),
        Bound::Time(time) => format::time(time.0, state.zone(), Precision::Second),
        other => other.to_string(),
    }
}

/// What is done with the path that was asked for.
fn export_to(path: PathBuf) -> Command {
    BrowseCommand::ExportTo(path).into()
}
