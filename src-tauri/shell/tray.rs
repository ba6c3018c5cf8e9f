//! The tray: an icon with a badge when something waits, and a menu that the core fills.

use std::sync::atomic::{AtomicBool, Ordering};

use sally_core::api::{FoundItem, Screen, Tray};
use sally_core::app::desktop_words as words;
use sally_core::domain::id::ItemId;
use tauri::image::Image;
use tauri::menu::{Menu, MenuBuilder, MenuEvent, MenuItemBuilder, Submenu, SubmenuBuilder};
use tauri::tray::{MouseButton, MouseButtonState, TrayIconBuilder, TrayIconEvent};
use tauri::{AppHandle, include_image};

use super::ending::quit;
use super::{quick, window};

const ID: &str = "tray";

/// Entries of the menu; an item's own entry is `item:` and its identifier.
const QUICK: &str = "quick";
const OUTBOX: &str = "outbox";
const OPEN: &str = "open";
const SETTINGS: &str = "settings";
const QUIT: &str = "quit";
const ITEM: &str = "item:";

/// Whether the icon shows the badge: it is changed only when it must be.
static BADGE: AtomicBool = AtomicBool::new(false);

/// Puts the icon into the tray, where there is one; where one comes later, the icon does, too.
pub(super) fn open(handle: &AppHandle) -> tauri::Result<()> {
    TrayIconBuilder::with_id(ID)
        .icon(icon(false))
        .icon_as_template(cfg!(target_os = "macos"))
        .tooltip("Sally Desktop")
        .menu(&menu(handle, &Tray::default())?)
        // Where a click can open Quick send, the other button has the menu. Linux only ever has the menu.
        .show_menu_on_left_click(cfg!(target_os = "linux"))
        .on_menu_event(on_menu)
        .on_tray_icon_event(|tray, event| {
            if let TrayIconEvent::Click {
                button: MouseButton::Left,
                button_state: MouseButtonState::Up,
                ..
            } = event
            {
                quick::toggle(tray.app_handle());
            }
        })
        .build(handle)?;
    Ok(())
}

/// Takes the icon away: the app is as good as gone.
pub(super) fn remove(handle: &AppHandle) {
    let here = handle.clone();
    let asked = handle.run_on_main_thread(move || drop(here.remove_tray_by_id(ID)));
    if let Err(error) = asked {
        tracing::debug!(%error, "the app is ending");
    }
}

/// Shows how things stand.
pub(super) fn show(handle: &AppHandle, tray: Tray) {
    let here = handle.clone();
    let asked = handle.run_on_main_thread(move || {
        if let Err(error) = update(&here, &tray) {
            tracing::warn!(%error, "the tray could not be brought up to date");
        }
    });
    if let Err(error) = asked {
        tracing::debug!(%error, "the app is ending");
    }
}

fn update(handle: &AppHandle, tray: &Tray) -> tauri::Result<()> {
    let Some(shown) = handle.tray_by_id(ID) else { return Ok(()) };
    shown.set_menu(Some(menu(handle, tray)?))?;
    let waits = tray.unsent > 0;
    if BADGE.swap(waits, Ordering::Relaxed) != waits {
        shown.set_icon_with_as_template(Some(icon(waits)), cfg!(target_os = "macos"))?;
    }
    shown.set_tooltip(Some(words::tooltip(tray)))?;
    // Beside the icon, where the desktop shows text there.
    shown.set_title(waits.then(|| tray.unsent.to_string()))
}

fn icon(waiting: bool) -> Image<'static> {
    match (cfg!(target_os = "macos"), waiting) {
        (true, false) => include_image!("icons/tray.png"),
        (true, true) => include_image!("icons/tray-waiting.png"),
        (false, false) => include_image!("icons/32x32.png"),
        (false, true) => include_image!("icons/32x32-waiting.png"),
    }
}

fn menu(handle: &AppHandle, tray: &Tray) -> tauri::Result<Menu<tauri::Wry>> {
    let keys = (!tray.shortcut.is_empty()).then_some(tray.shortcut.as_str());
    let entry = |id: &str, words: &str| MenuItemBuilder::with_id(id, words).build(handle);
    let first = || MenuItemBuilder::with_id(QUICK, words::QUICK_SEND);
    // Keys that the menu cannot show are no reason for having no menu.
    let first = match keys.map(|keys| first().accelerator(keys).build(handle)) {
        Some(Ok(entry)) => entry,
        _ => first().build(handle)?,
    };
    MenuBuilder::new(handle)
        .item(&first)
        .item(&recent(handle, &tray.recent)?)
        .item(&entry(OUTBOX, &words::outbox(tray))?)
        .separator()
        .item(&entry(OPEN, words::OPEN)?)
        .item(&entry(SETTINGS, words::SETTINGS)?)
        .separator()
        .item(&entry(QUIT, words::QUIT)?)
        .build()
}

fn recent(handle: &AppHandle, items: &[FoundItem]) -> tauri::Result<Submenu<tauri::Wry>> {
    let mut menu = SubmenuBuilder::new(handle, words::RECENT).enabled(!items.is_empty());
    for item in items {
        // A menu takes the letter after & as its key.
        let text = item.text.replace('&', "&&");
        menu = menu.item(&MenuItemBuilder::with_id(format!("{ITEM}{}", item.id), text).build(handle)?);
    }
    menu.build()
}

/// The menu bar. Its own `Quit` would end the process without asking, so the tray's takes its place.
#[cfg(target_os = "macos")]
pub(super) fn menu_bar(handle: &AppHandle) -> tauri::Result<Menu<tauri::Wry>> {
    let bar = Menu::default(handle)?;
    if let Some(menu) = bar.items()?.first().and_then(|first| first.as_submenu()) {
        menu.remove_at(menu.items()?.len().saturating_sub(1))?;
        menu.append(&MenuItemBuilder::with_id(QUIT, words::QUIT_APP).accelerator("Cmd+Q").build(handle)?)?;
    }
    Ok(bar)
}

#[expect(clippy::needless_pass_by_value, reason = "the menu hands its events over")]
fn on_menu(handle: &AppHandle, event: MenuEvent) {
    match event.id().as_ref() {
        QUICK => quick::open(handle, None),
        OUTBOX => window::go_to(handle, Screen::Outbox),
        OPEN => window::go_to(handle, Screen::AsItWas),
        SETTINGS => window::go_to(handle, Screen::Settings),
        QUIT => quit(handle),
        other => {
            if let Some(Ok(id)) = other.strip_prefix(ITEM).map(str::parse) {
                quick::open(handle, Some(ItemId(id)));
            }
        }
    }
}

/// Whether the desktop has a tray. On Linux that is a program of its own, which may come and go.
#[cfg(target_os = "linux")]
pub(super) async fn is_there() -> bool {
    let asked = async {
        let bus = zbus::Connection::session().await?;
        let names = zbus::fdo::DBusProxy::new(&bus).await?;
        names
            .name_has_owner(zbus::names::BusName::try_from("org.kde.StatusNotifierWatcher")?)
            .await
            .map_err(zbus::Error::from)
    };
    asked.await.unwrap_or(false)
}

/// The desktops of the other systems always have one.
#[cfg(not(target_os = "linux"))]
#[expect(clippy::unused_async, reason = "as on Linux")]
pub(super) async fn is_there() -> bool {
    true
}
