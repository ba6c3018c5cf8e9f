//! The data of one organization's Confluence: spaces, pages, comments, permissions, and the rule that a title is unique in its
//! space. No JSON or HTTP; the API's modules use it.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;

use crate::adf;
use crate::data::Base;

/// Distance between the first identifiers of two sites, so that none is ever taken for another's.
const SITE_STRIDE: u64 = 10_000_000;
const PAGES_FROM: u64 = 100_000;
const COMMENTS_FROM: u64 = 5_000_000;
const FOLDERS_FROM: u64 = 9_000_000;

/// What the account may do in a space or with a page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Access {
    /// Everything.
    #[default]
    Full,
    /// It is listed and found, and refuses every change, with 404 as Confluence does.
    ReadOnly,
    /// As if it were not there.
    Hidden,
}

/// A space.
#[derive(Clone, Debug)]
pub(crate) struct Space {
    pub(crate) id: u64,
    pub(crate) key: String,
    pub(crate) name: String,
    pub(crate) kind: &'static str,
    /// The account that it belongs to.
    pub(crate) owner: String,
    pub(crate) is_archived: bool,
    pub(crate) homepage: u64,
    pub(crate) created: Timestamp,
}

/// How a page stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    Current,
    Draft,
    Archived,
    Trashed,
}

impl Status {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::Draft => "draft",
            Self::Archived => "archived",
            Self::Trashed => "trashed",
        }
    }
}

/// What a page or comment says.
#[derive(Clone, Debug)]
pub(crate) enum Body {
    /// A page that was there before; its text is made when somebody reads it.
    Sample,
    /// A document that passed the gate.
    Written(Arc<Value>),
}

/// A page.
#[derive(Clone, Debug)]
pub(crate) struct Page {
    pub(crate) id: u64,
    /// The place of its space in the site.
    pub(crate) space: usize,
    pub(crate) parent: Option<u64>,
    pub(crate) title: String,
    /// The title as it is compared.
    pub(crate) folded: String,
    pub(crate) status: Status,
    pub(crate) author: &'static Person,
    pub(crate) created: Timestamp,
    pub(crate) changed: Timestamp,
    pub(crate) version: u64,
    pub(crate) searchable_from: Timestamp,
    /// A live doc.
    pub(crate) is_live: bool,
    pub(crate) kind: Kind,
    pub(crate) body: Body,
}

/// What has pages' places, titles and links, and is no page to v2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Page,
    BlogPost,
}

impl Kind {
    /// As v1 names it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Page => "page",
            Self::BlogPost => "blogpost",
        }
    }
}

impl Page {
    pub(crate) fn document(&self) -> Arc<Value> {
        match &self.body {
            Body::Sample => Arc::new(adf::sample(&self.title)),
            Body::Written(document) => Arc::clone(document),
        }
    }
}

/// A folder, which pages can be made below.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Folder {
    pub(crate) id: u64,
    /// The place of its space in the site.
    pub(crate) space: usize,
}

/// A footer comment.
#[derive(Clone, Debug)]
pub(crate) struct Comment {
    pub(crate) id: u64,
    pub(crate) page: u64,
    pub(crate) reply_to: Option<u64>,
    pub(crate) author: &'static Person,
    pub(crate) created: Timestamp,
    pub(crate) searchable_from: Timestamp,
    pub(crate) document: Arc<Value>,
}

/// An account.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Person {
    pub(crate) account_id: &'static str,
    pub(crate) name: &'static str,
    pub(crate) email: &'static str,
}

/// One organization.
#[derive(Debug)]
pub(crate) struct Site {
    pub(crate) name: &'static str,
    pub(crate) slug: &'static str,
    pub(crate) cloud_id: &'static str,
    first_id: u64,
    pub(crate) spaces: Arc<Vec<Space>>,
    /// A page's identifier is its place here, plus an offset.
    pub(crate) pages: Vec<Arc<Page>>,
    pub(crate) comments: Vec<Comment>,
    folders: Vec<Folder>,
    /// Labels of pages, by prefix and name.
    pub(crate) labels: HashMap<u64, BTreeSet<(String, String)>>,
    /// Places of the pages that were there before, by space.
    samples: Arc<Vec<Vec<usize>>>,
    sample_count: usize,
    /// Places of the pages that were made since, by space and title: a thousand pages made in one
    /// space must not cost a thousand comparisons each.
    made: HashMap<(usize, String), Vec<usize>>,
    pub(crate) space_access: HashMap<usize, Access>,
    pub(crate) page_access: HashMap<u64, Access>,
    /// An administrator's data policy keeps apps out.
    pub(crate) is_blocked: bool,
    /// An administrator's list of addresses keeps this machine's out.
    pub(crate) is_fenced: bool,
    /// Accounts that may not use Confluence here.
    pub(crate) locked_out: BTreeSet<&'static str>,
}

/// The identifier of the `n`-th space of the `site`-th site.
pub(crate) fn space_id(site: u64, n: usize) -> u64 {
    (site + 1) * SITE_STRIDE + 1 + n as u64
}

/// The identifier of the `n`-th page of the `site`-th site.
pub(crate) fn page_id(site: u64, n: usize) -> u64 {
    (site + 1) * SITE_STRIDE + PAGES_FROM + n as u64
}

/// A title as Confluence compares it.
pub(crate) fn fold(title: &str) -> String {
    title.trim().to_lowercase()
}

impl Site {
    pub(crate) fn new(place: u64, base: &Base) -> Self {
        Self {
            name: base.name,
            slug: base.slug,
            cloud_id: base.cloud_id,
            first_id: (place + 1) * SITE_STRIDE,
            spaces: Arc::clone(&base.spaces),
            pages: base.pages.clone(),
            comments: Vec::new(),
            folders: Vec::new(),
            labels: HashMap::new(),
            samples: Arc::clone(&base.by_space),
            sample_count: base.pages.len(),
            made: HashMap::new(),
            space_access: HashMap::new(),
            page_access: HashMap::new(),
            is_blocked: false,
            is_fenced: false,
            locked_out: BTreeSet::new(),
        }
    }

    /// The address that the real site would have.
    pub(crate) fn host(&self) -> String {
        format!("{}.atlassian.net", self.slug)
    }

    /// Whether somebody may use Confluence here.
    pub(crate) fn admits(&self, person: &Person) -> bool {
        !self.locked_out.contains(person.account_id)
    }

    /// Places of the spaces that the account sees.
    pub(crate) fn visible_spaces(&self) -> impl Iterator<Item = (usize, &Space)> {
        self.spaces.iter().enumerate().filter(|(place, _)| self.space_access(*place) != Access::Hidden)
    }

    pub(crate) fn space_by_id(&self, id: &str) -> Option<(usize, &Space)> {
        let id: u64 = id.parse().ok()?;
        let place = usize::try_from(id.checked_sub(self.first_id + 1)?).ok()?;
        self.spaces.get(place).map(|space| (place, space))
    }

    pub(crate) fn space_by_key(&self, key: &str) -> Option<(usize, &Space)> {
        self.spaces.iter().enumerate().find(|(_, space)| space.key.eq_ignore_ascii_case(key))
    }

    /// A person's own space, where they have one.
    pub(crate) fn own_space(&self, person: &Person) -> Option<&Space> {
        self.spaces.iter().find(|space| space.kind == "personal" && space.owner == person.account_id)
    }

    pub(crate) fn space_access(&self, space: usize) -> Access {
        self.space_access.get(&space).copied().unwrap_or_default()
    }

    pub(crate) fn page(&self, id: u64) -> Option<&Arc<Page>> {
        self.pages.get(self.place(id)?)
    }

    /// The page, to change it.
    pub(crate) fn page_mut(&mut self, id: u64) -> Option<&mut Page> {
        let place = self.place(id)?;
        self.pages.get_mut(place).map(Arc::make_mut)
    }

    fn place(&self, id: u64) -> Option<usize> {
        usize::try_from(id.checked_sub(self.first_id + PAGES_FROM)?).ok()
    }

    /// What the account may do with a page: as much as the page and its space both allow.
    pub(crate) fn page_access(&self, page: &Page) -> Access {
        let own = self.page_access.get(&page.id).copied().unwrap_or_default();
        match (own, self.space_access(page.space)) {
            (Access::Hidden, _) | (_, Access::Hidden) => Access::Hidden,
            (Access::ReadOnly, _) | (_, Access::ReadOnly) => Access::ReadOnly,
            (Access::Full, Access::Full) => Access::Full,
        }
    }

    pub(crate) fn comment(&self, id: u64) -> Option<&Comment> {
        let place = id.checked_sub(self.first_id + COMMENTS_FROM)?;
        self.comments.get(usize::try_from(place).ok()?)
    }

    pub(crate) fn comments_on(&self, page: u64) -> impl Iterator<Item = &Comment> {
        self.comments.iter().filter(move |comment| comment.page == page)
    }

    /// The page that holds a title in a space: current or archived, for archived pages keep theirs.
    pub(crate) fn titled(&self, space: usize, title: &str) -> Option<&Arc<Page>> {
        let folded = fold(title);
        let samples = self.samples.get(space).map(Vec::as_slice).unwrap_or_default();
        let key = (space, folded);
        let made = self.made.get(&key).map(Vec::as_slice).unwrap_or_default();
        samples
            .iter()
            .chain(made)
            .filter_map(|place| self.pages.get(*place))
            .filter(|page| page.kind == Kind::Page)
            .find(|page| page.folded == key.1 && page.status != Status::Draft)
    }

    /// Adds a page, and answers its identifier. The page's own is overwritten.
    pub(crate) fn add_page(&mut self, mut page: Page) -> u64 {
        let place = self.pages.len();
        page.id = self.first_id + PAGES_FROM + place as u64;
        self.made.entry((page.space, page.folded.clone())).or_default().push(place);
        let id = page.id;
        self.pages.push(Arc::new(page));
        id
    }

    /// Gives a page another title.
    pub(crate) fn retitle(&mut self, id: u64, title: &str) {
        let Some(place) = self.place(id) else { return };
        let Some(page) = self.pages.get_mut(place).map(Arc::make_mut) else { return };
        title.clone_into(&mut page.title);
        let old = std::mem::replace(&mut page.folded, fold(title));
        if place >= self.sample_count {
            let new = (page.space, page.folded.clone());
            if let Some(places) = self.made.get_mut(&(page.space, old)) {
                places.retain(|other| *other != place);
            }
            self.made.entry(new).or_default().push(place);
        }
    }

    /// Adds a comment, and answers its identifier. The comment's own is overwritten.
    pub(crate) fn add_comment(&mut self, mut comment: Comment) -> u64 {
        comment.id = self.first_id + COMMENTS_FROM + self.comments.len() as u64;
        let id = comment.id;
        self.comments.push(comment);
        id
    }

    /// Adds a space without a home page.
    pub(crate) fn add_space(&mut self, key: &str, name: &str, kind: &'static str, owner: &Person) {
        let spaces = Arc::make_mut(&mut self.spaces);
        spaces.push(Space {
            id: self.first_id + 1 + spaces.len() as u64,
            key: key.to_owned(),
            name: name.to_owned(),
            kind,
            owner: owner.account_id.to_owned(),
            is_archived: false,
            homepage: 0,
            created: Timestamp::UNIX_EPOCH,
        });
    }

    /// Adds a folder to a space, and answers its identifier.
    pub(crate) fn add_folder(&mut self, space: usize) -> u64 {
        let id = self.first_id + FOLDERS_FROM + self.folders.len() as u64;
        self.folders.push(Folder { id, space });
        id
    }

    pub(crate) fn folder_ids(&self) -> impl Iterator<Item = u64> {
        self.folders.iter().map(|folder| folder.id)
    }

    pub(crate) fn folder(&self, id: u64) -> Option<&Folder> {
        self.folders.iter().find(|folder| folder.id == id)
    }

    /// Pages that were made since the start, in order.
    pub(crate) fn made_pages(&self) -> &[Arc<Page>] {
        &self.pages[self.sample_count..]
    }

    /// The path of a page in the site's web view, as `_links.webui` has it.
    pub(crate) fn webui(&self, page: &Page) -> String {
        let slug: String = url::form_urlencoded::byte_serialize(page.title.as_bytes()).collect();
        format!("/spaces/{}/pages/{}/{slug}", self.spaces[page.space].key, page.id)
    }

    /// The path of a comment in the site's web view.
    pub(crate) fn comment_webui(&self, page: &Page, comment: u64) -> String {
        format!("{}?focusedCommentId={comment}#comment-{comment}", self.webui(page))
    }
}
