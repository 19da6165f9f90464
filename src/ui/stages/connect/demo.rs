//! The stream of the demo, in the form of its connection: run or stand still, how fast, what is in it. And the ways to start
//! the demo, from where there is no cluster yet.

use eframe::egui::{Align2, Rect, Ui, vec2};

use super::form::AT;
use crate::app::commands::{Command, DemoCommand};
use crate::app::state::connect::SavedConnection;
use crate::app::state::demo::{DemoPhase, DemoState};
use crate::demo::{self, ReplayState, Speed};
use crate::ui::text::{self, Type};
use crate::ui::theme::measures::PADDING;
use crate::ui::theme::tokens;
use crate::ui::widgets::{ListRow, Segmented, Switch};
use crate::ui::{Icon, View, format, states, zone};

/// Why nothing can be set any more.
const OVER: &str = "the year is over; start the demo anew";

/// Whether a connection is that to the demo's cluster, which runs in this window.
pub(super) fn is_demo(view: &View<'_>, connection: &SavedConnection) -> bool {
    view.state.demo.is_reached_by(&connection.profile.name)
}

/// The row that starts the demo, among what can be brought in.
pub(super) fn start_row(ui: &mut Ui, view: &View<'_>) {
    let command = Command::from(DemoCommand::Start);
    let Some(about) = command.about(view.state) else { return };
    if command.refusal(view.state).is_some() {
        return;
    }
    let row = ListRow::new(&about.title).icon(about.icon.unwrap_or(Icon::Play));
    if row.show(ui).on_hover_text(about.help.as_ref()).clicked() {
        view.send(command);
    }
}

/// While the demo is being prepared: how far it is. After that failed, and with no connection to show: why. Says whether it
/// drew something.
pub(super) fn starting(ui: &mut Ui, view: &View<'_>, rect: Rect) -> bool {
    let middle = Rect::from_center_size(rect.center(), vec2(rect.width().min(440.0) - 32.0, 160.0));
    match &view.state.demo.phase {
        DemoPhase::Off | DemoPhase::Running => return false,
        DemoPhase::Starting => zone::fill(ui, middle, |ui| match view.state.job(DemoState::JOB) {
            Some(job) => states::reading(ui, view, job, "Cancel"),
            None => drop(text::label(ui, "Preparing the demo", Type::Body, tokens(ui).t2)),
        }),
        DemoPhase::Failed(_) if view.state.connect.shown().is_some() => return false,
        DemoPhase::Failed(problem) => zone::fill(ui, middle, |ui| {
            states::error(ui, view, problem, |ui| {
                view.button(ui, DemoCommand::Start);
                view.button(ui, DemoCommand::AskStartAnew);
            });
        }),
    }
    true
}

/// Draws the zone.
pub(super) fn stream(ui: &mut Ui, view: &View<'_>) {
    let Some(replay) = &view.state.demo.replay else { return };
    zone::line(ui);
    zone::header("Demo stream").detail("departures in New York, 2013").tall().show(ui, |ui| {
        let off = replay.ended.then_some(OVER);
        if let Some(on) = Switch::new("Replay", !replay.paused && !replay.ended).off(off).show(ui) {
            view.send(if on { DemoCommand::GoOn } else { DemoCommand::Pause });
        }
    });
    zone::padded(ui, PADDING, |ui| {
        rows(ui, view, replay);
        ui.add_space(6.0);
        zone::row(ui, 34.0, |ui| {
            view.button_as(ui, DemoCommand::AskStartAnew, |button| button.small());
            view.button_as(ui, DemoCommand::Stop, |button| button.small());
        });
    });
    ui.add_space(8.0);
}

fn rows(ui: &mut Ui, view: &View<'_>, replay: &ReplayState) {
    zone::form_row(ui, "Speed", AT, |ui| {
        let names = Speed::OFFERED.map(|speed| speed.to_string());
        let options: Vec<&str> = names.iter().map(String::as_str).collect();
        let chosen = Speed::OFFERED.iter().position(|speed| *speed == replay.speed);
        let over = Speed::OFFERED.iter().enumerate().map(|(index, _)| (index, OVER));
        let off: Vec<_> = over.filter(|_| replay.ended).collect();
        let new = Segmented::new("Speed", &options, chosen).off(&off).show(ui);
        if let Some(speed) = new.and_then(|index| Speed::OFFERED.get(index)) {
            view.send(DemoCommand::SetSpeed(*speed));
        }
    });
    let clock = format::time(replay.clock.0, view.state.zone(), format::Precision::Minute);
    let departed = format::count(replay.departures, "departure", "departures");
    let arrived = format::count(replay.arrivals, "arrival", "arrivals");
    fact(ui, "Replayed to", &clock, &format!("{departed}, {arrived}"));
    fact(ui, "Labels arrive", "on landing", &format!("in {}", demo::ARRIVED));
    let broken = format!("{} so far, so that errors have something to show", format::integer(replay.broken));
    fact(ui, "Broken records", &format::share(demo::BROKEN_SHARE), &broken);
    if replay.ended {
        text::label(ui, "The year is over: nothing comes any more.", Type::Cell, tokens(ui).t2);
    }
    if let Some(problem) = &replay.problem {
        let said = format!("{}: {}. It is tried again.", problem.what, problem.why);
        text::label(ui, &said, Type::Cell, tokens(ui).bad);
    }
}

/// A row whose value cannot be changed: the value, and words about it.
fn fact(ui: &mut Ui, name: &str, value: &str, words: &str) {
    let tokens = tokens(ui);
    zone::form_row(ui, name, AT, |ui| {
        let rest = ui.available_rect_before_wrap();
        let shown = text::put(ui, rest, Align2::LEFT_CENTER, value, Type::Number, tokens.t1);
        let rest = rest.with_min_x(shown.rect.right() + 10.0);
        if rest.width() > 40.0 {
            text::put(ui, rest, Align2::LEFT_CENTER, words, Type::Cell, tokens.t3);
        }
    });
}
