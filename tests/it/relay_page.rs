//! The relay page of the login, `docs/callback/index.html`. Its content security policy allows the script and the style by hash;
//! with an outdated hash, browsers block the script and nobody can log in through the page.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

fn page() -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/callback/index.html");
    // Browsers hash what the HTML parser made of the file, and it turns every line end into a line feed.
    std::fs::read_to_string(path).unwrap().replace("\r\n", "\n")
}

/// The text between the tags of the only element with this name.
fn element<'a>(page: &'a str, name: &str) -> &'a str {
    let (open, close) = (format!("<{name}>"), format!("</{name}>"));
    let pieces: Vec<&str> = page.split(&open).collect();
    assert_eq!(
        pieces.len(),
        2,
        "the policy allows one {name}, so the page has exactly one, without attributes"
    );
    assert_eq!(
        page.matches(&format!("<{name}")).count(),
        1,
        "a second {name} element, with attributes, would be refused by the browser"
    );
    pieces[1].split_once(&close).unwrap().0
}

/// The directives of the policy, as pairs of name and value.
fn policy(page: &str) -> Vec<(&str, &str)> {
    let (_, rest) = page.split_once("http-equiv=\"Content-Security-Policy\" content=\"").unwrap();
    let (policy, _) = rest.split_once('"').unwrap();
    policy.split(';').map(|directive| directive.trim().split_once(' ').unwrap()).collect()
}

#[test]
fn the_policy_names_the_script_and_the_style_by_hash() {
    let page = page();
    let policy = policy(&page);
    for name in ["script", "style"] {
        let hash = STANDARD.encode(Sha256::digest(element(&page, name)));
        let directive = format!("{name}-src");
        assert!(
            policy.contains(&(directive.as_str(), format!("'sha256-{hash}'").as_str())),
            "the {name} changed: its directive in docs/callback/index.html must be {directive} 'sha256-{hash}'"
        );
    }
}

#[test]
fn the_policy_allows_nothing_else() {
    let page = page();
    let others: Vec<_> =
        policy(&page).into_iter().filter(|(name, _)| !["script-src", "style-src"].contains(name)).collect();
    assert_eq!(
        others,
        [
            ("default-src", "'none'"),
            // The empty icon, which keeps browsers from asking the host for one.
            ("img-src", "data:"),
            ("base-uri", "'none'"),
            ("form-action", "'none'"),
            ("require-trusted-types-for", "'script'"),
            ("trusted-types", "'none'"),
        ],
        "a page that holds an authorization code must have no way to send it anywhere"
    );
    let (before, _) = page.split_once("<script>").unwrap();
    assert!(before.contains("Content-Security-Policy"), "a policy rules only what comes after it");
    assert!(
        before.contains(r#"<meta name="referrer" content="no-referrer">"#),
        "the code must not travel in a Referer header"
    );
}

#[test]
fn the_page_names_no_host_and_hands_on_to_the_app_only() {
    let page = page();
    assert!(
        !page.contains("//www.") && !page.contains("http:") && !page.contains("https:"),
        "nothing is fetched"
    );
    assert_eq!(page.matches("://").count(), 1, "there is one address in the page");
    assert!(
        element(&page, "script").contains(r#"const TARGET = "sally://oauth/callback?";"#),
        "and it is the one that the app listens to"
    );
}
