//! Of what an API token lets the app do, and of what an administrator has to allow.

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
