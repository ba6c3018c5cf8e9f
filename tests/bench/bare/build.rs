//! Embeds the page and the permissions.

fn main() {
    tauri_build::build();
}
