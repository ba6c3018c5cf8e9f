//! What a person does, on the core without its window, against the sandbox.

mod app;
#[path = "../../shared/browser.rs"]
mod browser;
mod connecting;
mod desktop;
mod editing;
mod failing;
mod finding;
mod importing;
mod native;
mod outbox;
mod quick;
mod sally;
mod sending;
mod watching;
