//! The nouns of the product and their rules: meetings, items, destinations, deliveries. Refuses I/O,
//! async, clocks, SQL and HTTP. Every other room speaks in these types.

pub mod account;
mod code;
pub mod delivery;
pub mod destination;
pub mod draft;
pub mod id;
pub mod meeting;
pub mod problem;
pub mod reading;
pub mod settings;
pub mod site;
pub mod title;
pub mod transitions;
