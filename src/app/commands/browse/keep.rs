//! What of stage Browse stands in the workspace: the range of each topic, and the slices that were read. Undo changes it
//! there, and the stage follows.

use crate::app::runtime::Runtime;
use crate::app::state::browse::RangeEdit;
use crate::data::{Completeness, Frame};
use crate::workspace::{SavedRange, SavedSlice};

/// The codec that records are read with.
pub(super) const CODEC: &str = "json";

impl Runtime<'_> {
    /// Follows what changed elsewhere: another cluster, an undo, a workspace that was opened.
    pub(super) fn follow(&mut self) {
        let cluster = self.state.connection.cluster.get().map(|cluster| cluster.id().to_owned());
        if self.state.connection.is_open() && cluster != self.state.browse.cluster {
            self.state.browse.cluster = cluster;
            self.state.browse.topic = None;
            self.reopen();
        }
        let revision = self.state.workspace.revision();
        if revision != self.state.browse.revision {
            self.state.browse.revision = revision;
            self.follow_workspace();
        }
    }

    /// Opens the topic at which the workspace was left, where the cluster has it.
    fn reopen(&mut self) {
        let Some(topic) = self.state.workspace.get().layout.topic.clone() else { return };
        let catalogue = self.state.connection.catalogue.get();
        if catalogue.is_some_and(|catalogue| catalogue.topics.iter().any(|known| known.name == topic)) {
            self.open_topic(topic);
        }
    }

    fn follow_workspace(&mut self) {
        let Some(topic) = self.state.browse.topic.clone() else {
            if self.state.connection.is_open() {
                self.reopen();
            }
            return;
        };
        let kept = self.state.workspace.get().ranges.get(&topic);
        let kept = kept
            .map(|saved| (saved.range.from.clone(), saved.range.to.clone(), saved.range.partitions.clone()));
        let edit = &self.state.browse.range;
        let shown = edit.chosen.clone().map(|(from, to)| (from, to, edit.partitions.clone()));
        if kept != shown {
            self.restore_range(&topic);
            self.look_up_plan();
            self.look_up_page();
        }
    }

    /// Takes the range that the workspace has for a topic.
    pub(super) fn restore_range(&mut self, topic: &str) {
        let zone = self.state.zone().clone();
        let kept = self.state.workspace.get().ranges.get(topic).cloned();
        let browse = &mut self.state.browse;
        browse.range = RangeEdit { snap: browse.range.snap, by: browse.range.by, ..RangeEdit::default() };
        if let Some(saved) = kept {
            browse.range.partitions = saved.range.partitions;
            browse.range.choose(saved.range.from, saved.range.to, &zone);
            browse.filter.text = saved.filter.unwrap_or_default();
        }
    }

    /// Keeps the chosen range of the open topic; a range that is typed wrongly leaves the kept one alone.
    pub(super) fn keep_range(&mut self) {
        let browse = &self.state.browse;
        let Some(topic) = browse.topic.clone() else { return };
        let wrong = browse.range.from_problem.is_some() || browse.range.to_problem.is_some();
        let half =
            browse.range.from.is_empty() != browse.range.to.is_empty() && browse.range.chosen.is_none();
        if wrong || half {
            return;
        }
        let filter = browse.filter_text();
        let saved = browse.range.spec(&topic).map(|range| SavedRange { range, codec: CODEC.into(), filter });
        self.edit("Choose range", |workspace| {
            match saved {
                Some(saved) => workspace.ranges.insert(topic, saved),
                None => workspace.ranges.remove(&topic),
            };
        });
        self.state.browse.revision = self.state.workspace.revision();
    }

    /// Keeps a slice that was read: its offsets, and what it held.
    pub(super) fn keep_slice(&mut self, frame: &Frame) {
        let digest: String = frame.slice.digest().chars().take(6).collect();
        let whole = frame.completeness == Completeness::Whole;
        let saved = SavedSlice {
            name: digest.clone(),
            codec: frame.codec.clone(),
            filter: self.state.browse.filter_text(),
            rows: whole.then(|| frame.rows() as u64),
            content: if whole { frame.content.clone() } else { Vec::new() },
            slice: frame.slice.as_ref().clone(),
        };
        self.edit(&format!("Read slice {digest}"), |workspace| {
            let same = |known: &SavedSlice| {
                (&known.slice, &known.filter, &known.codec) == (&saved.slice, &saved.filter, &saved.codec)
            };
            // What the first whole read gave stays: later ones are compared with it.
            if workspace.slices.iter().any(|known| same(known) && (known.rows.is_some() || !whole)) {
                return;
            }
            workspace.slices.retain(|known| !same(known));
            workspace.slices.push(saved);
        });
        self.state.browse.revision = self.state.workspace.revision();
    }
}
