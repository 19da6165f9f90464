//! F6: the focus goes to the first control of the next zone.

use eframe::egui::{Context, Id, Key, Rect};

use crate::ui::zone;

/// Looks for the key, after the zones of this frame were drawn. While something lies `over` them, the focus stays in it.
pub(super) fn watch(ctx: &Context, window: Rect, over: bool) {
    let zones = zone::take_drawn(ctx);
    if over || !ctx.input(|input| input.key_pressed(Key::F6)) {
        return;
    }
    let focused = ctx.memory(|memory| memory.focused());
    let controls = controls(ctx, window);
    let place =
        focused.and_then(|id| controls.iter().find(|(other, _)| *other == id)).map(|(_, rect)| rect.center());
    // The innermost zone is the one that was drawn last around the place.
    let current = place.and_then(|place| zones.iter().rposition(|zone| zone.contains(place)));
    let order = (1..=zones.len()).map(|step| (current.map_or(0, |at| at + step) + zones.len()) % zones.len());
    let first_in = |zone: &Rect| controls.iter().find(|(_, rect)| zone.contains(rect.center()));
    let next = order.filter_map(|index| zones.get(index)).find_map(first_in);
    if let Some((id, _)) = next {
        ctx.memory_mut(|memory| memory.request_focus(*id));
    }
}

/// Controls that can have the focus, in the order in which they were drawn.
fn controls(ctx: &Context, window: Rect) -> Vec<(Id, Rect)> {
    ctx.viewport(|viewport| {
        let widgets = &viewport.this_pass.widgets;
        let focusable = widgets.layers().flat_map(|(_, widgets)| widgets.iter());
        focusable
            .filter(|widget| widget.enabled && widget.sense.is_focusable() && window.intersects(widget.rect))
            .map(|widget| (widget.id, widget.rect))
            .collect()
    })
}
