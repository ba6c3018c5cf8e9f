//! The app as a person has it: its real window, driven by `WebDriver`.
//!
//! On Linux each test has a desktop of its own. On Windows and macOS there is the main journey, in the session of whoever
//! runs it, by the driver in the app (see `remote`), which Linux has too.
//!
//! Run by `cargo xtask test`, `cargo xtask run --headless` and `cargo xtask e2e`, which build the app first.
//! The tests own a window each and run one after the other (`--test-threads=1`).
#![cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "the main journey needs a part of it"))]
#![expect(clippy::print_stdout, reason = "the steps are there to be watched")]

mod app;
mod browser;
mod deep_link;
mod desk;
mod driver;
mod journey;
mod keys;
mod locator;
mod outline;
#[cfg_attr(not(target_os = "linux"), path = "person/process.rs")]
mod process;
mod remote;
#[cfg_attr(not(target_os = "linux"), path = "person/session.rs")]
mod session;
mod steps;
mod window;

// What needs a desktop of Linux, or the input of `WebKit`'s own driver.
#[cfg(target_os = "linux")]
mod about;
#[cfg(target_os = "linux")]
mod choosing;
#[cfg(target_os = "linux")]
mod clipboard;
#[cfg(target_os = "linux")]
#[path = "../shared/company.rs"]
#[expect(dead_code, reason = "the journeys on the core need all of it")]
mod company;
#[cfg(target_os = "linux")]
mod consent;
#[cfg(target_os = "linux")]
mod drag_source;
#[cfg(target_os = "linux")]
mod ending;
#[cfg(target_os = "linux")]
mod files;
#[cfg(target_os = "linux")]
mod harness;
#[cfg(target_os = "linux")]
mod installed;
#[cfg(target_os = "linux")]
mod keeping;
#[cfg(target_os = "linux")]
mod lacking;
#[cfg(target_os = "linux")]
mod leftovers;
#[cfg(target_os = "linux")]
mod linking;
#[cfg(target_os = "linux")]
mod looks;
#[cfg(target_os = "linux")]
mod mishaps;
#[cfg(target_os = "linux")]
mod native;
#[cfg(target_os = "linux")]
mod network;
#[cfg(target_os = "linux")]
#[path = "../shared/on_disk.rs"]
mod on_disk;
#[cfg(target_os = "linux")]
mod outbox;
#[cfg(target_os = "linux")]
mod panel;
#[cfg(target_os = "linux")]
mod pasting;
#[cfg(target_os = "linux")]
mod pickers;
#[cfg(target_os = "linux")]
mod quick;
#[cfg(target_os = "linux")]
mod removal;
#[cfg(target_os = "linux")]
mod sally;
#[cfg(target_os = "linux")]
mod spaces;
#[cfg(target_os = "linux")]
mod speed;
#[cfg(target_os = "linux")]
mod strangers;
#[cfg(target_os = "linux")]
mod tokens;
#[cfg(target_os = "linux")]
mod transcripts;
#[cfg(target_os = "linux")]
mod writing;
