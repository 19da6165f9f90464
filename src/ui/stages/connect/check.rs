//! The check, step by step, and what made it fail.

use std::sync::Arc;

use eframe::egui::accesskit::Role;
use eframe::egui::text::TextWrapping;
use eframe::egui::{Align2, Galley, Rect, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::app::commands::ConnectCommand;
use crate::app::commands::connect::outcome_look;
use crate::app::state::connect::SavedConnection;
use crate::kafka::{CheckOutcome, CheckResult, CheckStep};
use crate::ui::text::{self, Type};
use crate::ui::theme::measures::PADDING;
use crate::ui::theme::tokens;
use crate::ui::{View, format, states, zone};

const ROW: f32 = 26.0;
/// Where the words of a row begin, from the zone's padding.
const WORDS: f32 = 164.0;
/// Room for a time at the right end.
const TIME: f32 = 72.0;

/// Height of the zone, so wide: a header and a row for each step, also for those still to come.
pub(super) fn height(ui: &Ui, shown: &SavedConnection, width: f32) -> f32 {
    let rows = CheckStep::ALL.iter().map(|step| {
        let found = shown.check.steps.iter().find(|result| result.step == *step);
        row_height(&words(ui, found, shown.check.running, width))
    });
    40.0 + rows.sum::<f32>() + 8.0
}

/// Draws the steps.
pub(super) fn show(ui: &mut Ui, view: &View<'_>, rect: Rect, shown: &SavedConnection) {
    zone::scroll(ui, rect, "connect check", |ui| {
        let began = shown.check.began.unwrap_or_default();
        let clock = format::time(began, view.state.zone(), format::Precision::Clock);
        let took = format::duration_ms(shown.check.took().as_secs_f64() * 1e3);
        let detail = if shown.check.running { "running".into() } else { format!("at {clock}, {took}") };
        zone::header("Check").detail(&detail).tall().line().show(ui, |ui| {
            view.button_as(ui, ConnectCommand::CopyReport, |button| button.ghost());
        });
        for step in CheckStep::ALL {
            let result = shown.check.steps.iter().find(|result| result.step == step);
            row(ui, step, result, shown.check.running);
        }
    });
}

fn is_timed(result: &CheckResult) -> bool {
    matches!(result.outcome, CheckOutcome::Ok | CheckOutcome::Failed(_))
}

/// What a row says, wrapped where it does not fit: what was not tried, and why, is not to be cut off.
fn words(ui: &Ui, result: Option<&CheckResult>, running: bool, width: f32) -> Arc<Galley> {
    let tokens = tokens(ui);
    let (said, ink) = match result.map(|result| (&result.outcome, result.detail.as_str())) {
        None if running => ("to come", tokens.t4),
        None => ("not tried", tokens.t4),
        Some((CheckOutcome::NotUsed, "")) => ("not used", tokens.t3),
        Some((CheckOutcome::NotTried, "")) => ("not tried", tokens.t3),
        Some((CheckOutcome::NotUsed | CheckOutcome::NotTried, detail)) => (detail, tokens.t3),
        Some((CheckOutcome::Ok, detail)) => (detail, tokens.t2),
        Some((CheckOutcome::Failed(_), detail)) => (detail, tokens.bad),
    };
    let time = if result.is_some_and(is_timed) { TIME } else { 0.0 };
    let mut job = Type::Cell.job(said, ink, 0.0);
    job.wrap = TextWrapping::wrap_at_width((width - 2.0 * PADDING - WORDS - time).max(40.0));
    ui.painter().layout_job(job)
}

fn row_height(words: &Galley) -> f32 {
    (words.size().y + 10.0).max(ROW)
}

fn row(ui: &mut Ui, step: CheckStep, result: Option<&CheckResult>, running: bool) {
    let tokens = tokens(ui);
    let words = words(ui, result, running, ui.available_width());
    let (rect, response) =
        ui.allocate_exact_size(vec2(ui.available_width(), row_height(&words)), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, words.text()));
    let inner = rect.shrink2(vec2(PADDING, 0.0));
    let first = Rect::from_min_size(inner.min, vec2(inner.width(), ROW));
    let ink = match result.map(|result| &result.outcome) {
        None => tokens.t4,
        Some(CheckOutcome::NotUsed | CheckOutcome::NotTried) => tokens.t3,
        Some(CheckOutcome::Ok | CheckOutcome::Failed(_)) => tokens.t1,
    };
    let name = first.with_min_x(inner.left() + 28.0).with_max_x(inner.left() + WORDS - 12.0);
    text::put(ui, name, Align2::LEFT_CENTER, step.title(), Type::Body, ink);
    let top = first.center().y - words.rows.first().map_or(8.0, |row| row.height() / 2.0);
    let color = words.job.sections.first().map_or(tokens.t2, |section| section.format.color);
    ui.painter().galley(pos2(inner.left() + WORDS, top.round()), words, color);
    let Some(result) = result else { return };
    let (icon, _) = outcome_look(&result.outcome);
    let color = match result.outcome {
        CheckOutcome::Ok => tokens.good,
        CheckOutcome::Failed(_) => tokens.bad,
        CheckOutcome::NotUsed | CheckOutcome::NotTried => tokens.t4,
    };
    icon.paint(ui.painter(), pos2(inner.left() + 7.0, first.center().y), 14.0, color);
    if is_timed(result) {
        let took = format::duration_ms(result.took.as_secs_f64() * 1e3);
        text::put(ui, first, Align2::RIGHT_CENTER, &took, Type::Number, tokens.t3);
    }
}

/// Why the connection could not be opened, and what to do next.
pub(super) fn failure(ui: &mut Ui, view: &View<'_>, rect: Rect, shown: &SavedConnection) {
    let Some(problem) = &shown.check.problem else { return };
    zone::scroll(ui, rect, "connect failure", |ui| {
        let at = shown.check.failed_at().map(|step| format!("failed at {}", step.step.title()));
        zone::header(&shown.profile.name).detail(at.as_deref().unwrap_or("failed")).tall().plain(ui);
        zone::padded(ui, PADDING, |ui| {
            states::error(ui, view, problem, |ui| {
                view.button(ui, ConnectCommand::CheckAgain);
            });
        });
    });
}
