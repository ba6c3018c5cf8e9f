//! Journeys on the core against the sandbox, over real HTTP, with real `SQLite`.
#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

mod adf;
mod bindings;
mod journeys;
mod live;
mod meetings;
mod relay_page;
#[path = "sandbox/mod.rs"]
mod sandbox_contract;
mod schema;
mod stored;
