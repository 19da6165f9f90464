//! The stage bar: what the stage is about, what is in use, facts, and the buttons.

use eframe::egui::{Align, Align2, Layout, Rect, Ui, UiBuilder, pos2, vec2};

use crate::app::commands::{Command, MAIN_ACTION, WindowCommand, keys};
use crate::ui::View;
use crate::ui::icon::Icon;
use crate::ui::text::{self, Type};
use crate::ui::theme::measures::{PADDING, WidthClass};
use crate::ui::theme::tokens;
use crate::ui::widgets::{Button, Chip, Tone};

/// What a stage says in its bar. The main action comes from `Action::main_action`.
#[must_use = "return it from the stage's bar function"]
pub struct StageBar {
    title: String,
    chips: Vec<(String, Tone, Option<Icon>)>,
    facts: String,
    buttons: Vec<Command>,
    folds: bool,
}

/// In a narrow window: what opens the left panel. Says where the title begins.
fn drawer_button(ui: &mut Ui, view: &View<'_>, rect: Rect) -> f32 {
    let place = Align2::LEFT_CENTER.align_size_within_rect(vec2(26.0, 26.0), rect);
    let mut child = ui.new_child(UiBuilder::new().max_rect(place).id_salt("drawer button"));
    view.icon_button(&mut child, WindowCommand::ToggleLeftPanel);
    place.right() + 8.0
}

impl StageBar {
    /// The thing that the stage is about: topic, pipeline, task, model, deployment.
    pub fn new(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            chips: Vec::new(),
            facts: String::new(),
            buttons: Vec::new(),
            folds: false,
        }
    }

    /// A chip of what is in use: slice, pipeline, version.
    pub fn chip(mut self, text: impl Into<String>, tone: Tone) -> Self {
        self.chips.push((text.into(), tone, None));
        self
    }

    /// A chip with an icon: a state.
    pub fn state(mut self, text: impl Into<String>, tone: Tone, icon: Icon) -> Self {
        self.chips.push((text.into(), tone, Some(icon)));
        self
    }

    /// One line of facts.
    pub fn facts(mut self, facts: impl Into<String>) -> Self {
        self.facts = facts.into();
        self
    }

    /// A secondary button, left of the main action; the first called stands leftmost.
    pub fn button(mut self, command: impl Into<Command>) -> Self {
        self.buttons.push(command.into());
        self
    }

    /// The stage's left panel is a drawer from 1279 down already.
    pub fn folds(mut self) -> Self {
        self.folds = true;
        self
    }

    /// Draws it.
    pub(in crate::ui) fn show(self, ui: &mut Ui, view: &View<'_>, rect: Rect) {
        let tokens = tokens(ui);
        let mut inner = rect.shrink2(vec2(PADDING, 0.0));
        let end = self.buttons(ui, view, inner);
        let class = view.width_class(ui);
        if class == WidthClass::Drawer || self.folds && class == WidthClass::Narrow {
            inner.min.x = drawer_button(ui, view, inner);
        }
        let mut words = Rect::from_min_max(inner.min, pos2((end - 12.0).max(inner.left()), inner.bottom()));
        let title = text::put(ui, words, Align2::LEFT_CENTER, &self.title, Type::Title, tokens.t1);
        words.min.x = title.rect.right() + 12.0;
        for (said, tone, icon) in &self.chips {
            let mut chip = Chip::new(said).tone(*tone);
            if let Some(icon) = icon {
                chip = chip.icon(*icon);
            }
            let width = chip.measure(ui);
            if words.left() + width > words.right() {
                break;
            }
            let place = Align2::LEFT_CENTER.align_size_within_rect(vec2(width, 18.0), words);
            let mut child = ui.new_child(UiBuilder::new().max_rect(place).id_salt(("chip", said)));
            chip.show(&mut child);
            words.min.x = place.right() + 12.0;
        }
        if !self.facts.is_empty() && words.width() > 40.0 {
            text::put(ui, words, Align2::LEFT_CENTER, &self.facts, Type::Body, tokens.t2);
        }
    }

    /// Draws the buttons from the right; says where they begin.
    fn buttons(&self, ui: &mut Ui, view: &View<'_>, rect: Rect) -> f32 {
        let mut row =
            ui.new_child(UiBuilder::new().max_rect(rect).layout(Layout::right_to_left(Align::Center)));
        row.spacing_mut().item_spacing = vec2(12.0, 0.0);
        if let Some(command) = Command::main_action(view.state) {
            let shortcut = (view.width_class(ui) == WidthClass::Full).then(|| keys(&MAIN_ACTION));
            view.button_as(&mut row, command, |button: Button<'_>| button.primary().shortcut(shortcut));
        }
        for command in self.buttons.iter().rev() {
            view.button(&mut row, command.clone());
        }
        let used = row.min_rect();
        if used.width() > 0.0 { used.left() } else { rect.right() }
    }
}
