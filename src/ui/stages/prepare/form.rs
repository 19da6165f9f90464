//! The form of the chosen step.

use std::collections::BTreeSet;

use eframe::egui::{PopupCloseBehavior, Ui};

use crate::app::commands::PrepareCommand;
use crate::app::commands::prepare::StepKind;
use crate::codec::Schema;
use crate::pipeline::{CastTo, DatePart, ImputeWith, StepSpec};
use crate::ui::measures::PADDING;
use crate::ui::text::{self, Type};
use crate::ui::widgets::{Button, MenuItem, Select, Switch, TextField, menu, menu_under};
use crate::ui::{View, tokens, zone};

/// Where controls begin.
const AT: f32 = 84.0;

const CASTS: [(CastTo, &str); 7] = [
    (CastTo::Float, "float"),
    (CastTo::Int, "integer"),
    (CastTo::Text, "text"),
    (CastTo::Bool, "true or false"),
    (CastTo::Time, "time from text"),
    (CastTo::TimeFromSeconds, "time from seconds"),
    (CastTo::TimeFromMillis, "time from milliseconds"),
];
const FILLS: [(ImputeWith, &str); 4] = [
    (ImputeWith::Mean, "mean"),
    (ImputeWith::Median, "median"),
    (ImputeWith::MostFrequent, "most frequent"),
    (ImputeWith::Constant, "constant"),
];
const PARTS: [DatePart; 6] =
    [DatePart::Year, DatePart::Month, DatePart::Day, DatePart::Weekday, DatePart::Hour, DatePart::Minute];

/// A target type's name.
pub(super) fn cast_name(to: CastTo) -> &'static str {
    CASTS.iter().find(|(known, _)| *known == to).map_or("", |(_, name)| name)
}

/// The name of what fills a gap.
pub(super) fn impute_name(with: ImputeWith) -> &'static str {
    FILLS.iter().find(|(known, _)| *known == with).map_or("", |(_, name)| name)
}

/// Draws the form of step `index`.
pub(super) fn form(ui: &mut Ui, view: &View<'_>, index: usize, step: &StepSpec) {
    let title = format!("Step {}, {}", view.state.step_number(index), StepKind::of(step).title());
    zone::padded(ui, PADDING, |ui| {
        zone::row(ui, 40.0, |ui| {
            text::label(ui, &title, Type::Label, tokens(ui).t3);
            let layout = eframe::egui::Layout::right_to_left(eframe::egui::Align::Center);
            ui.with_layout(layout, |ui| {
                view.icon_button(ui, PrepareCommand::Delete);
                view.icon_button(ui, PrepareCommand::Duplicate);
                view.icon_button(ui, PrepareCommand::Move(1));
                view.icon_button(ui, PrepareCommand::Move(-1));
            });
        });
        let outline = view.state.prepare.outline.steps.get(index).cloned().unwrap_or_default();
        columns(ui, view, index, step, &outline.before);
        fields(ui, view, index, step);
        for problem in &outline.problems {
            text::label(ui, &problem.why, Type::Cell, tokens(ui).bad);
        }
    });
}

/// Which columns: those there are before the step, and those it names that are not there.
fn columns(ui: &mut Ui, view: &View<'_>, index: usize, step: &StepSpec, before: &Schema) {
    let chosen: BTreeSet<&String> = step.columns().iter().collect();
    let mut names: Vec<&String> = before.fields.iter().map(|field| &field.name).collect();
    names.extend(chosen.iter().filter(|name| before.get(name).is_none()));
    let said = match step.columns() {
        [] => "choose columns".to_owned(),
        [only] => only.clone(),
        many => format!("{} columns", many.len()),
    };
    zone::form_row(ui, "Columns", AT, |ui| {
        let width = ui.available_width();
        let button = Button::new(&said).width(width).name("Columns of the step").show(ui);
        menu_under(&button).close_behavior(PopupCloseBehavior::CloseOnClickOutside).show(|ui| {
            let items = names
                .iter()
                .map(|name| MenuItem::new(name.as_str()).mono(true).checked(chosen.contains(name)));
            if let Some(name) = menu(ui, 260.0, items).and_then(|index| names.get(index)) {
                let mut columns: Vec<String> = step.columns().to_vec();
                match columns.iter().position(|known| known == *name) {
                    Some(at) => drop(columns.remove(at)),
                    None => columns.push((*name).clone()),
                }
                view.send(PrepareCommand::Change(index, with_columns(step, columns)));
            }
        });
    });
}

fn with_columns(step: &StepSpec, new: Vec<String>) -> StepSpec {
    let mut step = step.clone();
    match &mut step {
        StepSpec::Select { columns }
        | StepSpec::Drop { columns }
        | StepSpec::Cast { columns, .. }
        | StepSpec::Impute { columns, .. }
        | StepSpec::Standardize { columns }
        | StepSpec::OneHot { columns, .. }
        | StepSpec::DateParts { columns, .. } => *columns = new,
    }
    step
}

fn fields(ui: &mut Ui, view: &View<'_>, index: usize, step: &StepSpec) {
    let send = |step: StepSpec| view.send(PrepareCommand::Change(index, step));
    match step {
        StepSpec::Select { .. } | StepSpec::Drop { .. } | StepSpec::Standardize { .. } => {}
        StepSpec::Cast { columns, to } => {
            if let Some(to) = choice(ui, "To", &CASTS, *to) {
                send(StepSpec::Cast { columns: columns.clone(), to });
            }
        }
        StepSpec::Impute { columns, with, value, indicator } => {
            let change = |with, value, indicator| StepSpec::Impute {
                columns: columns.clone(),
                with,
                value,
                indicator,
            };
            if let Some(with) = choice(ui, "Fill with", &FILLS, *with) {
                let value =
                    if with == ImputeWith::Constant { value.clone().or(Some(0.into())) } else { None };
                send(change(with, value, *indicator));
            }
            if *with == ImputeWith::Constant
                && let Some(typed) = typed(ui, "Value", &value_text(value.as_ref()), "0")
            {
                send(change(*with, Some(value_of(&typed)), *indicator));
            }
            zone::form_row(ui, "Indicator", AT, |ui| {
                if let Some(on) = Switch::new("Indicator", *indicator).show(ui) {
                    send(change(*with, value.clone(), on));
                }
                text::label(ui, "a column NAME_missing of 0 and 1", Type::Cell, tokens(ui).t3);
            });
        }
        StepSpec::OneHot { columns, max } => {
            let shown = max.map(|max| max.to_string()).unwrap_or_default();
            if let Some(typed) = typed(ui, "At most", &shown, "all values") {
                let max = typed.trim().parse().ok().filter(|max| *max > 0);
                send(StepSpec::OneHot { columns: columns.clone(), max });
            }
        }
        StepSpec::DateParts { columns, parts } => {
            if let Some(parts) = date_parts(ui, parts) {
                send(StepSpec::DateParts { columns: columns.clone(), parts });
            }
        }
    }
}

fn choice<T: Copy + PartialEq>(ui: &mut Ui, label: &str, options: &[(T, &str)], chosen: T) -> Option<T> {
    let names: Vec<&str> = options.iter().map(|(_, name)| *name).collect();
    let at = options.iter().position(|(option, _)| *option == chosen);
    let new = zone::form_row(ui, label, AT, |ui| {
        let width = ui.available_width();
        Select::new(label, &names, at).width(width).show(ui)
    });
    new.and_then(|index| options.get(index)).map(|(option, _)| *option)
}

fn typed(ui: &mut Ui, label: &str, value: &str, hint: &str) -> Option<String> {
    zone::form_row(ui, label, AT, |ui| {
        let width = ui.available_width();
        TextField::new(label, value).hint(hint).mono().width(width).show(ui).committed
    })
}

fn date_parts(ui: &mut Ui, parts: &[DatePart]) -> Option<Vec<DatePart>> {
    let said = parts.iter().map(|part| part.name()).collect::<Vec<_>>().join(", ");
    let said = if said.is_empty() { "choose parts".to_owned() } else { said };
    let mut changed = None;
    zone::form_row(ui, "Parts", AT, |ui| {
        let width = ui.available_width();
        let button = Button::new(&said).width(width).name("Parts of the time").show(ui);
        menu_under(&button).close_behavior(PopupCloseBehavior::CloseOnClickOutside).show(|ui| {
            let items = PARTS.iter().map(|part| MenuItem::new(part.name()).checked(parts.contains(part)));
            if let Some(part) = menu(ui, 160.0, items).and_then(|index| PARTS.get(index)) {
                let toggled = |known: &DatePart| parts.contains(known) != (known == part);
                changed = Some(PARTS.iter().copied().filter(toggled).collect());
            }
        });
    });
    changed
}

fn value_text(value: Option<&serde_json::Value>) -> String {
    match value {
        Some(serde_json::Value::String(text)) => text.clone(),
        Some(other) => other.to_string(),
        None => String::new(),
    }
}

/// A number where it reads as one, else text.
fn value_of(typed: &str) -> serde_json::Value {
    let number = typed.trim().parse::<f64>().ok().and_then(serde_json::Number::from_f64);
    number.map_or_else(|| typed.into(), serde_json::Value::Number)
}
