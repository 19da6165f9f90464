//! The label join: its row before all steps, its form, what was matched.

use eframe::egui::{Align, Align2, Layout, Pos2, Sense, Ui, vec2};

use super::steps::{STEP, StepRow};
use crate::app::commands::PrepareCommand;
use crate::app::commands::prepare::LABEL_KEY;
use crate::app::state::prepare::{LabelStanding, label_in_words, within_in_words};
use crate::data::{LabelBy, LabelCounts, LabelSpec};
use crate::ui::measures::PADDING;
use crate::ui::text::{self, Type};
use crate::ui::widgets::{KeyValue, Segmented, Select, TextField, key_value};
use crate::ui::{Icon, View, format, states, tokens, zone};

/// Where controls begin: a narrow panel has room for both ways to match.
const AT: f32 = 76.0;
/// The step's name.
const TITLE: &str = "Join label";

/// Draws the row of the step.
pub(super) fn row(ui: &mut Ui, view: &View<'_>, spec: &LabelSpec) {
    let tokens = tokens(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), STEP), Sense::click());
    let about = label_in_words(spec);
    let standing = view.state.label_standing();
    let (said, color) = match &standing {
        LabelStanding::Incomplete(why) => (why.clone(), tokens.bad),
        LabelStanding::Failed(problem) => (problem.why.clone(), tokens.bad),
        _ => (about.clone(), tokens.t3),
    };
    let shown = StepRow {
        number: 1,
        title: TITLE,
        about: &about,
        said: &said,
        color,
        chosen: view.state.prepare.label.chosen,
        moves: false,
    };
    shown.paint(ui, rect, &response, |ui, at| mark(ui, &standing, at));
    if response.clicked() {
        view.send(PrepareCommand::ChooseLabel);
    }
}

/// The column that is gained, or how far the join is. Returns where it begins.
fn mark(ui: &Ui, standing: &LabelStanding<'_>, at: Pos2) -> f32 {
    let tokens = tokens(ui);
    let said = match standing {
        LabelStanding::Joined(_) => "+1",
        LabelStanding::Reading => "reading",
        LabelStanding::NotRead => "not read yet",
        LabelStanding::None => "",
        LabelStanding::Incomplete(_) | LabelStanding::Failed(_) => {
            Icon::Alert.paint(ui.painter(), at - vec2(7.0, 0.0), 14.0, tokens.bad);
            return at.x - 14.0;
        }
    };
    let (kind, color) = match standing {
        LabelStanding::NotRead => (Type::Label, tokens.warn),
        LabelStanding::Joined(_) => (Type::NumberSmall, tokens.t3),
        _ => (Type::Label, tokens.t3),
    };
    text::paint(ui.painter(), at, Align2::RIGHT_CENTER, said, kind, color).left()
}

/// Draws the form of the step, and below it what came out.
pub(super) fn form(ui: &mut Ui, view: &View<'_>, spec: &LabelSpec) {
    zone::padded(ui, PADDING, |ui| {
        zone::row(ui, 40.0, |ui| {
            text::label(ui, "Step 1, Join label", Type::Label, tokens(ui).t3);
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                view.icon_button(ui, PrepareCommand::Delete);
            });
        });
        topic(ui, view, spec);
        by(ui, view, spec);
        column(ui, view, spec);
        within(ui, view, spec);
        ui.add_space(6.0);
        standing(ui, view, spec);
        ui.add_space(10.0);
    });
}

fn change(view: &View<'_>, spec: LabelSpec) {
    view.send(PrepareCommand::ChangeLabel(spec));
}

/// A list to choose a name from; one that is not in it is shown all the same.
fn choose(ui: &mut Ui, label: &str, value: &str, mut options: Vec<String>, hint: &str) -> Option<String> {
    if !value.is_empty() && !options.iter().any(|option| option == value) {
        options.push(value.to_owned());
    }
    let chosen = options.iter().position(|option| option == value);
    let new = zone::form_row(ui, label, AT, |ui| {
        let width = ui.available_width();
        Select::new(label, &options, chosen).mono().hint(hint).width(width).show(ui)
    });
    new.and_then(|index| options.get(index).cloned())
}

fn topic(ui: &mut Ui, view: &View<'_>, spec: &LabelSpec) {
    let topics = view.state.label_topics();
    if let Some(topic) = choose(ui, "Labels from", &spec.topic, topics, "a topic") {
        // The column of another topic is another one.
        change(view, LabelSpec { topic, column: String::new(), ..spec.clone() });
    }
}

fn column(ui: &mut Ui, view: &View<'_>, spec: &LabelSpec) {
    let columns = view.state.label_choices();
    let hint = if view.state.prepare.label.columns.is_pending() { "being looked up" } else { "a column" };
    if let Some(column) = choose(ui, "Column", &spec.column, columns, hint) {
        change(view, LabelSpec { column, ..spec.clone() });
    }
    if let Some(problem) = view.state.prepare.label.columns.problem() {
        states::error(ui, view, problem, |ui| {
            view.button_as(ui, PrepareCommand::LabelColumns, |button| button.small());
        });
    }
}

fn by(ui: &mut Ui, view: &View<'_>, spec: &LabelSpec) {
    let fields = matches!(spec.by, LabelBy::Fields { .. });
    zone::form_row(ui, "Match by", AT, |ui| {
        let new = Segmented::new("Match by", &["Key", "Fields"], usize::from(fields)).show(ui);
        if let Some(index) = new {
            let by = if index == 1 { LabelBy::fields(Vec::<String>::new()) } else { LabelBy::Key };
            change(view, LabelSpec { by, ..spec.clone() });
        }
    });
    let LabelBy::Fields { event, label } = &spec.by else { return };
    let (event, label) = (event.join(", "), label.join(", "));
    let typed = |ui: &mut Ui, name: &str, value: &str| {
        zone::form_row(ui, name, AT, |ui| {
            let width = ui.available_width();
            TextField::new(name, value).mono().hint("carrier, flight").width(width).show(ui).committed
        })
    };
    if let Some(new) = typed(ui, "Of the event", &event) {
        // Where both sides call them the same, they are typed once.
        let label = if label.is_empty() || label == event { new.clone() } else { label.clone() };
        view.send(PrepareCommand::LabelFields(new, label));
    }
    if let Some(new) = typed(ui, "Of the label", &label) {
        let event = if event.is_empty() { new.clone() } else { event };
        view.send(PrepareCommand::LabelFields(event, new));
    }
}

fn within(ui: &mut Ui, view: &View<'_>, spec: &LabelSpec) {
    let refused = view.state.prepare.label.refused.get("within");
    let (value, why) = match refused {
        Some((typed, why)) => (typed, Some(why.as_str())),
        None => (&spec.within, None),
    };
    zone::form_row(ui, "Within", AT, |ui| {
        let field = TextField::new("Within", value).mono().hint("24h").width(72.0).error(why).show(ui);
        if let Some(typed) = field.committed {
            view.send(PrepareCommand::LabelWithin(typed));
        }
        let (said, color) = match why {
            Some(why) => (why, tokens(ui).bad),
            None => ("of the event", tokens(ui).t3),
        };
        let rest = ui.available_rect_before_wrap();
        if why.is_some() || rest.width() > 80.0 {
            text::put(ui, rest, Align2::LEFT_CENTER, said, Type::Cell, color);
        }
    });
}

/// What joining will read, how far it is, what came out.
fn standing(ui: &mut Ui, view: &View<'_>, spec: &LabelSpec) {
    let tokens = tokens(ui);
    match view.state.label_standing() {
        LabelStanding::None => {}
        LabelStanding::Incomplete(why) => {
            text::label(ui, &why, Type::Cell, tokens.bad);
        }
        LabelStanding::NotRead => {
            text::label(ui, &will_read(view, spec), Type::Cell, tokens.t2);
            zone::row(ui, 38.0, |ui| view.button(ui, PrepareCommand::JoinLabels));
        }
        LabelStanding::Reading => match view.state.job(LABEL_KEY) {
            Some(job) => states::reading(ui, view, job, "Cancel"),
            None => states::skeleton(ui, 2),
        },
        LabelStanding::Failed(problem) => states::error(ui, view, problem, |ui| {
            view.button_as(ui, PrepareCommand::JoinLabels, |button| button.small());
        }),
        LabelStanding::Joined(labels) => counts(ui, spec, &labels.counts),
    }
}

/// What the button will read, before it is pressed.
fn will_read(view: &View<'_>, spec: &LabelSpec) -> String {
    let Some((first, last)) = view.state.prepare.times else {
        return format!(
            "Reads {} from the first event to {} after the last.",
            spec.topic,
            within_in_words(spec)
        );
    };
    let within = spec.within_ms().unwrap_or_default();
    let time = |at: i64| format::time(at, view.state.zone(), format::Precision::Minute);
    let last = last.0.saturating_add(within);
    format!("Reads {} from {} to {}, and commits nothing.", spec.topic, time(first.0), time(last))
}

/// What became of the events, and of the labels. Each block begins with its sum.
fn counts(ui: &mut Ui, spec: &LabelSpec, counts: &LabelCounts) {
    let warn = tokens(ui).warn;
    let some = |ui: &mut Ui, name: &str, count: u64| {
        if count > 0 {
            key_value(ui, name, &format::integer(count));
        }
    };
    let share = format::share(counts.matched as f64 / counts.events.max(1) as f64);
    text::label(ui, "Events", Type::Label, tokens(ui).t3);
    key_value(ui, "In the slice", &format::integer(counts.events));
    key_value(ui, "Matched", &format!("{}  {share}", format::integer(counts.matched)));
    let color = (counts.unmatched > counts.matched).then_some(warn);
    if counts.shared > 0 {
        KeyValue::new("of them sharing a label", &format::integer(counts.shared)).color(warn).show(ui);
    }
    KeyValue::new("Without a label", &format::integer(counts.unmatched)).color(color).show(ui);
    some(ui, &format!("of them after {}", within_in_words(spec)), counts.late_events);
    some(ui, "of them without a key", counts.events_without_key);
    ui.add_space(6.0);
    text::label(ui, "Labels", Type::Label, tokens(ui).t3);
    key_value(ui, "Read", &format::integer(counts.labels));
    key_value(ui, "Used", &format::integer(counts.used));
    key_value(ui, "Doubled", &format::integer(counts.doubled));
    key_value(ui, "Late", &format::integer(counts.late));
    key_value(ui, "Strays", &format::integer(counts.strays));
    some(ui, "Without a key", counts.labels_without_key);
    some(ui, "Without a value", counts.tombstones);
    if counts.rejected > 0 {
        KeyValue::new("Not decoded", &format::integer(counts.rejected)).color(warn).show(ui);
    }
}
