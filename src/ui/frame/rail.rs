//! The rail: the stages in the order of the flow, then settings and help.

use eframe::egui::accesskit::Role;
use eframe::egui::{Align2, Color32, Rect, Response, Sense, Ui, WidgetInfo, pos2, vec2};

use crate::app::Stage;
use crate::app::commands::{Command, WindowCommand, keys};
use crate::ui::text::{self, Type};
use crate::ui::theme::measures::{RAIL_ITEM, RAIL_ITEM_NARROW, WidthClass};
use crate::ui::theme::tokens;
use crate::ui::widgets::focus;
use crate::ui::{Icon, View};

/// Draws it.
pub(super) fn show(ui: &mut Ui, view: &View<'_>, rect: Rect) {
    let labels = view.width_class(ui) == WidthClass::Full;
    let height = if labels { RAIL_ITEM } else { RAIL_ITEM_NARROW };
    let mut top = rect.top() + if labels { 6.0 } else { 4.0 };
    for stage in Stage::ALL {
        let item = Rect::from_min_size(pos2(rect.left(), top), vec2(rect.width(), height));
        top = item.bottom();
        stage_item(ui, view, item, stage, labels);
    }
    let below = rect.bottom() - 40.0;
    for (command, offset) in [(WindowCommand::ToggleHelp, 0.0), (WindowCommand::ToggleSettings, 40.0)] {
        let item = Rect::from_min_size(pos2(rect.left(), below - offset), vec2(rect.width(), 40.0));
        command_item(ui, view, item, command);
    }
}

fn stage_item(ui: &mut Ui, view: &View<'_>, rect: Rect, stage: Stage, labels: bool) {
    let tokens = tokens(ui);
    let chosen = view.state.stage == stage;
    let command = WindowCommand::Go(stage);
    let response = ui.interact(rect, ui.scope_id().with(("rail", stage)), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Tab, true, chosen, stage.title()));
    if chosen {
        ui.painter().rect_filled(rect, 0.0, tokens.bg2);
        let bar = Rect::from_min_size(rect.min, vec2(2.0, rect.height()));
        ui.painter().rect_filled(bar, 0.0, tokens.accent);
    } else if response.hovered() {
        ui.painter().rect_filled(rect, 0.0, tokens.bg1);
    }
    let icon_ink = if chosen { tokens.accent } else { tokens.t3 };
    let middle = if labels { rect.top() + 20.0 } else { rect.center().y };
    stage.icon().paint(ui.painter(), pos2(rect.center().x, middle), 18.0, icon_ink);
    if labels {
        let ink = if chosen { tokens.t1 } else { tokens.t3 };
        let at = pos2(rect.center().x, rect.top() + 38.0);
        text::paint(ui.painter(), at, Align2::CENTER_CENTER, stage.title(), Type::Rail, ink);
    }
    if let Some(color) = dot(view, stage, tokens) {
        ui.painter().circle_filled(pos2(rect.center().x + 11.0, middle - 8.0), 3.5, color);
    }
    focus::ring_inside(ui, &response, rect);
    click(response, view, command, false);
}

/// Green: a deployment runs.
fn dot(view: &View<'_>, stage: Stage, tokens: &crate::ui::Tokens) -> Option<Color32> {
    let runs = |key: &str| view.state.active_jobs().any(|job| job.key == key);
    (stage == Stage::Live && runs(crate::app::LIVE_JOB)).then_some(tokens.good)
}

fn command_item(ui: &mut Ui, view: &View<'_>, rect: Rect, command: WindowCommand) {
    let tokens = tokens(ui);
    let about = Command::Window(command.clone()).about(view.state);
    let title = about.as_ref().map_or("", |about| about.title.as_ref()).to_owned();
    let icon = about.and_then(|about| about.icon).unwrap_or(Icon::Circle);
    let response = ui.interact(rect, ui.scope_id().with(("rail", title.as_str())), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &title));
    let ink = if response.hovered() { tokens.t1 } else { tokens.t3 };
    icon.paint(ui.painter(), rect.center(), 17.0, ink);
    focus::ring_inside(ui, &response, rect);
    click(response, view, command, true);
}

fn click(response: Response, view: &View<'_>, command: WindowCommand, named: bool) {
    let about = Command::Window(command.clone()).about(view.state);
    let tooltip = about.map(|about| {
        let words = if named { about.title } else { about.help };
        match about.shortcut {
            Some(shortcut) => format!("{words}  {}", keys(&shortcut)),
            None => words.into_owned(),
        }
    });
    if response.on_hover_text(tooltip.unwrap_or_default()).clicked() {
        view.send(command);
    }
}
