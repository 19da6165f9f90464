//! The fonts of the window: Inter for words, JetBrains Mono for numbers.

use std::sync::Arc;

use eframe::egui::{FontData, FontDefinitions, FontFamily};

/// The family of JetBrains Mono Medium; the regular one is [`FontFamily::Monospace`].
pub(super) const MONO_MEDIUM: &str = "mono-medium";

const INTER: &[u8] = include_bytes!("../../../assets/fonts/InterVariable.ttf");
const MONO: &[u8] = include_bytes!("../../../assets/fonts/JetBrainsMono-Regular.ttf");
const MEDIUM: &[u8] = include_bytes!("../../../assets/fonts/JetBrainsMono-Medium.ttf");

/// Each family falls back on the others, so that a glyph which one lacks comes from the next.
pub(super) fn definitions() -> FontDefinitions {
    let mut fonts = FontDefinitions::empty();
    for (name, bytes) in [("inter", INTER), ("mono", MONO), ("medium", MEDIUM)] {
        fonts.font_data.insert(name.into(), Arc::new(FontData::from_static(bytes)));
    }
    let order = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    fonts.families.insert(FontFamily::Proportional, order(&["inter", "mono"]));
    fonts.families.insert(FontFamily::Monospace, order(&["mono", "inter"]));
    fonts.families.insert(FontFamily::Name(MONO_MEDIUM.into()), order(&["medium", "inter"]));
    fonts
}
