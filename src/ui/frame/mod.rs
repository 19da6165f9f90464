//! The frame around the stages: top bar, rail, stage bar, status bar, and what lies over them.

#[cfg(test)]
mod demo_tests;
mod dialogs;
mod help;
mod history;
mod jobs;
mod note;
mod overlay;
mod palette;
mod rail;
mod replay_clock;
mod settings;
mod stage_bar;
mod status_bar;
mod toasts;
mod top_bar;
mod workspace_menu;
mod zone_keys;

pub use stage_bar::StageBar;

use eframe::egui::{Rect, Ui, pos2};

use super::theme::measures::{RAIL_NARROW, RAIL_WIDE, STAGE_BAR, STATUS_BAR, TOP_BAR, WidthClass};
use super::theme::tokens;
use super::zone::Zones;
use super::{View, stages};
use crate::app::state::Overlay;

/// Paints the whole window.
pub(super) fn show(ui: &mut Ui, view: &View<'_>) {
    let window = ui.max_rect();
    let tokens = tokens(ui);
    ui.painter().rect_filled(window, 0.0, tokens.bg1);
    let rail_width = if view.width_class(ui) == WidthClass::Full { RAIL_WIDE } else { RAIL_NARROW };
    for bar in [
        Rect::from_min_max(window.min, pos2(window.right(), window.top() + TOP_BAR)),
        Rect::from_min_max(pos2(window.left(), window.bottom() - STATUS_BAR), window.max),
        Rect::from_min_max(window.min, pos2(window.left() + rail_width, window.bottom())),
    ] {
        ui.painter().rect_filled(bar, 0.0, tokens.bg0);
    }
    let mut zones = Zones::new(ui, window);
    let top = zones.top(ui, TOP_BAR);
    let status = zones.bottom(ui, STATUS_BAR);
    let rail = zones.left(ui, rail_width);
    let bar = zones.top(ui, STAGE_BAR);
    top_bar::show(ui, view, top);
    rail::show(ui, view, rail);
    stages::bar(view).show(ui, view, bar);
    note::show(ui, view, &mut zones);
    stages::show(ui, view, zones.rest());
    status_bar::show(ui, view, status);
    toasts::show(ui, view, window);
    zone_keys::watch(ui.ctx(), window, view.state.overlay.is_some());
    if let Some(overlay) = &view.state.overlay {
        over(ui, view, window, overlay);
    } else {
        dialogs::forget(ui.ctx());
    }
}

fn over(ui: &Ui, view: &View<'_>, window: Rect, overlay: &Overlay) {
    match overlay {
        Overlay::Palette { typed } => palette::show(ui, view, window, typed),
        Overlay::Jobs => jobs::show(ui, view, window),
        Overlay::History => history::show(ui, view, window),
        Overlay::Settings => settings::show(ui, view, window),
        Overlay::Help => help::show(ui, view, window),
        Overlay::WorkspaceMenu => workspace_menu::show(ui, view, window),
        Overlay::Path(prompt) => dialogs::path(ui, view, window, prompt),
        Overlay::Name(prompt) => dialogs::name(ui, view, window, prompt),
        Overlay::Confirm(confirm) => dialogs::confirm(ui, view, window, confirm),
    }
}
