//! Stage Prepare: columns to features.

mod columns;
mod form;
mod label;
mod steps;
mod tables;

use eframe::egui::{Rect, Ui, pos2};

use crate::app::commands::WindowCommand;
use crate::app::{Remote, Stage};
use crate::data::Completeness;
use crate::kafka::EventTime;
use crate::ui::measures::PADDING;
use crate::ui::widgets::Tone;
use crate::ui::zone::{self, Zones};
use crate::ui::{Icon, StageBar, View, format, states};

/// What the stage bar says.
pub(super) fn bar(view: &View<'_>) -> StageBar {
    let Some(frame) = view.state.prepared_frame() else { return StageBar::new("Prepare") };
    let name = view.state.pipeline().map_or("no steps yet", |pipeline| pipeline.name.as_str());
    let digest: String = frame.slice.digest().chars().take(6).collect();
    let mut bar = StageBar::new(name).chip(format!("slice {digest}"), Tone::Accent);
    if frame.completeness != Completeness::Whole {
        bar = bar.state("read in part", Tone::Warn, Icon::Warning);
    }
    let rows = format::count(frame.rows() as u64, "row", "rows");
    let columns = format::count(frame.schema.fields.len() as u64, "column in", "columns in");
    let outline = &view.state.prepare.outline;
    let out = match outline.features {
        Some(features) if outline.more => format!(", {features} or more features out"),
        Some(features) => format!(", {} out", format::count(features as u64, "feature", "features")),
        None => String::new(),
    };
    let topics: Vec<&str> = frame.slice.topics.iter().map(|topic| topic.topic.as_str()).collect();
    let times = view.state.prepare.times.map_or_else(String::new, |(first, last)| {
        let day = |time: EventTime| format::time(time.0, view.state.zone(), format::Precision::Day);
        format!(", {} to {}", day(first), day(last))
    });
    bar.facts(format!("{}{times}, {rows}, {columns}{out}", topics.join(", ")))
}

/// Draws the stage under its bar.
pub(super) fn show(ui: &mut Ui, view: &View<'_>, rect: Rect) {
    if view.state.prepared_frame().is_none() {
        nothing(ui, view, rect);
        return;
    }
    let mut zones = Zones::new(ui, rect);
    view.left_panel(ui, &mut zones, "steps", 320.0, |ui, rect| {
        let mut panel = Zones::new(ui, rect);
        let proof = panel.bottom(ui, 42.0);
        steps::proof(ui, view, proof);
        steps::steps(ui, view, panel.rest());
    });
    let height = (zones.rest().height() * 0.62).max(160.0);
    let above = zones.resizable_top(ui, "columns", height, 120.0..=900.0);
    columns::columns(ui, view, above);
    let rest = zones.rest();
    let mut below = Zones::new(ui, rest);
    let before = below.left(ui, (rest.width() / 2.0).round());
    tables::before(ui, view, before);
    tables::after(ui, view, below.rest());
}

/// No slice yet, one that is being read, or one that could not be read.
fn nothing(ui: &mut Ui, view: &View<'_>, rect: Rect) {
    match (&view.state.browse.frame, view.state.job(crate::app::commands::browse::READ_KEY)) {
        (_, Some(job)) => {
            let middle = Rect::from_center_size(rect.center(), eframe::egui::vec2(420.0, 140.0));
            zone::fill(ui, middle, |ui| states::reading(ui, view, job, "Cancel, keep what is read"));
        }
        (Remote::Failed { problem, .. }, None) => {
            let inner = Rect::from_min_max(
                rect.min + eframe::egui::vec2(PADDING, PADDING),
                pos2(rect.right(), rect.bottom()),
            );
            zone::fill(ui, inner, |ui| {
                states::error(ui, view, problem, |ui| {
                    view.button(ui, WindowCommand::Go(Stage::Browse));
                });
            });
        }
        _ => {
            let how = "Choose one in Browse: a topic, a range on its timeline, then Read slice.";
            states::empty(ui, rect, Icon::Sliders, "No slice read", how, |ui| {
                view.button(ui, WindowCommand::Go(Stage::Browse));
            });
        }
    }
}
