//! Colours, fonts and measures of the window, in dark and light, and the egui style made from them.
//!
//! In: which theme is chosen. Out: [`Tokens`], which every widget reads through [`tokens()`], and a style set on the context.
//! It knows nothing of what is shown.

mod fonts;
pub mod measures;
mod style;
mod tokens;

pub use tokens::{Tokens, dark, light, tokens};

use eframe::egui;

/// Gives `ctx` the fonts and both styles. Once, before the first frame.
pub fn install(ctx: &egui::Context) {
    ctx.set_fonts(fonts::definitions());
    ctx.set_style_of(egui::Theme::Dark, style::of(dark(), egui::Theme::Dark));
    ctx.set_style_of(egui::Theme::Light, style::of(light(), egui::Theme::Light));
}
