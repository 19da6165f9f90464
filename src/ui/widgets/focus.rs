//! The focus: its ring, drawn only after a key was used, and keys that stay with what has it.

use eframe::egui::{Context, Event, EventFilter, Id, Key, Rect, Response, Stroke, StrokeKind, Ui};

use crate::ui::theme::tokens;

fn id() -> Id {
    Id::unique("focus ring shown")
}

/// Looks at this frame's input: a key that moves the focus shows the ring, the pointer hides it. Once per frame.
pub fn watch(ctx: &Context) {
    let seen = ctx.input(|input| {
        input.events.iter().rev().find_map(|event| match event {
            Event::Key { key, pressed: true, .. } => moves_focus(*key).then_some(true),
            Event::PointerButton { pressed: true, .. } => Some(false),
            _ => None,
        })
    });
    if let Some(shown) = seen {
        ctx.data_mut(|data| data.insert_temp(id(), shown));
    }
}

fn moves_focus(key: Key) -> bool {
    matches!(
        key,
        Key::Tab
            | Key::F6
            | Key::ArrowUp
            | Key::ArrowDown
            | Key::ArrowLeft
            | Key::ArrowRight
            | Key::Home
            | Key::End
            | Key::PageUp
            | Key::PageDown
    )
}

/// Arrow keys belong to `response` while it has the focus; otherwise egui would move the focus with them. Says whether it
/// has it.
pub fn takes_arrows(response: &Response) -> bool {
    let focused = response.has_focus();
    if focused {
        let filter = EventFilter { horizontal_arrows: true, vertical_arrows: true, ..EventFilter::default() };
        response.ctx.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
    }
    focused
}

/// Whether focus is to be shown.
pub fn shown(ctx: &Context) -> bool {
    ctx.data(|data| data.get_temp(id())).unwrap_or(false)
}

/// Draws the ring around `rect` when `response` has the focus: 1.5 wide, outside by 2.
pub fn ring(ui: &Ui, response: &Response, rect: Rect, radius: f32) {
    if response.has_focus() && shown(ui.ctx()) {
        let stroke = Stroke::new(1.5, tokens(ui).accent);
        ui.painter().rect_stroke(rect.expand(2.0), radius + 2.0, stroke, StrokeKind::Middle);
    }
}

/// The same inside `rect`, for rows that touch each other.
pub fn ring_inside(ui: &Ui, response: &Response, rect: Rect) {
    if response.has_focus() && shown(ui.ctx()) {
        let stroke = Stroke::new(1.5, tokens(ui).accent);
        ui.painter().rect_stroke(rect.shrink(1.0), 2.0, stroke, StrokeKind::Middle);
    }
}
