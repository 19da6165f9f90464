//! The keyboard in a table: arrows, Page, Home, End, Enter, Ctrl+C.

use eframe::egui::{Event, InputState, Key, Response, Ui};

use super::scroll::Scroll;
use super::{Table, TableResponse};
use crate::ui::widgets::focus;

/// Moves the choice while the table has the focus, and brings it into sight.
pub(super) fn handle(
    ui: &Ui,
    whole: &Response,
    table: &Table<'_>,
    scroll: &mut Scroll,
    response: &mut TableResponse,
) {
    if table.rows == 0 || !focus::takes_arrows(whole) {
        return;
    }
    let row =
        ui.input(pressed).into_iter().fold(table.selected, |row, key| Some(moved(table, scroll, row, key)));
    if row != table.selected {
        response.chosen = row;
        row.into_iter().for_each(|row| scroll.reveal(row));
    }
    let (enter, copy, json) = ui.input(|input| {
        let copy = input.events.iter().any(|event| matches!(event, Event::Copy));
        let json = input.modifiers.command && input.modifiers.shift && input.key_pressed(Key::C);
        (input.key_pressed(Key::Enter), copy || json, json || input.modifiers.shift)
    });
    if enter {
        response.opened = table.selected;
    }
    if copy {
        response.copied = table.selected.map(|row| (row, json));
    }
}

/// The row that a key leads to.
fn moved(table: &Table<'_>, scroll: &Scroll, row: Option<u64>, key: Key) -> u64 {
    let last = table.rows - 1;
    let Some(row) = row else { return if key == Key::End { last } else { 0 } };
    match key {
        Key::ArrowDown => (row + 1).min(last),
        Key::ArrowUp => row.saturating_sub(1),
        Key::PageDown => (row + scroll.page()).min(last),
        Key::PageUp => row.saturating_sub(scroll.page()),
        Key::End => last,
        _ => 0,
    }
}

fn pressed(input: &InputState) -> Vec<Key> {
    const MOVES: [Key; 6] = [Key::ArrowDown, Key::ArrowUp, Key::PageDown, Key::PageUp, Key::Home, Key::End];
    let move_key = |event: &Event| match event {
        Event::Key { key, pressed: true, modifiers, .. } if MOVES.contains(key) && !modifiers.command => {
            Some(*key)
        }
        _ => None,
    };
    input.events.iter().filter_map(move_key).collect()
}
