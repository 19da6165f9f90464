//! The check, step by step, and what made it fail.

use eframe::egui::{Align2, Rect, Sense, Ui, pos2, vec2};

use crate::app::commands::ConnectCommand;
use crate::app::commands::connect::outcome_look;
use crate::app::state::connect::SavedConnection;
use crate::kafka::{CheckOutcome, CheckResult, CheckStep};
use crate::ui::text::{self, Type};
use crate::ui::theme::measures::PADDING;
use crate::ui::theme::tokens;
use crate::ui::{View, format, states, zone};

const ROW: f32 = 26.0;

/// Height of the zone: a header and a row for each step, also for those still to come.
pub(super) fn height(shown: &SavedConnection) -> f32 {
    let rows = shown.check.steps.len().max(CheckStep::ALL.len());
    40.0 + rows as f32 * ROW + 8.0
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

fn row(ui: &mut Ui, step: CheckStep, result: Option<&CheckResult>, running: bool) {
    let tokens = tokens(ui);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::hover());
    let inner = rect.shrink2(vec2(PADDING, 0.0));
    let middle = inner.center().y;
    let name = Rect::from_min_max(
        pos2(inner.left() + 28.0, inner.top()),
        pos2(inner.left() + 152.0, inner.bottom()),
    );
    let Some(result) = result else {
        text::put(ui, name, Align2::LEFT_CENTER, step.title(), Type::Body, tokens.t4);
        let words = Rect::from_min_max(pos2(name.right() + 12.0, inner.top()), inner.max);
        let said = if running { "to come" } else { "not tried" };
        text::put(ui, words, Align2::LEFT_CENTER, said, Type::Cell, tokens.t4);
        return;
    };
    let (icon, _) = outcome_look(&result.outcome);
    let (color, ink, detail_ink) = match result.outcome {
        CheckOutcome::Ok => (tokens.good, tokens.t1, tokens.t2),
        CheckOutcome::Failed(_) => (tokens.bad, tokens.t1, tokens.bad),
        CheckOutcome::NotUsed | CheckOutcome::NotTried => (tokens.t4, tokens.t3, tokens.t3),
    };
    icon.paint(ui.painter(), pos2(inner.left() + 7.0, middle), 14.0, color);
    text::put(ui, name, Align2::LEFT_CENTER, step.title(), Type::Body, ink);
    let mut right = inner.right();
    if matches!(result.outcome, CheckOutcome::Ok | CheckOutcome::Failed(_)) {
        let took = format::duration_ms(result.took.as_secs_f64() * 1e3);
        right = text::put(ui, inner, Align2::RIGHT_CENTER, &took, Type::Number, tokens.t3).rect.left() - 12.0;
    }
    let words = Rect::from_min_max(pos2(name.right() + 12.0, inner.top()), pos2(right, inner.bottom()));
    let said = match (&result.outcome, result.detail.as_str()) {
        (CheckOutcome::NotUsed, "") => "not used",
        (CheckOutcome::NotTried, "") => "not tried",
        (_, detail) => detail,
    };
    text::put(ui, words, Align2::LEFT_CENTER, said, Type::Cell, detail_ink);
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
