//! The keys that open the quick-send window wherever the person is.

use std::sync::{Mutex, PoisonError};

use sally_core::api::{ErrorView, Shortcut};
use sally_core::app::Error;
use sally_core::domain::problem::Desktop as Refused;
use tauri::plugin::TauriPlugin;
use tauri::{AppHandle, Manager as _};
use tauri_plugin_global_shortcut::{GlobalShortcutExt as _, Modifiers, Shortcut as Parsed, ShortcutState};

use super::quick;

/// Whether the keys that were chosen last work.
pub(super) struct Keys(Mutex<Shortcut>);

impl Keys {
    pub(super) fn new() -> Self {
        Self(Mutex::new(Shortcut::None))
    }

    pub(super) fn state(&self) -> Shortcut {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, state: Shortcut) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = state;
    }
}

/// Listens to the keys.
pub(super) fn plugin() -> TauriPlugin<tauri::Wry> {
    tauri_plugin_global_shortcut::Builder::new()
        .with_handler(|handle, _, event| {
            if event.state() == ShortcutState::Pressed {
                quick::toggle(handle);
            }
        })
        .build()
}

/// Takes the keys that were chosen in an earlier run.
pub(super) fn take(handle: &AppHandle, keys: &str) {
    if let Err(error) = change(handle, "", keys) {
        tracing::warn!(message = error.message, "the shortcut for quick send does not work");
    }
}

/// Has the old keys again, since the new ones could not be kept.
pub(super) fn take_back(handle: &AppHandle, new: &str, old: &str) {
    if let Err(error) = change(handle, new, old) {
        tracing::warn!(message = error.message, "the old shortcut cannot be had again");
    }
}

/// Takes other keys. If they cannot be had, the old ones stay.
pub(super) fn change(handle: &AppHandle, old: &str, new: &str) -> Result<(), ErrorView> {
    let (keys, shortcuts) = (handle.state::<Keys>(), handle.global_shortcut());
    if new != old && !new.is_empty() && !leaves_typing_alone(new) {
        return Err(Error::from(Refused::ShortcutWithoutModifier { keys: new.to_owned() }).view());
    }
    if is_wayland() {
        keys.set(Shortcut::NotAllowed);
        return Ok(());
    }
    if !new.is_empty()
        && !shortcuts.is_registered(new)
        && let Err(error) = shortcuts.register(new)
    {
        tracing::debug!(%error, "the keys were refused");
        if old.is_empty() || old == new {
            keys.set(Shortcut::Taken);
        }
        if old == new {
            // They stay chosen, and nothing else that is chosen has to wait for them.
            return Ok(());
        }
        return Err(Error::from(Refused::ShortcutTaken { keys: new.to_owned() }).view());
    }
    if !old.is_empty()
        && old != new
        && shortcuts.is_registered(old)
        && let Err(error) = shortcuts.unregister(old)
    {
        tracing::warn!(%error, "the old shortcut could not be given back");
    }
    keys.set(if new.is_empty() { Shortcut::None } else { Shortcut::Works });
    Ok(())
}

/// Whether these keys are none that people type or move with: whoever takes those takes them from every other program.
fn leaves_typing_alone(keys: &str) -> bool {
    let Ok(shortcut) = keys.parse::<Parsed>() else { return false };
    let modifiers = Modifiers::CONTROL | Modifiers::ALT | Modifiers::SUPER | Modifiers::META;
    let key = shortcut.key.to_string();
    let is_function_key = key.strip_prefix('F').is_some_and(|number| number.parse::<u8>().is_ok());
    shortcut.mods.intersects(modifiers) || is_function_key
}

/// On Wayland no application has keys of its own. Under X11's stand-in there, keys could be taken and would never come.
fn is_wayland() -> bool {
    cfg!(target_os = "linux")
        && (std::env::var("XDG_SESSION_TYPE").is_ok_and(|kind| kind == "wayland")
            || std::env::var_os("WAYLAND_DISPLAY").is_some_and(|display| !display.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_people_type_with_are_left_to_them() {
        for keys in ["A", "Enter", "Shift+A", "Shift+Space", "Escape", "nonsense", "Ctrl+"] {
            assert!(!leaves_typing_alone(keys), "{keys}");
        }
        for keys in ["CmdOrCtrl+Shift+Space", "Alt+Space", "Super+S", "Ctrl+A", "F9", "Shift+F12"] {
            assert!(leaves_typing_alone(keys), "{keys}");
        }
    }
}
