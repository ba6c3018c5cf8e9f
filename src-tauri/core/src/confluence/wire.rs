//! The JSON types of Atlassian's APIs. Fields that are not needed are omitted or optional, since the services add and drop
//! fields without notice.

use serde::{Deserialize, Serialize};

#[derive(Deserialize)]
pub(super) struct Resource {
    pub(super) id: String,
    #[serde(default)]
    pub(super) name: String,
    #[serde(default)]
    pub(super) url: String,
    #[serde(default)]
    pub(super) scopes: Vec<String>,
}

#[derive(Deserialize)]
pub(super) struct Me {
    pub(super) account_id: String,
    pub(super) name: Option<String>,
    pub(super) nickname: Option<String>,
    pub(super) email: Option<String>,
}

/// A person as v1 shows one.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct User {
    /// Missing for somebody whom Confluence does not know, where a site is open to such people.
    pub(super) account_id: Option<String>,
    #[serde(default)]
    pub(super) display_name: String,
    #[serde(default)]
    pub(super) email: String,
    /// Where it was asked for.
    pub(super) personal_space: Option<SpaceOf>,
}

#[derive(Deserialize)]
pub(super) struct UserHit {
    pub(super) user: Option<User>,
}

/// A page of results, and the link to the next one.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ResultPage<T> {
    pub(super) results: Vec<T>,
    /// Of a search: how many there are in all.
    #[serde(default)]
    pub(super) total_size: u64,
    #[serde(default, rename = "_links")]
    pub(super) links: Links,
}

impl<T> ResultPage<T> {
    pub(super) fn total(&self) -> u32 {
        u32::try_from(self.total_size).unwrap_or(u32::MAX)
    }
}

#[derive(Default, Deserialize)]
pub(super) struct Links {
    pub(super) base: Option<String>,
    pub(super) webui: Option<String>,
    pub(super) next: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Space {
    pub(super) id: String,
    pub(super) key: String,
    pub(super) name: String,
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
    pub(super) status: Option<String>,
    #[serde(rename = "spaceOwnerId")]
    pub(super) owner: Option<String>,
    pub(super) homepage_id: Option<String>,
}

/// What may be done in a space.
#[derive(Deserialize)]
pub(super) struct Operations {
    pub(super) operations: Vec<Operation>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Operation {
    #[serde(default)]
    pub(super) operation: String,
    #[serde(default)]
    pub(super) target_type: String,
}

/// A page in v2.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Page {
    pub(super) status: String,
    #[serde(default)]
    pub(super) title: String,
    #[serde(default)]
    pub(super) space_id: String,
}

#[derive(Deserialize)]
pub(super) struct Hit {
    pub(super) content: Option<Content>,
    pub(super) space: Option<SpaceOf>,
}

#[derive(Deserialize)]
pub(super) struct Content {
    pub(super) id: String,
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
    #[serde(default)]
    pub(super) title: String,
    pub(super) space: Option<SpaceOf>,
}

/// A space in v1.
#[derive(Default, Deserialize)]
pub(super) struct SpaceOf {
    pub(super) id: Option<Id>,
    pub(super) key: Option<String>,
    #[serde(rename = "type")]
    pub(super) kind: Option<String>,
    pub(super) status: Option<String>,
    #[serde(default)]
    pub(super) name: String,
}

/// An identifier: v1 numbers some things that are strings in v2.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Id {
    Number(u64),
    Text(String),
}

impl Id {
    pub(super) fn into_text(self) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            Self::Text(text) => text,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct NewPage<'a> {
    pub(super) space_id: &'a str,
    pub(super) status: &'static str,
    pub(super) title: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) parent_id: Option<&'a str>,
    pub(super) body: Body<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct NewComment<'a> {
    pub(super) page_id: &'a str,
    pub(super) body: Body<'a>,
}

/// A body in ADF. Confluence takes the document as a string, not as an object.
#[derive(Serialize)]
pub(super) struct Body<'a> {
    representation: &'static str,
    value: &'a str,
}

impl<'a> Body<'a> {
    pub(super) fn adf(json: &'a str) -> Self {
        Self { representation: "atlas_doc_format", value: json }
    }
}

#[derive(Deserialize)]
pub(super) struct Created {
    pub(super) id: Option<String>,
    #[serde(default, rename = "_links")]
    pub(super) links: Links,
}

impl Links {
    /// Where a person sees what was made; v1 gives the base once for a whole list.
    pub(super) fn browser_url(&self, base: Option<&str>) -> Option<String> {
        Some(format!("{}{}", self.base.as_deref().or(base)?, self.webui.as_ref()?))
    }
}

/// The reason in an error's body, in either API's shape.
pub(super) fn reason(body: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Faulty {
        #[serde(default)]
        errors: Vec<Problem>,
        message: Option<String>,
    }
    #[derive(Deserialize)]
    struct Problem {
        title: Option<String>,
        detail: Option<String>,
    }
    let faulty: Faulty = serde_json::from_slice(body).ok()?;
    let first = faulty.errors.into_iter().next();
    let reason = first.and_then(|problem| problem.title.or(problem.detail)).or(faulty.message)?;
    // v1 puts a Java class in front of its sentence.
    let sentence = match reason.split_once("Exception: ") {
        Some((class, sentence)) if class.starts_with("com.atlassian") => sentence.to_owned(),
        _ => reason,
    };
    Some(sentence)
}

/// The gateway's answer to a token without the scope that the endpoint asks for.
pub(super) fn says_scope_missing(body: &[u8]) -> bool {
    reason(body).is_some_and(|reason| reason.contains("scope does not match"))
}

/// How Confluence itself answers to a token that it does not accept, and to an account that it does not let in: v2 with a 404 that names nothing (one that is
/// about a space or a page names it), v1 with one of two sentences about the user.
pub(super) fn says_stranger(body: &[u8]) -> bool {
    reason(body).is_some_and(|reason| {
        reason == "Not Found"
            || reason.contains("not permitted to use Confluence")
            || reason.contains("cannot access Confluence")
    })
}

/// The answer of an organization that lists the networks from which it is used. Its words are not documented.
pub(super) fn says_network_refused(body: &[u8]) -> bool {
    let text = String::from_utf8_lossy(body).to_ascii_lowercase();
    text.contains("ip allowlist") || text.contains("ip address") || text.contains("ip allow list")
}

/// v2's only sign of a clash is its sentence; the code beside it varies.
pub(super) fn says_title_exists(reason: &str) -> bool {
    reason.to_ascii_lowercase().contains("title already exists")
}

/// The answer to a document that Confluence cannot convert to the form in which it stores pages.
pub(super) fn says_unconvertible(reason: &str) -> bool {
    reason.contains("converting ADF")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_read_in_every_shape() {
        for (body, expected) in [
            (
                r#"{"errors":[{"status":400,"code":"BAD_REQUEST","title":"Space is missing","detail":null}]}"#,
                Some("Space is missing"),
            ),
            (
                r#"{"statusCode":400,"message":"com.atlassian.confluence.BadRequestException: Could not parse cql : x"}"#,
                Some("Could not parse cql : x"),
            ),
            (
                r#"{"code":401,"message":"Unauthorized; scope does not match"}"#,
                Some("Unauthorized; scope does not match"),
            ),
            ("<html>", None),
        ] {
            assert_eq!(reason(body.as_bytes()).as_deref(), expected, "read from {body}");
        }
    }

    #[test]
    fn a_title_clash_is_known_by_its_sentence() {
        let sentence =
            "A page with this title already exists: A page already exists with the same TITLE in this space";
        assert!(says_title_exists(sentence), "as the service words it");
        assert!(
            !says_title_exists("Title must not be empty"),
            "other complaints about titles are not clashes"
        );
    }
}
