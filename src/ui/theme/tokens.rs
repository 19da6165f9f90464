//! The colour tokens of WINDOW.md, by the names it gives them.

use eframe::egui::{Color32, Ui};

/// One theme's colours.
#[derive(Clone, Debug, PartialEq)]
#[allow(missing_docs, reason = "the field groups say what they are")]
pub struct Tokens {
    /// Top bar, rail, status bar.
    pub bg0: Color32,
    /// Every panel, plot background.
    pub bg1: Color32,
    /// Table header, buttons, popups, row hover.
    pub bg2: Color32,
    /// Chips, hovered button, bar track, banner.
    pub bg3: Color32,
    /// Pressed button, progress track, tooltip, tiered storage.
    pub bg4: Color32,
    /// Text fields, check boxes.
    pub field: Color32,
    /// Zone and grid lines.
    pub line: Color32,
    /// Borders of controls, plot axis.
    pub line2: Color32,
    /// Text and truth, then secondary text, labels and axis text, null and disabled.
    pub t1: Color32,
    pub t2: Color32,
    pub t3: Color32,
    pub t4: Color32,
    /// Brush, focus, links, selection bar.
    pub accent: Color32,
    /// Main button, check box, switch, and what stands on them.
    pub fill: Color32,
    pub onfill: Color32,
    /// Selected row, accent chip.
    pub soft: Color32,
    /// Done, connected, better; and its background.
    pub good: Color32,
    pub goodbg: Color32,
    /// Near retention, watch, leak; and its background.
    pub warn: Color32,
    pub warnbg: Color32,
    /// Failed, drift, wrong; and its background.
    pub bad: Color32,
    pub badbg: Color32,
    /// Series 1 to 6; see [`Tokens::series`].
    pub c: [Color32; 6],
    /// Bars out of range.
    pub bar: Color32,
    /// Reference, histograms, baseline lines; the seventh series, "others".
    pub reference: Color32,
    /// Strings in a record tree.
    pub string: Color32,
}

const fn rgb(hex: u32) -> Color32 {
    Color32::from_rgb((hex >> 16) as u8, (hex >> 8) as u8, hex as u8)
}

static DARK: Tokens = Tokens {
    bg0: rgb(0x0D0F12),
    bg1: rgb(0x14171B),
    bg2: rgb(0x1A1E23),
    bg3: rgb(0x22272E),
    bg4: rgb(0x2C323B),
    field: rgb(0x0D0F12),
    line: rgb(0x252A31),
    line2: rgb(0x3A424D),
    t1: rgb(0xE6E9ED),
    t2: rgb(0xA8B0BB),
    t3: rgb(0x87909D),
    t4: rgb(0x646E7B),
    accent: rgb(0x57A5F7),
    fill: rgb(0x1F6FC9),
    onfill: rgb(0xFFFFFF),
    soft: rgb(0x172C44),
    good: rgb(0x35D6A4),
    goodbg: rgb(0x12291F),
    warn: rgb(0xEDB83A),
    warnbg: rgb(0x2E2612),
    bad: rgb(0xE5645C),
    badbg: rgb(0x351A19),
    c: [rgb(0x57A5F7), rgb(0xF29A3C), rgb(0xB35AC4), rgb(0x2ED8B0), rgb(0xF3E66A), rgb(0xBD4C1B)],
    bar: rgb(0x3C4550),
    reference: rgb(0x6B7582),
    string: rgb(0x9CC9A4),
};

static LIGHT: Tokens = Tokens {
    bg0: rgb(0xEEF0F3),
    bg1: rgb(0xFFFFFF),
    bg2: rgb(0xF6F7F9),
    bg3: rgb(0xEBEEF2),
    bg4: rgb(0xDFE3E9),
    field: rgb(0xFFFFFF),
    line: rgb(0xE2E5EA),
    line2: rgb(0xC3C9D2),
    t1: rgb(0x171A1F),
    t2: rgb(0x4A525D),
    t3: rgb(0x676F7B),
    t4: rgb(0x8A929D),
    accent: rgb(0x1A6BC7),
    fill: rgb(0x1A6BC7),
    onfill: rgb(0xFFFFFF),
    soft: rgb(0xDCEAFA),
    good: rgb(0x0A634D),
    goodbg: rgb(0xE0F3EB),
    warn: rgb(0x966800),
    warnbg: rgb(0xFAF0D7),
    bad: rgb(0xA5170F),
    badbg: rgb(0xFBE5E3),
    c: [rgb(0x1A6BC7), rgb(0xD98036), rgb(0xB92F8C), rgb(0x2FA48D), rgb(0x837600), rgb(0x7D2306)],
    bar: rgb(0xC4CAD3),
    reference: rgb(0x8D95A0),
    string: rgb(0x2C7040),
};

/// The dark theme.
pub fn dark() -> &'static Tokens {
    &DARK
}

/// The light theme.
pub fn light() -> &'static Tokens {
    &LIGHT
}

/// The colours of the theme in which `ui` is drawn.
pub fn tokens(ui: &Ui) -> &'static Tokens {
    if ui.visuals().dark_mode { &DARK } else { &LIGHT }
}

impl Tokens {
    /// The colour of series `index`, counted from 0; from the seventh on the grey of "others".
    pub fn series(&self, index: usize) -> Color32 {
        self.c.get(index).copied().unwrap_or(self.reference)
    }
}
