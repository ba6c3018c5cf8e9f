//! Files from outside: the command line, "open with", drag and drop, and the dialog. The web view never sees a
//! path.

use std::path::PathBuf;

use sally_core::app::{Ended, desktop_words as words};
use tauri::{AppHandle, Manager as _};
use tauri_plugin_dialog::{DialogExt as _, FilePath};
use tokio::sync::oneshot;

use super::arguments::Opened;
use super::core::Core;

/// Imports files that nobody is waiting for; the window gets the report. A desktop may bring back the files of its
/// last session by itself, so one that ended the app or took too long is left alone.
pub(super) fn import(handle: &AppHandle, opened: Opened) {
    let Opened { files, refused } = opened;
    start_import(handle, files, Ended::LeaveAlone);
    if refused.is_empty() {
        return;
    }
    let handle = handle.clone();
    tauri::async_runtime::spawn(async move {
        if let Ok(app) = handle.state::<Core>().app().await {
            app.refuse_addresses(refused);
        }
    });
}

/// The same for files that a person drops on the window.
pub(super) fn import_dropped(handle: &AppHandle, files: Vec<PathBuf>) {
    start_import(handle, files, Ended::TryAgain);
}

fn start_import(handle: &AppHandle, files: Vec<PathBuf>, ended: Ended) {
    if files.is_empty() {
        return;
    }
    let handle = handle.clone();
    tauri::async_runtime::spawn(async move {
        if let Ok(app) = handle.state::<Core>().app().await {
            app.import_unasked(files, ended).await;
        }
    });
}

/// Loads the sample meetings, if they are not there yet.
pub(super) fn load_samples(handle: &AppHandle) {
    let handle = handle.clone();
    tauri::async_runtime::spawn(async move {
        if let Ok(app) = handle.state::<Core>().app().await {
            app.load_samples_unasked().await;
        }
    });
}

/// Lets the person choose files; nothing if they choose none.
pub(super) async fn choose(handle: &AppHandle) -> Option<Vec<PathBuf>> {
    let (tell, chosen) = oneshot::channel();
    handle
        .dialog()
        .file()
        .set_title(words::IMPORT)
        .add_filter(words::MEETINGS, &["json", "md", "markdown", "txt", "vtt", "srt", "html", "htm", "docx"])
        .add_filter(words::ALL_FILES, &["*"])
        .pick_files(move |files| {
            // The command may have been given up in the meantime.
            let _ = tell.send(files);
        });
    let files = chosen.await.ok()??;
    Some(files.into_iter().filter_map(|file: FilePath| file.into_path().ok()).collect())
}

/// Lets the person choose a folder, from where exports land; nothing if they choose none.
pub(super) async fn choose_folder(handle: &AppHandle) -> Option<PathBuf> {
    let (tell, chosen) = oneshot::channel();
    let mut dialog = handle.dialog().file().set_title(words::WATCH);
    // GTK would begin with what was used last, where no folder can be chosen.
    if let Ok(folder) = handle.path().download_dir().or_else(|_| handle.path().home_dir()) {
        dialog = dialog.set_directory(folder);
    }
    dialog.pick_folder(move |folder| {
        // The command may have been given up in the meantime.
        let _ = tell.send(folder);
    });
    chosen.await.ok()??.into_path().ok()
}

/// Lets the person choose where a file goes; nothing if they choose no place.
pub(super) async fn choose_target(handle: &AppHandle, name: &str) -> Option<PathBuf> {
    let (tell, chosen) = oneshot::channel();
    handle.dialog().file().set_title(words::EXPORT).set_file_name(name).save_file(move |path| {
        // The command may have been given up in the meantime.
        let _ = tell.send(path);
    });
    chosen.await.ok()??.into_path().ok()
}
