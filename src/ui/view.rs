//! What a panel has in hand: the state to read, and where to leave commands.

use eframe::egui::{Area, Id, Order, Popup, Rect, Response, Sense, Ui};

use super::theme::measures::WidthClass;
use super::theme::tokens;
use super::widgets::{Button, IconButton};
use super::zone::Zones;
use crate::app::State;
use crate::app::commands::{Command, Sender, WindowCommand, keys};

/// The state as it is in this frame, and a place for commands.
pub struct View<'a> {
    /// What to draw.
    pub state: &'a State,
    commands: &'a Sender,
}

impl<'a> View<'a> {
    /// Of a state.
    pub fn new(state: &'a State, commands: &'a Sender) -> Self {
        Self { state, commands }
    }

    /// Leaves a command; it runs before the next frame.
    pub fn send(&self, command: impl Into<Command>) {
        self.commands.send(command);
    }

    /// An ordinary button of a command.
    pub fn button(&self, ui: &mut Ui, command: impl Into<Command>) -> Response {
        self.button_as(ui, command, |button| button)
    }

    /// A button of a command, changed by `look`: `view.button_as(ui, command, |button| button.ghost().small())`.
    pub fn button_as(
        &self,
        ui: &mut Ui,
        command: impl Into<Command>,
        look: impl FnOnce(Button<'_>) -> Button<'_>,
    ) -> Response {
        let command = command.into();
        let about = command.about(self.state);
        let refusal = command.refusal(self.state);
        let title = about.as_ref().map_or("", |about| about.title.as_ref());
        let tooltip = about.as_ref().map(|about| match &about.shortcut {
            Some(shortcut) => format!("{}  {}", about.help, keys(shortcut)),
            None => about.help.to_string(),
        });
        let button = Button::new(title)
            .icon(about.as_ref().and_then(|about| about.icon))
            .tooltip(tooltip.as_deref())
            .off(refusal.as_deref());
        let response = look(button).show(ui);
        if response.clicked() {
            self.send(command);
        }
        response
    }

    /// The icon of a command as a button.
    pub fn icon_button(&self, ui: &mut Ui, command: impl Into<Command>) -> Response {
        self.icon_button_as(ui, command, |button| button)
    }

    /// The icon of a command as a button, changed by `look`.
    pub fn icon_button_as(
        &self,
        ui: &mut Ui,
        command: impl Into<Command>,
        look: impl FnOnce(IconButton<'_>) -> IconButton<'_>,
    ) -> Response {
        let command = command.into();
        let about = command.about(self.state);
        let refusal = command.refusal(self.state);
        let title = about.as_ref().map_or("", |about| about.title.as_ref());
        let icon = about.as_ref().and_then(|about| about.icon).unwrap_or(super::Icon::Circle);
        let shortcut = about.as_ref().and_then(|about| about.shortcut).map(|shortcut| keys(&shortcut));
        let button = IconButton::new(icon, title).shortcut(shortcut.as_deref()).off(refusal.as_deref());
        let response = look(button).show(ui);
        if response.clicked() {
            self.send(command);
        }
        response
    }

    /// What the window's width means for the layout.
    pub fn width_class(&self, ui: &Ui) -> WidthClass {
        WidthClass::of(ui.ctx().content_rect().width())
    }

    /// Width of a stage's left panel: as drawn, 200 in a narrow window.
    pub fn left_width(&self, ui: &Ui, drawn: f32) -> f32 {
        if self.width_class(ui) == WidthClass::Full { drawn } else { 200.0 }
    }

    /// Cuts the stage's left panel off `zones` and draws it: `width` as drawn, 200 in a narrow window, a drawer over the rest
    /// below 1024. Ctrl+B puts it away and brings it back.
    pub fn left_panel(
        &self,
        ui: &mut Ui,
        zones: &mut Zones,
        name: &str,
        width: f32,
        contents: impl FnOnce(&mut Ui, Rect),
    ) {
        match self.width_class(ui) {
            WidthClass::Full if self.state.left_hidden => {}
            WidthClass::Full => {
                let rect = zones.resizable_left(ui, name, width, 200.0..=420.0);
                contents(ui, rect);
            }
            WidthClass::Narrow => {
                let rect = zones.left(ui, 200.0);
                contents(ui, rect);
            }
            WidthClass::Drawer => self.left_drawer(ui, zones, name, width, contents),
        }
    }

    /// The same for a panel that is a drawer from 1279 down, because it needs more room than a list.
    pub fn left_drawer(
        &self,
        ui: &mut Ui,
        zones: &mut Zones,
        name: &str,
        width: f32,
        contents: impl FnOnce(&mut Ui, Rect),
    ) {
        if self.width_class(ui) == WidthClass::Full {
            self.left_panel(ui, zones, name, width, contents);
        } else if self.state.left_panel {
            self.drawer(ui, zones.rest(), name, width, contents);
        }
    }

    fn drawer(&self, ui: &Ui, rest: Rect, name: &str, width: f32, contents: impl FnOnce(&mut Ui, Rect)) {
        let rect = rest.with_max_x(rest.left() + width);
        let tokens = tokens(ui);
        // A click beside an open menu closes the menu; one on the button of the drawer is the button's.
        let menu = Popup::is_any_open(ui.ctx());
        let beside = ui.input(|input| input.pointer.interact_pos()).is_some_and(|at| rest.contains(at));
        let area = Area::new(Id::unique(("drawer", name))).order(Order::Middle).fixed_pos(rect.min);
        let shown = area.show(ui.ctx(), |ui| {
            ui.allocate_exact_size(rect.size(), Sense::hover());
            ui.painter().rect_filled(rect, 0.0, tokens.bg1);
            ui.painter().vline(rect.right() - 0.5, rect.y_range(), (1.0, tokens.line2));
            contents(ui, rect.with_max_x(rect.right() - 1.0));
        });
        if shown.response.clicked_elsewhere() && beside && !menu && self.state.overlay.is_none() {
            self.send(WindowCommand::ToggleLeftPanel);
        }
    }
}
