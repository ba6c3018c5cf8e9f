//! What a person can be told: codes with values, in no language. `app::words` makes sentences of them. Some are stored beside
//! what they are about (a delivery, a server), so what is stored once must be read for ever after: a variant or a value is
//! added, never renamed or taken away (`tests/schema/*.json` holds one of each).
//!
//! Longer than 400 lines: every code is in this one file, so that one look says which there are.

use std::path::PathBuf;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::code;
use super::destination::{Destination, Page};
use super::id::{DeliveryId, OrganizationId};

/// A code has a group and a kind; what is deeper are values.
const DEPTH: usize = 2;

/// Why something did not go as it should, or what a person should know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Problem {
    /// The database.
    Database(Database),
    /// The connection to Atlassian.
    Connection(Connection),
    /// The keyring.
    Keyring(Keyring),
    /// The API token of a site.
    Token(Token),
    /// Confluence.
    Confluence(Confluence),
    /// What stands between this network and the outside.
    Network(Network),
    /// A server that meetings come from.
    Server(Server),
    /// A delivery.
    Delivery(Delivery),
    /// A field of a form.
    Field(Field),
    /// A pasted link.
    Link(Link),
    /// Something was named that is no longer there.
    Gone(Gone),
    /// It cannot be done at the moment.
    NotNow(NotNow),
    /// The watched folder.
    Folder(Folder),
    /// The program itself.
    Program(Program),
    /// The desktop around it.
    Desktop(Desktop),
    /// As an earlier version stored it: its code, and its sentence.
    #[serde(untagged)]
    Told {
        /// The code.
        code: String,
        /// The sentence.
        message: String,
    },
}

/// What is wrong with the database.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Database {
    /// A newer version made it.
    Newer,
    /// The disk is full.
    Full,
    /// The folder cannot be written.
    ReadOnly {
        /// Which.
        folder: String,
    },
    /// The folder is on a network.
    OnNetwork {
        /// Which.
        folder: PathBuf,
        /// What the system calls such a network.
        kind: String,
    },
    /// The folder is synchronised.
    Synchronised {
        /// Which.
        folder: PathBuf,
        /// By which program.
        by: String,
    },
    /// Another program uses it.
    Busy,
    /// It could not be read or written.
    Failed,
    /// It could not be brought to this version.
    Migration,
    /// A stored value cannot be read.
    Unreadable,
    /// It was damaged, and put aside.
    Damaged {
        /// Where it is now.
        aside: PathBuf,
        /// Whether its copy took its place.
        from_copy: bool,
    },
    /// It stayed in the folder of earlier versions, since another program holds it.
    NotMoved {
        /// Where it was to go.
        wanted: PathBuf,
        /// Where it is.
        folder: PathBuf,
    },
    /// Two versions had one each.
    Two {
        /// Where the one is that is not used.
        kept: PathBuf,
    },
    /// It is an older copy of itself.
    OlderCopy,
    /// The app is ending.
    Ending,
}

/// What is wrong with the connection to Atlassian.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Connection {
    /// The build has no client id or secret.
    NotConfigured {
        /// The environment variables that are missing.
        missing: Vec<String>,
    },
    /// A setting cannot be used.
    BadSetting {
        /// The environment variable.
        variable: String,
        /// Why.
        why: AddressFault,
    },
    /// Nobody is connected.
    None,
    /// Something is connected, and does not reach this organization.
    NotReached,
    /// Atlassian no longer accepts it, or never could for long.
    Ended(Ended),
    /// The account reaches no Confluence.
    NoConfluence {
        /// Whether a site without Confluence was chosen.
        chosen: bool,
    },
    /// Atlassian cannot be reached.
    Offline,
    /// Atlassian did not answer as it should.
    BadAnswer,
    /// Another account was connected meanwhile.
    Changed,
    /// Atlassian's login has an error of its own.
    Trouble {
        /// The HTTP status.
        status: u16,
        /// Not before this moment, where it said so.
        until: Option<Timestamp>,
    },
    /// Atlassian does not accept the client id and secret.
    ClientRefused,
    /// The person declined on Atlassian's page.
    Declined,
    /// Atlassian ended the login.
    Refused {
        /// Atlassian's own word for it.
        reason: String,
    },
    /// The login took too long.
    Expired,
    /// An answer belongs to no login that is waiting.
    UnexpectedAnswer {
        /// Whether a login is waiting, which goes on undisturbed.
        waiting: bool,
    },
    /// An address was opened that is no answer to a login.
    BadCallback,
    /// The port for the answer is taken.
    PortTaken {
        /// Which.
        port: u16,
    },
    /// Another program is renewing the connection.
    Locked,
    /// Somebody else has held the lock of the connection for some seconds.
    HeldUp,
    /// A request to another host was held back.
    ForeignHost {
        /// Which.
        host: String,
    },
    /// The API token is not accepted; whose it is, is not known.
    TokenRefused,
    /// The browser could not be opened.
    NoBrowser,
}

/// Why an address cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AddressFault {
    /// It is no address.
    NotAnAddress,
    /// A token would go there unencrypted.
    NotHttps,
    /// It has a user, a password or a fragment.
    MoreThanAddress,
    /// It has a user, a password, a query or a fragment.
    MoreThanPath,
    /// It is neither Atlassian's own nor one on this machine.
    NotAtlassian,
    /// It is neither Sally's own nor one on this machine.
    NotSally,
    /// Of Atlassian's two addresses only one is on this machine.
    OnlyOneHere,
    /// No answer to a login could come back to it.
    NotARedirect,
    /// It is on this machine, and has another path than the one for the answer to a login.
    OtherPath,
    /// As an earlier version stored it.
    #[serde(untagged)]
    Told(String),
}

/// Why a connection ended for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ended {
    /// Revoked, used up, or ended by another login.
    Refused,
    /// It was not used for too long.
    Unused,
    /// It was granted for a short time only.
    NotRenewable,
    /// Another process of this person connected another account.
    Replaced,
    /// The last login was cut off, so that it is not known whose it is.
    CutOff,
    /// The keyring does not have it any more.
    Lost,
}

/// What is wrong with the keyring.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Keyring {
    /// It is locked.
    Locked,
    /// There is none.
    Missing {
        /// In the system's own words, which are a value and in no language of ours.
        why: String,
    },
    /// What it holds was not written by this app, or not in full.
    Damaged,
    /// Another process of the person changes what it holds.
    InUse,
    /// Everything of the app was removed from it.
    Removed,
    /// Anything else.
    Failed {
        /// In the system's own words.
        why: String,
    },
}

/// What is the matter with the API token of a site.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Token {
    /// Whose site.
    pub organization: OrganizationId,
    /// The site.
    pub site: String,
    /// The last day of the token, where the person said so.
    pub expires: Option<Date>,
    /// What.
    pub what: TokenTrouble,
}

/// Why an API token cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenTrouble {
    /// Confluence does not know it any more.
    Refused {
        /// Whether that was to be expected by now.
        ended: bool,
    },
    /// It was made without a scope that is needed.
    Narrow {
        /// The scopes that it lacks, as far as that is known.
        missing: Vec<String>,
    },
    /// The keyring does not have it any more.
    Lost,
    /// The keyring has the token of another account: a change of it was cut off.
    Another,
    /// The keyring cannot be read.
    Keyring(Keyring),
    /// It ends soon, or should have by now.
    Ends {
        /// Whether its last day has passed.
        passed: bool,
    },
}

/// What is wrong with what Confluence answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confluence {
    /// No byte of the request left.
    Unreachable,
    /// Something between answered in its place.
    Foreign,
    /// It does not let the account in.
    NotAdmitted,
    /// The answer was lost.
    Lost,
    /// It has an error of its own.
    Trouble {
        /// The HTTP status.
        status: u16,
    },
    /// Its answer cannot be understood.
    Unreadable,
    /// Too many requests.
    RateLimited {
        /// Not before this moment, where it was told.
        until: Option<Timestamp>,
    },
    /// The connection was granted without a scope that this needs.
    ScopeMissing,
    /// What was named does not exist, or the account may not use it.
    Denied,
    /// The place of a delivery does not exist, or the account may not use it.
    PlaceDenied(Target),
    /// The account may read the page, and add nothing to it.
    ReadOnly {
        /// The page's title.
        page: String,
    },
    /// A space takes no pages, or no comments, of the account.
    Barred {
        /// The space's name.
        space: String,
        /// Why.
        barred: Barred,
    },
    /// A page with this title exists.
    TitleTaken {
        /// The title and the space, where that was looked up.
        clash: Option<Box<TitleClash>>,
    },
    /// It could not convert the document.
    Unconvertible,
    /// The body is too large.
    TooLarge,
    /// An administrator keeps apps away.
    Blocked,
    /// The organization lets nobody in from this network.
    NetworkRefused,
    /// It refused for a reason of its own.
    Refused {
        /// In Confluence's words.
        reason: String,
    },
}

/// Why nothing can be made in a space.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Barred {
    /// The account may not create pages there.
    NoPages,
    /// The account may not comment there.
    NoComments,
    /// It was archived.
    Archived,
    /// It is not there, or the account may not see it.
    Gone,
}

/// A title that is taken, and what a person can do about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TitleClash {
    /// The title.
    pub title: String,
    /// The space's name.
    pub space: String,
    /// A title that is likely to be free.
    pub suggestion: String,
    /// The page that has it, where search finds it.
    pub page: Option<Page>,
}

/// What a delivery makes, by the names that people know.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// A page.
    Page {
        /// Its title.
        title: String,
        /// Its space's name.
        space: String,
        /// The title of the page that it is below.
        parent: Option<String>,
    },
    /// A comment.
    Comment {
        /// The title of its page.
        page: String,
    },
}

impl From<&Destination> for Target {
    fn from(destination: &Destination) -> Self {
        match destination {
            Destination::NewPage { title, space, parent, .. } => Self::Page {
                title: title.clone(),
                space: space.name.clone(),
                parent: parent.as_ref().map(|parent| parent.title.clone()),
            },
            Destination::Comment { page, .. } => Self::Comment { page: page.title.clone() },
        }
    }
}

/// What is wrong with a server that meetings come from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Server {
    /// What was pasted cannot be a token.
    NotAToken {
        /// Why.
        why: TokenFault,
    },
    /// The address cannot be used.
    BadAddress {
        /// Why.
        why: AddressFault,
    },
    /// The keyring no longer holds its token.
    TokenLost,
    /// A request to another address was held back.
    ForeignAddress,
    /// The keyring.
    Keyring(Keyring),
    /// It does not accept the token.
    TokenRefused,
    /// The token has expired.
    TokenExpired,
    /// It does not let apps in.
    Disabled,
    /// It is no MCP server.
    NotMcp {
        /// Why.
        why: McpFault,
    },
    /// It has no tool for something.
    ToolMissing {
        /// For what.
        what: ServerPart,
    },
    /// A tool wants something that is not understood.
    ArgumentUnknown {
        /// The tool.
        tool: String,
        /// What it wants.
        argument: String,
    },
    /// A tool failed.
    Tool {
        /// Which.
        tool: String,
        /// What it said.
        reason: String,
    },
    /// It cannot be reached.
    Unreachable {
        /// Its host.
        host: String,
    },
    /// Nothing gets to it from this network.
    Network(Network),
    /// The answer was lost.
    Lost,
    /// Too many requests.
    RateLimited {
        /// Not before this moment, where it was told.
        until: Option<Timestamp>,
    },
    /// It has an error of its own.
    Trouble {
        /// The HTTP status.
        status: u16,
    },
    /// Its answer cannot be understood.
    Unreadable,
    /// It sent more in one sync than is read.
    TooMuch {
        /// What is read, in bytes.
        max: u64,
    },
}

/// Why nothing gets from this network to the outside. Nothing was sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Network {
    /// The proxy asks for a name and a password.
    ProxyPassword {
        /// Its host and port.
        proxy: String,
        /// Whether it did not accept those that it got.
        refused: bool,
    },
    /// The proxy asks for a sign-in that the app does not have.
    ProxySignIn {
        /// Its host and port.
        proxy: String,
        /// What it offers instead, such as `Negotiate`.
        schemes: Vec<String>,
    },
    /// The proxy itself cannot be reached.
    ProxyUnreachable {
        /// Its host and port.
        proxy: String,
    },
    /// The proxy does not let the app reach a host, or cannot reach it either.
    ProxyRefused {
        /// Its host and port.
        proxy: String,
        /// The host.
        host: String,
    },
    /// The proxy is of a kind that the app does not speak with.
    ProxyKind {
        /// Its host and port.
        proxy: String,
        /// The scheme of its address, such as `socks5`.
        kind: String,
    },
    /// A host cannot be reached, and the system chooses its proxy by a script that the app does not run.
    Script {
        /// The host.
        host: String,
    },
    /// A host shows a certificate of nobody whom the system trusts.
    Untrusted {
        /// The host.
        host: String,
    },
}

/// Why what was pasted cannot be a token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenFault {
    /// It is empty.
    Empty,
    /// It is too long.
    TooLong,
    /// It has characters that no token has.
    BadCharacters,
    /// As an earlier version stored it.
    #[serde(untagged)]
    Told(String),
}

/// Why an answer is none of an MCP server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum McpFault {
    /// An HTTP status that MCP does not have.
    Status(u16),
    /// It does not name its media type.
    NoMediaType,
    /// It has another media type.
    MediaType(String),
    /// Its stream of events has no answer.
    NoAnswer,
    /// It answers another question.
    AnotherAnswer,
    /// A tool for a list of recordings gives none.
    NoList {
        /// The tool.
        tool: String,
    },
    /// What the server said, or the library that speaks with it; or as an earlier version stored it.
    #[serde(untagged)]
    Told(String),
}

/// What a server must have a tool for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ServerPart {
    /// A list of recordings.
    Recordings,
    /// The summary of a recording.
    Summary,
    /// As an earlier version stored it.
    #[serde(untagged)]
    Told(String),
}

/// What is to be said of a delivery.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    /// The answer was lost, so it may exist or not.
    InDoubt {
        /// What became of the answer.
        because: Box<Problem>,
        /// What may exist.
        target: Target,
    },
    /// The answer was lost, and it was not found.
    NotFound(Target),
    /// The answer was lost, and only another account could look for it.
    Unverifiable {
        /// The name of the account that sent it, where it is known.
        sender: Option<String>,
    },
    /// Another account sent it.
    OfAnother {
        /// Which.
        sender: Originator,
        /// The name of the connected account.
        me: String,
    },
    /// It waited so long that it does not go without a word of the person.
    WaitedLong {
        /// Since when.
        since: Timestamp,
        /// Whether it was sent then, and its answer was lost.
        sent: bool,
    },
    /// Several waited so long.
    SeveralWaitedLong {
        /// How many.
        count: usize,
        /// Since when the first does.
        since: Timestamp,
    },
    /// It is stored in a form that cannot be read.
    Unreadable,
    /// The program ended while it was on its way.
    Interrupted,
    /// The database is an older copy, so it may have been sent since.
    OlderCopy,
    /// The database was damaged, so it is not known what became of it.
    Damaged,
    /// It arrived, with its tasks and decisions as plain lists.
    WentPlain,
    /// An earlier version did not store why.
    Unknown,
    /// The same went to the same place not long ago.
    SentBefore {
        /// What.
        target: Target,
        /// When.
        at: Timestamp,
    },
    /// The same words stand there already, and this computer did not send them.
    SentElsewhere {
        /// Where.
        target: Target,
        /// Since when.
        at: Timestamp,
    },
    /// What was being edited arrived meanwhile.
    SentMeanwhile {
        /// What arrived.
        delivery: DeliveryId,
        /// When.
        at: Timestamp,
        /// When this was found out.
        now: Timestamp,
    },
}

/// Who sent something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Originator {
    /// An account of this name.
    Named(String),
    /// An account whose name is not known.
    Nameless,
    /// It was not noted.
    NotNoted,
}

/// A field of a form, and what is wrong with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// No organization was chosen.
    NoOrganization,
    /// The connection does not reach the organization.
    OrganizationNotReached,
    /// A page needs a title.
    NoTitle,
    /// The title is too long.
    LongTitle {
        /// Its length, in UTF-16 code units.
        length: usize,
        /// What Confluence takes.
        max: usize,
    },
    /// The description is empty.
    NoDescription,
    /// The description is too large.
    LongDescription {
        /// Its size, in bytes.
        size: usize,
        /// What Confluence takes.
        max: usize,
    },
    /// It is no site of Confluence Cloud.
    NotASite,
    /// The site has no Confluence.
    NoConfluenceAt {
        /// The site.
        site: String,
    },
    /// It is no e-mail address.
    NotAnEmail,
    /// What was pasted cannot be a token.
    NotAToken {
        /// Why.
        why: TokenFault,
    },
    /// No header can carry such a name or password.
    NotAProxyPassword,
    /// The proxy that they were entered for is not in between any more.
    OtherProxy {
        /// Its host and port.
        proxy: String,
    },
    /// The day on which the token ends has passed.
    TokenEnded,
    /// The token lacks the scope by which its owner is known.
    TokenWithoutOwner {
        /// The scope.
        scope: String,
    },
    /// The site does not accept the token.
    TokenNotAccepted {
        /// The site.
        site: String,
        /// The address that was entered with it.
        email: String,
    },
}

/// Why a pasted link leads nowhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Link {
    /// Its site is not connected.
    Foreign {
        /// The site.
        site: String,
    },
    /// Its site is none of Atlassian's by its name, and may be an organization's own address.
    OwnAddress {
        /// The site.
        site: String,
    },
    /// It leads to something else than a page.
    NotAPage(Content),
    /// Its page is not found.
    Missing {
        /// The organization's name.
        organization: String,
        /// The key of the space that the link has.
        space: Option<String>,
    },
}

/// What a link leads to that is not a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    /// A space.
    Space,
    /// A post of a space's blog.
    BlogPost,
    /// A whiteboard.
    Whiteboard,
    /// A database.
    Database,
    /// A folder.
    Folder,
    /// A page that is not published yet.
    Draft,
    /// Something that is known by a code of Confluence's button for sharing.
    Share,
    /// A comment.
    Comment,
    /// A file.
    Attachment,
    /// A page that was archived.
    Archived,
    /// A page in the trash.
    Trashed,
    /// Anything else.
    Other,
}

/// What is no longer there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Gone {
    /// A meeting.
    Meeting,
    /// An item.
    Item,
    /// A delivery.
    Delivery,
    /// A server.
    Server,
    /// An address.
    Address,
}

/// What cannot be done at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotNow {
    /// To send without an item.
    NothingToSend,
    /// To merge fewer than two items of one meeting.
    NothingToMerge,
    /// To keep an item without words.
    NoWords,
    /// To change what has left already.
    HasLeft,
    /// To cancel what is on its way or has arrived.
    CannotCancel,
    /// To change what has gone on in the meantime.
    GoneOn,
    /// To replace what is on its way, or may have arrived.
    OnItsWay,
}

/// What is the matter with the watched folder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Folder {
    /// There is none of this name.
    Missing {
        /// Its path.
        folder: PathBuf,
    },
    /// The system does not let it be watched.
    Refused {
        /// Its path.
        folder: PathBuf,
    },
    /// It was watched, and is not there any more.
    Gone,
    /// Which it was cannot be read.
    Forgotten {
        /// Why.
        because: Box<Problem>,
    },
}

/// What is the matter with the program itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Program {
    /// A part of it failed in the middle of its work.
    Fault,
    /// A newer search took this one's place.
    Superseded,
    /// A file could not be written.
    FileNotWritten {
        /// In the system's own words.
        why: String,
    },
    /// It ended while it was reading these.
    EndedReading {
        /// Their names.
        names: Vec<String>,
        /// Whether there are files among them.
        files: bool,
        /// Whether there are meetings of servers among them.
        servers: bool,
    },
    /// The desktop shows no tray icons.
    NoTray,
    /// Somebody else has held the lock of the outbox for some seconds.
    OutboxHeld,
}

/// What the desktop does not do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Desktop {
    /// It does not give the app a shortcut.
    ShortcutTaken {
        /// The keys.
        keys: String,
    },
    /// A shortcut of keys that people type with would take them from every other program.
    ShortcutWithoutModifier {
        /// The keys.
        keys: String,
    },
    /// It names no folder for the data of apps.
    NoDataFolder,
    /// It did not change what starts at login.
    AutostartRefused,
    /// It has no program that shows folders.
    NoFileManager {
        /// Where the log lies.
        folder: PathBuf,
    },
    /// There is no log to show.
    NoLog,
}

impl Problem {
    /// Its code, such as `confluence.lost`: what a log may say of it, since the values may be a person's words.
    pub fn code(&self) -> String {
        if let Self::Told { code, .. } = self {
            return format!("told.{code}");
        }
        code::of(self, DEPTH)
    }

    /// Whether it is a matter of who is connected: it is taken up when somebody is.
    pub fn waits_for_account(&self) -> bool {
        match self {
            Self::Connection(
                Connection::None | Connection::NotReached | Connection::Ended(_) | Connection::TokenRefused,
            )
            | Self::Token(_)
            | Self::Confluence(Confluence::ScopeMissing)
            | Self::Delivery(Delivery::OfAnother { .. }) => true,
            Self::Told { code, .. } => {
                matches!(&**code, "not_connected" | "reconnect_needed" | "another_account")
            }
            _ => false,
        }
    }

    /// Whether the person is asked because it waited for long.
    pub fn waited_long(&self) -> bool {
        match self {
            Self::Delivery(Delivery::WaitedLong { .. }) => true,
            Self::Told { code, .. } => code == "waited_long",
            _ => false,
        }
    }

    /// Whether another account sent it.
    pub fn is_of_another(&self) -> bool {
        match self {
            Self::Delivery(Delivery::OfAnother { .. }) => true,
            Self::Told { code, .. } => code == "another_account",
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_earlier_version_stored_is_read() {
        let stored =
            r#"{"code":"not_connected","message":"Confluence is not connected.","hint":{"kind":"connect"}}"#;
        let problem: Problem = serde_json::from_str(stored).unwrap();
        let told =
            Problem::Told { code: "not_connected".into(), message: "Confluence is not connected.".into() };
        assert_eq!(problem, told);
        assert!(problem.waits_for_account(), "and it is decided upon as before");
        assert_eq!(problem.code(), "told.not_connected");
        assert!(serde_json::from_str::<Problem>(r#"{"hologram":7}"#).is_err(), "a newer one is not guessed");
    }

    #[test]
    fn a_code_has_no_values() {
        let told = |problem: Problem| problem.code();
        assert_eq!(told(Problem::Gone(Gone::Item)), "gone.item");
        assert_eq!(
            told(Problem::Confluence(Confluence::Refused { reason: "secret".into() })),
            "confluence.refused"
        );
        let folder = Problem::Folder(Folder::Missing { folder: "/home/ada".into() });
        assert_eq!(told(folder), "folder.missing");
        let token = Token {
            organization: "acme".into(),
            site: "acme.atlassian.net".into(),
            expires: None,
            what: TokenTrouble::Lost,
        };
        assert_eq!(told(Problem::Token(token)), "token");
    }
}
