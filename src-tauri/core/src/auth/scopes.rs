//! The 13 scopes that the app asks for, no more and no fewer, and what it says about them. Called by the
//! login, and by `app` for the connection's details.

use crate::api::Scope;

/// Name, what Atlassian allows with it, what this app does with it.
const SCOPES: [(&str, &str, &str); 13] = [
    (
        "offline_access",
        "Renewing the access without a new login",
        "Keeps you connected, so that you need not log in again every hour. Touches no content.",
    ),
    (
        "read:me",
        "Reading the profile of the account that logged in",
        "Reads the account's name and address, to show who is connected.",
    ),
    (
        "write:confluence-content",
        "Writing Confluence content",
        "Part of Atlassian's permission model. The app changes no existing content.",
    ),
    (
        "read:confluence-space.summary",
        "Reading what describes a space",
        "Reads the names and keys of spaces, to offer them as destinations.",
    ),
    (
        "write:confluence-file",
        "Uploading attachments",
        "Part of Atlassian's permission model. The app uploads no files.",
    ),
    (
        "read:confluence-content.all",
        "Reading all content that the account can see",
        "Reads page details where a destination you choose needs them.",
    ),
    (
        "read:confluence-content.summary",
        "Reading summaries of content",
        "Reads titles and places of pages, to list them, and to see whether a lost answer meant success.",
    ),
    (
        "read:confluence-user",
        "Reading users",
        "Reads who the account is in Confluence, to recognise what it created.",
    ),
    (
        "readonly:content.attachment:confluence",
        "Reading attachments",
        "Part of Atlassian's permission model. The app opens no attachments.",
    ),
    (
        "read:space:confluence",
        "Reading spaces",
        "Lists the spaces of an organization when you pick a destination.",
    ),
    (
        "search:confluence",
        "Searching content",
        "Finds pages by title while you pick a destination, and nothing else.",
    ),
    (
        "write:page:confluence",
        "Creating and changing pages",
        "Creates a page when you press Create. Never without you.",
    ),
    (
        "write:comment:confluence",
        "Creating and changing comments",
        "Adds a comment when you press Create. Never without you.",
    ),
];

/// The scopes by name, in the order in which the login asks for them.
pub fn names() -> impl Iterator<Item = &'static str> {
    SCOPES.iter().map(|(name, _, _)| *name)
}

/// The scopes with what each is used for.
pub fn list() -> Vec<Scope> {
    SCOPES
        .iter()
        .map(|&(name, allows, used_for)| Scope {
            name: name.to_owned(),
            allows: allows.to_owned(),
            used_for: used_for.to_owned(),
        })
        .collect()
}

/// The scopes that were asked for and are not among those `granted`.
pub fn missing(granted: &[String]) -> Vec<String> {
    names().filter(|name| !granted.iter().any(|scope| scope == name)).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_scope_is_asked_for_twice() {
        let distinct: std::collections::BTreeSet<_> = names().collect();
        assert_eq!(distinct.len(), 13, "the consent page lists exactly 13 permissions");
    }

    #[test]
    fn a_scope_that_was_not_granted_is_missing() {
        let granted: Vec<String> = names().skip(1).map(str::to_owned).collect();
        assert_eq!(missing(&granted), ["offline_access"], "the one that was left out");
        assert!(missing(&list().into_iter().map(|scope| scope.name).collect::<Vec<_>>()).is_empty());
    }
}
