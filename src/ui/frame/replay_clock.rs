//! The replay clock of the demo in the status bar: how far the year has passed and how fast. A click opens its menu.

use eframe::egui::accesskit::Role;
use eframe::egui::{Align2, Rect, Sense, Ui, WidgetInfo, pos2};

use super::status_bar::segment;
use crate::app::commands::{Command, DemoCommand};
use crate::demo::{ReplayState, Speed};
use crate::ui::text::{self, Type};
use crate::ui::theme::tokens;
use crate::ui::widgets::{MenuItem, focus, menu, menu_under};
use crate::ui::{View, format};

/// Width of the menu.
const MENU: f32 = 200.0;

/// Cuts its place off the right of `rest` and draws it, while the demo runs.
pub(super) fn show(ui: &mut Ui, view: &View<'_>, rest: &mut Rect) {
    let Some(replay) = view.state.demo.replay.as_ref().filter(|_| view.state.demo.is_running()) else {
        return;
    };
    let tokens = tokens(ui);
    let clock = format::time(replay.clock.0, view.state.zone(), format::Precision::Minute);
    let pace = pace(replay);
    let width = |said: &str, kind| text::width(ui, said, kind);
    let words =
        width("Replay clock", Type::Label) + width(&clock, Type::NumberSmall) + width(&pace, Type::Label);
    let item = segment(ui, rest, words + 16.0 + 28.0);
    let response = ui.interact(item, ui.scope_id().with("replay clock"), Sense::click());
    response.widget_info(|| WidgetInfo {
        current_text_value: Some(format!("{clock} {pace}")),
        ..WidgetInfo::labeled(Role::Button, true, "Replay clock")
    });
    if response.hovered() {
        ui.painter().rect_filled(item.with_min_x(item.left() + 1.0), 0.0, tokens.bg2);
    }
    focus::ring_inside(ui, &response, item);
    let middle = item.center().y;
    let put = |at: f32, said: &str, kind, color| {
        text::paint(ui.painter(), pos2(at, middle), Align2::LEFT_CENTER, said, kind, color).right() + 8.0
    };
    let at = put(item.left() + 14.0, "Replay clock", Type::Label, tokens.t2);
    let at = put(at, &clock, Type::NumberSmall, tokens.t1);
    put(at, &pace, Type::Label, if replay.problem.is_some() { tokens.warn } else { tokens.t2 });
    menu_under(&response).show(|ui| choices(ui, view, replay));
}

/// `at 1 h/s`, `paused`, `the year is over`.
fn pace(replay: &ReplayState) -> String {
    match replay {
        ReplayState { ended: true, .. } => "the year is over".into(),
        ReplayState { paused: true, .. } => "paused".into(),
        ReplayState { problem: Some(_), .. } => "waiting for the cluster".into(),
        _ => format!("at {}", replay.speed),
    }
}

/// Pause or go on, the speeds, and a new start.
fn choices(ui: &mut Ui, view: &View<'_>, replay: &ReplayState) {
    let first = if replay.paused { DemoCommand::GoOn } else { DemoCommand::Pause };
    let speeds = Speed::OFFERED.map(DemoCommand::SetSpeed);
    let commands: Vec<DemoCommand> =
        [first].into_iter().chain(speeds).chain([DemoCommand::AskStartAnew]).collect();
    let items = commands.iter().enumerate().map(|(index, command)| {
        let item = match command {
            DemoCommand::SetSpeed(speed) => MenuItem::new(speed.to_string()).checked(*speed == replay.speed),
            other => {
                let about = Command::from(other.clone()).about(view.state);
                MenuItem::new(about.map_or_else(String::new, |about| about.title.into_owned()))
            }
        };
        let item = item.off(Command::from(command.clone()).refusal(view.state));
        if index == 1 || index + 1 == commands.len() { item.line_above() } else { item }
    });
    if let Some(command) = menu(ui, MENU, items).and_then(|index| commands.get(index)) {
        view.send(command.clone());
    }
}
