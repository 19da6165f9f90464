//! The settings: theme, time zone, memory budget.

use eframe::egui::{Rect, Ui, pos2};

use super::overlay::{Behind, popup};
use crate::app::commands::WindowCommand;
use crate::ui::text::{self, Type};
use crate::ui::theme::{measures::STATUS_BAR, tokens};
use crate::ui::widgets::{Segmented, TextField};
use crate::ui::{View, zone};
use crate::workspace::Theme;

const WIDTH: f32 = 420.0;

/// Draws it.
pub(super) fn show(ui: &Ui, view: &View<'_>, window: Rect) {
    let at = pos2(window.left() + 52.0, window.bottom() - STATUS_BAR - 268.0);
    popup(ui, view, "Settings", at, WIDTH, Behind::Clear, |ui| {
        zone::header("Settings").tall().line().plain(ui);
        ui.add_space(8.0);
        zone::padded(ui, 16.0, |ui| {
            theme(ui, view);
            time_zone(ui, view);
            budget(ui, view);
        });
        ui.add_space(12.0);
    });
}

fn theme(ui: &mut Ui, view: &View<'_>) {
    zone::form_row(ui, "Theme", 120.0, |ui| {
        let chosen = usize::from(view.state.settings.theme == Theme::Light);
        if let Some(index) = Segmented::new("Theme", &["Dark", "Light"], chosen).show(ui) {
            view.send(WindowCommand::Theme(if index == 1 { Theme::Light } else { Theme::Dark }));
        }
    });
}

fn time_zone(ui: &mut Ui, view: &View<'_>) {
    let tokens = tokens(ui);
    let settings = &view.state.settings;
    zone::form_row(ui, "Time zone", 120.0, |ui| {
        let field = TextField::new("Time zone", &settings.zone_name)
            .hint("America/New_York")
            .error(settings.zone_problem.as_deref());
        if let Some(name) = field.show(ui).committed {
            view.send(WindowCommand::SetZone(name));
        }
    });
    let said = settings.zone_problem.as_deref().unwrap_or("A name of the tz database, or UTC");
    let color = if settings.zone_problem.is_some() { tokens.bad } else { tokens.t3 };
    note(ui, said, color);
}

fn budget(ui: &mut Ui, view: &View<'_>) {
    let tokens = tokens(ui);
    let settings = &view.state.settings;
    let gigabytes = format!("{}", settings.memory_budget as f64 / 1e9);
    zone::form_row(ui, "Memory budget", 120.0, |ui| {
        let field = TextField::new("Memory budget", &gigabytes)
            .mono()
            .width(90.0)
            .error(settings.budget_problem.as_deref());
        if let Some(typed) = field.show(ui).committed {
            view.send(WindowCommand::SetBudget(typed));
        }
        text::label(ui, "GB", Type::Body, tokens.t2);
    });
    let said = settings.budget_problem.as_deref().unwrap_or("What slices and models may take together");
    let color = if settings.budget_problem.is_some() { tokens.bad } else { tokens.t3 };
    note(ui, said, color);
}

fn note(ui: &mut Ui, said: &str, color: eframe::egui::Color32) {
    zone::form_row(ui, "", 120.0, |ui| text::label(ui, said, Type::Label, color));
}
