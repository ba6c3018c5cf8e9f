//! What a person does, on the core without its window, against the sandbox.

mod app;
mod connecting;
mod failing;
mod importing;
mod native;
mod outbox;
mod sending;
