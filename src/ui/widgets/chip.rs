//! A chip: what is in use, a state in a word.

use eframe::egui::accesskit::Role;
use eframe::egui::{
    Align2, Color32, Painter, Rect, Response, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2,
};

use crate::ui::icon::Icon;
use crate::ui::text::{self, Type};
use crate::ui::theme::measures::RADIUS_CHIP;
use crate::ui::theme::tokens;

/// What a chip's colours say.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Tone {
    /// A fact.
    #[default]
    Neutral,
    /// What is chosen: slice, champion.
    Accent,
    /// Done, connected, better.
    Good,
    /// Needs a look.
    Warn,
    /// Failed, wrong.
    Bad,
    /// Outlined in a series' colour: what is compared with the chosen.
    Outline(Color32),
}

/// A chip of one word or a few.
#[must_use = "call show"]
pub struct Chip<'a> {
    text: &'a str,
    tone: Tone,
    icon: Option<Icon>,
}

impl<'a> Chip<'a> {
    /// A chip that states a fact.
    pub fn new(text: &'a str) -> Self {
        Self { text, tone: Tone::Neutral, icon: None }
    }

    /// With the colours of a state.
    pub fn tone(mut self, tone: Tone) -> Self {
        self.tone = tone;
        self
    }

    /// With an icon; a state that has a colour has one.
    pub fn icon(mut self, icon: Icon) -> Self {
        self.icon = Some(icon);
        self
    }

    /// Width that the chip takes.
    pub fn measure(&self, ui: &Ui) -> f32 {
        let icon = if self.icon.is_some() { 17.0 } else { 0.0 };
        (text::width(ui, self.text, Type::Label) + icon + 12.0).ceil()
    }

    /// Draws it in the flow.
    pub fn show(self, ui: &mut Ui) -> Response {
        let (rect, response) = ui.allocate_exact_size(vec2(self.measure(ui), 18.0), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, self.text));
        self.paint(ui, ui.painter(), rect);
        response
    }

    /// Paints it in `rect`, without a name of its own.
    pub fn paint(&self, ui: &Ui, painter: &Painter, rect: Rect) {
        let tokens = tokens(ui);
        let (fill, ink, border) = match self.tone {
            Tone::Neutral => (tokens.bg3, tokens.t2, Color32::TRANSPARENT),
            Tone::Accent => (tokens.soft, tokens.accent, Color32::TRANSPARENT),
            Tone::Good => (tokens.goodbg, tokens.good, Color32::TRANSPARENT),
            Tone::Warn => (tokens.warnbg, tokens.warn, Color32::TRANSPARENT),
            Tone::Bad => (tokens.badbg, tokens.bad, Color32::TRANSPARENT),
            Tone::Outline(color) => (Color32::TRANSPARENT, color, color),
        };
        painter.rect(rect, RADIUS_CHIP, fill, Stroke::new(1.0, border), StrokeKind::Inside);
        let mut x = rect.left() + 6.0;
        if let Some(icon) = self.icon {
            icon.paint(painter, pos2(x + 6.0, rect.center().y), 13.0, ink);
            x += 17.0;
        }
        let at = pos2(x, rect.center().y);
        text::paint(painter, at, Align2::LEFT_CENTER, self.text, Type::Label, ink);
    }
}
