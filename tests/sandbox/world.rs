//! The state of the sandbox behind one lock: permissions and the data of the sites.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::adf::Gate;
use crate::auth::Auth;
use crate::clock::Clock;
use crate::consent::Desk;
use crate::faults::Faults;
use crate::line::Lines;
use crate::log::Log;
use crate::points::Points;
use crate::sally::{Sally, Service};
use crate::site::{Person, Site};
use crate::tokens::{ApiTokens, TokenKind};

/// Something that the real one is known, or suspected, to do at some sites or some day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Quirk {
    /// The account has no site with Confluence.
    NoSites,
    /// Every site is listed twice, once with the classic scopes and once with the granular ones.
    DuplicateSites,
    /// A site that has no Confluence is listed too.
    OtherSite,
    /// The deprecated list of a page's comments is removed (410).
    DescendantsRemoved,
    /// CQL does not know the field `container`, which its documentation does not have.
    ContainerUnknown,
    /// The pages of the list of spaces form a loop: the second page links to the first.
    SpacesInACircle,
    /// Documents with tasks or decisions cannot be converted (400), as some have reported.
    ListsRefused,
    /// The account's organization has no page for making API tokens.
    NoTokenPage,
    /// The account's organization revokes each API token as soon as it is made.
    TokensRevoked,
    /// Sites are open to everybody: a token that is not known makes its caller a visitor, and not a stranger.
    OpenToEverybody,
    /// The gateway takes no API token without scopes; the site itself does.
    ClassicAtSiteOnly,
    /// Which site an address is of is told to nobody who is not logged in.
    TenantInfoClosed,
    /// A site's own address takes API tokens with scopes, too.
    ScopedTokensAtSite,
    /// A credential that is not good is refused by v1 in the gateway's words (401).
    StrangersUnauthorizedV1,
    /// The same by v2.
    StrangersUnauthorizedV2,
    /// A page that is not there is not named in the refusal.
    MissingUnnamed,
    /// An archived page does not keep its title.
    ArchivedTitlesFree,
    /// Two titles that differ in case are two.
    TitlesWithCase,
    /// Documents of comments with tasks cannot be converted.
    TasksRefusedInComments,
    /// Documents of comments with decisions cannot be converted.
    DecisionsRefusedInComments,
    /// Documents of pages with tasks cannot be converted.
    TasksRefusedInPages,
    /// Documents of pages with decisions cannot be converted.
    DecisionsRefusedInPages,
    /// Nobody can comment on a live doc.
    LiveDocsSilent,
    /// There are no live docs: the subtype is refused.
    LiveDocsUnknown,
    /// A second login of the same app ends the refresh token of the first one.
    LoginsEndEachOther,
    /// A client without its secret is served if it used PKCE.
    SecretNotNeeded,
    /// A refresh token that was rotated out is refused at once.
    NoLeeway,
    /// A refresh token that was rotated out works for ever.
    LeewayForEver,
    /// An access token never ends.
    AccessForEver,
    /// What may be done in a space is not told (403).
    OperationsForbidden,
    /// Templates are not told (403).
    TemplatesForbidden,
    /// Labels cannot be added (403).
    LabelsForbidden,
    /// A person's own space is not told (403).
    OwnSpaceForbidden,
    /// Search knows folders.
    FoldersSearched,
    /// CQL does not know `space.type`.
    SpaceTypeUnknown,
    /// Search knows no spaces.
    SpacesNotSearched,
    /// The people who wrote a page are not told, though they were asked for.
    ContributorsEmpty,
    /// A page cannot be made below a folder.
    FoldersRefused,
    /// The list of pages finds a title in exactly its case only.
    LookUpWithCase,
    /// The list of pages does not know archived ones.
    LookUpWithoutArchived,
    /// Publishing a draft a second time with the same version goes through.
    DraftsPublishedTwice,
    /// The web address in answers is that of the gateway.
    LinksAtGateway,
    /// The list of a page's comments is empty.
    CommentsListedLate,
    /// The list of pages says of a new page that it was changed already.
    ListedAsChanged,
    /// Search knows no pages, except by their identifiers; the search of content does.
    PagesNotSearched,
    /// Search knows no pages by their identifiers.
    PagesNotFoundById,
    /// A page's content is not told, though it was asked for.
    BodiesNotTold,
}

/// What can be set while the sandbox runs.
#[derive(Debug, Default)]
pub(crate) struct Settings {
    pub(crate) index_lag: Duration,
    pub(crate) quirks: BTreeSet<Quirk>,
}

/// The remembered.
#[derive(Debug)]
pub(crate) struct World {
    /// Such as `http://127.0.0.1:4711`.
    pub(crate) origin: String,
    pub(crate) auth: Auth,
    pub(crate) desk: Desk,
    pub(crate) tokens: ApiTokens,
    /// Who is logged in at Atlassian in the browser.
    pub(crate) at_browser: &'static Person,
    pub(crate) sites: Vec<Site>,
    pub(crate) settings: Settings,
    pub(crate) gate: &'static Gate,
}

impl World {
    pub(crate) fn has(&self, quirk: Quirk) -> bool {
        self.settings.quirks.contains(&quirk)
    }

    pub(crate) fn has_sites(&self) -> bool {
        !self.has(Quirk::NoSites)
    }

    /// Makes an API token, and answers its text.
    pub(crate) fn make_token(
        &mut self,
        person: &'static Person,
        label: &str,
        kind: TokenKind,
        expires: Timestamp,
    ) -> String {
        let token = self.tokens.make(&mut self.auth.random, person, label, kind, expires);
        if self.has(Quirk::TokensRevoked) {
            self.tokens.revoke(&token);
        }
        token
    }

    /// A site's address, which stands for that of `SITE.atlassian.net`.
    pub(crate) fn site_url(&self, site: usize) -> String {
        format!("{}/site/{}", self.origin, self.sites[site].slug)
    }

    /// The web address of a site's Confluence, as `_links.base` has it.
    pub(crate) fn base(&self, site: usize) -> String {
        if self.has(Quirk::LinksAtGateway) {
            return format!("{}/ex/confluence/{}/wiki", self.origin, self.sites[site].cloud_id);
        }
        format!("{}/wiki", self.site_url(site))
    }

    /// When something that is written now can be found.
    pub(crate) fn searchable_from(&self, now: Timestamp) -> Timestamp {
        let lag = SignedDuration::try_from(self.settings.index_lag).unwrap_or(SignedDuration::MAX);
        now.saturating_add(lag).unwrap_or(Timestamp::MAX)
    }
}

/// What the server, the connections and the test share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) clock: Clock,
    pub(crate) world: Mutex<World>,
    pub(crate) faults: Mutex<Faults>,
    pub(crate) log: Log,
    pub(crate) points: Points,
    pub(crate) sally: Sally,
    pub(crate) mcp: Service,
    pub(crate) lines: Arc<Lines>,
}

impl Shared {
    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn faults(&self) -> MutexGuard<'_, Faults> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
