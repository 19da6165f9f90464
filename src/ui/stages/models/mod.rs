//! Stage Models: versions, and which one serves.

mod card;
mod comparison;
mod lineage;
mod list;
mod signature;
mod versions;

use eframe::egui::{Rect, Sense, Ui, vec2};

use crate::app::commands::{ModelsCommand, WindowCommand};
use crate::app::{Remote, Stage};
use crate::learn::TaskKind;
use crate::registry::{Manifest, VersionInfo};
use crate::ui::measures::{PADDING, TABLE_HEADER, TABLE_ROW, WidthClass, ZONE_HEADER_CONTROLS};
use crate::ui::zone::{self, Zones};
use crate::ui::{Icon, StageBar, View, format, states};

/// Height of the card where the comparison stands below it.
const CARD: f32 = 340.0;

/// What the stage bar says.
pub(super) fn bar(view: &View<'_>) -> StageBar {
    let models = &view.state.models;
    let Some(model) = models.shown() else { return StageBar::new("Models") };
    let mut bar = StageBar::new(&model.name);
    if let Some(version) = models.chosen() {
        bar = bar.facts(purpose(&version.manifest)).button(ModelsCommand::Export);
    }
    if models.previous_champion().is_some() {
        bar = bar.button(ModelsCommand::RollBack);
    }
    bar
}

/// Draws the stage under its bar.
pub(super) fn show(ui: &mut Ui, view: &View<'_>, rect: Rect) {
    if view.state.connection.cluster().is_none() && view.state.models.listing.get().is_none() {
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
    view.left_panel(ui, &mut zones, "models", 264.0, |ui, rect| list::list(ui, view, rect));
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
    if wide {
        let mut below = Zones::new(ui, rest);
        let chosen = below.left(ui, (rest.width() * 0.44).round());
        card::card(ui, view, chosen);
        return comparison::comparison(ui, view, below.rest());
    }
    zone::scroll(ui, rest, "versions in a narrow window", |ui| {
        let height = CARD + comparison::least_height(view);
        let (whole, _) = ui.allocate_exact_size(vec2(rest.width(), height), Sense::hover());
        let mut below = Zones::new(ui, whole);
        let chosen = below.top(ui, CARD);
        card::card(ui, view, chosen);
        comparison::comparison(ui, view, below.rest());
    });
}

/// `classifies arr_delay above 15, 31 features in, probability out`.
fn purpose(manifest: &Manifest) -> String {
    let features = format::count(manifest.features.len() as u64, "feature in", "features in");
    let target = &manifest.task.target;
    match manifest.task.kind {
        TaskKind::Classification => format!("classifies {target}, {features}, probability out"),
        TaskKind::Regression => format!("predicts {target}, {features}, a number out"),
    }
}

/// `version 7`, as names of controls and headers say it.
fn version_name(version: &VersionInfo) -> String {
    format!("Version {}", version.version)
}
