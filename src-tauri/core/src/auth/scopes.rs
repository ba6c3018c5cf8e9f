//! The 13 OAuth scopes that the app requests, with their descriptions. Used by the login, and by `app` for the details of
//! a connection.

/// One OAuth scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scope {
    /// As Atlassian names it.
    pub name: &'static str,
    /// What Atlassian technically allows with it.
    pub allows: &'static str,
    /// What the app does with it.
    pub used_for: &'static str,
}

/// In the order in which the login asks for them.
const SCOPES: [Scope; 13] = [
    Scope {
        name: "offline_access",
        allows: "Renewing the access without a new login",
        used_for: "Keeps you connected, so that you need not log in again every hour. Touches no content.",
    },
    Scope {
        name: "read:me",
        allows: "Reading the profile of the account that logged in",
        used_for: "Reads the account's name and address, to show who is connected.",
    },
    Scope {
        name: "write:confluence-content",
        allows: "Writing Confluence content",
        used_for: "Part of Atlassian's permission model. The app changes no existing content.",
    },
    Scope {
        name: "read:confluence-space.summary",
        allows: "Reading what describes a space",
        used_for: "Reads the names and keys of spaces, to offer them as destinations.",
    },
    Scope {
        name: "write:confluence-file",
        allows: "Uploading attachments",
        used_for: "Part of Atlassian's permission model. The app uploads no files.",
    },
    Scope {
        name: "read:confluence-content.all",
        allows: "Reading all content that the account can see",
        used_for: "Reads page details where a destination you choose needs them.",
    },
    Scope {
        name: "read:confluence-content.summary",
        allows: "Reading summaries of content",
        used_for: "Reads titles and places of pages, to list them, and to see whether a lost answer meant success.",
    },
    Scope {
        name: "read:confluence-user",
        allows: "Reading users",
        used_for: "Reads who the account is in Confluence, to recognise what it created.",
    },
    Scope {
        name: "readonly:content.attachment:confluence",
        allows: "Reading attachments",
        used_for: "Part of Atlassian's permission model. The app opens no attachments.",
    },
    Scope {
        name: "read:space:confluence",
        allows: "Reading spaces",
        used_for: "Lists the spaces of an organization when you pick a destination.",
    },
    Scope {
        name: "search:confluence",
        allows: "Searching content",
        used_for: "Finds pages by title while you pick a destination, and nothing else.",
    },
    Scope {
        name: "write:page:confluence",
        allows: "Creating and changing pages",
        used_for: "Creates a page when you press Create. Never without you.",
    },
    Scope {
        name: "write:comment:confluence",
        allows: "Creating and changing comments",
        used_for: "Adds a comment when you press Create. Never without you.",
    },
];

/// The scopes with what each is used for.
pub fn list() -> &'static [Scope] {
    &SCOPES
}

/// The scopes by name.
pub fn names() -> impl Iterator<Item = &'static str> {
    SCOPES.iter().map(|scope| scope.name)
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
        assert!(missing(&names().map(str::to_owned).collect::<Vec<_>>()).is_empty());
    }
}
