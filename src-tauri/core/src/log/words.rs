//! What may not stand in a file that a person hands on: what others wrote, and secrets. The house writes what a stranger said
//! in quotation marks, as Rust, serde and SQLite do, so everything in them is removed. The secrets are a second net: no message is
//! meant to hold one.

use std::sync::LazyLock;

/// In the place of what goes.
const GONE: char = '…';

/// Quotation marks, each with the one that closes it.
const MARKS: [(char, char); 3] = [('“', '”'), ('"', '"'), ('`', '`')];

/// How tokens begin: Sally's, Atlassian's, and what is signed (JWT).
const TOKENS: [&str; 4] = ["sally_pat_", "ATATT", "ATCTT", "eyJ"];

/// Names of secrets, before `=` or `:`.
const SECRETS: [&str; 6] = ["token", "secret", "password", "authorization", "verifier", "assertion"];

/// Names of what is one only in an address, before `=`.
const IN_ADDRESSES: [&str; 2] = ["code", "state"];

/// A message without what others wrote, without secrets, and as one record.
pub fn reviewed(text: &str) -> String {
    let quoted = MARKS.iter().fold(text.to_owned(), |text, marks| without_quoted(text, *marks));
    one_record(&without_secrets(&quoted))
}

/// Without the text between the first mark and the last one: quoted text may contain marks, too.
fn without_quoted(text: String, (open, close): (char, char)) -> String {
    let Some(first) = text.find(open) else { return text };
    // Of our own types: no value is in it.
    if open == '`' && text[..first].ends_with("missing field ") && text.matches(open).count() == 2 {
        return text;
    }
    let from = first + open.len_utf8();
    let to = text.rfind(close).filter(|to| *to >= from);
    let rest = to.map_or("", |to| &text[to..]);
    format!("{}{GONE}{rest}", &text[..from])
}

/// Without tokens, codes, and the queries of addresses; and without the name of the person in paths of their home.
pub fn without_secrets(text: &str) -> String {
    static HOME: LazyLock<Option<String>> = LazyLock::new(|| {
        let home = std::env::home_dir()?.to_str()?.to_owned();
        (home.len() > 1).then_some(home)
    });
    let mut clean = String::with_capacity(text.len());
    let mut hides_next = false;
    for piece in text.split_inclusive(char::is_whitespace) {
        let word = piece.trim_end();
        if hides_next && !word.is_empty() {
            clean.push(GONE);
            hides_next = introduces_secret(word);
        } else {
            clean.push_str(&without_secret(word));
            hides_next = introduces_secret(word) || (hides_next && word.is_empty());
        }
        clean.push_str(&piece[word.len()..]);
    }
    match &*HOME {
        Some(home) => clean.replace(home.as_str(), "~"),
        None => clean,
    }
}

/// Whether the word after this one is a secret: `Bearer`, `Basic`, `token:`.
fn introduces_secret(word: &str) -> bool {
    let word = word.to_ascii_lowercase();
    let name = word.trim_matches(|letter: char| !letter.is_ascii_alphanumeric());
    matches!(name, "bearer" | "basic")
        || (word.ends_with([':', '=']) && SECRETS.iter().any(|secret| name.ends_with(secret)))
}

fn without_secret(word: &str) -> String {
    let lower = word.to_ascii_lowercase();
    let mut end = word.len();
    let mut cut = |at: usize| end = end.min(at);
    for (at, mark) in lower.match_indices(['?', '#']) {
        let is_address = mark == "?" || lower[..at].contains("://");
        if is_address && lower[at + 1..].contains(|letter: char| letter.is_ascii_alphanumeric()) {
            cut(at + 1);
        }
    }
    for token in TOKENS {
        if let Some(at) = word.find(token) {
            cut(at + token.len());
        }
    }
    for (at, _) in lower.match_indices(['=', ':']) {
        let name = lower[..at].trim_end_matches(['"', '\\']);
        let is_value = lower[at..].starts_with('=');
        let is_named = |names: &[&str]| names.iter().any(|secret| name.ends_with(secret));
        let alone = |secret: &str| {
            name.strip_suffix(secret)
                .is_some_and(|before| !before.ends_with(|c: char| c.is_alphanumeric() || c == '_'))
        };
        let is_secret = is_named(&SECRETS) || (is_value && IN_ADDRESSES.into_iter().any(alone));
        if is_secret && at + 1 < lower.len() && !lower[at..].starts_with("::") && !name.ends_with(':') {
            cut(at + 1);
        }
    }
    if end == word.len() { without_password(word) } else { format!("{}{GONE}", &word[..end]) }
}

/// An address may name a person and a password before its host.
fn without_password(word: &str) -> String {
    let parts = word.split_once("://").and_then(|(scheme, rest)| {
        let host_end = rest.find('/').unwrap_or(rest.len());
        rest[..host_end].rfind('@').map(|at| (scheme, &rest[at..]))
    });
    match parts {
        Some((scheme, rest)) => format!("{scheme}://{GONE}{rest}"),
        None => word.to_owned(),
    }
}

/// A record begins at the start of a line, and nothing in it looks like another one or moves the cursor of a terminal.
pub(super) fn one_record(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\n' => clean.push_str("\n    "),
            letter if letter.is_control() => clean.push(' '),
            letter => clean.push(letter),
        }
    }
    clean
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_quotation_marks_goes() {
        for (text, shown) in [
            ("it was refused: “A page “X” exists”", "it was refused: “…”"),
            (
                r#"invalid type: string "say \"hi\" now", expected u32"#,
                r#"invalid type: string "…", expected u32"#,
            ),
            ("unknown variant `Budget`, expected `a` or `b`", "unknown variant `…`"),
            ("missing field `title` at line 1", "missing field `title` at line 1"),
            (r#"Custom { kind: Other, error: "no end"#, r#"Custom { kind: Other, error: "…"#),
            (
                r#"Os { code: 2, kind: NotFound, message: "no such file" }"#,
                r#"Os { code: 2, kind: NotFound, message: "…" }"#,
            ),
        ] {
            assert_eq!(reviewed(text), shown);
        }
    }

    #[test]
    fn secrets_go_wherever_they_stand() {
        for (text, shown) in [
            ("with Authorization: Bearer abc.def and more", "with Authorization: … … and more"),
            ("Basic YTpi", "Basic …"),
            ("sally://oauth/callback?code=abc&state=def", "sally://oauth/callback?…"),
            ("code=abc&state=def", "code=…"),
            ("access_token=abc", "access_token=…"),
            ("refresh_token: abc", "refresh_token: …"),
            ("(client_secret=abc)", "(client_secret=…"),
            ("error for url (https://a.example/x?cql=title~1)", "error for url (https://a.example/x?…"),
            ("/wiki/search?text=offer", "/wiki/search?…"),
            ("https://ada:pass@a.example/x", "https://…@a.example/x"),
            ("https://a.example/x#access", "https://a.example/x#…"),
            ("it said sally_pat_0123", "it said sally_pat_…"),
            ("it said ATATT3xFf", "it said ATATT…"),
            ("a eyJhbGciOi.eyJz.sig", "a eyJ…"),
        ] {
            assert_eq!(without_secrets(text), shown);
        }
    }

    #[test]
    fn what_is_harmless_stays() {
        for text in [
            "connection refused (os error 111)",
            "status_code=500 code: 2 at src/auth/token.rs:12:5",
            "sally_core::auth::token::Bundle failed",
            "is it there? no",
            "the token is kept for this run only",
            "api.atlassian.com cannot be reached",
        ] {
            assert_eq!(reviewed(text), text);
        }
    }

    #[test]
    fn a_home_is_a_tilde() {
        if let Some(home) = std::env::home_dir().filter(|home| home.as_os_str().len() > 1) {
            assert_eq!(without_secrets(&home.join("x").to_string_lossy()).replace('\\', "/"), "~/x");
        }
    }

    #[test]
    fn a_record_forges_no_other() {
        assert_eq!(reviewed("a\n2026-11-30 ERROR\u{1b}[2J b"), "a\n    2026-11-30 ERROR [2J b");
    }
}
