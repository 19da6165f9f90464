//! The learners: which are trained, with which settings. Those that do not fit the task are off and say why.

use eframe::egui::{Sense, Ui, UiBuilder, vec2};

use super::setup::typed;
use crate::app::commands::TrainCommand;
use crate::app::state::train::every_learner;
use crate::learn::{LearnerSpec, TaskKind};
use crate::ui::measures::PADDING;
use crate::ui::text::{self, Type};
use crate::ui::widgets::{CheckBox, IconButton};
use crate::ui::{Icon, View, tokens, zone};

/// Where the fields of settings begin.
const AT: f32 = 96.0;

/// Draws the section.
pub(super) fn show(ui: &mut Ui, view: &View<'_>) {
    let chosen = format!("{} chosen", view.state.chosen_learners().len());
    zone::header("Learners").show(ui, |ui| text::label(ui, &chosen, Type::Cell, tokens(ui).t3));
    zone::padded(ui, PADDING, |ui| {
        for kind in every_learner().iter().map(LearnerSpec::kind) {
            if let Some(learner) = view.state.train.learner(&view.state.training().learners, kind) {
                row(ui, view, &learner);
            }
        }
    });
}

fn row(ui: &mut Ui, view: &View<'_>, learner: &LearnerSpec) {
    let (kind, title) = (learner.kind(), learner.title());
    let chosen = view.state.training().learners.iter().any(|other| other.kind() == kind);
    let off = why_off(view, learner);
    let detail = match &off {
        Some(why) => why.clone(),
        None => learner.settings_in_words(),
    };
    let open = view.state.train.open_learner == Some(kind);
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 42.0), Sense::hover());
    let (left, right) = rect.split_left_right_at_x(rect.right() - 26.0);
    let mut words = ui.new_child(UiBuilder::new().max_rect(left));
    let checked = chosen && off.is_none();
    if let Some(chosen) = CheckBox::new(title, checked).detail(&detail).off(off.as_deref()).show(&mut words) {
        view.send(TrainCommand::Choose(kind, chosen));
    }
    let mut end = ui.new_child(UiBuilder::new().max_rect(right));
    let name = format!("Settings of {title}");
    let icon = if open { Icon::ChevronDown } else { Icon::ChevronRight };
    if IconButton::new(icon, &name).size(vec2(22.0, 22.0)).on(open).show(&mut end).clicked() {
        view.send(TrainCommand::OpenLearner(kind));
    }
    if open {
        for (field, name, value) in learner.settings() {
            zone::form_row(ui, name, AT, |ui| {
                let accessible = format!("{name} of {title}");
                typed(ui, view, &accessible, field, &value, "", |typed| {
                    TrainCommand::Setting(kind, field, typed)
                });
            });
        }
    }
}

/// Why a learner cannot learn the task.
fn why_off(view: &View<'_>, learner: &LearnerSpec) -> Option<String> {
    let task = view.state.training().task.as_ref()?;
    let why = match task.kind {
        TaskKind::Classification => "predicts numbers, not classes",
        TaskKind::Regression => "predicts classes, not numbers",
    };
    (!learner.learns(task.kind)).then(|| why.into())
}
