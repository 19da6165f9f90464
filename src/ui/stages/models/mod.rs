//! Stage Models: versions, and which one serves.

mod card;
mod comparison;
mod lineage;
mod list;
mod signature;
mod versions;
mod words;

use eframe::egui::{Rect, Ui};

use crate::app::commands::{ModelsCommand, WindowCommand};
use crate::app::state::models::{CHALLENGER, CHAMPION};
use crate::app::{Remote, Stage};
use crate::registry::VersionInfo;
use crate::ui::measures::{PADDING, TABLE_HEADER, TABLE_ROW, WidthClass, ZONE_HEADER_CONTROLS};
use crate::ui::widgets::Tone;
use crate::ui::zone::{self, Zones};
use crate::ui::{Icon, StageBar, Tokens, View, states};

/// What the stage bar says.
pub(super) fn bar(view: &View<'_>) -> StageBar {
    let models = &view.state.models;
    let Some(model) = models.shown() else { return StageBar::new("Models") };
    let mut bar = StageBar::new(&model.name);
    if let Some(version) = models.chosen() {
        bar = bar.facts(words::purpose(&version.manifest)).button(ModelsCommand::Export);
    }
    if models.previous_champion().is_some() {
        bar = bar.button(ModelsCommand::RollBack);
    }
    bar
}

/// Draws the stage under its bar.
pub(super) fn show(ui: &mut Ui, view: &View<'_>, rect: Rect) {
    if view.state.connection.cluster().is_none() {
        let how = "Models are versions in a topic of a connected cluster.";
        states::empty(ui, rect, Icon::Plug, "No cluster is connected", how, |ui| {
            view.button(ui, WindowCommand::Go(Stage::Connect));
        });
        return;
    }
    let mut zones = Zones::new(ui, rect);
    if view.state.connection.read_only().is_some() {
        let banner = zones.top(ui, 33.0);
        zone::fill(ui, banner, |ui| {
            let refused = "Promoting, setting aliases, importing and deleting are";
            states::read_only(ui, &view.state.connection.name, refused);
        });
    }
    let class = view.width_class(ui);
    if class != WidthClass::Drawer || view.state.left_panel {
        let left = if class == WidthClass::Full {
            zones.resizable_left(ui, "models", 264.0, 200.0..=420.0)
        } else {
            zones.left(ui, 200.0)
        };
        list::list(ui, view, left);
    }
    match (&view.state.models.listing, view.state.models.shown()) {
        (Remote::Failed { problem, previous: None }, _) => {
            zone::fill(ui, zones.rest().shrink(PADDING), |ui| {
                states::error(ui, view, problem, |ui| {
                    view.button(ui, ModelsCommand::Refresh);
                });
            });
        }
        (Remote::NotRequested | Remote::Pending(None), _) => {
            zone::fill(ui, zones.rest(), |ui| states::skeleton(ui, 6));
        }
        (_, None) => nothing(ui, view, zones.rest()),
        (_, Some(_)) => shown(ui, view, zones, class == WidthClass::Full),
    }
}

fn nothing(ui: &mut Ui, view: &View<'_>, rect: Rect) {
    let how = "Publish a run, or import a package.";
    states::empty(ui, rect, Icon::Box, "No model published", how, |ui| {
        view.button(ui, WindowCommand::Go(Stage::Train));
        view.button(ui, ModelsCommand::Import);
    });
}

fn shown(ui: &mut Ui, view: &View<'_>, mut zones: Zones, wide: bool) {
    let versions = view.state.models.shown().map_or(0, |model| model.versions.len().max(2)) as f32;
    let needed = ZONE_HEADER_CONTROLS + TABLE_HEADER + versions * TABLE_ROW + 1.0;
    let height = needed.min(zones.rest().height() * 0.4).max(120.0);
    let above = zones.resizable_top(ui, "versions", height, 90.0..=600.0);
    versions::versions(ui, view, above);
    let rest = zones.rest();
    let mut below = Zones::new(ui, rest);
    let chosen = if wide {
        below.left(ui, (rest.width() * 0.44).round())
    } else {
        below.top(ui, (rest.height() * 0.55).round())
    };
    card::card(ui, view, chosen);
    comparison::comparison(ui, view, below.rest());
}

/// How an alias is coloured: the champion is what is chosen, the challenger what is compared with it.
fn alias_tone(alias: &str, tokens: &Tokens) -> Tone {
    match alias {
        CHAMPION => Tone::Accent,
        CHALLENGER => Tone::Outline(tokens.series(1)),
        _ => Tone::Neutral,
    }
}

/// `version 7`, as names of controls and headers say it.
fn version_name(version: &VersionInfo) -> String {
    format!("Version {}", version.version)
}
