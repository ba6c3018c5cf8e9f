//! Key combinations by the names that the keyboard has: `Enter`, `ArrowDown`, `Shift+F10`, `Control+Enter`.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use fantoccini::actions::{InputSource, KeyAction, KeyActions};
use fantoccini::key::Key;

/// Presses and releases one combination.
pub(crate) fn combination(names: &str) -> Result<KeyActions> {
    let keys: Vec<char> = names.split('+').map(key).collect::<Result<_>>()?;
    let mut actions = KeyActions::new("keyboard".into());
    for &value in &keys {
        actions = actions.then(KeyAction::Down { value });
    }
    for &value in keys.iter().rev() {
        actions = actions.then(KeyAction::Up { value });
    }
    Ok(actions)
}

/// Holds one key down for some parts of another action.
pub(crate) fn held(name: &str, parts: usize) -> Result<KeyActions> {
    let value = key(name)?;
    let mut actions = KeyActions::new("keyboard".into()).then(KeyAction::Down { value });
    for _ in 0..parts {
        actions = actions.then(KeyAction::Pause { duration: Duration::ZERO });
    }
    Ok(actions.then(KeyAction::Up { value }))
}

/// Types a text of ASCII letters. `WebKit` takes a letter for the key that it is on, so the shift key is
/// pressed as on a keyboard (US).
pub(crate) fn typing(text: &str) -> KeyActions {
    let mut actions = KeyActions::new("keyboard".into());
    for letter in text.chars() {
        let value = if letter == '\n' { char::from(Key::Enter) } else { letter };
        let shift = letter.is_ascii_uppercase() || "~!@#$%^&*()_+{}|:\"<>?".contains(letter);
        if shift {
            actions = actions.then(KeyAction::Down { value: Key::Shift.into() });
        }
        actions = actions.then(KeyAction::Down { value }).then(KeyAction::Up { value });
        if shift {
            actions = actions.then(KeyAction::Up { value: Key::Shift.into() });
        }
    }
    actions
}

fn key(name: &str) -> Result<char> {
    let key = match name {
        "Enter" => Key::Enter,
        "Escape" => Key::Escape,
        "Tab" => Key::Tab,
        "Space" => Key::Space,
        "Backspace" => Key::Backspace,
        "Delete" => Key::Delete,
        "ArrowUp" => Key::Up,
        "ArrowDown" => Key::Down,
        "ArrowLeft" => Key::Left,
        "ArrowRight" => Key::Right,
        "Home" => Key::Home,
        "End" => Key::End,
        "PageUp" => Key::PageUp,
        "PageDown" => Key::PageDown,
        "F10" => Key::F10,
        "Shift" => Key::Shift,
        "Control" => Key::Control,
        "Alt" => Key::Alt,
        _ => {
            let mut letters = name.chars();
            let letter = letters.next().context("a key has a name")?;
            if letters.next().is_some() {
                bail!("there is no key named {name}");
            }
            return Ok(letter);
        }
    };
    Ok(key.into())
}
