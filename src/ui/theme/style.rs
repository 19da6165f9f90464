//! egui's own style, made from the tokens, for what egui draws itself: text cursors, scroll bars, popups.

use eframe::egui::style::{ScrollStyle, Selection, WidgetVisuals, Widgets};
use eframe::egui::{
    Color32, CornerRadius, FontFamily, FontId, Margin, Shadow, Stroke, Style, TextStyle, Theme, Visuals, vec2,
};

use super::measures::{CONTROL, RADIUS_CONTROL, RADIUS_POPUP};
use super::tokens::Tokens;

/// The style of one theme.
pub(super) fn of(tokens: &Tokens, theme: Theme) -> Style {
    let mut style = theme.default_style();
    style.visuals = visuals(tokens, theme);
    style.text_styles = [
        (TextStyle::Heading, FontId::new(15.0, FontFamily::Proportional)),
        (TextStyle::Body, FontId::new(13.0, FontFamily::Proportional)),
        (TextStyle::Button, FontId::new(12.5, FontFamily::Proportional)),
        (TextStyle::Small, FontId::new(11.5, FontFamily::Proportional)),
        (TextStyle::Monospace, FontId::new(12.0, FontFamily::Monospace)),
    ]
    .into();
    style.spacing.item_spacing = vec2(8.0, 4.0);
    style.spacing.button_padding = vec2(10.0, 4.0);
    style.spacing.interact_size = vec2(CONTROL, CONTROL);
    style.spacing.window_margin = Margin::same(0);
    style.spacing.menu_margin = Margin::same(4);
    style.spacing.scroll = ScrollStyle {
        bar_width: 8.0,
        floating_width: 4.0,
        dormant_handle_opacity: 0.0,
        active_handle_opacity: 0.25,
        interact_handle_opacity: 0.5,
        ..ScrollStyle::floating()
    };
    style.interaction.selectable_labels = false;
    style.interaction.tooltip_delay = 0.4;
    style.animation_time = 0.0;
    style
}

fn visuals(tokens: &Tokens, theme: Theme) -> Visuals {
    let mut visuals = theme.default_visuals();
    visuals.override_text_color = None;
    visuals.widgets = widgets(tokens);
    visuals.selection =
        Selection { bg_fill: tokens.accent.gamma_multiply(0.35), stroke: Stroke::new(1.0, tokens.accent) };
    visuals.hyperlink_color = tokens.accent;
    visuals.faint_bg_color = tokens.bg2;
    visuals.extreme_bg_color = tokens.field;
    visuals.code_bg_color = tokens.bg3;
    visuals.warn_fg_color = tokens.warn;
    visuals.error_fg_color = tokens.bad;
    visuals.window_corner_radius = CornerRadius::same(RADIUS_POPUP as u8);
    visuals.menu_corner_radius = CornerRadius::same(RADIUS_POPUP as u8);
    // Of popups, egui itself fills only tooltips.
    visuals.window_fill = tokens.bg4;
    visuals.window_stroke = Stroke::new(1.0, tokens.line2);
    visuals.panel_fill = tokens.bg1;
    visuals.text_cursor.stroke = Stroke::new(1.5, tokens.accent);
    visuals.text_cursor.blink = false;
    let shadow = Shadow { offset: [0, 8], blur: 24, spread: 0, color: Color32::from_black_alpha(89) };
    visuals.window_shadow = shadow;
    visuals.popup_shadow = shadow;
    visuals
}

fn widgets(tokens: &Tokens) -> Widgets {
    let state = |fill: Color32, border: Color32, text: Color32| WidgetVisuals {
        bg_fill: fill,
        weak_bg_fill: fill,
        bg_stroke: Stroke::new(1.0, border),
        corner_radius: CornerRadius::same(RADIUS_CONTROL as u8),
        fg_stroke: Stroke::new(1.0, text),
        expansion: 0.0,
    };
    Widgets {
        noninteractive: state(tokens.bg1, tokens.line, tokens.t1),
        inactive: state(tokens.bg2, tokens.line2, tokens.t1),
        hovered: state(tokens.bg3, tokens.t4, tokens.t1),
        active: state(tokens.bg4, tokens.t4, tokens.t1),
        open: state(tokens.bg3, tokens.line2, tokens.t1),
    }
}
