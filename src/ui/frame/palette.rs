//! The command palette: everything that can be done, found by a few letters.

use eframe::egui::text::LayoutJob;
use eframe::egui::{
    Align2, Id, Key, Modifiers, Rect, ScrollArea, Sense, Ui, WidgetInfo, accesskit::Role, pos2, vec2,
};

use super::overlay::{Behind, middle, popup};
use crate::app::commands::window::palette_field;
use crate::app::commands::{Command, WindowCommand, keys};
use crate::ui::View;
use crate::ui::icon::Icon;
use crate::ui::text::{self, Type};
use crate::ui::theme::tokens;
use crate::ui::widgets::{TextField, text_field::key_cap};
use crate::ui::zone;

const WIDTH: f32 = 520.0;
const ROW: f32 = 32.0;
/// Rows shown without scrolling.
const SHOWN: f32 = 10.0;

/// What is typed and which row is chosen; lives as long as the palette is open.
#[derive(Clone, Default)]
struct Search {
    typed: String,
    chosen: usize,
}

/// A command that fits what is typed.
struct Hit {
    command: Command,
    title: String,
    shortcut: Option<String>,
    refusal: Option<String>,
    /// Which characters of the title fit, as ranges of character numbers.
    fits: Vec<std::ops::Range<usize>>,
    score: isize,
}

/// Draws it.
pub(super) fn show(ui: &Ui, view: &View<'_>, window: Rect, typed: &str) {
    let id = Id::unique("palette search");
    let known =
        ui.data(|data| data.get_temp::<Search>(id)).filter(|_| ui.memory(|m| m.has_focus(palette_field())));
    let opened = known.is_none();
    let mut search = known.unwrap_or_else(|| Search { typed: typed.to_owned(), chosen: 0 });
    popup(ui, view, "Command palette", middle(window, WIDTH, 72.0), WIDTH, Behind::Clear, |ui| {
        let moved = ui.input_mut(|input| {
            let down = input.consume_key(Modifiers::NONE, Key::ArrowDown);
            let up = input.consume_key(Modifiers::NONE, Key::ArrowUp);
            isize::from(down) - isize::from(up)
        });
        field(ui, &mut search, opened);
        let hits = find(view, &search.typed);
        search.chosen = search.chosen.saturating_add_signed(moved).min(hits.len().saturating_sub(1));
        let entered = ui.input(|input| input.key_pressed(Key::Enter));
        let clicked = list(ui, &hits, search.chosen, moved != 0);
        let run = clicked.or(entered.then_some(search.chosen));
        if let Some(hit) = run.and_then(|index| hits.get(index)) {
            view.send(WindowCommand::CloseOverlay);
            view.send(WindowCommand::Remember(hit.title.clone()));
            view.send(hit.command.clone());
        }
        keys_line(ui);
    });
    ui.data_mut(|data| data.insert_temp(id, search));
}

fn field(ui: &mut Ui, search: &mut Search, opened: bool) {
    ui.add_space(8.0);
    zone::padded(ui, 12.0, |ui| {
        let field = TextField::new("Search or run a command", &search.typed)
            .id(palette_field())
            .icon(Icon::Search)
            .hint("A few letters; # topics, @ models, > commands, : go to an offset or time")
            .focus(opened || ui.memory(|memory| memory.focused().is_none()))
            .show(ui);
        if let Some(changed) = field.changed {
            *search = Search { typed: changed, chosen: 0 };
        }
    });
    ui.add_space(8.0);
    zone::line(ui);
}

/// The commands that fit, best first; without anything typed those run last, then all.
fn find(view: &View<'_>, typed: &str) -> Vec<Hit> {
    let state = view.state;
    let (prefix, needle) = match typed.chars().next() {
        Some(prefix @ ('#' | '@' | '>' | ':')) => (Some(prefix), typed.get(1..).unwrap_or_default().trim()),
        _ => (None, typed.trim()),
    };
    let commands = match prefix {
        Some('#') => Command::topics(state),
        Some('@') => Command::models(state),
        Some(':') => Command::places(state, needle),
        Some(_) => Command::listed(state),
        None if needle.is_empty() => Command::listed(state),
        None => Command::listed(state)
            .into_iter()
            .chain(Command::topics(state))
            .chain(Command::models(state))
            .collect(),
    };
    let needle = if prefix == Some(':') { "" } else { needle };
    let mut hits: Vec<_> = commands.into_iter().filter_map(|command| fit(view, command, needle)).collect();
    hits.sort_by_key(|hit| std::cmp::Reverse(hit.score));
    hits
}

fn fit(view: &View<'_>, command: Command, needle: &str) -> Option<Hit> {
    let about = command.about(view.state)?;
    let title = about.title.into_owned();
    let recent = view.state.recent_commands.iter().position(|known| *known == title);
    let bonus = recent.map_or(0, |place| 8 - place as isize);
    let (score, fits) = if needle.is_empty() {
        (bonus, Vec::new())
    } else {
        let found = sublime_fuzzy::best_match(needle, &title)?;
        let ranges = found.continuous_matches().map(|run| run.start()..run.start() + run.len()).collect();
        (found.score() + bonus, ranges)
    };
    let refusal = command.refusal(view.state);
    // What cannot be done now comes last, but is there to say why.
    let score = if refusal.is_some() { score - 1_000 } else { score };
    let shortcut = about.shortcut.as_ref().map(keys);
    Some(Hit { command, title, shortcut, refusal, fits, score })
}

/// Draws the rows; the one that was clicked.
fn list(ui: &mut Ui, hits: &[Hit], chosen: usize, moved: bool) -> Option<usize> {
    let mut clicked = None;
    if hits.is_empty() {
        let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 48.0), Sense::hover());
        let color = tokens(ui).t3;
        let inner = rect.shrink2(vec2(16.0, 0.0));
        text::put(ui, inner, Align2::LEFT_CENTER, "Nothing of that name here.", Type::Body, color);
    }
    ScrollArea::vertical().max_height(ROW * SHOWN).show(ui, |ui| {
        for (index, hit) in hits.iter().enumerate() {
            if row(ui, hit, index == chosen, moved) {
                clicked = Some(index);
            }
        }
    });
    zone::line(ui);
    clicked
}

fn row(ui: &mut Ui, hit: &Hit, chosen: bool, moved: bool) -> bool {
    let tokens = tokens(ui);
    let sense = if hit.refusal.is_some() { Sense::hover() } else { Sense::click() };
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), sense);
    let enabled = hit.refusal.is_none();
    response.widget_info(|| WidgetInfo::selected(Role::ListBoxOption, enabled, chosen, &hit.title));
    if chosen && moved {
        response.scroll_to_me(None);
    }
    if !ui.is_rect_visible(rect) {
        return response.clicked();
    }
    if chosen {
        ui.painter().rect_filled(rect, 0.0, tokens.soft);
        let bar = Rect::from_min_size(rect.min, vec2(2.0, rect.height()));
        ui.painter().rect_filled(bar, 0.0, tokens.accent);
    } else if response.hovered() {
        ui.painter().rect_filled(rect, 0.0, tokens.bg3);
    }
    let inner = rect.shrink2(vec2(16.0, 0.0));
    let mut right = inner.right();
    if let Some(shortcut) = &hit.shortcut {
        right = key_cap(ui, pos2(right, inner.center().y), shortcut).left() - 10.0;
    }
    let note = hit.refusal.as_deref().unwrap_or(hit.command.group());
    let note = text::paint_in(
        ui.painter(),
        Rect::from_min_max(pos2(inner.center().x, inner.top()), pos2(right, inner.bottom())),
        Align2::RIGHT_CENTER,
        note,
        Type::Cell,
        tokens.t3,
    );
    let ink = if enabled { tokens.t1 } else { tokens.t4 };
    let mut job = highlighted(&hit.title, &hit.fits, ink, if enabled { tokens.accent } else { ink });
    job.wrap = eframe::egui::text::TextWrapping::truncate_at_width(note.left() - 12.0 - inner.left());
    let galley = ui.painter().layout_job(job);
    let place = Align2::LEFT_CENTER.align_size_within_rect(galley.size(), inner);
    ui.painter().galley(place.min.round(), galley, ink);
    response.clicked()
}

/// The title, with the characters that fit in another colour.
fn highlighted(
    title: &str,
    fits: &[std::ops::Range<usize>],
    ink: eframe::egui::Color32,
    accent: eframe::egui::Color32,
) -> LayoutJob {
    let mut job = LayoutJob::default();
    for (index, character) in title.chars().enumerate() {
        let fit = fits.iter().any(|range| range.contains(&index));
        let color = if fit { accent } else { ink };
        job.append(character.encode_utf8(&mut [0; 4]), 0.0, Type::Name.format(color));
    }
    job
}

fn keys_line(ui: &mut Ui) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 30.0), Sense::hover());
    let color = tokens(ui).t3;
    let said = "↑ ↓ choose    ↵ run    > commands    @ models    # topics    : go to";
    text::paint_in(
        ui.painter(),
        rect.shrink2(vec2(16.0, 0.0)),
        Align2::LEFT_CENTER,
        said,
        Type::Label,
        color,
    );
}
