//! What a person is told when something did not work.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::domain::destination::Page;
use crate::domain::id::{DeliveryId, OrganizationId};

/// What a person is told when something did not work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ErrorView {
    /// What the UI branches on.
    pub code: ErrorCode,
    /// The fact, in one or two sentences.
    pub message: String,
    /// The way on, which the UI shows as a button.
    pub hint: Option<Hint>,
}

/// A closed list: a code exists only where the UI treats it differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// Shown as it is: a message and its hint.
    Failed,
    /// Shown by the form's organization field.
    InvalidOrganization,
    /// Shown by the form's space field.
    InvalidSpace,
    /// Shown by the form's parent page field.
    InvalidParent,
    /// Shown by the form's page field.
    InvalidPage,
    /// Shown by the form's title field.
    InvalidTitle,
    /// Shown by the form's title field, with the three ways on.
    TitleExists,
    /// Shown by the form's description field.
    InvalidDescription,
    /// Shown by the form's site field.
    InvalidSite,
    /// Shown by the form's e-mail field.
    InvalidEmail,
    /// Shown by the form's token field.
    InvalidToken,
    /// Shown by the form's address field.
    InvalidAddress,
    /// The dialog shows its `Connect Confluence` prompt.
    NotConnected,
    /// The dialog and the integration's row show `Reconnect`.
    ReconnectNeeded,
    /// The integration's row says how to set the app up.
    NotConfigured,
    /// The same went to the same place within a day: the window asks before it goes again.
    SentBefore,
    /// What is being edited has arrived meanwhile: the dialog offers to open it, or to send another one.
    SentMeanwhile,
    /// Another account sent it: the outbox offers to send it as the connected one.
    AnotherAccount,
    /// It waited so long that the person is asked before it goes: the notice has `Look` beside `Send`.
    WaitedLong,
    /// The data is an older copy of itself: the notice leads to the outbox.
    OlderCopy,
    /// A newer search took this one's place: the UI shows nothing.
    Superseded,
    /// What was named is no longer there: the UI leaves the view.
    Gone,
}

/// An action that the UI offers beside an error.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Hint {
    /// `Connect Confluence`.
    Connect,
    /// `Connect`: the same for one more site.
    ConnectSite,
    /// `Ask SITE`: whose Confluence it is.
    AskSite {
        /// The site, for people.
        site: String,
    },
    /// `Reconnect`.
    Reconnect,
    /// `How to set up`: opens the setup guide.
    SetUp,
    /// `Try again`, at once or after the given moment.
    TryAgain {
        /// Not before this moment.
        #[ts(type = "string | null")]
        at: Option<Timestamp>,
    },
    /// `Choose another title`: focuses the field.
    ChooseAnotherTitle {
        /// A title with the date added, ready to use.
        suggestion: String,
        /// The page that has the title, where it was found.
        page: Option<Box<Page>>,
    },
    /// `Choose another place`: focuses the space or page field.
    ChooseAnotherPlace,
    /// `Paste a new token`: opens the form of the server whose token it is.
    NewToken,
    /// `Renew…`: opens the form of the site whose API token it is.
    RenewToken {
        /// Whose site.
        organization: OrganizationId,
    },
    /// `Enter the password…`: opens the form for the proxy of this network.
    ProxyPassword,
    /// `Copy a text for your administrator`: only they can change it.
    AskAdministrator,
    /// `Unlock the keyring`: connects again, which asks the operating system.
    UnlockKeyring,
    /// `Send again`: the person knows that it went before.
    SendAgain,
    /// `Open`, and `Send as another`: what was edited arrived as it was before.
    SendAsAnother {
        /// What arrived.
        delivery: DeliveryId,
    },
    /// `Send as NAME`: the connected account sends what another one was to send.
    SendAs {
        /// The connected account's name.
        name: String,
    },
    /// `Send`: what waited for long goes.
    SendWaiting,
    /// `Choose other files`.
    ChooseFiles,
    /// `Shorten the text`: focuses the description.
    Shorten,
}
