//! Sally Desktop without its window.
#![forbid(unsafe_code)]

pub mod adf;
pub mod api;
pub mod app;
pub mod auth;
pub mod clock;
pub mod confluence;
pub mod disk;
pub mod domain;
pub mod http;
pub mod log;
pub mod sources;
pub mod store;
