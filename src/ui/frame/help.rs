//! All shortcuts of the window and of the stage that is shown, made from the commands.

use eframe::egui::{Align2, Rect, ScrollArea, Sense, Ui, pos2, vec2};

use super::overlay::{Behind, middle, popup};
use crate::app::commands::{Command, MAIN_ACTION, WindowCommand, keys};
use crate::ui::View;
use crate::ui::text::{self, Type};
use crate::ui::theme::tokens;
use crate::ui::widgets::text_field::key_cap;
use crate::ui::zone;

const WIDTH: f32 = 520.0;

/// What is not a command but works by keys everywhere.
const FIXED: [(&str, &str); 6] = [
    ("Tab", "Next control; with Shift the one before"),
    ("F6", "Next zone"),
    ("Enter", "Open the detail of a row"),
    ("Esc", "Close what is open"),
    ("Home  End", "First and last row of a table"),
    ("Ctrl C", "Copy the row that is chosen"),
];

/// Draws it.
pub(super) fn show(ui: &Ui, view: &View<'_>, window: Rect) {
    let at = middle(window, WIDTH, 90.0);
    popup(ui, view, "Keyboard shortcuts", at, WIDTH, Behind::Clear, |ui| {
        zone::header("Keyboard shortcuts").detail(view.state.stage.title()).tall().line().show(ui, |ui| {
            // In the demo: a way back to the notes that were dismissed.
            if view.state.in_demo() {
                view.button_as(ui, WindowCommand::ShowNotes, |button| button.small());
            }
        });
        ScrollArea::vertical().max_height((window.height() - 200.0).max(200.0)).show(ui, |ui| {
            ui.add_space(6.0);
            if let Some(about) =
                Command::main_action(view.state).and_then(|command| command.about(view.state))
            {
                row(ui, &keys(&MAIN_ACTION), &about.title);
            }
            for command in Command::listed(view.state) {
                let reachable = command.stage().is_none_or(|stage| stage == view.state.stage);
                let Some(about) = command.about(view.state).filter(|_| reachable) else { continue };
                if let Some(shortcut) = &about.shortcut {
                    row(ui, &keys(shortcut), &about.title);
                }
            }
            for (shortcut, does) in FIXED {
                row(ui, shortcut, does);
            }
            ui.add_space(10.0);
        });
    });
}

fn row(ui: &mut Ui, shortcut: &str, does: &str) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 26.0), Sense::hover());
    let inner = rect.shrink2(vec2(16.0, 0.0));
    let cap = key_cap(ui, pos2(inner.right(), inner.center().y), shortcut);
    let words = inner.with_max_x(cap.left() - 8.0);
    text::put(ui, words, Align2::LEFT_CENTER, does, Type::Body, tokens(ui).t1);
}
