//! The application: its state, everything that changes it, and the window's loop.
//!
//! In: commands from panels and shortcuts, messages from jobs. Out: the [`State`] that the panels read. Nothing else changes
//! it. It knows egui for input, clipboard and time only; drawing is [`crate::ui`]'s.
//!
//! A frame: [`App`] drains the inbox within a time limit, runs the commands that the last frame left, looks at shortcuts and
//! timers, then lets [`crate::ui::show`] paint the state. Whatever takes time is a job ([`Background`]).
//!
//! # To add to a stage
//!
//! - **State**: fields in `state/STAGE.rs`. What comes from a job is a [`Remote`]: `begin()` when the job starts,
//!   `finish(result)` in its message. Progress of a running job: `state.job(key)`.
//! - **A command**: a variant in `commands/STAGE.rs` with its `about` (title, help, icon, shortcut; `None` for edits that a
//!   control sends), its `refusal` (why it is off now), its `run`. In `listed` it shows in the palette; `main_action` is the
//!   one primary button of the stage bar, and Ctrl+Enter. Panels send it: `view.send(BrowseCommand::Read)`.
//! - **A job**: in `run`, `runtime.background.latest(key, title, work, message)` or `several`; `work` gets progress and cancel
//!   and blocks as it likes; `message` wraps its result in a variant of the stage's message enum, whose `handle` puts it into
//!   the state and tells the user (`runtime.state.notifications`).
//! - **Something that cannot be undone**: `state.ask(Confirm { .. })` with the command that does it.
//! - **A path**: `runtime.ask_path(PathPrompt { .. })`.
//! - **What the user makes** (ranges, pipelines, runs, deployments) lives in the workspace: read `state.workspace.get()`, change it
//!   by `runtime.edit("Add step", |workspace| ..)`, or `edit_merged` while something is typed or dragged. Undo, the unsaved dot
//!   and autosave follow by themselves. What you make from it is old once `state.workspace.revision()` has moved on; look in
//!   `Action::tick`, which runs before each frame.
//! - **Copying**: `WindowCommand::Copy(text, what)`.

mod background;
pub mod commands;
mod frame_times;
mod message;
mod options;
mod remote;
mod runtime;
mod stage;
pub mod state;
mod window;

/// Key of the jobs that score live.
pub const LIVE_JOB: &str = "deployment";

pub use background::Background;
pub use message::Message;
pub use options::Options;
pub use remote::Remote;
pub use runtime::Runtime;
pub use stage::Stage;
pub use state::State;
pub use window::{App, run};
