//! The window as it is drawn: frame, stages, widgets, theme.
//!
//! In: the [`crate::app::State`], through [`View`]. Out: painted panels, and commands left with [`View::send`]. It changes no
//! state of the application, does no I/O and waits for nothing; what a frame costs is what it paints.
//!
//! # To draw a stage
//!
//! `stages/STAGE.rs` (a folder `stages/STAGE/` with one file per zone) has `pub fn show(ui, view, rect)` for what lies under
//! the stage bar, and `pub fn bar(view) -> StageBar` for the stage bar's title, chips, facts and buttons; the main action comes
//! from `Action::main_action` by itself.
//!
//! - **Zones**: a [`zone::Zones`] holds what is left of the rect. `zones.left(..)`, `top(..)`, `right(..)`, `bottom(..)` cut a
//!   piece off and draw the line between; `view.left_panel(..)` is the stage's list at the left, which folds in a narrow window; `resizable_left` and `resizable_right` can be dragged. [`zone::fill`] draws a zone's
//!   contents in its rect, [`zone::scroll`] the same with a scroll bar, [`zone::header`] its title, detail and controls.
//! - **Controls** ([`widgets`]): each returns what is new; send it as a command. A button of a command is
//!   `view.button(ui, command)`, with title, icon, tooltip, shortcut and refusal made from it. An edit of text comes back as
//!   `changed` (each letter) or `committed` (Enter, or the field is left).
//! - **Tables** ([`table::Table`]): virtual; the closure paints one cell. **Plots** ([`plot::Plot`]): a frame with axes on which
//!   lines, bars and points are drawn; long lines through [`plot::Thinned`], which keeps the minimum and maximum per pixel.
//! - **States** ([`states`]): `empty`, `reading`, `error`, `partial`, `read_only` draw what a [`crate::app::Remote`] is in.
//! - **Words and numbers**: [`text`] paints in the type styles, [`mod@format`] writes numbers, times, bytes and durations.
//! - **Colours**: `tokens(ui).t2`; series by `tokens(ui).series(n)`. Lengths: [`measures`].
//! - **Wide and narrow**: `view.width_class()`; in a narrow window panels fold as WINDOW.md says.
//! - The search field of a stage has the id [`search_field`], so that `/` finds it.

pub mod format;
mod frame;
mod icon;
mod mark;
pub mod plot;
mod stages;
pub mod states;
pub mod table;
#[cfg(test)]
mod testing;
pub mod text;
mod theme;
pub mod value;
mod view;
pub mod widgets;
pub mod zone;

pub use frame::StageBar;
pub use icon::Icon;
pub(crate) use mark::icon as window_icon;
pub use theme::{Tokens, install, measures, tokens};
pub use view::View;
pub use widgets::focus;

use eframe::egui::{Id, Ui};

use crate::app::Stage;

/// Paints the whole window.
pub fn show(ui: &mut Ui, view: &View<'_>) {
    frame::show(ui, view);
}

/// The identity of a stage's search or filter field.
pub fn search_field(stage: Stage) -> Id {
    Id::unique(("search field", stage))
}
