//! Of the connection to Atlassian: the login, API tokens and the keyring.

use jiff::civil::Date;

use super::message;
use crate::app::remove::Secret;
use crate::domain::problem::{AddressFault, Connection, Ended, Keyring, Problem, Token, TokenTrouble};

pub(super) fn connection(problem: &Connection) -> String {
    match problem {
        Connection::NotConfigured { missing } => format!(
            "This build of Sally Desktop is not registered with Atlassian: {} must be set.",
            missing.join(" and ")
        ),
        Connection::BadSetting { variable, why } => format!("The setting {variable} cannot be used: {}.", address_fault(why)),
        Connection::None => "Confluence is not connected.".to_owned(),
        Connection::NotReached => "Nothing that is connected reaches this organization.".to_owned(),
        Connection::Ended(Ended::CutOff) => {
            "The last login was cut off, so it is not known whose it is.".to_owned()
        }
        Connection::Ended(Ended::Lost) => "The keyring no longer holds the connection to Confluence.".to_owned(),
        Connection::Ended(why) => {
            let why = match why {
                Ended::NotRenewable => "it was granted for a short time only",
                Ended::Replaced => "another account was connected",
                Ended::Unused => "it was not used for 90 days",
                Ended::Refused | Ended::CutOff | Ended::Lost => {
                    "Atlassian no longer accepts it. A later login of the same account, such as on another computer, may have \
                     ended it, or somebody removed the app's access in the Atlassian account"
                }
            };
            format!("The connection to Confluence has ended: {why}.")
        }
        Connection::NoConfluence { chosen: false } => "Your Atlassian account was connected, but it has no site with \
                                                       Confluence. Log in with another account, or ask for access to one."
            .to_owned(),
        Connection::NoConfluence { chosen: true } => {
            "The site that you chose has no Confluence. Connect again and choose a site with Confluence.".to_owned()
        }
        Connection::Offline => "Atlassian cannot be reached. Check the network connection.".to_owned(),
        Connection::BadAnswer => "Atlassian did not answer as it should.".to_owned(),
        Connection::Changed => "Another account was connected meanwhile.".to_owned(),
        Connection::Trouble { status, .. } => {
            format!("Atlassian's login has trouble at the moment (status {status}).")
        }
        Connection::ClientRefused => {
            "Atlassian does not accept the client id and secret of this build of Sally Desktop.".to_owned()
        }
        Connection::Declined => {
            "You did not give Sally Desktop access on Atlassian's page, so nothing was connected.".to_owned()
        }
        Connection::Refused { reason } => format!("Atlassian ended the login: {reason}."),
        Connection::Expired => "The login took longer than ten minutes, so it is no longer valid.".to_owned(),
        Connection::UnexpectedAnswer { waiting: true } => "An answer arrived that does not belong to the login that is under \
                                                           way. It was ignored, and the login goes on."
            .to_owned(),
        Connection::UnexpectedAnswer { waiting: false } => "An answer arrived from a login that Sally Desktop is not waiting \
                                                            for. It was ignored. To connect, start the login here."
            .to_owned(),
        Connection::BadCallback => {
            "An address was opened that Sally Desktop does not understand. It was ignored.".to_owned()
        }
        Connection::PortTaken { port } => {
            format!("Port {port} of this machine, on which the browser would come back, is in use.")
        }
        Connection::Locked => {
            "The connection is being renewed by another program. Try again in a moment.".to_owned()
        }
        Connection::HeldUp => "Another copy of Sally Desktop, or somebody else on this computer, holds the lock of the \
                               connection to Confluence. Until that ends it cannot be renewed, and what needs it waits."
            .to_owned(),
        Connection::ForeignHost { host } => {
            format!("A request to {host} was held back: it must not carry the connection.")
        }
        Connection::TokenRefused => "Confluence does not accept the API token any more.".to_owned(),
        Connection::NoBrowser => {
            "The browser could not be opened. Check which browser is your default.".to_owned()
        }
    }
}

/// Why an address cannot be used, to follow a colon.
pub(super) fn address_fault(fault: &AddressFault) -> &str {
    match fault {
        AddressFault::NotAnAddress => "it is not an address such as https://example.com",
        AddressFault::NotHttps => "only https is accepted, since a token is sent there",
        AddressFault::MoreThanAddress => "it may hold only scheme, host, port, path and query",
        AddressFault::MoreThanPath => "it may hold only scheme, host, port and path",
        AddressFault::NotAtlassian => "only Atlassian's own address, or one on this machine, is accepted",
        AddressFault::NotSally => "only Sally's own address, or one on this machine, is accepted",
        AddressFault::OnlyOneHere => {
            "the addresses of Atlassian's login and of its API must both be on this machine, or neither"
        }
        AddressFault::NotARedirect => {
            "it must be sally://oauth/callback, https://…, or http://127.0.0.1:PORT/callback"
        }
        AddressFault::OtherPath => "its path must be /callback",
        AddressFault::Told(words) => words,
    }
}

pub(super) fn keyring(problem: &Keyring) -> String {
    match problem {
        Keyring::Locked => "the keyring is locked".to_owned(),
        Keyring::Missing { why } => format!("this machine has no keyring that can be reached ({why})"),
        Keyring::Damaged => "what the keyring holds for Sally Desktop is damaged".to_owned(),
        Keyring::InUse => "another copy of Sally Desktop is changing what it holds".to_owned(),
        Keyring::Removed => "everything of Sally Desktop was removed from it".to_owned(),
        Keyring::Failed { why } => format!("the keyring failed ({why})"),
    }
}

fn date(day: Date) -> String {
    day.strftime("%-d %B").to_string()
}

pub(super) fn token(Token { site, expires, what, .. }: &Token) -> String {
    match (what, expires) {
        (TokenTrouble::Refused { ended: true }, Some(day)) => {
            format!("The API token for {site} ended on {}. Make a new one.", date(*day))
        }
        (TokenTrouble::Refused { .. }, _) => format!(
            "{site} does not accept the API token any more: it has ended, or was revoked by you or by an administrator. Make a \
             new one."
        ),
        (TokenTrouble::Narrow { missing }, _) => {
            let which =
                if missing.is_empty() { String::new() } else { format!(": it lacks {}", missing.join(", ")) };
            format!(
                "The API token for {site} may not do this{which}. A token keeps the scopes that it was made with, so make a new \
                 one with all of them."
            )
        }
        (TokenTrouble::Another, _) => format!(
            "The last change of the API token for {site} was cut off, so it is not known whose token it is. Enter it again."
        ),
        (TokenTrouble::Lost, _) => {
            format!("The keyring no longer holds the API token for {site}. Make a new one.")
        }
        (TokenTrouble::Keyring(problem), _) => format!(
            "The keyring of your desktop could not be used, so the API token for {site} is not known: {}. Unlock the keyring \
             and start Sally Desktop again, or enter a new token.",
            keyring(problem)
        ),
        (TokenTrouble::Ends { passed: true }, day) => {
            format!(
                "The API token for {site} was to end{}.",
                day.map(|day| format!(" on {}", date(day))).unwrap_or_default()
            )
        }
        (TokenTrouble::Ends { passed: false }, day) => format!(
            "The API token for {site} ends{}. Make a new one before then, so that nothing has to wait.",
            day.map_or_else(|| " soon".to_owned(), |day| format!(" on {}", date(day)))
        ),
    }
}

/// What could not be removed from the keyring, and why.
pub(in crate::app) fn left_in_keyring(what: Secret, why: &Problem) -> String {
    let what = match what {
        Secret::Login => "The login of Confluence",
        Secret::ApiTokens => "API tokens",
        Secret::ServerTokens => "Tokens of servers that meetings come from",
        Secret::ProxyPasswords => "Names and passwords for proxies",
        Secret::RunCounters => "How often the data was used",
    };
    let why = match why {
        Problem::Keyring(why) => keyring(why),
        other => message(other),
    };
    format!("{what}, in the keyring: {why}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_in_the_keyring_is_named_with_the_reason() {
        let locked = Problem::Keyring(Keyring::Locked);
        for (what, name) in [
            (Secret::Login, "The login of Confluence"),
            (Secret::ApiTokens, "API tokens"),
            (Secret::ServerTokens, "Tokens of servers that meetings come from"),
            (Secret::ProxyPasswords, "Names and passwords for proxies"),
            (Secret::RunCounters, "How often the data was used"),
        ] {
            let told = left_in_keyring(what, &locked);
            assert_eq!(told, format!("{name}, in the keyring: the keyring is locked"));
        }
        let failed = Problem::Keyring(Keyring::Failed { why: "it does not answer".into() });
        assert_eq!(
            left_in_keyring(Secret::ApiTokens, &failed),
            "API tokens, in the keyring: the keyring failed (it does not answer)"
        );
    }
}
