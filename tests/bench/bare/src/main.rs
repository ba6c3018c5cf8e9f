//! A bare Tauri window: one static page that calls one command. `cargo xtask bench` measures the app against
//! it, and the end-to-end harness proves itself on it.
//!
//! Refuses to do anything an app would: what is added here is taken off every ratio.

use std::io::Write;
use std::net::{Ipv4Addr, TcpStream};

use tauri::{WebviewUrl, WebviewWindowBuilder};

/// The loopback port that hears when the page is ready; the app reads the same variable.
const READY_PORT: &str = "SALLY_BENCH_READY";

#[tauri::command]
fn lines() -> [&'static str; 3] {
    ["One", "Two", "Three"]
}

fn main() -> tauri::Result<()> {
    tauri::Builder::default()
        .invoke_handler(tauri::generate_handler![lines])
        .setup(|app| {
            let mut window = WebviewWindowBuilder::new(app, "main", WebviewUrl::default())
                .title("Bare window")
                .inner_size(1180.0, 760.0);
            if let Some(port) = std::env::var(READY_PORT).ok().and_then(|port| port.parse::<u16>().ok()) {
                window = window.initialization_script(include_str!("ready.js")).on_document_title_changed(
                    move |_, title| {
                        if title == "ready"
                            && let Ok(mut bench) = TcpStream::connect((Ipv4Addr::LOCALHOST, port))
                        {
                            // A bench that stopped listening has no use for the word.
                            let _ = bench.write_all(b"ready\n");
                        }
                    },
                );
            }
            window.build()?;
            Ok(())
        })
        .run(tauri::generate_context!())
}
