//! Sally Desktop without its window.

pub mod adf;
pub mod api;
pub mod auth;
pub mod clock;
pub mod domain;
pub mod http;
pub mod sources;
pub mod store;
