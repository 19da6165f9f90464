//! The workspace's menu: save, open, what was open before.

use eframe::egui::{Rect, Ui, pos2};

use super::overlay::{Behind, popup};
use crate::app::commands::{Action, Command, WindowCommand, WorkspaceCommand, keys};
use crate::ui::View;
use crate::ui::theme::measures::TOP_BAR;
use crate::ui::widgets::{MenuItem, menu};

const WIDTH: f32 = 300.0;

/// Draws it.
pub(super) fn show(ui: &Ui, view: &View<'_>, window: Rect) {
    let at = pos2(window.left() + 52.0, window.top() + TOP_BAR);
    popup(ui, view, "Workspace menu", at, WIDTH, Behind::Clear, |ui| {
        let commands = WorkspaceCommand::listed(view.state);
        ui.add_space(4.0);
        let items = commands.iter().map(|command| item(view, command));
        if let Some(command) = menu(ui, WIDTH, items).and_then(|index| commands.get(index)) {
            view.send(WindowCommand::CloseOverlay);
            view.send(command.clone());
        }
        ui.add_space(4.0);
    });
}

fn item(view: &View<'_>, command: &WorkspaceCommand) -> MenuItem {
    let command = Command::from(command.clone());
    let about = command.about(view.state);
    let title = about.as_ref().map_or("", |about| about.title.as_ref());
    let shortcut = about.as_ref().and_then(|about| about.shortcut.as_ref()).map(keys).unwrap_or_default();
    let icon = about.as_ref().and_then(|about| about.icon);
    MenuItem::new(title).icon(icon).trailing(shortcut).off(command.refusal(view.state))
}
