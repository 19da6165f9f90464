//! Undo and redo: a bounded history of states, each with the name of the edit that led away from it.

use std::collections::VecDeque;

/// A history of states of type `S`, which should be cheap to clone.
#[derive(Clone, Debug)]
pub struct History<S> {
    past: VecDeque<Edit<S>>,
    future: Vec<Edit<S>>,
}

#[derive(Clone, Debug)]
struct Edit<S> {
    name: String,
    state: S,
}

impl<S> Default for History<S> {
    fn default() -> Self {
        Self { past: VecDeque::new(), future: Vec::new() }
    }
}

impl<S> History<S> {
    /// Edits that can be undone at most; the oldest go first.
    pub const LIMIT: usize = 200;

    /// Remembers `before`, the state that the edit `name` (`Add step`) is about to change. What was undone can no longer
    /// be redone.
    pub fn record(&mut self, name: impl Into<String>, before: S) {
        self.future.clear();
        self.past.push_back(Edit { name: name.into(), state: before });
        if self.past.len() > Self::LIMIT {
            self.past.pop_front();
        }
    }

    /// Like [`History::record`], but goes on with the newest edit when it has the same name, so that typing a word or
    /// dragging an edge is one edit.
    pub fn record_merged(&mut self, name: impl Into<String>, before: S) {
        let name = name.into();
        let goes_on = self.future.is_empty() && self.past.back().is_some_and(|edit| edit.name == name);
        if !goes_on {
            self.record(name, before);
        }
    }

    /// Goes back: takes the state as it is now and gives the one before, with the name of the edit undone.
    pub fn undo(&mut self, now: S) -> Option<(String, S)> {
        let edit = self.past.pop_back()?;
        self.future.push(Edit { name: edit.name.clone(), state: now });
        Some((edit.name, edit.state))
    }

    /// Goes forward again; the reverse of [`History::undo`].
    pub fn redo(&mut self, now: S) -> Option<(String, S)> {
        let edit = self.future.pop()?;
        self.past.push_back(Edit { name: edit.name.clone(), state: now });
        Some((edit.name, edit.state))
    }

    /// Name of the edit that would be undone, for `Undo add step`.
    pub fn undo_name(&self) -> Option<&str> {
        self.past.back().map(|edit| edit.name.as_str())
    }

    /// Name of the edit that would be redone.
    pub fn redo_name(&self) -> Option<&str> {
        self.future.last().map(|edit| edit.name.as_str())
    }

    /// Forgets everything: another workspace was opened.
    pub fn clear(&mut self) {
        self.past.clear();
        self.future.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn undo_and_redo_walk_through_named_states() {
        let mut history = History::default();
        history.record("Add step", 1);
        history.record("Remove step", 2);
        assert_eq!(history.undo_name(), Some("Remove step"));
        assert_eq!(history.undo(3), Some(("Remove step".into(), 2)));
        assert_eq!(history.undo(2), Some(("Add step".into(), 1)));
        assert_eq!(history.undo(1), None);
        assert_eq!(history.redo_name(), Some("Add step"));
        assert_eq!(history.redo(1), Some(("Add step".into(), 2)));
        assert_eq!(history.redo(2), Some(("Remove step".into(), 3)));
        assert_eq!(history.redo(3), None);
    }

    #[test]
    fn a_new_edit_ends_what_could_be_redone() {
        let mut history = History::default();
        history.record("Add step", 1);
        history.undo(2);
        history.record("Choose target", 1);
        assert_eq!(history.redo_name(), None);
    }

    #[test]
    fn merged_edits_are_one_and_the_history_is_bounded() {
        let mut history = History::default();
        for typed in 0..5 {
            history.record_merged("Change filter", typed);
        }
        assert_eq!(history.undo(5), Some(("Change filter".into(), 0)));
        assert_eq!(history.undo(0), None);
        for edit in 0..500 {
            history.record("Add step", edit);
        }
        let undone = std::iter::from_fn(|| history.undo(0)).count();
        assert_eq!(undone, History::<i32>::LIMIT);
    }
}
