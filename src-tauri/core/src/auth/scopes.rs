//! The 13 OAuth scopes that the app requests. Used by the login, and by `app` for the details of
//! a connection.

/// One OAuth scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Renewing the access without a new login.
    Offline,
    /// Reading the profile of the account that logged in.
    Profile,
    /// Writing Confluence content.
    WriteContent,
    /// Reading what describes a space.
    SpaceSummaries,
    /// Uploading attachments.
    WriteFiles,
    /// Reading all content that the account can see.
    ReadContent,
    /// Reading summaries of content.
    ContentSummaries,
    /// Reading users.
    Users,
    /// Reading attachments.
    Attachments,
    /// Reading spaces.
    Spaces,
    /// Searching content.
    Search,
    /// Creating and changing pages.
    WritePages,
    /// Creating and changing comments.
    WriteComments,
}

impl Scope {
    /// Every one, in the order in which the login asks for them.
    pub const ALL: [Self; 13] = [
        Self::Offline,
        Self::Profile,
        Self::WriteContent,
        Self::SpaceSummaries,
        Self::WriteFiles,
        Self::ReadContent,
        Self::ContentSummaries,
        Self::Users,
        Self::Attachments,
        Self::Spaces,
        Self::Search,
        Self::WritePages,
        Self::WriteComments,
    ];

    /// As Atlassian names it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Offline => "offline_access",
            Self::Profile => "read:me",
            Self::WriteContent => "write:confluence-content",
            Self::SpaceSummaries => "read:confluence-space.summary",
            Self::WriteFiles => "write:confluence-file",
            Self::ReadContent => "read:confluence-content.all",
            Self::ContentSummaries => "read:confluence-content.summary",
            Self::Users => "read:confluence-user",
            Self::Attachments => "readonly:content.attachment:confluence",
            Self::Spaces => "read:space:confluence",
            Self::Search => "search:confluence",
            Self::WritePages => "write:page:confluence",
            Self::WriteComments => "write:comment:confluence",
        }
    }
}

/// The scopes by name.
pub fn names() -> impl Iterator<Item = &'static str> {
    Scope::ALL.into_iter().map(Scope::name)
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
