//! The workspace that is open: what the user made, whether it is saved, what can be undone.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::workspace::{ConnectionRef, History, Layout, Place, Workspace};

/// The workspace that is open.
#[derive(Debug, Default)]
pub struct WorkspaceState {
    document: Workspace,
    saved: Workspace,
    history: History<Workspace>,
    place: Option<Place>,
    dirty: bool,
    revision: u64,
    autosaved: u64,
    edited: Option<Instant>,
}

impl WorkspaceState {
    /// An autosave is written when nothing was edited for so long.
    const REST: Duration = Duration::from_secs(2);

    /// What the user made. Change it by [`crate::app::Runtime::edit`].
    pub fn get(&self) -> &Workspace {
        &self.document
    }

    /// Where it is kept; `None` in a window without a configuration folder, while it has no file.
    pub fn place(&self) -> Option<&Place> {
        self.place.as_ref()
    }

    /// Its file, once it has one.
    pub fn file(&self) -> Option<&Path> {
        self.place.as_ref()?.file()
    }

    /// Its name: that of its file.
    pub fn name(&self) -> String {
        let stem = self.file().and_then(Path::file_stem);
        stem.map_or_else(|| "new workspace".into(), |stem| stem.to_string_lossy().into_owned())
    }

    /// Whether there are changes that are not saved.
    pub fn is_dirty(&self) -> bool {
        self.dirty
    }

    /// Counts edits, undos and openings: what was made from the workspace is old when it has moved on.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// The edit that undo takes back.
    pub fn undo_name(&self) -> Option<&str> {
        self.history.undo_name()
    }

    /// The edit that redo makes again.
    pub fn redo_name(&self) -> Option<&str> {
        self.history.redo_name()
    }

    pub(in crate::app) fn edit(&mut self, name: &str, merged: bool, change: impl FnOnce(&mut Workspace)) {
        let before = self.document.clone();
        change(&mut self.document);
        if self.document == before {
            return;
        }
        if merged {
            self.history.record_merged(name, before);
        } else {
            self.history.record(name, before);
        }
        self.moved_on();
    }

    /// Where the user stands; no edit, and not undone.
    pub(in crate::app) fn layout(&mut self) -> &mut Layout {
        &mut self.document.layout
    }

    /// The cluster that it is about; no edit, and not undone.
    pub(in crate::app) fn set_connection(&mut self, connection: ConnectionRef) {
        self.document.connection = Some(connection);
    }

    pub(in crate::app) fn undo(&mut self) -> Option<String> {
        let (name, before) = self.history.undo(self.document.clone())?;
        self.step_to(before);
        Some(name)
    }

    pub(in crate::app) fn redo(&mut self) -> Option<String> {
        let (name, after) = self.history.redo(self.document.clone())?;
        self.step_to(after);
        Some(name)
    }

    fn step_to(&mut self, document: Workspace) {
        let layout = std::mem::take(&mut self.document.layout);
        let connection = self.document.connection.take();
        self.document = Workspace { layout, connection, ..document };
        self.moved_on();
    }

    fn moved_on(&mut self) {
        self.revision += 1;
        self.edited = Some(Instant::now());
        self.dirty = self.differs();
    }

    /// Where the user stands, and on which cluster, is kept with the next save but is no work that could be lost.
    fn differs(&self) -> bool {
        let (layout, connection) = (self.document.layout.clone(), self.document.connection.clone());
        self.document != Workspace { layout, connection, ..self.saved.clone() }
    }

    /// Another workspace was opened or begun.
    pub(in crate::app) fn replace(&mut self, document: Workspace, place: Option<Place>) {
        let revision = self.revision + 1;
        *self = Self {
            saved: document.clone(),
            document,
            place,
            revision,
            autosaved: revision,
            ..Self::default()
        };
    }

    /// Work of an earlier session was taken up again: it is not saved.
    pub(in crate::app) fn recover(&mut self, document: Workspace) {
        self.edit("Recover", false, |workspace| *workspace = document);
    }

    /// It was saved as it was then.
    pub(in crate::app) fn saved(&mut self, document: Workspace, place: Place) {
        self.saved = document;
        self.place = Some(place);
        self.dirty = self.differs();
        if !self.dirty {
            self.autosaved = self.revision;
        }
    }

    /// What is to be autosaved now; or how long until then.
    pub(in crate::app) fn autosave_due(&self, now: Instant) -> Result<(Place, Workspace), Option<Duration>> {
        let (Some(edited), Some(place)) = (self.edited, &self.place) else { return Err(None) };
        if !self.dirty || self.autosaved == self.revision {
            return Err(None);
        }
        let rested = now.saturating_duration_since(edited);
        if rested < Self::REST {
            return Err(Some(Self::REST - rested));
        }
        Ok((place.clone(), self.document.clone()))
    }

    /// An autosave of what is there now was begun.
    pub(in crate::app) fn autosave_begun(&mut self) {
        self.autosaved = self.revision;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_seed(seed: u64) -> impl FnOnce(&mut Workspace) {
        move |workspace| workspace.training.seed = seed
    }

    #[test]
    fn an_edit_makes_it_dirty_until_it_is_undone_or_saved() {
        let mut state = WorkspaceState::default();
        state.edit("Set seed", false, with_seed(7));
        assert!(state.is_dirty());
        assert_eq!(state.undo(), Some("Set seed".into()));
        assert!(!state.is_dirty());
        assert_eq!(state.redo(), Some("Set seed".into()));
        assert!(state.is_dirty());
        state.saved(state.get().clone(), Place::at(Path::new("/w/a.forebay")));
        assert_eq!((state.is_dirty(), state.name().as_str()), (false, "a"));
    }

    #[test]
    fn an_edit_that_changes_nothing_is_none() {
        let mut state = WorkspaceState::default();
        state.edit("Set seed", false, with_seed(0));
        assert_eq!((state.is_dirty(), state.undo_name()), (false, None));
    }

    #[test]
    fn undo_leaves_the_layout_alone() {
        let mut state = WorkspaceState::default();
        state.edit("Set seed", false, with_seed(7));
        state.layout().topic = Some("flights".into());
        state.undo();
        assert_eq!(state.get().layout.topic.as_deref(), Some("flights"));
        assert_eq!(state.get().training.seed, 0);
    }

    #[test]
    fn an_autosave_is_due_after_a_rest_and_once_per_edit() {
        let mut state = WorkspaceState::default();
        state.replace(Workspace::default(), Some(Place::at(Path::new("/w/a.forebay"))));
        assert_eq!(state.autosave_due(Instant::now()).err(), Some(None));
        state.edit("Set seed", false, with_seed(7));
        assert!(matches!(state.autosave_due(Instant::now()), Err(Some(_))));
        assert!(state.autosave_due(Instant::now() + WorkspaceState::REST).is_ok());
        state.autosave_begun();
        assert_eq!(state.autosave_due(Instant::now() + WorkspaceState::REST).err(), Some(None));
    }
}
