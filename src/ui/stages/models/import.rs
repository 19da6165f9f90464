//! The foot of the left panel: bringing packages in.

use eframe::egui::{Rect, Ui, vec2};

use crate::app::commands::ModelsCommand;
use crate::app::state::models::ImportEdit;
use crate::ui::measures::LIST_PADDING;
use crate::ui::text::{self, Type};
use crate::ui::widgets::TextField;
use crate::ui::{View, tokens, zone};

/// Draws the buttons, or the question for the name of what is imported.
pub(super) fn foot(ui: &mut Ui, view: &View<'_>, rect: Rect) {
    zone::fill(ui, rect.shrink2(vec2(LIST_PADDING, 0.0)), |ui| match &view.state.models.import {
        Some(import) => name(ui, view, import),
        None => zone::row(ui, rect.height(), |ui| {
            view.button(ui, ModelsCommand::Import);
            view.icon_button(ui, ModelsCommand::Refresh);
        }),
    });
}

fn name(ui: &mut Ui, view: &View<'_>, import: &ImportEdit) {
    ui.add_space(8.0);
    text::label(ui, &format!("Publish {} as", import.file()), Type::Body, tokens(ui).t2);
    ui.add_space(4.0);
    let problem = import.problem();
    let field = TextField::new("Model name", &import.name)
        .mono()
        .hint("model name")
        .error(problem.as_deref())
        .show(ui);
    if let Some(name) = field.changed {
        view.send(ModelsCommand::TypeImportName(name));
    }
    let known = view.state.models.models().iter().any(|model| model.name == import.name.trim());
    let said = match (&problem, known) {
        (Some(problem), _) => problem.as_str(),
        (None, true) => "Becomes the next version of this model.",
        (None, false) => "A new model; this is its first version.",
    };
    text::label(ui, said, Type::Label, tokens(ui).t3);
    zone::row(ui, 36.0, |ui| {
        view.button_as(ui, ModelsCommand::ImportNow, |button| button.primary());
        view.button_as(ui, ModelsCommand::CancelImport, |button| button.ghost());
    });
}
