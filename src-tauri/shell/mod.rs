//! The only code that knows Tauri: it builds the app, lends the core a browser and a window, and hands over what
//! comes from outside (commands, addresses, files). Refuses to decide anything: no rule of the product is here.

mod arguments;
mod browser;
mod commands;
mod core;
mod deep_link;
mod desktop;
mod dumps;
mod ending;
mod environment;
mod files;
mod listeners;
mod markup;
mod needs;
mod proxies;
mod quick;
#[cfg(feature = "bench")]
mod ready;
mod removal;
mod report;
mod screens;
mod shortcut;
mod tray;
#[cfg(feature = "webdriver")]
mod webdriver;
mod window;
mod without_script;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use sally_core::log::Log;
use tauri::{AppHandle, Manager as _, RunEvent};
use tauri_plugin_window_state::StateFlags;

pub(crate) use arguments::Arguments;
pub(crate) use dumps::prevent as prevent_dumps;
pub(crate) use environment::Environment;
pub(crate) use needs::{Missing, tell};

use self::core::Core;
use self::desktop::{Lent, SystemDesktop};
use self::ending::Ending;
use self::listeners::Listeners;
use self::removal::Removal;
use self::shortcut::Keys;
use self::without_script::WithoutScript;

/// How long a desktop that is just starting has time to bring its tray.
const TRAY_COMES: Duration = Duration::from_secs(3);

/// Runs until the person quits.
pub(crate) fn run(
    arguments: Arguments,
    environment: Environment,
    log: Log,
) -> Result<(), Box<dyn std::error::Error>> {
    needs::look()?;
    let builder = tauri::Builder::default();
    #[cfg(target_os = "macos")]
    let builder = builder.menu(tray::menu_bar);
    let builder = builder
        .manage(Ending::default())
        .manage(Removal::default())
        .manage(Listeners::default())
        .manage(log)
        // First, so that a second start hands its arguments over before it does anything.
        .plugin(tauri_plugin_single_instance::init(|app, argv, folder| {
            if ending::comes_too_late(app, &argv, &folder) {
                return;
            }
            let arguments = Arguments::of_second_start(argv);
            if arguments.quick_send {
                quick::open(app, None);
            } else if !arguments.minimized && !arguments.by_own_address {
                // An address may be a stranger's: the core knows whether it answers a login.
                window::come_to_front(app);
            }
            files::import(app, arguments.opened(&PathBuf::from(folder)));
        }))
        .plugin(tauri_plugin_deep_link::init())
        .plugin(WithoutScript(tauri_plugin_dialog::init()))
        // It asks for no permission to open what is clicked in a page, so no script of it is needed there.
        .plugin(tauri_plugin_opener::Builder::new().open_js_links_on_click(false).build())
        .plugin(WithoutScript(tauri_plugin_notification::init()))
        .plugin(desktop::autostart())
        .plugin(shortcut::plugin())
        .plugin(
            tauri_plugin_window_state::Builder::new()
                .with_state_flags(StateFlags::SIZE | StateFlags::POSITION | StateFlags::MAXIMIZED)
                .with_denylist(&[quick::LABEL])
                .build(),
        );
    #[cfg(feature = "webdriver")]
    let builder = webdriver::offer(builder);
    let app = builder
        .invoke_handler(commands::all())
        .setup(move |app| {
            let handle = app.handle();
            // Not before: a second start, which ends with its plugin, leaves the file to the first.
            if let Ok((folder, _)) = core::data_folder(handle) {
                app.state::<Log>().lie_in(&folder);
            }
            tracing::info!(version = env!("CARGO_PKG_VERSION"), "Sally Desktop starts");
            app.manage(Keys::new());
            app.manage(Lent(Arc::new(SystemDesktop::new(handle.clone()))));
            app.manage(Core::start(handle, environment));
            ending::follow_signals(handle);
            let hidden = arguments.minimized || arguments.quick_send;
            window::open(handle, !hidden)?;
            tray::open(handle)?;
            desktop::follow_clicks(handle)?;
            deep_link::listen(handle);
            if arguments.quick_send {
                quick::open(handle, None);
            } else if hidden {
                window::start_hidden(handle);
            } else {
                say_without_tray(handle);
            }
            if arguments.samples {
                files::load_samples(handle);
            }
            files::import(handle, arguments.opened(&std::env::current_dir().unwrap_or_default()));
            Ok(())
        })
        .build(tauri::generate_context!())?;
    app.run(|app, event| match event {
        #[cfg(target_os = "macos")]
        RunEvent::Opened { urls } => files::import(app, arguments::opened_by_system(&urls)),
        #[cfg(target_os = "macos")]
        RunEvent::Reopen { .. } => window::come_to_front(app),
        RunEvent::ExitRequested { code, api, .. } => ending::on_exit_requested(app, code, &api),
        RunEvent::Exit => ending::on_exit(app),
        _ => {}
    });
    Ok(())
}

/// If the desktop has no tray, the app says so once.
fn say_without_tray(handle: &AppHandle) {
    let handle = handle.clone();
    tauri::async_runtime::spawn(async move {
        tokio::time::sleep(TRAY_COMES).await;
        if tray::is_there().await {
            return;
        }
        tracing::info!("the desktop has no tray");
        let Ok(app) = handle.state::<Core>().app().await else { return };
        if let Err(error) = app.no_tray().await {
            tracing::warn!(%error, "it could not be said that there is no tray");
        }
    });
}
