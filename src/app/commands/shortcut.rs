//! Keyboard shortcuts: how they are made, written, and kept from clashing.

use eframe::egui::{Key, KeyboardShortcut, Modifiers};

/// Ctrl+Enter runs the main action of the stage; no command may take it for itself.
pub const MAIN_ACTION: KeyboardShortcut = KeyboardShortcut::new(Modifiers::COMMAND, Key::Enter);

/// Ctrl and a key (Command on macOS).
pub const fn ctrl(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::COMMAND, key)
}

/// Ctrl, Shift and a key.
pub const fn ctrl_shift(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::COMMAND.plus(Modifiers::SHIFT), key)
}

/// A key alone; it does nothing while text is typed.
pub const fn plain(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::NONE, key)
}

/// A shortcut as it is written: `Ctrl K`, `Ctrl ↵`.
pub fn keys(shortcut: &KeyboardShortcut) -> String {
    let modifiers = shortcut.modifiers;
    let mut words = Vec::with_capacity(3);
    if modifiers.command || modifiers.ctrl {
        words.push(if cfg!(target_os = "macos") { "Cmd" } else { "Ctrl" });
    }
    if modifiers.alt {
        words.push("Alt");
    }
    if modifiers.shift {
        words.push("Shift");
    }
    words.push(match shortcut.logical_key {
        Key::Enter => "↵",
        key => key.symbol_or_name(),
    });
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::app::commands::Command;
    use crate::app::stage::Stage;
    use crate::app::state::State;

    #[test]
    fn no_two_commands_that_work_at_once_have_the_same_shortcut() {
        let mut state = State::default();
        for stage in Stage::ALL {
            state.stage = stage;
            let mut taken = BTreeMap::from([(keys(&MAIN_ACTION), "the main action".to_owned())]);
            for command in Command::listed(&state) {
                let reachable = command.stage().is_none_or(|of| of == stage);
                let about = command.about(&state).expect("a listed command can be read");
                let Some(shortcut) = about.shortcut.filter(|_| reachable) else { continue };
                let before = taken.insert(keys(&shortcut), about.title.to_string());
                assert_eq!(before, None, "{} in {stage:?} is also {}", keys(&shortcut), about.title);
            }
            assert!(taken.len() > 8, "the window's own shortcuts are listed in {stage:?}");
        }
    }

    #[test]
    fn shortcuts_are_written_as_in_the_pictures() {
        assert_eq!(keys(&ctrl(Key::K)), "Ctrl K");
        assert_eq!(keys(&MAIN_ACTION), "Ctrl ↵");
        assert_eq!(keys(&ctrl_shift(Key::Z)), "Ctrl Shift Z");
        assert_eq!(keys(&plain(Key::Slash)), "/");
    }
}
