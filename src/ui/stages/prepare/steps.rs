//! The steps in their order: what each does, columns gained or lost, what is wrong; below them the chosen step's form.

use eframe::egui::accesskit::Role;
use eframe::egui::{Align2, Color32, CursorIcon, Pos2, Rect, Response, Sense, Ui, WidgetInfo, pos2, vec2};

use super::{form, label};
use crate::app::Remote;
use crate::app::commands::prepare::StepKind;
use crate::app::commands::{Command, PrepareCommand};
use crate::app::state::prepare::StepOutline;
use crate::pipeline::StepSpec;
use crate::ui::measures::PADDING;
use crate::ui::text::{self, Type};
use crate::ui::widgets::{Button, MenuItem, focus, menu, menu_under};
use crate::ui::{Icon, View, format, states, tokens, zone};

/// Height of a step.
pub(super) const STEP: f32 = 54.0;

/// Draws the panel.
pub(super) fn steps(ui: &mut Ui, view: &View<'_>, rect: Rect) {
    let steps = view.state.steps().steps;
    let label = view.state.label_spec();
    zone::fill(ui, rect, |ui| {
        let said = format!("{}, fitted on train only", steps.len() + usize::from(label.is_some()));
        zone::header("Steps").detail(&said).tall().line().show(ui, |ui| add_menu(ui, view));
        let rest = ui.available_rect_before_wrap();
        if steps.is_empty() && label.is_none() {
            let how = "Steps turn columns into numbers that can be learned from. Begin with what the columns suggest.";
            states::empty(ui, rest, Icon::Sliders, "No steps yet", how, |ui| {
                view.button(ui, PrepareCommand::Suggest);
            });
            return;
        }
        zone::scroll(ui, rest, "steps", |ui| {
            if let Some(spec) = label {
                label::row(ui, view, spec);
            }
            for (index, step) in steps.iter().enumerate() {
                let outline = view.state.prepare.outline.steps.get(index).cloned().unwrap_or_default();
                row(ui, view, index, step, &outline, steps.len());
            }
            for problem in &view.state.prepare.outline.end {
                note(ui, problem);
            }
            if let Some(spec) = label.filter(|_| view.state.prepare.label.chosen) {
                label::form(ui, view, spec);
            } else if let Some((index, step)) =
                view.state.prepare.step.and_then(|index| Some((index, steps.get(index)?)))
            {
                form::form(ui, view, index, step);
            }
        });
    });
}

/// What the proof showed, and a button to make it.
pub(super) fn proof(ui: &mut Ui, view: &View<'_>, rect: Rect) {
    let tokens = tokens(ui);
    zone::fill(ui, rect.shrink2(vec2(PADDING, 0.0)), |ui| {
        zone::row(ui, rect.height(), |ui| {
            let (icon, color, said) = match &view.state.prepare.proof {
                Remote::Ready(proof) => match &proof.differs {
                    None => {
                        let rows = format::count(proof.rows as u64, "row", "rows");
                        (Icon::CheckCircle, tokens.good, format!("Batch equals stream, {rows}"))
                    }
                    Some(column) => (Icon::Alert, tokens.bad, format!("{column} differs in a stream")),
                },
                Remote::Pending(_) => (Icon::Clock, tokens.t3, "Comparing".into()),
                Remote::Failed { problem, .. } => (Icon::Alert, tokens.bad, problem.why.clone()),
                Remote::NotRequested => (Icon::Dash, tokens.t3, "Not compared with a stream yet".into()),
            };
            let (mark, _) = ui.allocate_exact_size(vec2(16.0, 16.0), Sense::hover());
            icon.paint(ui.painter(), mark.center(), 15.0, color);
            let width = ui.available_width() - 62.0;
            let (words, _) = ui.allocate_exact_size(vec2(width.max(20.0), 20.0), Sense::hover());
            text::put(ui, words, Align2::LEFT_CENTER, &said, Type::Cell, tokens.t2);
            view.button_as(ui, PrepareCommand::Prove, |button| button.text("Check").ghost().small());
        });
    });
}

fn add_menu(ui: &mut Ui, view: &View<'_>) {
    let button = Button::new("Add step").icon(Icon::Plus).show(ui);
    menu_under(&button).show(|ui| {
        let off = Command::from(PrepareCommand::AddLabel).refusal(view.state);
        let label = MenuItem::new("Join label").off(off);
        let kinds = StepKind::ALL.iter().enumerate().map(|(index, kind)| {
            let item = MenuItem::new(kind.title());
            if index == 0 { item.line_above() } else { item }
        });
        let suggest = MenuItem::new("Suggest steps").line_above();
        let chosen = menu(ui, 200.0, [label].into_iter().chain(kinds).chain([suggest]));
        match chosen.map(|index| index.checked_sub(1).map(|index| StepKind::ALL.get(index))) {
            Some(None) => view.send(PrepareCommand::AddLabel),
            Some(Some(Some(kind))) => view.send(PrepareCommand::Add(*kind)),
            Some(Some(None)) => view.send(PrepareCommand::Suggest),
            None => {}
        }
    });
}

fn row(ui: &mut Ui, view: &View<'_>, index: usize, step: &StepSpec, outline: &StepOutline, count: usize) {
    let tokens = tokens(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), STEP), Sense::click_and_drag());
    let about = in_words(step);
    let (said, color) = match outline.problems.first() {
        Some(problem) => (problem.why.clone(), tokens.bad),
        None => (about.clone(), tokens.t3),
    };
    let shown = StepRow {
        number: view.state.step_number(index),
        title: StepKind::of(step).title(),
        about: &about,
        said: &said,
        color,
        chosen: view.state.prepare.step == Some(index) && !view.state.prepare.label.chosen,
        moves: true,
    };
    shown.paint(ui, rect, &response, |ui, at| change(ui, outline, at));
    if response.clicked() {
        view.send(PrepareCommand::Step(index));
    }
    drag(ui, view, &response, rect, index, count);
}

/// What stands in the row of a step.
pub(super) struct StepRow<'a> {
    /// From 1.
    pub(super) number: usize,
    pub(super) title: &'a str,
    /// What it does, for screen readers.
    pub(super) about: &'a str,
    /// What is written: what it does, or what is wrong with it.
    pub(super) said: &'a str,
    pub(super) color: Color32,
    pub(super) chosen: bool,
    /// Whether it can be dragged to another place.
    pub(super) moves: bool,
}

impl StepRow<'_> {
    /// Draws it; `mark` draws what stands at the right, and returns where that begins.
    pub(super) fn paint(
        &self,
        ui: &Ui,
        rect: Rect,
        response: &Response,
        mark: impl FnOnce(&Ui, Pos2) -> f32,
    ) {
        let tokens = tokens(ui);
        let name = format!("Step {}, {}: {}", self.number, self.title, self.about);
        response.widget_info(|| WidgetInfo::selected(Role::ListItem, true, self.chosen, &name));
        let hovered = response.hovered().then_some(tokens.bg2);
        if let Some(fill) = if self.chosen { Some(tokens.soft) } else { hovered } {
            ui.painter().rect_filled(rect, 0.0, fill);
        }
        if self.chosen {
            ui.painter().rect_filled(Rect::from_min_size(rect.min, vec2(2.0, STEP)), 0.0, tokens.accent);
        }
        let middle = rect.top() + 18.0;
        if self.moves {
            Icon::Grip.paint(ui.painter(), pos2(rect.left() + 16.0, middle), 12.0, tokens.t4);
        }
        let (at, number) = (pos2(rect.left() + 30.0, middle), self.number.to_string());
        text::paint(ui.painter(), at, Align2::LEFT_CENTER, &number, Type::NumberSmall, tokens.t3);
        let right = rect.right() - PADDING;
        let end = mark(ui, pos2(right, middle));
        let line = |top: f32, right: f32| {
            let top = rect.top() + top;
            Rect::from_min_max(pos2(rect.left() + 52.0, top), pos2(right, top + 20.0))
        };
        let (first, second) = (line(8.0, end - 8.0), line(27.0, right));
        text::paint_in(ui.painter(), first, Align2::LEFT_CENTER, self.title, Type::Name, tokens.t1);
        text::paint_in(ui.painter(), second, Align2::LEFT_CENTER, self.said, Type::Cell, self.color);
        ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, (1.0, tokens.line));
        focus::ring_inside(ui, response, rect);
    }
}

/// Columns gained or lost, or a mark that the step is wrong. Returns where it begins.
fn change(ui: &Ui, outline: &StepOutline, at: eframe::egui::Pos2) -> f32 {
    let tokens = tokens(ui);
    if !outline.problems.is_empty() {
        Icon::Alert.paint(ui.painter(), at - vec2(7.0, 0.0), 14.0, tokens.bad);
        return at.x - 14.0;
    }
    let more = outline.made().iter().any(|name| name.ends_with("=*"));
    let said = match outline.gained() {
        Some(gained) if more => format!("{} or more", format::signed(gained.max(1) as f64, 0)),
        Some(0) => "0".into(),
        Some(gained) => format::signed(gained as f64, 0),
        None => String::new(),
    };
    text::paint(ui.painter(), at, Align2::RIGHT_CENTER, &said, Type::NumberSmall, tokens.t3).left()
}

/// A step is dragged to another place: a line shows where it would go.
fn drag(ui: &Ui, view: &View<'_>, response: &Response, rect: Rect, index: usize, count: usize) {
    if !response.dragged() && !response.drag_stopped() {
        return;
    }
    let Some(at) = response.interact_pointer_pos().or_else(|| ui.ctx().pointer_latest_pos()) else { return };
    ui.ctx().set_cursor_icon(CursorIcon::Grabbing);
    let moved = ((at.y - rect.center().y) / STEP).round() as i64;
    let to = (index as i64 + moved).clamp(0, count as i64 - 1) as usize;
    let offset = (to as f32 - index as f32) * STEP;
    let y = if to > index { rect.bottom() + offset } else { rect.top() + offset };
    if to != index {
        ui.painter().hline(rect.x_range(), y, (2.0, tokens(ui).accent));
    }
    if response.drag_stopped() && to != index {
        view.send(PrepareCommand::MoveTo(index, to));
    }
}

fn note(ui: &mut Ui, problem: &str) {
    zone::padded(ui, PADDING, |ui| {
        ui.add_space(6.0);
        text::label(ui, problem, Type::Cell, tokens(ui).warn);
    });
}

/// What a step does, in a line.
fn in_words(step: &StepSpec) -> String {
    let columns = match step.columns() {
        [] => "no column chosen".to_owned(),
        columns => columns.join(", "),
    };
    match step {
        StepSpec::Cast { to, .. } => format!("{columns} to {}", form::cast_name(*to)),
        StepSpec::Impute { with, .. } => format!("{columns} by {}", form::impute_name(*with)),
        StepSpec::DateParts { parts, .. } => {
            let parts: Vec<&str> = parts.iter().map(|part| part.name()).collect();
            format!("{columns}: {}", parts.join(", "))
        }
        _ => columns,
    }
}
