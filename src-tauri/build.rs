//! Generates Tauri's context, with the capabilities where this project keeps them.

use std::path::Path;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // Whole, since a change may be in one window's pages alone.
    println!("cargo:rerun-if-changed=ui/dist");
    if std::env::var_os("CARGO_FEATURE_CUSTOM_PROTOCOL").is_some()
        && !Path::new("ui/dist/index.html").exists()
    {
        return Err("the window's pages are not built: run `npm ci` and `npm run build` in ui/, or any `cargo xtask` \
                    command that builds the app"
            .into());
    }
    let attributes = tauri_build::Attributes::new()
        .capabilities_path_pattern("./src-tauri/capabilities/*.json")
        .app_manifest(tauri_build::AppManifest::new().commands(COMMANDS));
    tauri_build::try_build(attributes)?;
    Ok(())
}

/// Every command of the shell: each needs a permission in a file of `capabilities/`.
const COMMANDS: &[&str] = &[
    "status",
    "list_meetings",
    "open_meeting",
    "import_files",
    "cancel_import",
    "import_text",
    "watch_folder",
    "stop_watching",
    "load_samples",
    "remove_samples",
    "item_draft",
    "keep_item_draft",
    "add_item",
    "edit_item",
    "merge_items",
    "delete_item",
    "put_back_item",
    "delete_meeting",
    "damaged_files",
    "delete_damaged_files",
    "export_meeting",
    "connect",
    "cancel_connect",
    "disconnect",
    "connect_token",
    "disconnect_token",
    "administrator_text",
    "connect_server",
    "disconnect_server",
    "sync_meetings",
    "cancel_sync",
    "find_spaces",
    "refresh_spaces",
    "find_pages",
    "stop_finding",
    "compose",
    "keep_draft",
    "people",
    "find_people",
    "refill",
    "preview",
    "start_over",
    "send",
    "deliveries",
    "retry",
    "edit",
    "cancel",
    "check_again",
    "post_anyway",
    "send_as",
    "send_waiting",
    "open_link",
    "save_settings",
    "find_items",
    "targets",
    "set_favourite",
    "quick_send",
    "hide_quick",
    "open_dialog",
    "go_to",
    "said_all",
    "desktop",
    "set_autostart",
    "remove_everything",
    "quit",
];
