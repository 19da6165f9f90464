//! The form of a deployment: fields, what deploying does, and what is still missing.

use eframe::egui::{Align2, Rect, Ui, pos2, vec2};

use super::flow;
use crate::app::commands::LiveCommand;
use crate::app::state::live::{Check, DeploymentForm, Field, Verdict, references};
use crate::app::state::prepare::within_in_words;
use crate::live::Delivery;
use crate::ui::measures::PADDING;
use crate::ui::text::{self, Type};
use crate::ui::widgets::{Segmented, Select, Switch, TextField};
use crate::ui::zone::{self, Zones};
use crate::ui::{Icon, View, tokens};

/// From where the controls stand.
const AT: f32 = 120.0;

/// Draws the form, and beside it what it comes to.
pub(super) fn form(ui: &mut Ui, view: &View<'_>, rect: Rect, form: &DeploymentForm) {
    let checks = view.state.deployment_checks(form);
    let mut zones = Zones::new(ui, rect);
    let left = zones.left(ui, (rect.width() * 0.55).clamp(320.0, 560.0).min(rect.width() - 200.0));
    zone::scroll(ui, left, "deployment form", |ui| {
        zone::header("Deployment").plain(ui);
        zone::padded(ui, PADDING, |ui| fields(ui, view, form, &checks));
    });
    zone::scroll(ui, zones.rest(), "deployment consequences", |ui| {
        zone::header("Deploy does this").plain(ui);
        zone::padded(ui, PADDING, |ui| consequences(ui, view, form));
        ui.add_space(10.0);
        zone::line(ui);
        zone::header("Checks").plain(ui);
        zone::padded(ui, PADDING, |ui| {
            for check in &checks {
                row(ui, check);
            }
            ui.add_space(10.0);
            zone::row(ui, 28.0, |ui| {
                view.button(ui, LiveCommand::Deploy);
                view.button_as(ui, LiveCommand::CloseForm, |button| button.ghost());
            });
        });
    });
}

fn fields(ui: &mut Ui, view: &View<'_>, form: &DeploymentForm, checks: &[Check]) {
    typed(ui, view, form, checks, Field::ModelTopic, "Model topic", "models");
    typed(ui, view, form, checks, Field::Model, "Model", "NAME@ALIAS or NAME@VERSION");
    published(ui, view, form);
    typed(ui, view, form, checks, Field::Input, "Input topic", "the topic to read");
    topics(ui, view, form, Field::Input, "Topics of the cluster");
    typed(ui, view, form, checks, Field::Output, "Output topic", "INPUT.predictions");
    typed(
        ui,
        view,
        form,
        checks,
        Field::DeadLetter,
        "Dead-letter topic",
        "none: rejections are counted only",
    );
    labels(ui, view, form, checks);
    typed(ui, view, form, checks, Field::Group, "Group", "forebay-NAME");
    zone::form_row(ui, "Delivery", AT, |ui| {
        let ways = [Delivery::ExactlyOnce, Delivery::AtLeastOnce];
        let words = ["Exactly once", "At least once"];
        let chosen = ways.iter().position(|way| *way == form.delivery);
        let new = Segmented::new("Delivery", &words, chosen).show(ui);
        if let Some(way) = new.and_then(|index| ways.get(index)) {
            view.send(LiveCommand::SetDelivery(*way));
        }
    });
    zone::form_row(ui, "Begins", AT, |ui| {
        let words = ["At the end", "At the beginning"];
        let chosen = usize::from(form.from_beginning);
        if let Some(index) = Segmented::new("Begins", &words, chosen).show(ui) {
            view.send(LiveCommand::FromBeginning(index == 1));
        }
    });
    let said = "Where a partition begins of which the group has committed nothing.";
    let color = tokens(ui).t3;
    text::label(ui, said, Type::Cell, color);
}

fn typed(
    ui: &mut Ui,
    view: &View<'_>,
    form: &DeploymentForm,
    checks: &[Check],
    field: Field,
    name: &str,
    hint: &str,
) {
    let wrong = checks.iter().find(|check| check.field == Some(field) && check.verdict == Verdict::Missing);
    zone::form_row(ui, name, AT, |ui| {
        let value = form.text(field);
        // What is still empty is told among the checks; red is for what was typed and is wrong.
        let error = wrong.filter(|_| !value.is_empty()).map(|check| check.text.as_str());
        let shown = TextField::new(name, &value).mono().hint(hint).error(error).show(ui);
        if let Some(text) = shown.changed {
            view.send(LiveCommand::Type(field, text));
        }
    });
}

/// Whether predictions wait for labels, and for which.
fn labels(ui: &mut Ui, view: &View<'_>, form: &DeploymentForm, checks: &[Check]) {
    let wanted = form.labels().is_some();
    zone::form_row(ui, "Labels", AT, |ui| {
        if let Some(wanted) = Switch::new("Labels", wanted).show(ui) {
            view.send(LiveCommand::WantLabels(wanted));
        }
        let said = "judge predictions when their labels come";
        let rest = ui.available_rect_before_wrap();
        text::put(ui, rest, Align2::LEFT_CENTER, said, Type::Cell, tokens(ui).t3);
    });
    if wanted {
        typed(ui, view, form, checks, Field::LabelTopic, "Labels from", "a topic");
        topics(ui, view, form, Field::LabelTopic, "Topics with labels");
        typed(ui, view, form, checks, Field::LabelColumn, "Label column", "the field that is the label");
        typed(ui, view, form, checks, Field::LabelWait, "Label wait", "such as 24h");
    }
}

/// What the model topic has, to choose from.
fn published(ui: &mut Ui, view: &View<'_>, form: &DeploymentForm) {
    let models = view.state.live.models.of(form.text(Field::ModelTopic).trim()).unwrap_or_default();
    let options: Vec<String> = models.iter().flat_map(references).collect();
    choose(ui, view, form, Field::Model, "Published models", &options);
}

/// The cluster's topics, to choose from.
fn topics(ui: &mut Ui, view: &View<'_>, form: &DeploymentForm, field: Field, name: &str) {
    let catalogue = view.state.connection.catalogue.get();
    let own = catalogue.into_iter().flat_map(|catalogue| &catalogue.topics).filter(|topic| !topic.internal);
    let options: Vec<String> = own.map(|topic| topic.name.clone()).collect();
    choose(ui, view, form, field, name, &options);
}

fn choose(ui: &mut Ui, view: &View<'_>, form: &DeploymentForm, field: Field, name: &str, options: &[String]) {
    // The row is there before it can be used: what is found must not move the fields below under a pointer.
    let (hint, off) = match options.is_empty() {
        true => ("none found yet", Some("nothing was found that could be chosen")),
        false => ("choose from the cluster", None),
    };
    let value = form.text(field);
    let chosen = options.iter().position(|option| *option == value.trim());
    zone::form_row(ui, "", AT, |ui| {
        let select = Select::new(name, options, chosen).mono().hint(hint).off(off).show(ui);
        if let Some(option) = select.and_then(|index| options.get(index)) {
            view.send(LiveCommand::Type(field, option.clone()));
        }
    });
}

/// What deploying will do, before it is done.
fn consequences(ui: &mut Ui, view: &View<'_>, form: &DeploymentForm) {
    let color = tokens(ui).t2;
    let Some(request) = form.request().ok().filter(|request| !request.input.is_empty()) else {
        let said = "Name a model and an input topic to see what deploying does.";
        text::label(ui, said, Type::Body, tokens(ui).t3);
        return;
    };
    let made = |topic: &str| match view.state.partitions_of(topic) {
        Some(0) => ", which is made with the input's number of partitions",
        _ => "",
    };
    let begins = if request.from_beginning { "beginning" } else { "end" };
    let mut lines = vec![
        format!(
            "Joins the group {} and reads {}, from the {begins} at first.",
            request.group(),
            request.input
        ),
        format!("Writes one prediction per record to {}{}.", request.output, made(&request.output)),
        match &request.dead_letter {
            Some(topic) => format!("Writes records that cannot be scored to {topic}{}.", made(topic)),
            None => "Counts records that cannot be scored, and skips them.".into(),
        },
    ];
    lines.push(match request.delivery {
        Delivery::ExactlyOnce => "Commits offsets in the transaction that holds the predictions.".into(),
        Delivery::AtLeastOnce => {
            format!(
                "Commits offsets after the predictions: {}, repeats after a crash.",
                flow::delivery(request.delivery)
            )
        }
    });
    if let Some(labels) = &request.labels {
        let (column, wait) = (&labels.column, within_in_words(labels));
        let said = format!(
            "Waits up to {wait} for the {column} of each prediction in {}, and commits nothing there.",
            labels.topic
        );
        lines.push(said);
    }
    lines.push(format!("Is kept in {} and never starts by itself.", view.state.workspace.name()));
    for line in lines {
        text::label(ui, &line, Type::Body, color);
        ui.add_space(4.0);
    }
}

fn row(ui: &mut Ui, check: &Check) {
    let tokens = tokens(ui);
    let (icon, color) = match check.verdict {
        Verdict::Good => (Icon::CheckCircle, tokens.good),
        Verdict::Unknown => (Icon::Circle, tokens.t3),
        Verdict::Missing => (Icon::Alert, tokens.bad),
    };
    zone::row(ui, 24.0, |ui| {
        let (rect, _) = ui.allocate_exact_size(vec2(18.0, 20.0), eframe::egui::Sense::hover());
        icon.paint(ui.painter(), pos2(rect.left() + 8.0, rect.center().y), 14.0, color);
        text::label(ui, &check.text, Type::Body, tokens.t1);
    });
}
