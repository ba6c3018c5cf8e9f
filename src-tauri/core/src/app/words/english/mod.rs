//! The sentences in English: what happened, to what, and what to do. Days and times are the person's own. One file for each
//! group of problems, and one for each other place where the app speaks.

mod access;
mod confluence;
mod connection;
mod delivery;
pub mod desktop;
mod form;
mod network;
mod notification;
mod program;
mod question;
mod reading;
mod server;
mod storage;

pub(in crate::app) use access::{administrator_text, need, scope};
pub(in crate::app) use confluence::folder;
pub(in crate::app) use connection::left_in_keyring;
pub(in crate::app) use delivery::{comment, item_of_meeting, page};
pub(in crate::app) use notification::{
    arrived, needs_you, not_confirmed, several_arrived, several_need_you, stays_in_tray,
};
pub(in crate::app) use question::{connect_to, open_recording};
pub(in crate::app) use reading::{
    location, pasted_meeting, refusal, reservation, skipped, source, tried_again, untitled_recording,
};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::domain::problem::{Gone, Keyring, Problem};

pub(super) fn message(problem: &Problem) -> String {
    match problem {
        Problem::Database(problem) => storage::database(problem),
        Problem::Connection(problem) => connection::connection(problem),
        Problem::Keyring(Keyring::Locked) => {
            "The keyring of your desktop is locked, so the connection to Confluence cannot be read."
                .to_owned()
        }
        Problem::Keyring(problem) => {
            format!("The keyring of your desktop could not be used: {}.", connection::keyring(problem))
        }
        Problem::Token(problem) => connection::token(problem),
        Problem::Confluence(problem) => confluence::confluence(problem),
        Problem::Network(problem) => network::network(problem),
        Problem::Server(problem) => server::server(problem),
        Problem::Delivery(problem) => delivery::delivery(problem),
        Problem::Field(problem) => form::field(problem),
        Problem::Link(problem) => confluence::link(problem),
        Problem::Gone(gone) => match gone {
            Gone::Meeting => "This meeting was deleted.",
            Gone::Item => "This item was deleted.",
            Gone::Delivery => "This delivery is no longer on the list.",
            Gone::Server => "This server is no longer connected.",
            Gone::Address => "There is no link to open.",
        }
        .to_owned(),
        Problem::NotNow(problem) => form::not_now(*problem).to_owned(),
        Problem::Folder(problem) => storage::folder(problem),
        Problem::Program(problem) => program::program(problem),
        Problem::Desktop(problem) => program::desktop(problem),
        Problem::Told { message, .. } => message.clone(),
    }
}

/// A day, such as "4 November".
fn day(at: Timestamp) -> String {
    at.to_zoned(TimeZone::system()).strftime("%-d %B").to_string()
}

/// What a badge says beside what arrived before the database was found to be an older copy.
pub(in crate::app) fn older_copy_note(found_at: Timestamp) -> String {
    format!("May be out of date: the data was found to be an older copy on {}.", day(found_at))
}

/// What is shown in place of a title and a space that cannot be read.
pub(in crate::app) fn title_of_unreadable() -> String {
    "Cannot be read".to_owned()
}

/// A moment that has passed, such as "at 14:02", or "on 4 November, 14:02" where that was another day.
fn moment(at: Timestamp, now: Timestamp) -> String {
    let (at, now) = (at.to_zoned(TimeZone::system()), now.to_zoned(TimeZone::system()));
    let form = if at.date() == now.date() { "at %H:%M" } else { "on %-d %B, %H:%M" };
    at.strftime(form).to_string()
}
