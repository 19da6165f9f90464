//! A popup that lies over the window: at a fixed place, closed by Escape or a click beside it; the focus stays in it.

use eframe::egui::accesskit::Role;
use eframe::egui::{
    Align, Area, Color32, Frame, Id, Key, Layout, Order, Pos2, Rect, Sense, Stroke, Ui, WidgetInfo, vec2,
};

use crate::app::commands::WindowCommand;
use crate::ui::View;
use crate::ui::theme::{measures::RADIUS_POPUP, tokens};

/// Whether what lies below is darkened.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Behind {
    /// As it is.
    Clear,
    /// Darkened: nothing else goes on until it is answered.
    Dimmed,
}

/// Draws a popup named `name` with its left top at `at`, so wide.
pub(super) fn popup(
    ui: &Ui,
    view: &View<'_>,
    name: &str,
    at: Pos2,
    width: f32,
    behind: Behind,
    contents: impl FnOnce(&mut Ui),
) {
    let ctx = ui.ctx();
    let tokens = tokens(ui);
    let dim = if behind == Behind::Dimmed { Color32::from_black_alpha(110) } else { Color32::TRANSPARENT };
    let screen = ctx.content_rect();
    let backdrop = Area::new(Id::unique((name, "backdrop"))).order(Order::Middle).fixed_pos(screen.min).show(
        ctx,
        |ui| {
            // Not focusable: Tab goes from control to control, Escape closes.
            let (rect, response) = ui.allocate_exact_size(screen.size(), Sense::CLICK);
            response.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("Close {name}")));
            ui.painter().rect_filled(rect, 0.0, dim);
            response
        },
    );
    // Tab goes round within the popup: what lies below cannot be used before it is closed.
    ctx.memory_mut(|memory| memory.set_modal_layer(backdrop.response.layer_id));
    let area = Area::new(Id::unique(name))
        .order(Order::Foreground)
        .fixed_pos(at)
        .accessible_name(name)
        .constrain(true);
    area.show(ctx, |ui| {
        Frame::new()
            .fill(tokens.bg2)
            .stroke(Stroke::new(1.0, tokens.line2))
            .corner_radius(RADIUS_POPUP)
            .shadow(ui.visuals().popup_shadow)
            .show(ui, |ui| {
                ui.set_width(width);
                ui.spacing_mut().item_spacing = vec2(0.0, 0.0);
                ui.with_layout(Layout::top_down(Align::Min), contents);
            });
    });
    let escaped = ctx.input(|input| input.key_pressed(Key::Escape));
    if escaped || backdrop.inner.clicked() {
        view.send(WindowCommand::CloseOverlay);
    }
}

/// Where a popup of that width stands in the middle of the window, at a third of its height.
pub(super) fn middle(window: Rect, width: f32, top: f32) -> Pos2 {
    Pos2::new((window.center().x - width / 2.0).round(), (window.top() + top).round())
}
