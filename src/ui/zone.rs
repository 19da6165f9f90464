//! Zones: panels that touch, with a line of 1 point between them.

use std::collections::BTreeMap;

use eframe::egui::accesskit::Role;
use eframe::egui::{
    Align, Color32, Context, CursorIcon, Id, Key, Layout, Rangef, Rect, Response, ScrollArea, Sense, Ui,
    UiBuilder, WidgetInfo, pos2, vec2,
};

use super::text::{self, Type};
use super::theme::measures::{PADDING, ZONE_HEADER, ZONE_HEADER_CONTROLS};
use super::theme::tokens;
use super::widgets::focus;

/// How far a key moves the edge of a zone.
const EDGE_STEP: f32 = 8.0;

/// What is left of a rectangle while pieces are cut off it.
pub struct Zones {
    rest: Rect,
    line: Color32,
}

impl Zones {
    /// The whole of `rect`.
    pub fn new(ui: &Ui, rect: Rect) -> Self {
        Self { rest: rect, line: tokens(ui).line }
    }

    /// What is left.
    pub fn rest(&self) -> Rect {
        self.rest
    }

    /// Cuts `width` off the left.
    pub fn left(&mut self, ui: &Ui, width: f32) -> Rect {
        let (piece, rest) = self.rest.split_left_right_at_x((self.rest.left() + width).round());
        ui.painter().vline(piece.right() - 0.5, piece.y_range(), (1.0, self.line));
        self.rest = rest;
        Rect::from_min_max(piece.min, pos2(piece.right() - 1.0, piece.bottom()))
    }

    /// Cuts `width` off the right.
    pub fn right(&mut self, ui: &Ui, width: f32) -> Rect {
        let (rest, piece) = self.rest.split_left_right_at_x((self.rest.right() - width).round());
        ui.painter().vline(piece.left() + 0.5, piece.y_range(), (1.0, self.line));
        self.rest = rest;
        Rect::from_min_max(pos2(piece.left() + 1.0, piece.top()), piece.max)
    }

    /// Cuts `height` off the top.
    pub fn top(&mut self, ui: &Ui, height: f32) -> Rect {
        let (piece, rest) = self.rest.split_top_bottom_at_y((self.rest.top() + height).round());
        ui.painter().hline(piece.x_range(), piece.bottom() - 0.5, (1.0, self.line));
        self.rest = rest;
        Rect::from_min_max(piece.min, pos2(piece.right(), piece.bottom() - 1.0))
    }

    /// Cuts `height` off the bottom.
    pub fn bottom(&mut self, ui: &Ui, height: f32) -> Rect {
        let (rest, piece) = self.rest.split_top_bottom_at_y((self.rest.bottom() - height).round());
        ui.painter().hline(piece.x_range(), piece.top() + 0.5, (1.0, self.line));
        self.rest = rest;
        Rect::from_min_max(pos2(piece.left(), piece.top() + 1.0), piece.max)
    }

    /// Cuts a piece off the left whose width the user sets by dragging its edge, within `range`.
    pub fn resizable_left(&mut self, ui: &mut Ui, name: &str, width: f32, range: impl Into<Rangef>) -> Rect {
        let range = range.into();
        let width = range.clamp(width_of(ui, name).unwrap_or(width));
        let piece = self.left(ui, width);
        if let Some(moved) = upright_edge(ui, name, piece.right(), piece.y_range()) {
            set_width(ui, name, range.clamp(width + moved));
        }
        piece
    }

    /// Cuts a piece off the right whose width the user sets by dragging its edge, within `range`.
    pub fn resizable_right(&mut self, ui: &mut Ui, name: &str, width: f32, range: impl Into<Rangef>) -> Rect {
        let range = range.into();
        let width = range.clamp(width_of(ui, name).unwrap_or(width));
        let piece = self.right(ui, width);
        if let Some(moved) = upright_edge(ui, name, piece.left(), piece.y_range()) {
            set_width(ui, name, range.clamp(width - moved));
        }
        piece
    }

    /// Cuts a piece off the top whose height the user sets by dragging its edge, within `range`.
    pub fn resizable_top(&mut self, ui: &mut Ui, name: &str, height: f32, range: impl Into<Rangef>) -> Rect {
        let range = range.into();
        let height = range.clamp(width_of(ui, name).unwrap_or(height));
        let piece = self.top(ui, height);
        let edge = Rect::from_x_y_ranges(piece.x_range(), piece.bottom() - 3.0..=piece.bottom() + 3.0);
        let (response, steps) = edge_at(ui, name, edge, [Key::ArrowUp, Key::ArrowDown]);
        response.clone().on_hover_and_drag_cursor(CursorIcon::ResizeVertical);
        let moved = if response.dragged() { response.drag_delta().y } else { steps };
        if moved != 0.0 {
            set_width(ui, name, range.clamp(height + moved));
        }
        piece
    }
}

/// Rectangles of the zones drawn in this frame, for F6.
fn drawn_id() -> Id {
    Id::unique("zones drawn")
}

/// The zones drawn in this frame, in reading order, and forgets them.
pub(super) fn take_drawn(ctx: &Context) -> Vec<Rect> {
    ctx.data_mut(|data| data.remove_temp::<Vec<Rect>>(drawn_id())).unwrap_or_default()
}

/// Widths and heights that the user dragged, by zone.
type Widths = BTreeMap<String, f32>;

fn widths_id() -> Id {
    Id::unique("zone widths")
}

/// Widths and heights that the user dragged, by zone: the workspace keeps them.
pub fn widths(ctx: &Context) -> Widths {
    ctx.data(|data| data.get_temp(widths_id())).unwrap_or_default()
}

/// Puts the zones back to what the workspace kept.
pub fn set_widths(ctx: &Context, widths: Widths) {
    ctx.data_mut(|data| data.insert_temp(widths_id(), widths));
}

fn width_of(ui: &Ui, name: &str) -> Option<f32> {
    ui.data_mut(|data| data.get_temp_mut_or_default::<Widths>(widths_id()).get(name).copied())
}

fn set_width(ui: &Ui, name: &str, width: f32) {
    ui.data_mut(|data| data.get_temp_mut_or_default::<Widths>(widths_id()).insert(name.to_owned(), width));
}

/// The edge at the left or right of a zone. Says how far it was moved.
fn upright_edge(ui: &Ui, name: &str, x: f32, y: Rangef) -> Option<f32> {
    let edge = Rect::from_x_y_ranges(x - 3.0..=x + 3.0, y);
    let (response, steps) = edge_at(ui, name, edge, [Key::ArrowLeft, Key::ArrowRight]);
    let response = response.on_hover_and_drag_cursor(CursorIcon::ResizeHorizontal);
    let moved = if response.dragged() { response.drag_delta().x } else { steps };
    (moved != 0.0).then_some(moved)
}

/// An edge to be dragged, or moved by two keys while it has the focus; with how far the keys moved it.
fn edge_at(ui: &Ui, name: &str, rect: Rect, [back, on]: [Key; 2]) -> (Response, f32) {
    let response = ui.interact(rect, Id::unique(("zone edge", name)), Sense::drag());
    response.widget_info(|| WidgetInfo::labeled(Role::Splitter, true, format!("Edge of {name}")));
    focus::ring_inside(ui, &response, rect);
    if !focus::takes_arrows(&response) {
        return (response, 0.0);
    }
    let steps = ui.input(|input| input.num_presses(on) as f32 - input.num_presses(back) as f32);
    (response, steps * EDGE_STEP)
}

/// Draws contents in a zone's rectangle, from top to bottom without gaps, cut to it.
pub fn fill<R>(ui: &mut Ui, rect: Rect, contents: impl FnOnce(&mut Ui) -> R) -> R {
    ui.data_mut(|data| data.get_temp_mut_or_default::<Vec<Rect>>(drawn_id()).push(rect));
    let layout = Layout::top_down(Align::Min);
    let mut child = ui.new_child(UiBuilder::new().max_rect(rect).layout(layout));
    child.set_clip_rect(rect.intersect(ui.clip_rect()));
    child.spacing_mut().item_spacing = vec2(0.0, 0.0);
    contents(&mut child)
}

/// The same, scrolling where the contents are higher than the zone. `name` keeps the place.
pub fn scroll<R>(ui: &mut Ui, rect: Rect, name: &str, contents: impl FnOnce(&mut Ui) -> R) -> R {
    fill(ui, rect, |ui| {
        ScrollArea::vertical()
            .id_salt(name)
            .auto_shrink(false)
            .show(ui, |ui| {
                ui.spacing_mut().item_spacing = vec2(0.0, 0.0);
                contents(ui)
            })
            .inner
    })
}

/// Contents with so much space at the left and the right.
pub fn padded<R>(ui: &mut Ui, padding: f32, contents: impl FnOnce(&mut Ui) -> R) -> R {
    let available = ui.available_rect_before_wrap();
    let inner = available.shrink2(vec2(padding, 0.0));
    let mut child = ui.new_child(UiBuilder::new().max_rect(inner).layout(Layout::top_down(Align::Min)));
    child.spacing_mut().item_spacing = ui.spacing().item_spacing;
    let result = contents(&mut child);
    let used = child.min_rect();
    ui.allocate_rect(
        Rect::from_min_max(available.min, pos2(available.right(), used.bottom().max(available.top()))),
        Sense::hover(),
    );
    result
}

/// A row of `height`, whose contents stand in the middle, from left to right with gaps of 8.
pub fn row<R>(ui: &mut Ui, height: f32, contents: impl FnOnce(&mut Ui) -> R) -> R {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
    let layout = Layout::left_to_right(Align::Center);
    let mut child = ui.new_child(UiBuilder::new().max_rect(rect).layout(layout));
    child.spacing_mut().item_spacing = vec2(8.0, 0.0);
    contents(&mut child)
}

/// A row of a form: the label at the left, the control from `at` on. 33 high, as drawn.
pub fn form_row<R>(ui: &mut Ui, label: &str, at: f32, control: impl FnOnce(&mut Ui) -> R) -> R {
    let color = tokens(ui).t2;
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 33.0), Sense::hover());
    let (left, right) = rect.split_left_right_at_x(rect.left() + at);
    text::put(ui, left, eframe::egui::Align2::LEFT_CENTER, label, Type::Body, color);
    let mut child =
        ui.new_child(UiBuilder::new().max_rect(right).layout(Layout::left_to_right(Align::Center)));
    child.spacing_mut().item_spacing = vec2(8.0, 0.0);
    control(&mut child)
}

/// A line over the whole width, to part what lies in one scrolling zone.
pub fn line(ui: &mut Ui) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 1.0), Sense::hover());
    ui.painter().hline(rect.x_range(), rect.center().y, (1.0, tokens(ui).line));
}

/// The head of a zone: title, what it is about, controls at the right.
#[must_use = "call show"]
pub struct Header<'a> {
    title: &'a str,
    detail: &'a str,
    mono_detail: bool,
    height: f32,
    padding: f32,
    line: bool,
}

/// The head of a zone, 32 high without controls. `header("Check").detail("at 14:09:12, 49 ms").show(ui, |ui| ..)`.
pub fn header(title: &str) -> Header<'_> {
    Header { title, detail: "", mono_detail: false, height: ZONE_HEADER, padding: PADDING, line: false }
}

impl<'a> Header<'a> {
    /// What the zone is about: range, count, unit.
    pub fn detail(mut self, detail: &'a str) -> Self {
        self.detail = detail;
        self
    }

    /// The same, of numbers only: in JetBrains Mono.
    pub fn numbers(mut self, detail: &'a str) -> Self {
        self.detail = detail;
        self.mono_detail = true;
        self
    }

    /// 40 high, for controls.
    pub fn tall(mut self) -> Self {
        self.height = ZONE_HEADER_CONTROLS;
        self
    }

    /// Another padding than 16.
    pub fn padding(mut self, padding: f32) -> Self {
        self.padding = padding;
        self
    }

    /// A line below, over the whole width.
    pub fn line(mut self) -> Self {
        self.line = true;
        self
    }

    /// Draws it; `controls` are laid out from the right to the left.
    pub fn show<R>(self, ui: &mut Ui, controls: impl FnOnce(&mut Ui) -> R) -> R {
        let tokens = tokens(ui);
        let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), self.height), Sense::hover());
        let inner = rect.shrink2(vec2(self.padding, 0.0));
        let mut right =
            ui.new_child(UiBuilder::new().max_rect(inner).layout(Layout::right_to_left(Align::Center)));
        right.spacing_mut().item_spacing = vec2(8.0, 0.0);
        let result = controls(&mut right);
        let used = right.min_rect();
        let end = if used.width() > 0.0 { used.left() - 8.0 } else { inner.right() };
        let words = Rect::from_min_max(inner.min, pos2(end.max(inner.left()), inner.bottom()));
        let align = eframe::egui::Align2::LEFT_CENTER;
        let title = text::put(ui, words, align, self.title, Type::Zone, tokens.t1);
        if !self.detail.is_empty() && title.rect.right() + 10.0 < words.right() {
            let rest = Rect::from_min_max(pos2(title.rect.right() + 10.0, words.top()), words.max);
            let kind = if self.mono_detail { Type::Number } else { Type::Cell };
            text::put(ui, rest, align, self.detail, kind, tokens.t3);
        }
        if self.line {
            ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, (1.0, tokens.line));
        }
        result
    }

    /// Draws it without controls.
    pub fn plain(self, ui: &mut Ui) {
        self.show(ui, |_| ());
    }
}
