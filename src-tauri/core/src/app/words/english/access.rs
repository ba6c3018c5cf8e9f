//! Of what a login and an API token let the app do, and of what an administrator has to allow.

use crate::auth::scopes::Scope;
use crate::domain::site::Need;

/// What a token is needed for, such as `Create pages`, and what does not work without it, in a sentence.
pub(in crate::app) fn need(need: Need) -> (String, String) {
    let (name, without) = match need {
        Need::Account => ("Know who you are", "Nothing can be sent."),
        Need::Spaces => ("List spaces", "No space can be chosen, so no page can be created."),
        Need::Search => ("Find pages", "Pages are not found by title, so a comment has no place."),
        Need::CreatePages => ("Create pages", "No page can be created."),
        Need::AddComments => ("Add comments", "No comment can be added."),
        Need::ReadPages => (
            "Read pages that you created",
            "When an answer is lost, the page is searched for, which takes minutes and can fail.",
        ),
        Need::ReadComments => (
            "Read comments that you added",
            "When an answer is lost, the comment is searched for, which takes minutes and can fail.",
        ),
        Need::People => ("Find people", "Only people who are known already can be mentioned."),
    };
    (name.to_owned(), without.to_owned())
}

/// What Atlassian technically allows with an OAuth scope, and what the app does with it.
pub(in crate::app) fn scope(scope: Scope) -> (String, String) {
    let (allows, used_for) = match scope {
        Scope::Offline => (
            "Renewing the access without a new login",
            "Keeps you connected, so that you need not log in again every hour. Touches no content.",
        ),
        Scope::Profile => (
            "Reading the profile of the account that logged in",
            "Reads the account's name and address, to show who is connected.",
        ),
        Scope::WriteContent => (
            "Writing Confluence content",
            "Part of Atlassian's permission model. The app changes no existing content.",
        ),
        Scope::SpaceSummaries => (
            "Reading what describes a space",
            "Reads the names and keys of spaces, to offer them as destinations.",
        ),
        Scope::WriteFiles => {
            ("Uploading attachments", "Part of Atlassian's permission model. The app uploads no files.")
        }
        Scope::ReadContent => (
            "Reading all content that the account can see",
            "Reads page details where a destination you choose needs them.",
        ),
        Scope::ContentSummaries => (
            "Reading summaries of content",
            "Reads titles and places of pages, to list them, and to see whether a lost answer meant success.",
        ),
        Scope::Users => {
            ("Reading users", "Reads who the account is in Confluence, to recognise what it created.")
        }
        Scope::Attachments => {
            ("Reading attachments", "Part of Atlassian's permission model. The app opens no attachments.")
        }
        Scope::Spaces => {
            ("Reading spaces", "Lists the spaces of an organization when you pick a destination.")
        }
        Scope::Search => {
            ("Searching content", "Finds pages by title while you pick a destination, and nothing else.")
        }
        Scope::WritePages => {
            ("Creating and changing pages", "Creates a page when you press Create. Never without you.")
        }
        Scope::WriteComments => {
            ("Creating and changing comments", "Adds a comment when you press Create. Never without you.")
        }
    };
    (allows.to_owned(), used_for.to_owned())
}

/// What an administrator has to know who is to allow the app, with the scopes that a token needs.
pub(in crate::app) fn administrator_text(scopes: &[&str]) -> String {
    format!(
        "Sally Desktop is a program on my computer that brings decisions and tasks of my meetings into Confluence, when I \
         press a button, as me.\n\n\
         It talks to these hosts, over https, and to no other one of Atlassian's:\n\
         - {api} (Confluence's API)\n\
         - auth.atlassian.com (only for logging in without an API token)\n\
         - our site, SITE.atlassian.net (its cloud id; and its API for API tokens without scopes)\n\n\
         With an API token it needs these scopes: {}.\n\
         With a login (OAuth 2.0) it asks for the 13 that its login page lists.\n\n\
         What has to be allowed, where it is not: API tokens for my account (Atlassian Administration, Security, \
         Authentication policies), or the app itself (Connected apps); Confluence for my account; and my network, where \
         an IP allowlist is used.\n\n\
         It never sends: recordings, transcripts, or anything that I did not choose. It has no telemetry and no server \
         of its own. Tokens are kept in the keyring of my computer.\n",
        scopes.join(" "),
        api = "api.atlassian.com",
    )
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_scope_and_each_need_has_words_of_its_own() {
        let allowed: BTreeSet<_> = Scope::ALL.into_iter().map(|one| scope(one).0).collect();
        assert_eq!(allowed.len(), Scope::ALL.len(), "{allowed:?}");
        let needed: BTreeSet<_> = Need::ALL.into_iter().map(|one| need(one).0).collect();
        assert_eq!(needed.len(), Need::ALL.len(), "{needed:?}");
        assert_eq!(
            scope(Scope::WritePages),
            (
                "Creating and changing pages".to_owned(),
                "Creates a page when you press Create. Never without you.".to_owned()
            )
        );
        assert_eq!(
            need(Need::CreatePages),
            ("Create pages".to_owned(), "No page can be created.".to_owned())
        );
    }
}
