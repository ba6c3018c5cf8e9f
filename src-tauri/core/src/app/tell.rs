//! From what went wrong in a room to what a person is told: a code, a sentence and a way on. One exhaustive match
//! for each room's errors: a new kind of failure does not compile until somebody has found words for it.

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::error::{Error, Field, TitleClash, TokenTrouble, Trouble};
use crate::api::{ErrorCode, ErrorView, Hint};
use crate::auth::servers;
use crate::confluence::Content;
use crate::sources::sally;
use crate::sources::watch;
use crate::store::Unfit;
use crate::{auth, confluence, store};

impl Error {
    /// What the person is told, and the way on.
    pub fn view(&self) -> ErrorView {
        let (code, hint) = self.code_and_hint();
        ErrorView { code, message: self.message(), hint }
    }

    fn code_and_hint(&self) -> (ErrorCode, Option<Hint>) {
        use ErrorCode::{Failed, Gone, Superseded, TitleExists};
        match self {
            Self::Store(error) => (Failed, store_hint(error)),
            Self::Auth(error) => auth_hint(error),
            Self::Confluence(error) => confluence_hint(error),
            Self::Server(error) => server_hint(error),
            Self::Browser(_) => (Failed, Some(try_again())),
            Self::Invalid { field, .. } => match field {
                Field::Organization => (ErrorCode::InvalidOrganization, None),
                Field::Site => (ErrorCode::InvalidSite, None),
                Field::Email => (ErrorCode::InvalidEmail, None),
                Field::Token => (ErrorCode::InvalidToken, None),
                Field::Title => (ErrorCode::InvalidTitle, None),
                Field::Description => (ErrorCode::InvalidDescription, None),
            },
            Self::NoConfluence { .. } => (Failed, Some(Hint::Connect)),
            Self::TitleExists(clash) => {
                let TitleClash { suggestion, page, .. } = &**clash;
                let hint = Hint::ChooseAnotherTitle {
                    suggestion: suggestion.clone(),
                    page: page.clone().map(Box::new),
                };
                (TitleExists, Some(hint))
            }
            Self::SentBefore { .. } => (ErrorCode::SentBefore, Some(Hint::SendAgain)),
            Self::SentMeanwhile { delivery, .. } => {
                (ErrorCode::SentMeanwhile, Some(Hint::SendAsAnother { delivery: *delivery }))
            }
            Self::AnotherAccount { me, .. } => {
                (ErrorCode::AnotherAccount, Some(Hint::SendAs { name: me.clone() }))
            }
            Self::ForeignLink { .. } => (Failed, Some(Hint::ConnectSite)),
            Self::NotReached => (ErrorCode::NotConnected, Some(Hint::ConnectSite)),
            Self::Token(TokenTrouble { organization, .. }) => {
                (ErrorCode::ReconnectNeeded, Some(Hint::RenewToken { organization: organization.clone() }))
            }
            Self::TokenNotAccepted { .. } => (ErrorCode::InvalidToken, Some(Hint::AskAdministrator)),
            Self::Superseded => (Superseded, None),
            Self::Gone(_) => (Gone, None),
            Self::NotAPage(_)
            | Self::LinkedPageMissing { .. }
            | Self::NotNow(_)
            | Self::Watch { .. }
            | Self::File(_)
            | Self::Fault(_) => (Failed, None),
        }
    }

    fn message(&self) -> String {
        match self {
            Self::Store(error) => store_message(error),
            Self::Auth(error) | Self::Confluence(confluence::Error::Auth(error)) => auth_message(error),
            Self::Confluence(error) => confluence_message(error),
            Self::Server(error) => server_message(error),
            Self::Invalid { reason, .. } => reason.clone(),
            Self::Watch { folder, error: watch::Error::Missing } => {
                format!("There is no folder at “{}”. Choose another one.", folder.display())
            }
            Self::Watch { folder, .. } => format!(
                "The system does not let Sally Desktop watch “{}”. Choose another folder, on a disk of this computer.",
                folder.display()
            ),
            Self::NoConfluence { without: 0 } => {
                "Your Atlassian account was connected, but it has no site with \
                 Confluence. Log in with another account, or ask for access to one."
                    .to_owned()
            }
            Self::NoConfluence { .. } => {
                "The site that you chose has no Confluence. Connect again and choose a \
                 site with Confluence."
                    .to_owned()
            }
            Self::Browser(_) => {
                "The browser could not be opened. Check which browser is your default.".to_owned()
            }
            Self::TitleExists(clash) => {
                format!("{} already has a page titled “{}”. It may be archived.", clash.space, clash.title)
            }
            Self::SentBefore { place, at } => {
                let at = at.to_zoned(TimeZone::system()).strftime("%-d %B, %H:%M");
                format!("You sent this to {place} on {at}. Send it again?")
            }
            Self::SentMeanwhile { at, now, .. } => format!("It was sent {}.", moment(*at, *now)),
            Self::AnotherAccount { sender, me } => format!("{sender} sent this. You are connected as {me}."),
            Self::ForeignLink { site } => format!("This page belongs to {site}, which is not connected."),
            Self::NotAPage(content) => not_a_page(content).to_owned(),
            Self::LinkedPageMissing { organization, space } => {
                let space = space.as_ref().map_or_else(String::new, |key| format!(" ({key})"));
                format!(
                    "This page was not found in {organization}{space}. It may be new, archived, or closed to your account."
                )
            }
            Self::File(source) => format!("The file could not be written: {source}. Choose another place."),
            Self::NotReached => "Nothing that is connected reaches this organization.".to_owned(),
            Self::Token(trouble) => token_message(trouble),
            Self::TokenNotAccepted { site, email } => format!(
                "{site} does not accept this token. It may be mistyped, of another account than {email}, have ended or been \
                 revoked; or this account may not use Confluence there, as a guest of another product may not."
            ),
            Self::Fault(_) => {
                "A part of Sally Desktop failed in the middle of its work. It goes on as far as it can; if \
                 this comes again, quit and start again, and please report it."
                    .to_owned()
            }
            Self::Superseded => "A newer search took this one's place.".to_owned(),
            Self::Gone(message) | Self::NotNow(message) => (*message).to_owned(),
        }
    }
}

/// A day, such as "4 November".
pub(super) fn day(at: Timestamp) -> String {
    at.to_zoned(TimeZone::system()).strftime("%-d %B").to_string()
}

/// A moment that has passed, such as "at 14:02", or "on 4 November, 14:02" where that was another day.
fn moment(at: Timestamp, now: Timestamp) -> String {
    let (at, now) = (at.to_zoned(TimeZone::system()), now.to_zoned(TimeZone::system()));
    let form = if at.date() == now.date() { "at %H:%M" } else { "on %-d %B, %H:%M" };
    at.strftime(form).to_string()
}

fn not_a_page(content: &Content) -> &'static str {
    match content {
        Content::Space => "This is the link of a space, not of a page.",
        Content::BlogPost => "This is the link of a blog post, not of a page.",
        Content::Whiteboard => "This is the link of a whiteboard, not of a page.",
        Content::Database => "This is the link of a database, not of a page.",
        Content::Folder => "This is the link of a folder, not of a page.",
        Content::Page(_) | Content::Other => "This link does not lead to a page.",
    }
}

fn token_message(TokenTrouble { site, expires, what, .. }: &TokenTrouble) -> String {
    match (what, expires) {
        (Trouble::Refused { ended: true }, Some(day)) => {
            format!("The API token for {site} ended on {}. Make a new one.", day.strftime("%-d %B"))
        }
        (Trouble::Refused { .. }, _) => format!(
            "{site} does not accept the API token any more: it has ended, or was revoked by you or by an administrator. Make a \
             new one."
        ),
        (Trouble::Narrow { missing }, _) => {
            let which =
                if missing.is_empty() { String::new() } else { format!(": it lacks {}", missing.join(", ")) };
            format!(
                "The API token for {site} may not do this{which}. A token keeps the scopes that it was made with, so make a new \
                 one with all of them."
            )
        }
        (Trouble::Another, _) => format!(
            "The last change of the API token for {site} was cut off, so it is not known whose token it is. Enter it again."
        ),
        (Trouble::Lost, _) => {
            format!("The keyring no longer holds the API token for {site}. Make a new one.")
        }
        (Trouble::Keyring(error), _) => format!(
            "The keyring of your desktop could not be used, so the API token for {site} is not known: {error}. Unlock the \
             keyring and start Sally Desktop again, or enter a new token."
        ),
    }
}

/// `Try again`, at once.
fn try_again() -> Hint {
    Hint::TryAgain { at: None }
}

fn store_hint(error: &store::Error) -> Option<Hint> {
    match error {
        store::Error::Newer
        | store::Error::Migration(_)
        | store::Error::Document(_)
        | store::Error::Unfit(_)
        | store::Error::Ending => None,
        store::Error::Full(_)
        | store::Error::ReadOnly { .. }
        | store::Error::Busy(_)
        | store::Error::Sql(_) => Some(try_again()),
    }
}

fn store_message(error: &store::Error) -> String {
    match error {
        store::Error::Newer => "The cache was made by a newer version of Sally Desktop. Update the app; the \
             cache was left as it is."
            .to_owned(),
        store::Error::Full(_) => {
            "The disk is full, so nothing could be saved. Free some space, then try again.".to_owned()
        }
        store::Error::ReadOnly { folder, .. } => {
            format!("Sally Desktop cannot write in {folder}. Check the folder's permissions.")
        }
        store::Error::Unfit(Unfit::Network { folder, kind }) => format!(
            "Sally Desktop cannot keep its data in {}, which is on a network ({kind}): a network does not keep the locks that \
             the data needs, and it would be damaged. Set SALLY_DATA_DIR to a folder on a disk of this computer, and start \
             Sally Desktop again.",
            folder.display()
        ),
        store::Error::Unfit(Unfit::Synchronised { folder, by }) => format!(
            "Sally Desktop cannot keep its data in {}, which {by} synchronises: a copy that is made while the data is written \
             is damaged, and on another computer it would send everything once more. Set SALLY_DATA_DIR to a folder that is \
             not synchronised, and start Sally Desktop again.",
            folder.display()
        ),
        store::Error::Busy(_) => "Another program is using the cache. Close it, then try again.".to_owned(),
        store::Error::Sql(_) => "The cache could not be read or written.".to_owned(),
        store::Error::Migration(_) => {
            "The cache could not be brought to this version of Sally Desktop. It was left as it is."
                .to_owned()
        }
        store::Error::Document(_) => "The cache holds something that this version cannot read.".to_owned(),
        store::Error::Ending => "Sally Desktop is ending.".to_owned(),
    }
}

fn auth_hint(error: &auth::Error) -> (ErrorCode, Option<Hint>) {
    use auth::Error as E;
    match error {
        E::NotConfigured { .. } | E::Settings(_) | E::ClientRefused => {
            (ErrorCode::NotConfigured, Some(Hint::SetUp))
        }
        E::NotConnected => (ErrorCode::NotConnected, Some(Hint::Connect)),
        E::ReconnectNeeded { .. } => (ErrorCode::ReconnectNeeded, Some(Hint::Reconnect)),
        E::TokenRefused { .. } => (ErrorCode::ReconnectNeeded, None),
        E::Keychain(auth::keychain::Error::Locked { .. }) => (ErrorCode::Failed, Some(Hint::UnlockKeyring)),
        E::Keychain(_)
        | E::Offline { .. }
        | E::Unanswered { .. }
        | E::Unreadable
        | E::Interrupted
        | E::LoginChanged
        | E::Loopback { .. }
        | E::Lock(_) => (ErrorCode::Failed, Some(try_again())),
        E::Server { until, .. } => (ErrorCode::Failed, Some(Hint::TryAgain { at: *until })),
        E::Declined | E::LoginRefused { .. } | E::LoginExpired | E::Unexpected { waiting: false } => {
            (ErrorCode::Failed, Some(Hint::Connect))
        }
        E::Unexpected { waiting: true } | E::BadCallback(_) | E::ForeignHost { .. } => {
            (ErrorCode::Failed, None)
        }
    }
}

fn auth_message(error: &auth::Error) -> String {
    use auth::Error as E;
    match error {
        E::NotConfigured { missing } => format!(
            "This build of Sally Desktop is not registered with Atlassian: {} must be set.",
            missing.join(" and ")
        ),
        E::Settings(refused) => format!("A setting cannot be used: {refused}."),
        E::NotConnected => "Confluence is not connected.".to_owned(),
        E::ReconnectNeeded { why } => format!("The connection to Confluence has ended: {why}."),
        E::Keychain(auth::keychain::Error::Locked { .. }) => {
            "The keyring of your desktop is locked, so the connection to Confluence cannot be read."
                .to_owned()
        }
        E::Keychain(error) => format!("The keyring of your desktop could not be used: {error}."),
        E::Offline { .. } => "Atlassian cannot be reached. Check the network connection.".to_owned(),
        E::Unanswered { .. } | E::Unreadable | E::Interrupted => {
            "Atlassian did not answer as it should.".to_owned()
        }
        E::LoginChanged => "Another account was connected meanwhile.".to_owned(),
        E::Server { status, .. } => format!("Atlassian's login has trouble at the moment (status {status})."),
        E::ClientRefused => {
            "Atlassian does not accept the client id and secret of this build of Sally Desktop.".to_owned()
        }
        E::Declined => {
            "You did not give Sally Desktop access on Atlassian's page, so nothing was connected.".to_owned()
        }
        E::LoginRefused { reason } => format!("Atlassian ended the login: {reason}."),
        E::LoginExpired => "The login took longer than ten minutes, so it is no longer valid.".to_owned(),
        E::Unexpected { waiting: true } => {
            "An answer arrived that does not belong to the login that is under way. \
             It was ignored, and the login goes on."
                .to_owned()
        }
        E::Unexpected { waiting: false } => {
            "An answer arrived from a login that Sally Desktop is not waiting for. \
             It was ignored. To connect, start the login here."
                .to_owned()
        }
        E::BadCallback(_) => {
            "An address was opened that Sally Desktop does not understand. It was ignored.".to_owned()
        }
        E::Loopback { port, .. } => {
            format!("Port {port} of this machine, on which the browser would come back, is in use.")
        }
        E::Lock(_) => "The connection is being renewed by another program. Try again in a moment.".to_owned(),
        E::TokenRefused { .. } => "Confluence does not accept the API token any more.".to_owned(),
        E::ForeignHost { host } => {
            format!("A request to {host} was held back: it must not carry the connection.")
        }
    }
}

fn confluence_hint(error: &confluence::Error) -> (ErrorCode, Option<Hint>) {
    use confluence::Error as E;
    match error {
        E::Auth(error) => auth_hint(error),
        E::Unreachable { .. } | E::Lost { .. } | E::Server { .. } | E::Unreadable(_) => {
            (ErrorCode::Failed, Some(try_again()))
        }
        E::RateLimited { until } => (ErrorCode::Failed, Some(Hint::TryAgain { at: *until })),
        E::ScopeMissing => (ErrorCode::ReconnectNeeded, Some(Hint::Reconnect)),
        E::Denied => (ErrorCode::Failed, Some(Hint::ChooseAnotherPlace)),
        // `app::outbox` has the page looked up and tells it as an error of its own.
        E::TitleExists => (ErrorCode::TitleExists, None),
        E::TooLarge => (ErrorCode::InvalidDescription, Some(Hint::Shorten)),
        E::Blocked | E::NetworkRefused => (ErrorCode::Failed, Some(Hint::AskAdministrator)),
        E::Unconvertible | E::Refused { .. } => (ErrorCode::Failed, None),
    }
}

fn confluence_message(error: &confluence::Error) -> String {
    use confluence::Error as E;
    match error {
        E::Auth(error) => auth_message(error),
        E::Unreachable { .. } => "Confluence cannot be reached. Check the network connection.".to_owned(),
        E::Lost { .. } => "The connection broke before Confluence answered.".to_owned(),
        E::Server { status } => format!("Confluence has trouble at the moment (status {status})."),
        E::Unreadable(_) => "Confluence answered something that cannot be understood.".to_owned(),
        E::RateLimited { .. } => "Confluence asks to slow down.".to_owned(),
        E::ScopeMissing => "The connection lacks a permission that this needs. Reconnect and accept all \
             permissions; if it stays so, the registered Atlassian app lacks them."
            .to_owned(),
        E::Denied => "It does not exist in Confluence, or your account may not use it.".to_owned(),
        E::TitleExists => "The space already has a page with this title.".to_owned(),
        E::Unconvertible => {
            "Confluence could not take this text, not even with plain lists. Simplify it, and try again."
                .to_owned()
        }
        E::TooLarge => "The description is larger than Confluence takes.".to_owned(),
        E::Blocked => "An administrator of your organization keeps apps away from this space.".to_owned(),
        E::NetworkRefused => {
            "Your organization takes requests to Confluence only from networks that it lists, and this one is not among them."
                .to_owned()
        }
        E::Refused { reason } => format!("Confluence refused it: {reason}"),
    }
}

fn server_hint(error: &sally::Error) -> (ErrorCode, Option<Hint>) {
    use sally::Error as E;
    match error {
        E::Auth(servers::Error::NotAToken(_)) => (ErrorCode::InvalidToken, None),
        E::Auth(servers::Error::Address(_)) | E::NotMcp { .. } => (ErrorCode::InvalidAddress, None),
        E::Auth(servers::Error::Keychain(auth::keychain::Error::Locked { .. })) => {
            (ErrorCode::Failed, Some(try_again()))
        }
        E::TokenRefused | E::TokenExpired | E::Auth(servers::Error::NotConnected) => {
            (ErrorCode::InvalidToken, Some(Hint::NewToken))
        }
        E::Unreachable { .. }
        | E::Lost(_)
        | E::Server { .. }
        | E::Tool { .. }
        | E::Disabled
        | E::Auth(servers::Error::Keychain(_)) => (ErrorCode::Failed, Some(try_again())),
        E::RateLimited { until } => (ErrorCode::Failed, Some(Hint::TryAgain { at: *until })),
        E::ToolMissing { .. }
        | E::ArgumentUnknown { .. }
        | E::Unreadable { .. }
        | E::Auth(servers::Error::ForeignAddress) => (ErrorCode::Failed, None),
    }
}

fn server_message(error: &sally::Error) -> String {
    use sally::Error as E;
    match error {
        E::Auth(servers::Error::NotAToken(auth::NotAToken(why))) => {
            format!("This cannot be a token: {why}. Copy it again from where it was made.")
        }
        E::Auth(servers::Error::Address(why)) => format!("This address cannot be used: {why}."),
        E::Auth(servers::Error::NotConnected) => {
            "The keyring no longer holds the token of this server. Paste a new one.".to_owned()
        }
        E::Auth(servers::Error::ForeignAddress) => {
            "A request was held back: it must not carry the token to another address.".to_owned()
        }
        E::Auth(servers::Error::Keychain(auth::keychain::Error::Locked { .. })) => {
            "The keyring of your desktop is locked, so the token cannot be read. Unlock it, then try again."
                .to_owned()
        }
        E::Auth(servers::Error::Keychain(error)) => {
            format!("The keyring of your desktop could not be used: {error}.")
        }
        E::TokenRefused => {
            "The server does not accept this token. Check that you copied all of it, and that it was \
                            not deleted; a new one is made where the old one was."
                .to_owned()
        }
        E::TokenExpired => "The token has expired. Make a new one, and paste it.".to_owned(),
        E::Disabled => {
            "The server knows you, but does not let apps in. An administrator of your company must enable \
                        MCP first."
                .to_owned()
        }
        E::NotMcp { why } => format!("What answers at this address is not an MCP server ({why})."),
        E::ToolMissing { what } => {
            format!("The server offers nothing that gives {what}, so no meetings can be read from it.")
        }
        E::ArgumentUnknown { tool, argument } => format!(
            "The server's tool {tool} wants “{argument}”, which Sally Desktop does not understand. Please report this."
        ),
        E::Tool { tool, reason } => format!("The server's tool {tool} did not work: {reason}"),
        E::Unreachable { host, .. } => format!("{host} cannot be reached. Check the network connection."),
        E::Lost(_) => "The connection broke before the server answered.".to_owned(),
        E::RateLimited { .. } => "The server asks to slow down.".to_owned(),
        E::Server { status } => format!("The server has trouble at the moment (status {status})."),
        E::Unreadable { .. } => "The server answered something that cannot be understood.".to_owned(),
    }
}
