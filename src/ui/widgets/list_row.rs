//! A row of a side list: one line or two, with a dot or an icon before and something behind.

use eframe::egui::accesskit::Role;
use eframe::egui::{Align2, Color32, Rect, Response, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::focus;
use crate::ui::icon::Icon;
use crate::ui::text::{self, Type};
use crate::ui::theme::measures::{LIST_PADDING, LIST_ROW, LIST_ROW_TALL};
use crate::ui::theme::tokens;

enum Mark {
    Icon(Icon),
    Dot(Color32),
    Ring(Color32),
    Dash(Color32),
}

/// A row. `ListRow::new("flights").icon(Icon::Topic).trailing("321,848").selected(true).show(ui).clicked()`.
#[must_use = "call show"]
pub struct ListRow<'a> {
    text: &'a str,
    mark: Option<Mark>,
    detail: Option<(&'a str, Option<Color32>)>,
    trailing: Option<(&'a str, Type, Option<Color32>)>,
    lock: bool,
    selected: bool,
    quiet: bool,
    padding: f32,
}

impl<'a> ListRow<'a> {
    /// A row of one line.
    pub fn new(text: &'a str) -> Self {
        Self {
            text,
            mark: None,
            detail: None,
            trailing: None,
            lock: false,
            selected: false,
            quiet: false,
            padding: LIST_PADDING,
        }
    }

    /// An icon before the name.
    pub fn icon(mut self, icon: Icon) -> Self {
        self.mark = Some(Mark::Icon(icon));
        self
    }

    /// A dot of a state's colour before the name; say the state in words as well.
    pub fn dot(mut self, color: Color32) -> Self {
        self.mark = Some(Mark::Dot(color));
        self
    }

    /// A ring: a state that is not there yet.
    pub fn ring(mut self, color: Color32) -> Self {
        self.mark = Some(Mark::Ring(color));
        self
    }

    /// A dash of a series' colour.
    pub fn dash(mut self, color: Color32) -> Self {
        self.mark = Some(Mark::Dash(color));
        self
    }

    /// A second line; the row is 52 high then.
    pub fn detail(mut self, detail: &'a str) -> Self {
        self.detail = Some((detail, None));
        self
    }

    /// A second line in a state's colour.
    pub fn detail_in(mut self, detail: &'a str, color: Color32) -> Self {
        self.detail = Some((detail, Some(color)));
        self
    }

    /// A count at the right end, in JetBrains Mono.
    pub fn trailing(mut self, trailing: &'a str) -> Self {
        self.trailing = Some((trailing, Type::Number, None));
        self
    }

    /// Words at the right end, in the colour of a state where there is one.
    pub fn trailing_words(mut self, trailing: &'a str, color: impl Into<Option<Color32>>) -> Self {
        self.trailing = Some((trailing, Type::Cell, color.into()));
        self
    }

    /// A chip with a lock at the right end: read-only.
    pub fn read_only(mut self, read_only: bool) -> Self {
        self.lock = read_only;
        self
    }

    /// The row that is chosen.
    pub fn selected(mut self, selected: bool) -> Self {
        self.selected = selected;
        self
    }

    /// The name in secondary ink.
    pub fn quiet(mut self) -> Self {
        self.quiet = true;
        self
    }

    /// Draws it over the whole width.
    pub fn show(self, ui: &mut Ui) -> Response {
        let height = if self.detail.is_some() { LIST_ROW_TALL } else { LIST_ROW };
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::click());
        response.widget_info(|| WidgetInfo::selected(Role::ListBoxOption, true, self.selected, self.text));
        ui.ctx().accesskit_node_builder(response.id, |node| {
            Some(self.said()).filter(|said| !said.is_empty()).map(|said| node.set_description(said))
        });
        if ui.is_rect_visible(rect) {
            self.paint(ui, rect, &response);
        }
        response
    }

    /// What stands beside the name, for screen readers.
    fn said(&self) -> String {
        let lock = self.lock.then_some("read-only");
        let trailing = self.trailing.map(|(trailing, ..)| trailing);
        let detail = self.detail.map(|(detail, _)| detail);
        let parts: Vec<&str> = [lock, trailing, detail].into_iter().flatten().collect();
        parts.join(", ")
    }

    fn paint(&self, ui: &Ui, rect: Rect, response: &Response) {
        let tokens = tokens(ui);
        row_background(ui, rect, self.selected, response.hovered());
        let middle = if self.detail.is_some() { rect.top() + 17.0 } else { rect.center().y };
        let mut left = rect.left() + self.padding;
        if let Some(mark) = &self.mark {
            left += self.paint_mark(ui, mark, left, middle);
        }
        let mut right = rect.right() - self.padding;
        if self.lock {
            right = paint_lock(ui, right, middle) - 8.0;
        }
        if let Some((trailing, kind, color)) = self.trailing {
            let ink = color.unwrap_or(tokens.t3);
            let at = pos2(right, middle);
            right = text::paint(ui.painter(), at, Align2::RIGHT_CENTER, trailing, kind, ink).left() - 8.0;
        }
        let words = Rect::from_x_y_ranges(left..=right.max(left), middle - 10.0..=middle + 10.0);
        let ink = if self.quiet { tokens.t2 } else { tokens.t1 };
        text::paint_in(ui.painter(), words, Align2::LEFT_CENTER, self.text, Type::Name, ink);
        if let Some((detail, color)) = self.detail {
            let below = Rect::from_x_y_ranges(
                left..=rect.right() - self.padding,
                rect.top() + 26.0..=rect.bottom() - 6.0,
            );
            let ink = color.unwrap_or(tokens.t3);
            text::paint_in(ui.painter(), below, Align2::LEFT_CENTER, detail, Type::Cell, ink);
        }
        focus::ring_inside(ui, response, rect);
    }

    fn paint_mark(&self, ui: &Ui, mark: &Mark, left: f32, middle: f32) -> f32 {
        let tokens = tokens(ui);
        match mark {
            Mark::Icon(icon) => {
                let ink = if self.selected { tokens.accent } else { tokens.t3 };
                icon.paint(ui.painter(), pos2(left + 7.0, middle), 14.0, ink);
                22.0
            }
            Mark::Dot(color) => {
                ui.painter().circle_filled(pos2(left + 4.0, middle), 4.0, *color);
                16.0
            }
            Mark::Ring(color) => {
                ui.painter().circle_stroke(pos2(left + 4.0, middle), 3.2, Stroke::new(1.4, *color));
                16.0
            }
            Mark::Dash(color) => {
                let dash = Rect::from_center_size(pos2(left + 5.0, middle), vec2(10.0, 3.0));
                ui.painter().rect_filled(dash, 1.0, *color);
                18.0
            }
        }
    }
}

fn paint_lock(ui: &Ui, right: f32, middle: f32) -> f32 {
    let tokens = tokens(ui);
    let width = text::width(ui, "read-only", Type::Label) + 29.0;
    let rect = Align2::RIGHT_CENTER.anchor_size(pos2(right, middle), vec2(width, 18.0));
    ui.painter().rect_filled(rect, 3.0, tokens.bg3);
    Icon::Lock.paint(ui.painter(), pos2(rect.left() + 12.0, middle), 13.0, tokens.t2);
    let at = pos2(rect.left() + 23.0, middle);
    text::paint(ui.painter(), at, Align2::LEFT_CENTER, "read-only", Type::Label, tokens.t2);
    rect.left()
}

/// The background of a row in a list or table: hover, selected with its bar.
pub(crate) fn row_background(ui: &Ui, rect: Rect, selected: bool, hovered: bool) {
    let tokens = tokens(ui);
    if selected {
        ui.painter().rect_filled(rect, 0.0, tokens.soft);
        let bar = Rect::from_min_size(rect.min, vec2(2.0, rect.height()));
        ui.painter().rect_filled(bar, 0.0, tokens.accent);
    } else if hovered {
        ui.painter().rect_filled(rect, 0.0, tokens.bg2);
    }
}
