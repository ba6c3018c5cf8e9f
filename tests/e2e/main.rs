//! The app as a person has it: its real window on a desktop of its own, driven by `WebDriver`.
//!
//! Run by `cargo xtask test`, `cargo xtask run --headless` and `cargo xtask e2e`, which build the app first.
//! The tests own a window each and run one after the other (`--test-threads=1`).
#![cfg(target_os = "linux")]
#![expect(clippy::print_stdout, reason = "the steps are there to be watched")]

mod app;
mod browser;
mod choosing;
mod clipboard;
mod deep_link;
mod desk;
mod drag_source;
mod driver;
mod ending;
mod files;
mod harness;
mod journey;
mod keeping;
mod keys;
mod lacking;
mod linking;
mod locator;
mod looks;
mod mishaps;
mod native;
#[path = "../shared/on_disk.rs"]
mod on_disk;
mod outbox;
mod outline;
mod panel;
mod pasting;
mod pickers;
mod process;
mod quick;
mod sally;
mod session;
mod speed;
mod steps;
mod tokens;
mod window;
mod writing;
