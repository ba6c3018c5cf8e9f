//! The dialogs, deliveries, and links.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{ErrorView, Templates};
use crate::adf::Document;
use crate::domain::destination::{Action, Destination, Page, Place, Space, Target};
use crate::domain::draft;
use crate::domain::id::{AccountId, DeliveryId, ItemId, MeetingId, OrganizationId, PageId};

/// Which dialog for which items.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct Compose {
    /// The items, all of one meeting; at least one.
    pub items: Vec<ItemId>,
    /// The dialog.
    pub action: Action,
    /// Where to, if the person chose that already; else where the last one went.
    #[serde(default)]
    #[ts(optional = nullable)]
    pub target: Option<Target>,
}

/// The content of a dialog. The fields of the other action keep their values when a person changes from a
/// page to a comment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Draft {
    /// The items that it is about, all of one meeting; at least one.
    pub items: Vec<ItemId>,
    /// The dialog.
    pub action: Action,
    /// The delivery that this replaces, where the person edits one that did not get through.
    pub replaces: Option<DeliveryId>,
    /// `Organization`.
    pub organization: Option<OrganizationId>,
    /// `Space`.
    pub space: Option<Space>,
    /// `Parent page`; the space's home where there is none.
    pub parent: Option<Page>,
    /// `Page`.
    pub page: Option<Page>,
    /// `Title`.
    pub title: String,
    /// `Description`.
    pub document: Document,
    /// Whether this is what the person typed earlier, so that `Start over` makes sense.
    pub kept: bool,
    /// Why the delivery that this replaces did not get through, or that it arrived all the same.
    pub problem: Option<ErrorView>,
    /// The accounts that it is sent as, by organization, where there are two.
    #[serde(default)]
    pub senders: BTreeMap<OrganizationId, String>,
}

impl From<draft::Draft> for Draft {
    fn from(stored: draft::Draft) -> Self {
        Self {
            items: stored.items,
            action: stored.action,
            replaces: stored.replaces,
            organization: stored.organization,
            space: stored.space,
            parent: stored.parent,
            page: stored.page,
            title: stored.title,
            document: stored.document,
            kept: false,
            problem: None,
            senders: BTreeMap::new(),
        }
    }
}

/// What is true only now is not stored.
impl From<Draft> for draft::Draft {
    fn from(wire: Draft) -> Self {
        Self {
            items: wire.items,
            action: wire.action,
            replaces: wire.replaces,
            organization: wire.organization,
            space: wire.space,
            parent: wire.parent,
            page: wire.page,
            title: wire.title,
            document: wire.document,
        }
    }
}

/// Somebody who can be mentioned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Mentionable {
    /// Atlassian's account id.
    pub id: AccountId,
    /// The name.
    pub name: String,
}

/// Whom to find.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct FindPeople {
    /// Whose people.
    pub organization: OrganizationId,
    /// What their names begin with, or words of them.
    pub query: String,
}

/// Which templates to show, and for what.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct Preview {
    /// The templates as they are being edited.
    pub templates: Templates,
    /// A page or a comment.
    pub action: Action,
    /// Several items instead of one.
    pub several: bool,
}

/// Which items, and where they are about to go.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct RenderTemplates {
    /// The items, all of one meeting; at least one.
    pub items: Vec<ItemId>,
    /// The dialog.
    pub action: Action,
    /// The destination, where one is chosen.
    pub place: Option<Place>,
}

/// What templates make of items.
#[derive(Clone, Debug, Serialize, TS)]
pub struct RenderedTemplates {
    /// The title.
    pub title: String,
    /// The body.
    pub document: Document,
}

/// What to send.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct Send {
    /// The items that it is about, all of one meeting; at least one.
    pub items: Vec<ItemId>,
    /// Where to.
    pub destination: Destination,
    /// As in [`Draft`].
    pub document: Document,
    /// The delivery that this replaces.
    pub replaces: Option<DeliveryId>,
    /// The person knows that the same went to the same place within a day.
    #[serde(default)]
    pub again: bool,
}

/// A delivery, as lists and items show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct DeliveryView {
    /// Which.
    pub id: DeliveryId,
    /// The items that it is about.
    pub items: Vec<ItemId>,
    /// The words of the first one, where it is still cached.
    pub words: Option<String>,
    /// The meeting of the items, where it is still cached.
    pub meeting: Option<MeetingId>,
    /// That meeting's title.
    pub meeting_title: Option<String>,
    /// Where to.
    pub destination: Destination,
    /// The organization's name.
    pub organization: String,
    /// The account that sends it, where that is not the connected one.
    pub sender: Option<String>,
    /// Its state.
    pub state: DeliveryState,
    /// When the person sent it.
    #[ts(type = "string")]
    pub created: Timestamp,
    /// When its state last changed.
    #[ts(type = "string")]
    pub changed: Timestamp,
}

/// The state of a delivery.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum DeliveryState {
    /// It will go as soon as those before it are gone.
    Queued,
    /// It is held back for some seconds, so that it can still be undone.
    Held {
        /// When it goes.
        #[ts(type = "string")]
        until: Timestamp,
    },
    /// It is on its way.
    Sending,
    /// It arrived; `open_link` with `delivery` opens it.
    Sent {
        /// What the person should know about how it arrived.
        note: Option<String>,
    },
    /// It did not leave, and can be tried again.
    Waiting {
        /// Why.
        why: ErrorView,
    },
    /// Confluence refused it, or something is missing; a person must decide.
    NeedsYou {
        /// Why, and the way on.
        why: ErrorView,
    },
    /// The answer was lost, and Confluence is being asked whether it arrived.
    Checking {
        /// What is known.
        why: ErrorView,
    },
    /// The answer was lost, so it may have arrived or not, and it was not found.
    NotConfirmed {
        /// What is known.
        why: ErrorView,
    },
}

/// Something that opens in the browser. The web view never names an address.
#[derive(Clone, Debug, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Link {
    /// The page or comment that a delivery made; for an unconfirmed one the space or page where it would be.
    Delivery {
        /// Which.
        id: DeliveryId,
    },
    /// A page.
    Page {
        /// Where.
        organization: OrganizationId,
        /// Which.
        page: PageId,
    },
    /// A meeting's recording.
    Recording {
        /// Which.
        meeting: MeetingId,
    },
    /// Where Atlassian lists the apps that an account is connected to.
    ConnectedApps,
    /// Where Atlassian makes API tokens.
    TokenPage,
    /// How to register an Atlassian app and set this one up.
    SetupGuide,
}
