//! Parses links copied from the browser. The host identifies the organization; page ids are unique within one organization
//! only. No requests. Called by `app`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;
use url::{Host, Url};

use crate::domain::destination::Organization;
use crate::domain::id::PageId;
use crate::domain::problem::Content as NoPage;
use crate::http::is_loopback;

/// Longest site that is named to a person, in characters. Confluence's own are shorter than a domain's 253.
const MAX_HOST_LEN: usize = 253;

/// Where an address that stands in a text ends.
const ENDS: [char; 7] = ['<', '>', '"', '|', '“', '”', '`'];

/// How the names of Atlassian's own hosts end.
const ATLASSIANS: [&str; 4] = [".atlassian.net", ".atlassian.com", ".jira.com", ".jira-dev.com"];

/// What is no part of an address that a sentence ends with.
const PUNCTUATION: [char; 10] = ['.', ',', ';', ':', '!', '?', '\'', '*', '»', '…'];

/// An address of the web that somebody pasted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Link(Url);

/// What a link leads to in its organization.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Linked {
    /// The key of the space, where the link has it. The page may have moved since.
    pub(crate) space: Option<String>,
    /// What.
    pub(crate) content: Content,
}

/// What can be linked to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Content {
    /// What has this number: a page, unless Confluence says otherwise.
    Page(PageId),
    /// The page with this title in the space of the link.
    Titled(String),
    /// A space, whose page is its home page.
    Space,
    /// A folder.
    Folder(PageId),
    /// Something else than a page or what has one.
    Other(NoPage),
}

impl Content {
    /// By the names that Confluence gives the kinds of what it holds. What it does not name is a page.
    pub(crate) fn of_kind(kind: Option<&str>, id: PageId) -> Self {
        match kind {
            None | Some("page") => Self::Page(id),
            Some("blogpost") => Self::Other(NoPage::BlogPost),
            Some("whiteboard") => Self::Other(NoPage::Whiteboard),
            Some("database") => Self::Other(NoPage::Database),
            Some("folder") => Self::Folder(id),
            Some("comment") => Self::Other(NoPage::Comment),
            Some("attachment") => Self::Other(NoPage::Attachment),
            Some(_) => Self::Other(NoPage::Other),
        }
    }
}

impl Link {
    /// The links that stand in a text, by themselves or with words around them.
    pub(crate) fn all(text: &str) -> Vec<Self> {
        let mut links = Vec::new();
        let mut rest = text;
        while let Some(colon) = rest.find("://") {
            let (before, from) = rest.split_at(colon);
            let scheme = ["https", "http"].into_iter().find(|scheme| {
                let start = before.len().checked_sub(scheme.len());
                let word = start.and_then(|start| before.get(start..));
                word.is_some_and(|word| word.eq_ignore_ascii_case(scheme))
            });
            rest = &from[3..];
            let Some(scheme) = scheme else { continue };
            let end = rest.find(|c: char| c.is_whitespace() || ENDS.contains(&c)).unwrap_or(rest.len());
            links.extend(Self::parse(scheme, trimmed(&rest[..end])));
            rest = &rest[end..];
        }
        links
    }

    fn parse(scheme: &str, rest: &str) -> Option<Self> {
        // The parser would guess: it takes any number of slashes.
        if rest.starts_with(['/', '\\']) {
            return None;
        }
        Url::parse(&format!("{scheme}://{rest}")).ok().map(Self)
    }

    /// The links that stand in the query of this one: programs that watch over mails put what a person was sent into one of
    /// their own.
    pub(crate) fn wrapped(&self) -> Vec<Self> {
        self.0.query_pairs().flat_map(|(_, value)| Self::all(&value)).collect()
    }

    /// The site that it leads to, for people: the host, and the path before `/wiki`, which at Atlassian's own
    /// sites is nothing.
    pub(crate) fn site(&self) -> String {
        let host = self.0.host_str().unwrap_or_default();
        let host = self.0.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        let mut path = segments(&self.0);
        path.truncate(path.iter().position(|segment| *segment == "wiki").unwrap_or(0));
        path.insert(0, &host);
        path.join("/").chars().take(MAX_HOST_LEN).collect()
    }

    /// Where its Confluence is, if that may be an organization's own address: Atlassian's sites are known by their names. While
    /// `api` is on this machine, so is the address.
    pub(crate) fn own_address(&self, api: &Url) -> Option<Url> {
        let mut path = segments(&self.0);
        path.truncate(path.iter().position(|segment| *segment == "wiki")?);
        let path: String = path.iter().flat_map(|segment| [segment, "/"]).collect();
        let name = host(&self.0)?;
        let is_possible = if is_loopback(api) {
            is_loopback(&self.0) && host(api) != Some(name)
        } else {
            let is_named = matches!(self.0.host(), Some(Host::Domain(_))) && name.contains('.');
            let is_atlassians = |name: &str| ATLASSIANS.iter().any(|site| name.ends_with(site));
            is_named && self.0.port().is_none() && !is_atlassians(name)
        };
        if !is_possible || !self.0.username().is_empty() || self.0.password().is_some() {
            return None;
        }
        let scheme = if is_loopback(api) { api.scheme() } else { "https" };
        Url::parse(&format!("{scheme}://{}/{path}", self.0.authority())).ok()
    }

    /// What it leads to in an organization; nothing if it is not one of its links. `gateway` is the address of Atlassian's
    /// API, whose answers name things by their addresses there.
    pub(crate) fn within(&self, organization: &Organization, gateway: &Url) -> Option<Linked> {
        let home = Url::parse(&organization.url).ok()?;
        if let Some(path) = self.below(&home) {
            return Some(match path.as_slice() {
                ["wiki", path @ ..] => self.content(path),
                // Confluence's button for sharing leaves the name of the product out.
                ["l", "c" | "cp", _, ..] => Linked { space: None, content: Content::Other(NoPage::Share) },
                _ => Linked { space: None, content: Content::Other(NoPage::Other) },
            });
        }
        let path = self.below(gateway)?;
        let path = path.strip_prefix(&["ex", "confluence", organization.id.as_str()])?;
        Some(self.content(path.strip_prefix(&["wiki"]).unwrap_or(path)))
    }

    /// The rest of its path, if it leads to an address or below it. Neither the scheme nor a port that is the scheme's own
    /// tells sites apart.
    fn below(&self, address: &Url) -> Option<Vec<&str>> {
        if host(address)? != host(&self.0)? || address.port() != self.0.port() {
            return None;
        }
        let (path, base) = (segments(&self.0), segments(address));
        path.starts_with(&base).then(|| path[base.len()..].to_vec())
    }

    fn content(&self, path: &[&str]) -> Linked {
        let in_space = |key: &str, content| Linked { space: Some(key.to_owned()), content };
        let (space, content) = match path {
            ["spaces", key, path @ ..] => return in_space(key, self.content_of_space(path)),
            ["display", key] => return in_space(key, Content::Space),
            ["display", key, year, month, day, ..]
                if [year, month, day].into_iter().all(|one| is_id(one)) =>
            {
                return in_space(key, Content::Other(NoPage::BlogPost));
            }
            ["display", key, title, ..] => return in_space(key, titled(title)),
            ["x", code, ..] => (None, short(code)),
            ["l", "c" | "cp", _, ..] => (None, Content::Other(NoPage::Share)),
            ["rest", "api", "content", id, ..] | ["api", "v2", "pages", id, ..] => (None, numbered(id)),
            ["api", "v2", "folders", id, ..] => (None, folder(id)),
            ["api", "v2", "blogposts", ..] => (None, Content::Other(NoPage::BlogPost)),
            ["api", "v2", "whiteboards", ..] => (None, Content::Other(NoPage::Whiteboard)),
            ["api", "v2", "databases", ..] => (None, Content::Other(NoPage::Database)),
            ["pages", "tinyurl.action"] => {
                (None, self.asked("urlIdentifier").map_or(Content::Other(NoPage::Other), |code| short(&code)))
            }
            ["pages", "resumedraft.action"] => (None, Content::Other(NoPage::Draft)),
            ["pages", ..] => match (self.asked("spaceKey"), self.asked("title")) {
                (Some(key), Some(title)) if self.asked("pageId").is_none() => {
                    (Some(key), Content::Titled(title))
                }
                _ => (None, self.content_of_space(path)),
            },
            _ => (None, Content::Other(NoPage::Other)),
        };
        Linked { space, content }
    }

    /// What the path after a space leads to.
    fn content_of_space(&self, path: &[&str]) -> Content {
        let asked = |name| self.asked(name).map_or(Content::Other(NoPage::Other), |id| numbered(&id));
        match path {
            // `/pages/123/Title` and `/pages/edit-v2/123`.
            ["pages", id, ..] | ["pages", _, id, ..] if is_id(id) => numbered(id),
            ["pages", ..] => asked("pageId"),
            ["blog", ..] => Content::Other(NoPage::BlogPost),
            ["whiteboard", ..] => Content::Other(NoPage::Whiteboard),
            ["database", ..] => Content::Other(NoPage::Database),
            ["folder", id, ..] => folder(id),
            ["overview", ..] | [] => match asked("homepageId") {
                Content::Other(NoPage::Other) => Content::Space,
                home => home,
            },
            _ => Content::Other(NoPage::Other),
        }
    }

    /// A value of the query.
    fn asked(&self, name: &str) -> Option<String> {
        self.0.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
    }
}

/// Without the signs that a sentence, or a link in brackets, ends with.
fn trimmed(mut text: &str) -> &str {
    loop {
        let shorter = text.trim_end_matches(PUNCTUATION);
        let closes = [('(', ')'), ('[', ']'), ('{', '}')].into_iter().find(|&(open, close)| {
            shorter.ends_with(close) && shorter.matches(open).count() < shorter.matches(close).count()
        });
        let shorter = if closes.is_some() { &shorter[..shorter.len() - 1] } else { shorter };
        if shorter.len() == text.len() {
            return text;
        }
        text = shorter;
    }
}

fn numbered(id: &str) -> Content {
    if is_id(id) { Content::Page(PageId(id.to_owned())) } else { Content::Other(NoPage::Other) }
}

fn folder(id: &str) -> Content {
    if is_id(id) { Content::Folder(PageId(id.to_owned())) } else { Content::Other(NoPage::Other) }
}

/// A title in a path: words are joined by `+`.
fn titled(segment: &str) -> Content {
    let plain = segment.replace('+', " ");
    percent_decode_str(&plain)
        .decode_utf8()
        .map_or(Content::Other(NoPage::Other), |title| Content::Titled(title.into_owned()))
}

/// What a short link leads to. Its code is the page's number in eight bytes, the lowest first, in base64 with `-` for `/` and
/// `_` for `+` (the alphabet for addresses of RFC 4648 has them the other way round), without the `A` and `=` at its end.
fn short(code: &str) -> Content {
    const LEN: usize = 11;
    let is_code = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    if code.is_empty() || code.len() > LEN || !code.bytes().all(is_code) {
        return Content::Other(NoPage::Other);
    }
    let whole = format!("{code:A<LEN$}=").replace('-', "/").replace('_', "+");
    let bytes = STANDARD.decode(whole).ok().and_then(|bytes| <[u8; 8]>::try_from(bytes).ok());
    match bytes.map(i64::from_le_bytes) {
        Some(id @ 1..) => Content::Page(PageId(id.to_string())),
        _ => Content::Other(NoPage::Other),
    }
}

/// The host, without the dot that a full name may end with. The parser has made its letters small.
fn host(url: &Url) -> Option<&str> {
    url.host_str().map(|host| host.strip_suffix('.').unwrap_or(host))
}

fn segments(url: &Url) -> Vec<&str> {
    url.path_segments().into_iter().flatten().filter(|segment| !segment.is_empty()).collect()
}

fn is_id(segment: &str) -> bool {
    !segment.is_empty() && segment.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests;
