//! The only code that knows Tauri: it builds the app, lends the core a browser and a window, and hands over what
//! comes from outside (commands, addresses, files). Refuses to decide anything: no rule of the product is here.

mod arguments;
mod browser;
mod commands;
mod core;
mod deep_link;
mod files;
mod ready;
mod window;

use std::path::PathBuf;

use tauri::{Manager as _, RunEvent};

pub(crate) use arguments::Arguments;

use self::core::Core;

/// Runs until the last window is closed.
pub(crate) fn run(arguments: Arguments) -> Result<(), Box<dyn std::error::Error>> {
    let app = tauri::Builder::default()
        // First, so that a second start hands its arguments over before it does anything.
        .plugin(tauri_plugin_single_instance::init(|app, argv, folder| {
            window::come_to_front(app);
            files::import(app, Arguments::of_second_start(argv).files(&PathBuf::from(folder)));
        }))
        .plugin(tauri_plugin_deep_link::init())
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_opener::init())
        .invoke_handler(commands::all())
        .setup(move |app| {
            let handle = app.handle();
            app.manage(Core::start(handle));
            window::open(handle)?;
            deep_link::listen(handle);
            if arguments.samples {
                files::load_samples(handle);
            }
            files::import(handle, arguments.files(&std::env::current_dir().unwrap_or_default()));
            Ok(())
        })
        .build(tauri::generate_context!())?;
    app.run(|app, event| match event {
        #[cfg(target_os = "macos")]
        RunEvent::Opened { urls } => files::import(app, files::paths_of(&urls)),
        RunEvent::Exit => app.state::<Core>().end(),
        _ => {}
    });
    Ok(())
}
