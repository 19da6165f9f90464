//! What a command or a message has in hand while it runs.

use eframe::egui;

use super::background::Background;
use super::state::State;

/// The state to change, and the jobs to start. Only commands and messages hold it; panels see the state as it is.
pub struct Runtime<'a> {
    /// What the panels read.
    pub state: &'a mut State,
    /// Work that takes time.
    pub background: &'a mut Background,
    /// For the clipboard and the window itself.
    pub ctx: &'a egui::Context,
}

impl Runtime<'_> {
    /// Puts `text` on the clipboard.
    pub fn copy(&self, text: impl Into<String>) {
        self.ctx.copy_text(text.into());
    }
}
