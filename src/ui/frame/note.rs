//! The guided note of the demo, under the stage bar: what to try in this stage, and a cross to take it away.

use eframe::egui::{Ui, pos2, vec2};

use crate::app::commands::WindowCommand;
use crate::ui::text::{self, Type};
use crate::ui::theme::measures::PADDING;
use crate::ui::theme::tokens;
use crate::ui::zone::{self, Zones};
use crate::ui::{Icon, View};

/// Room for the icon at the left, and for the cross at the right.
const ICON: f32 = 26.0;
const CROSS: f32 = 34.0;

/// Cuts the note off the top of what is left and draws it, as high as its words need.
pub(super) fn show(ui: &mut Ui, view: &View<'_>, zones: &mut Zones) {
    let Some(said) = view.state.note() else { return };
    let tokens = tokens(ui);
    let runs = || vec![(said.to_owned(), Type::Body, tokens.t2)];
    let width = (zones.rest().width() - 2.0 * PADDING - ICON - CROSS).max(80.0);
    let words = ui.painter().layout_job(text::job(runs(), width)).size().y;
    let rect = zones.top(ui, words + 17.0);
    ui.painter().rect_filled(rect, 0.0, tokens.bg2);
    let first = rect.top() + 18.0;
    Icon::Bulb.paint(ui.painter(), pos2(rect.left() + PADDING + 7.0, first), 16.0, tokens.accent);
    let place = eframe::egui::Rect::from_min_size(
        pos2(rect.left() + PADDING + ICON, rect.top() + 8.0),
        vec2(width, words),
    );
    zone::fill(ui, place, |ui| text::rich(ui, runs()));
    let cross =
        eframe::egui::Rect::from_center_size(pos2(rect.right() - PADDING - 7.0, first), vec2(26.0, 26.0));
    zone::fill(ui, cross, |ui| view.icon_button(ui, WindowCommand::DismissNote));
}
