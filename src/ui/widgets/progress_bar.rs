//! How far something is.

use eframe::egui::accesskit::Role;
use eframe::egui::{Rect, Sense, Ui, WidgetInfo, vec2};

use crate::ui::theme::tokens;

/// A bar over `width`; `share` of 0 to 1, `None` while it is not known. `name` says of what.
pub fn progress_bar(ui: &mut Ui, name: &str, width: f32, share: Option<f32>) {
    let tokens = tokens(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(width, 4.0), Sense::hover());
    response.widget_info(|| {
        let mut info = WidgetInfo::labeled(Role::ProgressIndicator, true, name);
        info.value = share.map(f64::from);
        info
    });
    ui.painter().rect_filled(rect, 2.0, tokens.bg4);
    // While the total is not known a third of the track is filled in a quieter colour: it moves no faster for being looked at.
    let (share, color) = share.map_or((0.33, tokens.t4), |share| (share.clamp(0.0, 1.0), tokens.accent));
    let filled = Rect::from_min_size(rect.min, vec2(rect.width() * share, rect.height()));
    ui.painter().rect_filled(filled, 2.0, color);
}
