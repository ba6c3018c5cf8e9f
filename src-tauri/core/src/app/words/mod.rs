//! All words of the core for people, in one folder for each language; and from a problem to what the window shows: a code that
//! it branches on, a way on that it shows as a button, and a sentence. A new kind of problem, refusal or scope does not
//! compile until somebody has found words for it. Templates of pages are not here, since a person edits them.

mod english;

use jiff::Timestamp;

use crate::api::{ErrorCode, ErrorView, Hint};
use crate::domain::problem::{
    Barred, Confluence, Connection, Database, Delivery, Field, Keyring, Link, Network, Problem, Program,
    Server, Target, TitleClash, Token, TokenTrouble,
};

pub use english::desktop;
pub(super) use english::{
    administrator_text, arrived, comment, connect_to, folder, item_of_meeting, left_in_keyring, location,
    need, needs_you, not_confirmed, older_copy_note, open_recording, page, pasted_meeting, refusal,
    reservation, scope, several_arrived, several_need_you, skipped, source, stays_in_tray,
    title_of_unreadable, tried_again, untitled_recording,
};

/// What the person is told, and the way on.
pub(super) fn view(problem: &Problem) -> ErrorView {
    let (code, hint) = code_and_hint(problem);
    ErrorView { code, message: english::message(problem), hint }
}

/// `Try again`, at once.
const TRY_AGAIN: Option<Hint> = Some(Hint::TryAgain { at: None });

fn try_at(until: Option<Timestamp>) -> (ErrorCode, Option<Hint>) {
    (ErrorCode::Failed, Some(Hint::TryAgain { at: until }))
}

fn code_and_hint(problem: &Problem) -> (ErrorCode, Option<Hint>) {
    use ErrorCode::Failed;
    match problem {
        Problem::Database(problem) => database(problem),
        Problem::Connection(problem) => connection(problem),
        Problem::Keyring(Keyring::Locked) => (Failed, Some(Hint::UnlockKeyring)),
        Problem::Keyring(_) => (Failed, TRY_AGAIN),
        Problem::Token(Token { organization, what, .. }) => {
            let hint = Some(Hint::RenewToken { organization: organization.clone() });
            let ends = matches!(what, TokenTrouble::Ends { .. });
            (if ends { Failed } else { ErrorCode::ReconnectNeeded }, hint)
        }
        Problem::Confluence(problem) => confluence(problem),
        Problem::Network(problem) => (Failed, network(problem)),
        Problem::Server(problem) => server(problem),
        Problem::Delivery(problem) => delivery(problem),
        Problem::Field(problem) => field(problem),
        Problem::Link(Link::Foreign { .. }) => (Failed, Some(Hint::ConnectSite)),
        Problem::Link(Link::OwnAddress { site }) => (Failed, Some(Hint::AskSite { site: site.clone() })),
        Problem::Gone(_) => (ErrorCode::Gone, None),
        Problem::Program(Program::Superseded) => (ErrorCode::Superseded, None),
        Problem::Told { code, .. } => told(code),
        Problem::Link(_)
        | Problem::NotNow(_)
        | Problem::Folder(_)
        | Problem::Program(_)
        | Problem::Desktop(_) => (Failed, None),
    }
}

fn database(problem: &Database) -> (ErrorCode, Option<Hint>) {
    match problem {
        Database::Full | Database::ReadOnly { .. } | Database::Busy | Database::Failed => {
            (ErrorCode::Failed, TRY_AGAIN)
        }
        Database::OlderCopy => (ErrorCode::OlderCopy, None),
        Database::Newer
        | Database::OnNetwork { .. }
        | Database::Synchronised { .. }
        | Database::Migration
        | Database::Unreadable
        | Database::Damaged { .. }
        | Database::NotMoved { .. }
        | Database::Two { .. }
        | Database::Ending => (ErrorCode::Failed, None),
    }
}

fn connection(problem: &Connection) -> (ErrorCode, Option<Hint>) {
    use ErrorCode::Failed;
    match problem {
        Connection::NotConfigured { .. } | Connection::BadSetting { .. } | Connection::ClientRefused => {
            (ErrorCode::NotConfigured, Some(Hint::SetUp))
        }
        Connection::None => (ErrorCode::NotConnected, Some(Hint::Connect)),
        Connection::NotReached => (ErrorCode::NotConnected, Some(Hint::ConnectSite)),
        Connection::Ended(_) => (ErrorCode::ReconnectNeeded, Some(Hint::Reconnect)),
        Connection::TokenRefused => (ErrorCode::ReconnectNeeded, None),
        Connection::Offline
        | Connection::BadAnswer
        | Connection::Changed
        | Connection::PortTaken { .. }
        | Connection::Locked
        | Connection::NoBrowser => (Failed, TRY_AGAIN),
        Connection::Trouble { until, .. } => try_at(*until),
        Connection::Declined
        | Connection::Refused { .. }
        | Connection::Expired
        | Connection::NoConfluence { .. }
        | Connection::UnexpectedAnswer { waiting: false } => (Failed, Some(Hint::Connect)),
        // It goes on by itself.
        Connection::HeldUp
        | Connection::UnexpectedAnswer { waiting: true }
        | Connection::BadCallback
        | Connection::ForeignHost { .. } => (Failed, None),
    }
}

fn confluence(problem: &Confluence) -> (ErrorCode, Option<Hint>) {
    use ErrorCode::Failed;
    match problem {
        Confluence::Unreachable
        | Confluence::Foreign
        | Confluence::Lost
        | Confluence::Trouble { .. }
        | Confluence::Unreadable => (Failed, TRY_AGAIN),
        Confluence::RateLimited { until } => try_at(*until),
        Confluence::ScopeMissing => (ErrorCode::ReconnectNeeded, Some(Hint::Reconnect)),
        Confluence::Denied | Confluence::NotAdmitted => (Failed, Some(Hint::ChooseAnotherPlace)),
        Confluence::PlaceDenied(Target::Comment { .. })
        | Confluence::ReadOnly { .. }
        | Confluence::Barred { barred: Barred::NoComments, .. } => {
            (ErrorCode::InvalidPage, Some(Hint::ChooseAnotherPlace))
        }
        Confluence::PlaceDenied(Target::Page { .. }) | Confluence::Barred { .. } => {
            (ErrorCode::InvalidSpace, Some(Hint::ChooseAnotherPlace))
        }
        Confluence::TitleTaken { clash } => {
            let hint = clash.as_deref().map(|TitleClash { suggestion, page, .. }| Hint::ChooseAnotherTitle {
                suggestion: suggestion.clone(),
                page: page.clone().map(Box::new),
            });
            (ErrorCode::TitleExists, hint)
        }
        Confluence::TooLarge => (ErrorCode::InvalidDescription, Some(Hint::Shorten)),
        Confluence::Blocked | Confluence::NetworkRefused => (Failed, Some(Hint::AskAdministrator)),
        Confluence::Unconvertible | Confluence::Refused { .. } => (Failed, None),
    }
}

fn network(problem: &Network) -> Option<Hint> {
    match problem {
        Network::ProxyPassword { .. } => Some(Hint::ProxyPassword),
        Network::ProxyUnreachable { .. }
        | Network::ProxyRefused { .. }
        | Network::Script { .. }
        | Network::Untrusted { .. }
        | Network::ProxySignIn { .. } => TRY_AGAIN,
        Network::ProxyKind { .. } => None,
    }
}

fn server(problem: &Server) -> (ErrorCode, Option<Hint>) {
    use ErrorCode::Failed;
    match problem {
        Server::NotAToken { .. } => (ErrorCode::InvalidToken, None),
        Server::BadAddress { .. } | Server::NotMcp { .. } => (ErrorCode::InvalidAddress, None),
        Server::TokenRefused | Server::TokenExpired | Server::TokenLost => {
            (ErrorCode::InvalidToken, Some(Hint::NewToken))
        }
        Server::Unreachable { .. }
        | Server::Lost
        | Server::Trouble { .. }
        | Server::Tool { .. }
        | Server::Disabled
        | Server::Keyring(_) => (Failed, TRY_AGAIN),
        Server::Network(problem) => (Failed, network(problem)),
        Server::RateLimited { until } => try_at(*until),
        Server::TooMuch { .. }
        | Server::ToolMissing { .. }
        | Server::ArgumentUnknown { .. }
        | Server::Unreadable
        | Server::ForeignAddress => (Failed, None),
    }
}

fn delivery(problem: &Delivery) -> (ErrorCode, Option<Hint>) {
    match problem {
        Delivery::OfAnother { me, .. } => {
            (ErrorCode::AnotherAccount, Some(Hint::SendAs { name: me.clone() }))
        }
        Delivery::WaitedLong { .. } | Delivery::SeveralWaitedLong { .. } => {
            (ErrorCode::WaitedLong, Some(Hint::SendWaiting))
        }
        Delivery::SentBefore { .. } | Delivery::SentElsewhere { .. } => {
            (ErrorCode::SentBefore, Some(Hint::SendAgain))
        }
        Delivery::SentMeanwhile { delivery, .. } => {
            (ErrorCode::SentMeanwhile, Some(Hint::SendAsAnother { delivery: *delivery }))
        }
        Delivery::InDoubt { .. }
        | Delivery::NotFound(_)
        | Delivery::Unverifiable { .. }
        | Delivery::Unreadable
        | Delivery::Interrupted
        | Delivery::OlderCopy
        | Delivery::Damaged
        | Delivery::WentPlain
        | Delivery::Unknown => (ErrorCode::Failed, None),
    }
}

fn field(problem: &Field) -> (ErrorCode, Option<Hint>) {
    match problem {
        Field::NoOrganization | Field::OrganizationNotReached => (ErrorCode::InvalidOrganization, None),
        Field::NoTitle | Field::LongTitle { .. } => (ErrorCode::InvalidTitle, None),
        Field::NoDescription | Field::LongDescription { .. } => (ErrorCode::InvalidDescription, None),
        Field::NotASite | Field::NoConfluenceAt { .. } => (ErrorCode::InvalidSite, None),
        Field::NotAProxyPassword | Field::OtherProxy { .. } => (ErrorCode::Failed, None),
        Field::NotAnEmail => (ErrorCode::InvalidEmail, None),
        Field::NotAToken { .. } | Field::TokenEnded | Field::TokenWithoutOwner { .. } => {
            (ErrorCode::InvalidToken, None)
        }
        Field::TokenNotAccepted { .. } => (ErrorCode::InvalidToken, Some(Hint::AskAdministrator)),
    }
}

/// The way on from what an earlier version stored with a sentence of its own.
fn told(code: &str) -> (ErrorCode, Option<Hint>) {
    match code {
        "not_connected" => (ErrorCode::NotConnected, Some(Hint::Connect)),
        "reconnect_needed" => (ErrorCode::ReconnectNeeded, Some(Hint::Reconnect)),
        "waited_long" => (ErrorCode::WaitedLong, Some(Hint::SendWaiting)),
        "invalid_token" => (ErrorCode::InvalidToken, Some(Hint::NewToken)),
        "title_exists" => (ErrorCode::TitleExists, None),
        "another_account" => (ErrorCode::AnotherAccount, None),
        _ => (ErrorCode::Failed, None),
    }
}
