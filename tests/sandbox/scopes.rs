//! The existing scopes, and the scopes that each endpoint requires: the part of Atlassian's documentation that an app like
//! this one may use. Checked by the gateway before anything else.

/// The scopes that the sandbox's app has enabled: those of the product, and no more.
pub const SCOPES: [&str; 13] = [
    "offline_access",
    "read:me",
    "write:confluence-content",
    "read:confluence-space.summary",
    "write:confluence-file",
    "read:confluence-content.all",
    "read:confluence-content.summary",
    "read:confluence-user",
    "readonly:content.attachment:confluence",
    "read:space:confluence",
    "search:confluence",
    "write:page:confluence",
    "write:comment:confluence",
];

/// Method, path below the site's API (`*` is one segment), and sets of scopes of which one must be held whole.
type Row = (&'static str, &'static str, &'static [&'static [&'static str]]);

const READ_PAGE: &[&[&str]] = &[&["read:page:confluence"]];
const WRITE_PAGE: &[&[&str]] = &[&["write:page:confluence"]];
const READ_COMMENT: &[&[&str]] = &[&["read:comment:confluence"]];
const WRITE_COMMENT: &[&[&str]] = &[&["write:comment:confluence"]];
const READ_SPACE: &[&[&str]] = &[&["read:space:confluence"]];
const SEARCH: &[&[&str]] = &[&["search:confluence"], &["read:content-details:confluence"]];
const USER: &[&[&str]] = &[&["read:confluence-user"], &["read:content-details:confluence"]];
const SUMMARY: &[&[&str]] = &[&["read:confluence-content.summary"], &["read:content-details:confluence"]];
const WATCHERS: &[&[&str]] =
    &[&["read:confluence-content.summary"], &["read:watcher:confluence", "read:user:confluence"]];
const CONVERT: &[&[&str]] = &[&["read:confluence-content.all"], &["read:content.metadata:confluence"]];
const ATTACH: &[&[&str]] =
    &[&["write:confluence-file"], &["read:content-details:confluence", "write:attachment:confluence"]];

const LABEL: &[&[&str]] =
    &[&["write:confluence-content"], &["read:label:confluence", "write:label:confluence"]];
const TEMPLATE: &[&[&str]] =
    &[&["read:confluence-content.summary"], &["read:template:confluence", "read:content-details:confluence"]];

const ENDPOINTS: &[Row] = &[
    ("GET", "api/v2/spaces", READ_SPACE),
    ("POST", "api/v2/spaces", &[&["write:space:confluence"]]),
    ("GET", "api/v2/spaces/*", READ_SPACE),
    ("GET", "api/v2/spaces/*/pages", READ_PAGE),
    ("GET", "api/v2/spaces/*/blogposts", READ_PAGE),
    ("GET", "api/v2/spaces/*/labels", READ_SPACE),
    ("GET", "api/v2/spaces/*/operations", READ_SPACE),
    ("GET", "api/v2/spaces/*/permissions", READ_SPACE),
    ("GET", "api/v2/spaces/*/properties", READ_SPACE),
    ("GET", "api/v2/pages", READ_PAGE),
    ("POST", "api/v2/pages", WRITE_PAGE),
    ("GET", "api/v2/pages/*", READ_PAGE),
    ("PUT", "api/v2/pages/*", WRITE_PAGE),
    ("DELETE", "api/v2/pages/*", &[&["delete:page:confluence"]]),
    ("PUT", "api/v2/pages/*/title", WRITE_PAGE),
    ("GET", "api/v2/pages/*/versions", READ_PAGE),
    ("GET", "api/v2/pages/*/labels", READ_PAGE),
    ("GET", "api/v2/pages/*/operations", READ_PAGE),
    ("GET", "api/v2/pages/*/properties", READ_PAGE),
    ("POST", "api/v2/pages/*/properties", &[&["read:page:confluence", "write:page:confluence"]]),
    ("GET", "api/v2/pages/*/children", READ_PAGE),
    ("GET", "api/v2/pages/*/direct-children", &[&["read:hierarchical-content:confluence"]]),
    ("GET", "api/v2/pages/*/ancestors", &[&["read:content.metadata:confluence"]]),
    ("GET", "api/v2/pages/*/footer-comments", READ_COMMENT),
    ("GET", "api/v2/pages/*/inline-comments", READ_COMMENT),
    ("GET", "api/v2/footer-comments", READ_COMMENT),
    ("POST", "api/v2/footer-comments", WRITE_COMMENT),
    ("GET", "api/v2/footer-comments/*", READ_COMMENT),
    ("PUT", "api/v2/footer-comments/*", WRITE_COMMENT),
    ("DELETE", "api/v2/footer-comments/*", &[&["delete:comment:confluence"]]),
    ("GET", "api/v2/footer-comments/*/children", READ_COMMENT),
    ("GET", "api/v2/inline-comments", READ_COMMENT),
    ("POST", "api/v2/inline-comments", WRITE_COMMENT),
    ("POST", "api/v2/comments/*/properties", &[&["read:comment:confluence", "write:comment:confluence"]]),
    ("GET", "api/v2/blogposts", READ_PAGE),
    ("POST", "api/v2/blogposts", WRITE_PAGE),
    ("GET", "api/v2/attachments", &[&["read:attachment:confluence"]]),
    ("GET", "api/v2/labels", &[&["read:label:confluence"]]),
    ("GET", "api/v2/tasks", &[&["read:task:confluence"]]),
    ("GET", "rest/api/search", SEARCH),
    ("GET", "rest/api/search/user", &[&["read:content-details:confluence"]]),
    ("GET", "rest/api/content/search", SEARCH),
    ("GET", "rest/api/content/*/descendant", SUMMARY),
    ("GET", "rest/api/content/*/descendant/*", SUMMARY),
    ("GET", "rest/api/content/*/notification/child-created", WATCHERS),
    ("GET", "rest/api/content/*/notification/created", WATCHERS),
    ("POST", "rest/api/content/*/label", LABEL),
    ("GET", "rest/api/template/page", TEMPLATE),
    ("PUT", "rest/api/content/*/child/attachment", ATTACH),
    ("POST", "rest/api/content/*/child/attachment", ATTACH),
    ("POST", "rest/api/contentbody/convert/async/*", CONVERT),
    ("GET", "rest/api/contentbody/convert/async/*", CONVERT),
    ("GET", "rest/api/user", USER),
    ("GET", "rest/api/user/current", USER),
    ("GET", "rest/api/user/bulk", USER),
    ("GET", "rest/api/user/email", &[&["read:email-address:confluence"]]),
];

/// v1 endpoints that Atlassian removed, for every method.
const REMOVED: &[&str] = &[
    "rest/api/space",
    "rest/api/space/*",
    "rest/api/space/*/content",
    "rest/api/content",
    "rest/api/content/*",
    "rest/api/content/*/child",
    "rest/api/content/*/child/comment",
    "rest/api/content/*/child/page",
    "rest/api/content/*/history",
];

/// The sets of scopes that an endpoint wants; `None` for one that does not exist.
pub(crate) fn wanted(method: &str, path: &[&str]) -> Option<&'static [&'static [&'static str]]> {
    // The first row wins: `content/search` is not a content with the id "search".
    ENDPOINTS.iter().find(|row| row.0 == method && fits(row.1, path)).map(|row| row.2)
}

/// Whether Atlassian removed the endpoint.
pub(crate) fn is_removed(path: &[&str]) -> bool {
    REMOVED.iter().any(|pattern| fits(pattern, path))
}

fn fits(pattern: &str, path: &[&str]) -> bool {
    let mut parts = pattern.split('/');
    path.iter().all(|segment| parts.next().is_some_and(|part| part == "*" || part == *segment))
        && parts.next().is_none()
}
