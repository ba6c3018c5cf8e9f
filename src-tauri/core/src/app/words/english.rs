//! The sentences in English: what happened, to what, and what to do. Days and times are the person's own.
//!
//! Longer than 400 lines: every sentence is in this one file, for whoever translates it.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::domain::problem::{
    Confluence, Connection, Content, Database, Delivery, Desktop, Ended, Field, Folder, Gone, Keyring, Link,
    NotNow, Originator, Problem, Program, Server, Target, TitleClash, Token, TokenTrouble,
};

pub(super) fn message(problem: &Problem) -> String {
    match problem {
        Problem::Database(problem) => database(problem),
        Problem::Connection(problem) => connection(problem),
        Problem::Keyring(Keyring::Locked) => {
            "The keyring of your desktop is locked, so the connection to Confluence cannot be read."
                .to_owned()
        }
        Problem::Keyring(problem) => {
            format!("The keyring of your desktop could not be used: {}.", keyring(problem))
        }
        Problem::Token(problem) => token(problem),
        Problem::Confluence(problem) => confluence(problem),
        Problem::Server(problem) => server(problem),
        Problem::Delivery(problem) => delivery(problem),
        Problem::Field(problem) => field(problem),
        Problem::Link(problem) => link(problem),
        Problem::Gone(gone) => match gone {
            Gone::Meeting => "This meeting was deleted.",
            Gone::Item => "This item was deleted.",
            Gone::Delivery => "This delivery is no longer on the list.",
            Gone::Server => "This server is no longer connected.",
            Gone::Address => "There is no link to open.",
        }
        .to_owned(),
        Problem::NotNow(problem) => not_now(*problem).to_owned(),
        Problem::Folder(problem) => folder(problem),
        Problem::Program(problem) => program(problem),
        Problem::Desktop(problem) => desktop(problem),
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

fn database(problem: &Database) -> String {
    match problem {
        Database::Newer => "The database was made by a newer version of Sally Desktop. Update the app; it was left as it \
                            is."
            .to_owned(),
        Database::Full => "The disk is full, so nothing could be saved. Free some space, then try again.".to_owned(),
        Database::ReadOnly { folder } => {
            format!("Sally Desktop cannot write in {folder}. Check the folder's permissions.")
        }
        Database::OnNetwork { folder, kind } => format!(
            "Sally Desktop cannot keep its data in {}, which is on a network ({kind}): a network does not keep the locks that \
             the data needs, and it would be damaged. Set SALLY_DATA_DIR to a folder on a disk of this computer, and start \
             Sally Desktop again.",
            folder.display()
        ),
        Database::Synchronised { folder, by } => format!(
            "Sally Desktop cannot keep its data in {}, which {by} synchronises: a copy that is made while the data is written \
             is damaged, and on another computer it would send everything once more. Set SALLY_DATA_DIR to a folder that is \
             not synchronised, and start Sally Desktop again.",
            folder.display()
        ),
        Database::Busy => "Another program is using Sally Desktop's database. Close it, then try again.".to_owned(),
        Database::Failed => "The database could not be read or written.".to_owned(),
        Database::Migration => {
            "The database could not be brought to this version of Sally Desktop. It was left as it is.".to_owned()
        }
        Database::Unreadable => "The database holds something that this version cannot read.".to_owned(),
        Database::Damaged { aside, from_copy } => {
            let rest = if *from_copy {
                "A copy of it took its place, which may be a day old."
            } else {
                "Sally Desktop started with an empty one; import your meetings again."
            };
            format!(
                "The database was damaged and could not be read. It was kept as “{}”. {rest} What was not sent yet is in the \
                 Outbox.",
                aside.display()
            )
        }
        Database::NotMoved { wanted, folder } => format!(
            "Sally Desktop's data could not be moved to “{}”, since another program holds it. It is used where it is, in \
             “{}”, and moved at a later start.",
            wanted.display(),
            folder.display()
        ),
        Database::Two { kept } => format!(
            "Two versions of Sally Desktop each had data of their own. What was used last is here; the other data was kept as \
             “{}”.",
            kept.display()
        ),
        Database::OlderCopy => "Sally Desktop's data is an older copy of itself, such as a backup that was put back or a \
                                copied machine. What was not sent in it may have been sent since: it is in the Outbox as Not \
                                confirmed. Items that were sent since may not say so."
            .to_owned(),
        Database::Ending => "Sally Desktop is ending.".to_owned(),
    }
}

fn connection(problem: &Connection) -> String {
    match problem {
        Connection::NotConfigured { missing } => format!(
            "This build of Sally Desktop is not registered with Atlassian: {} must be set.",
            missing.join(" and ")
        ),
        Connection::BadSetting { variable, why } => format!("A setting cannot be used: {variable} {why}."),
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
                Ended::Refused | Ended::CutOff | Ended::Lost => "Atlassian no longer accepts it",
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
        Connection::ForeignHost { host } => {
            format!("A request to {host} was held back: it must not carry the connection.")
        }
        Connection::TokenRefused => "Confluence does not accept the API token any more.".to_owned(),
        Connection::NoBrowser => {
            "The browser could not be opened. Check which browser is your default.".to_owned()
        }
    }
}

fn keyring(problem: &Keyring) -> String {
    match problem {
        Keyring::Locked => "the keyring is locked".to_owned(),
        Keyring::Missing { why } => format!("this machine has no keyring that can be reached ({why})"),
        Keyring::Damaged => "what the keyring holds for Sally Desktop is damaged".to_owned(),
        Keyring::Failed { why } => format!("the keyring failed ({why})"),
    }
}

fn date(day: Date) -> String {
    day.strftime("%-d %B").to_string()
}

fn token(Token { site, expires, what, .. }: &Token) -> String {
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

fn confluence(problem: &Confluence) -> String {
    match problem {
        Confluence::Unreachable => "Confluence cannot be reached. Check the network connection.".to_owned(),
        Confluence::Lost => "The connection broke before Confluence answered.".to_owned(),
        Confluence::Trouble { status } => format!("Confluence has trouble at the moment (status {status})."),
        Confluence::Unreadable => "Confluence answered something that cannot be understood.".to_owned(),
        Confluence::RateLimited { .. } => "Confluence asks to slow down.".to_owned(),
        Confluence::ScopeMissing => {
            "The connection lacks a permission that this needs. Reconnect and accept all permissions; \
                                     if it stays so, the registered Atlassian app lacks them."
                .to_owned()
        }
        Confluence::Denied => "It does not exist in Confluence, or your account may not use it.".to_owned(),
        Confluence::PlaceDenied(target) => {
            let (what, place) = match target {
                Target::Page { space, parent: Some(parent), .. } => {
                    ("create a page", format!("below “{parent}” in {space}"))
                }
                Target::Page { space, parent: None, .. } => ("create a page", format!("in {space}")),
                Target::Comment { page } => ("comment", format!("on “{page}”")),
            };
            format!(
                "Confluence does not let you {what} {place}: it is gone, or your account may not do that there."
            )
        }
        Confluence::TitleTaken { clash: Some(clash) } => {
            let TitleClash { space, title, .. } = &**clash;
            format!("{space} already has a page titled “{title}”. It may be archived.")
        }
        Confluence::TitleTaken { clash: None } => "The space already has a page with this title.".to_owned(),
        Confluence::Unconvertible => {
            "Confluence could not take this text, not even with plain lists. Simplify it, and try again."
                .to_owned()
        }
        Confluence::TooLarge => "The description is larger than Confluence takes.".to_owned(),
        Confluence::Blocked => {
            "An administrator of your organization keeps apps away from this space.".to_owned()
        }
        Confluence::NetworkRefused => {
            "Your organization takes requests to Confluence only from networks that it lists, and \
                                       this one is not among them."
                .to_owned()
        }
        Confluence::Refused { reason } => format!("Confluence refused it: {reason}"),
    }
}

fn server(problem: &Server) -> String {
    match problem {
        Server::NotAToken { why } => not_a_token(why),
        Server::BadAddress { why } => format!("This address cannot be used: {why}."),
        Server::TokenLost => "The keyring no longer holds the token of this server. Paste a new one.".to_owned(),
        Server::ForeignAddress => {
            "A request was held back: it must not carry the token to another address.".to_owned()
        }
        Server::Keyring(Keyring::Locked) => {
            "The keyring of your desktop is locked, so the token cannot be read. Unlock it, then try again.".to_owned()
        }
        Server::Keyring(problem) => {
            format!("The keyring of your desktop could not be used: {}.", keyring(problem))
        }
        Server::TokenRefused => "The server does not accept this token. Check that you copied all of it, and that it was not \
                                 deleted; a new one is made where the old one was."
            .to_owned(),
        Server::TokenExpired => "The token has expired. Make a new one, and paste it.".to_owned(),
        Server::Disabled => "The server knows you, but does not let apps in. An administrator of your company must enable MCP \
                             first."
            .to_owned(),
        Server::NotMcp { why } => format!("What answers at this address is not an MCP server ({why})."),
        Server::ToolMissing { what } => {
            format!("The server offers nothing that gives {what}, so no meetings can be read from it.")
        }
        Server::ArgumentUnknown { tool, argument } => format!(
            "The server's tool {tool} wants “{argument}”, which Sally Desktop does not understand. Please report this."
        ),
        Server::Tool { tool, reason } => format!("The server's tool {tool} did not work: {reason}"),
        Server::Unreachable { host } => format!("{host} cannot be reached. Check the network connection."),
        Server::Lost => "The connection broke before the server answered.".to_owned(),
        Server::RateLimited { .. } => "The server asks to slow down.".to_owned(),
        Server::Trouble { status } => format!("The server has trouble at the moment (status {status})."),
        Server::Unreadable => "The server answered something that cannot be understood.".to_owned(),
    }
}

fn delivery(problem: &Delivery) -> String {
    match problem {
        Delivery::InDoubt { because, target } => {
            let what = match target {
                Target::Page { title, .. } => format!("The page “{title}” may exist or not"),
                Target::Comment { page } => format!("The comment on “{page}” may exist or not"),
            };
            format!("{} {what}.", message(because))
        }
        Delivery::NotFound(Target::Page { title, space, .. }) => format!(
            "The answer was lost. The page “{title}” may be there, but Confluence does not find it in {space} after some \
             minutes. Look there before you post it again."
        ),
        Delivery::NotFound(Target::Comment { page }) => format!(
            "The answer was lost. The comment may be there, but Confluence does not find it on “{page}” after some minutes. \
             Look there before you post it again."
        ),
        Delivery::Unverifiable { sender } => format!(
            "It was sent by {}, and its answer was lost. The account that is connected now cannot look for it.",
            sender.as_deref().unwrap_or("another account")
        ),
        Delivery::OfAnother { sender, me } => {
            let who = match sender {
                Originator::Named(name) => format!("{name} sent this."),
                Originator::Nameless => "Another account sent this.".to_owned(),
                Originator::NotNoted => "It is not known which account sent this.".to_owned(),
            };
            format!("{who} You are connected as {me}.")
        }
        Delivery::WaitedLong { since, sent: false } => {
            format!("It has waited since {}, so it is not sent without your word.", day(*since))
        }
        Delivery::WaitedLong { since, sent: true } => format!(
            "It was sent on {} and its answer was lost, so it may have arrived. Nobody has looked since.",
            day(*since)
        ),
        Delivery::SeveralWaitedLong { count, since } => {
            let verb = if *count == 1 { "waits" } else { "wait" };
            format!("{count} from {} {verb}.", day(*since))
        }
        Delivery::Unreadable => {
            "It is stored in a form that this version cannot read. Edit shows its words; Cancel takes it \
                                 off the list and keeps them."
                .to_owned()
        }
        Delivery::Interrupted => {
            "Sally Desktop ended while this was on its way, so it may have arrived.".to_owned()
        }
        Delivery::OlderCopy => {
            "Sally Desktop's data is an older copy of itself, so this may have been sent since. Look in \
                                Confluence before you post it again."
                .to_owned()
        }
        Delivery::Damaged => {
            "The database was damaged, so it is not known what became of this. Look in Confluence before you \
                              post it again."
                .to_owned()
        }
        Delivery::WentPlain => {
            "Confluence did not take the text as it was, so its tasks and decisions went as plain lists."
                .to_owned()
        }
        Delivery::Unknown => "It did not get through.".to_owned(),
        Delivery::SentBefore { target, at } => {
            let place = match target {
                Target::Page { space, title, .. } => format!("{space} as “{title}”"),
                Target::Comment { page } => format!("“{page}”"),
            };
            let at = at.to_zoned(TimeZone::system()).strftime("%-d %B, %H:%M");
            format!("You sent this to {place} on {at}. Send it again?")
        }
        Delivery::SentMeanwhile { at, now, .. } => format!("It was sent {}.", moment(*at, *now)),
    }
}

fn not_a_token(why: &str) -> String {
    format!("This cannot be a token: {why}. Copy it again from where it was made.")
}

fn field(problem: &Field) -> String {
    match problem {
        Field::NoOrganization => "Choose an organization.".to_owned(),
        Field::OrganizationNotReached => {
            "The connection does not reach this organization. Choose another one, or reconnect.".to_owned()
        }
        Field::NoTitle => "A page needs a title.".to_owned(),
        Field::LongTitle { length, max } => {
            format!("The title has {length} characters; Confluence takes {max}.")
        }
        Field::NoDescription => "There is nothing to send: the description is empty.".to_owned(),
        Field::LongDescription { size, max } => format!(
            "The description is too long: it makes {} kB, and Confluence takes {} kB.",
            size / 1024,
            max / 1024
        ),
        Field::NotASite => "This is not a site of Confluence Cloud. Enter its address, such as acme.atlassian.net, or paste a \
                            link of it."
            .to_owned(),
        Field::NoConfluenceAt { site } => format!("There is no Confluence at {site}."),
        Field::NotAnEmail => "Enter the e-mail address of your Atlassian account.".to_owned(),
        Field::NotAToken { why } => not_a_token(why),
        Field::TokenEnded => "The day on which this token ends has passed. Make a new one.".to_owned(),
        Field::TokenWithoutOwner { scope } => format!(
            "The token lacks the scope {scope}, so it cannot be known whose it is. Make a new one with all scopes: those of a \
             token cannot be changed."
        ),
        Field::TokenNotAccepted { site, email } => format!(
            "{site} does not accept this token. It may be mistyped, of another account than {email}, have ended or been \
             revoked; or this account may not use Confluence there, as a guest of another product may not."
        ),
    }
}

fn link(problem: &Link) -> String {
    match problem {
        Link::Foreign { site } => format!("This page belongs to {site}, which is not connected."),
        Link::NotAPage(content) => match content {
            Content::Space => "This is the link of a space, not of a page.",
            Content::BlogPost => "This is the link of a blog post, not of a page.",
            Content::Whiteboard => "This is the link of a whiteboard, not of a page.",
            Content::Database => "This is the link of a database, not of a page.",
            Content::Folder => "This is the link of a folder, not of a page.",
            Content::Other => "This link does not lead to a page.",
        }
        .to_owned(),
        Link::Missing { organization, space } => {
            let space = space.as_ref().map_or_else(String::new, |key| format!(" ({key})"));
            format!(
                "This page was not found in {organization}{space}. It may be new, archived, or closed to your account."
            )
        }
    }
}

fn not_now(problem: NotNow) -> &'static str {
    match problem {
        NotNow::NothingToSend => "There is nothing to send: no item was chosen.",
        NotNow::NothingToMerge => "There is nothing to merge: choose two items of one meeting.",
        NotNow::NoWords => "An item needs words.",
        NotNow::HasLeft => "This delivery has left already, so it cannot be changed.",
        NotNow::CannotCancel => "This delivery is on its way or has arrived, so it cannot be cancelled.",
        NotNow::GoneOn => "This delivery has gone on in the meantime.",
        NotNow::OnItsWay => {
            "What you are changing is on its way, or may have arrived. Wait until the Outbox says what became of it."
        }
    }
}

fn folder(problem: &Folder) -> String {
    match problem {
        Folder::Missing { folder } => {
            format!("There is no folder at “{}”. Choose another one.", folder.display())
        }
        Folder::Refused { folder } => format!(
            "The system does not let Sally Desktop watch “{}”. Choose another folder, on a disk of this computer.",
            folder.display()
        ),
        Folder::Gone => {
            "The watched folder is not there any more. It is watched again as soon as it is back.".to_owned()
        }
        Folder::Forgotten { because } => {
            format!("No folder is watched. {} Choose the folder again.", message(because))
        }
    }
}

fn program(problem: &Program) -> String {
    match problem {
        Program::Fault => "A part of Sally Desktop failed in the middle of its work. It goes on as far as it can; if this \
                           comes again, quit and start again, and please report it."
            .to_owned(),
        Program::Superseded => "A newer search took this one's place.".to_owned(),
        Program::FileNotWritten { why } => {
            format!("The file could not be written: {why}. Choose another place.")
        }
        Program::EndedReading { names, files, servers } => ended_reading(names, *files, *servers),
        Program::NoTray => "This desktop shows no tray icons, so closing the window ends Sally Desktop. While it is open, the \
                            shortcut in Settings → General opens Quick send."
            .to_owned(),
    }
}

fn desktop(problem: &Desktop) -> String {
    match problem {
        Desktop::ShortcutTaken { keys } => format!(
            "{keys} cannot be had: another program has these keys, or the desktop keeps them for itself."
        ),
        Desktop::NoDataFolder => {
            "This desktop names no folder for the data of apps. Set SALLY_DATA_DIR to one.".to_owned()
        }
        Desktop::AutostartRefused => {
            "The desktop did not take the change of what starts at login.".to_owned()
        }
        Desktop::NoFileManager { folder } => {
            format!("This desktop has no program that shows folders. The log lies in “{}”.", folder.display())
        }
        Desktop::NoLog => "There is no log.".to_owned(),
    }
}

fn ended_reading(names: &[String], files: bool, servers: bool) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("“{name}”")).collect();
    let (all, them) = match names.split_last() {
        Some((last, [])) => (last.clone(), "It is"),
        Some((last, others)) => (format!("{} and {last}", others.join(", ")), "They are"),
        None => return String::new(),
    };
    let mut ways = Vec::new();
    if files {
        ways.push("To try a file again, import it with “Import files…” or drop it on the window.");
    }
    if servers {
        ways.push("A meeting of a server is tried again by “Sync now”, or when it changes there.");
    }
    format!(
        "Sally Desktop ended while it was reading {all}. {them} left alone from now on. {}",
        ways.join(" ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ended_the_app_is_named_with_the_way_on() {
        let of = |names: &[&str], files, servers| {
            ended_reading(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>(), files, servers)
        };
        let one = of(&["a.md"], true, false);
        assert!(one.contains("reading “a.md”. It is left alone"), "{one}");
        assert!(one.contains("Import files…") && !one.contains("Sync now"), "{one}");
        let three = of(&["a.md", "b.vtt", "Weekly"], true, true);
        assert!(three.contains("“a.md”, “b.vtt” and “Weekly”. They are"), "{three}");
        assert!(three.contains("Import files…") && three.contains("Sync now"), "{three}");
    }
}
