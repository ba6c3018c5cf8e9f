//! `cargo xtask live` on the sandbox: all checks pass if it behaves as expected, each deviation fails its own check, and the
//! report contains no secret.

#[expect(dead_code, reason = "chaos needs more of it")]
#[path = "../chaos/clock.rs"]
mod clock;
#[expect(dead_code, reason = "a person needs more of it")]
#[path = "../live/trial/mod.rs"]
mod trial;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::FutureExt as _;
use futures::future::BoxFuture;
use jiff::SignedDuration;
use sally_core::clock::Clock;
use sandbox::{ARCHIVED_TITLE, Access, Fault, Options, Quirk, Sandbox, TOKEN_SCOPES, TokenKind};
use url::Url;

use self::clock::FastClock;
use self::trial::checks::Check;
use self::trial::http::site_address;
use self::trial::redact::Redactor;
use self::trial::{Hands, Report, Settings, Timeouts, Verdict, Way};

/// For search: the sandbox's index lags not at all, or for an hour.
const TIMEOUTS: Timeouts = Timeouts {
    index: Duration::from_secs(1),
    look: Duration::from_millis(100),
    delivery: Duration::from_secs(30),
    login: Duration::from_secs(20),
};

/// A person who accepts everything, and for whom time flies.
struct Person {
    sandbox: Arc<Sandbox>,
    lines: Mutex<Vec<String>>,
}

impl Hands for Person {
    fn say(&self, line: &str) {
        self.lines.lock().unwrap().push(line.to_owned());
    }

    fn open(&self, address: &Url) {
        let address = address.to_string();
        tokio::spawn(async move {
            let back = sandbox::browser::accept(&address).await.unwrap();
            sandbox::browser::open(&back).await.unwrap();
        });
    }

    fn wait(&self, time: Duration) -> BoxFuture<'_, ()> {
        self.sandbox.advance(SignedDuration::try_from(time).unwrap());
        std::future::ready(()).boxed()
    }
}

/// A trial that was made, and around what.
struct Tried {
    sandbox: Arc<Sandbox>,
    token: String,
    lines: Vec<String>,
    report: Report,
}

async fn sandbox() -> Arc<Sandbox> {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let redirect = format!("http://127.0.0.1:{port}/callback");
    Arc::new(Sandbox::start(Options { redirect_uris: vec![redirect], ..Options::default() }).await.unwrap())
}

/// A token that reaches all that is checked.
fn whole() -> TokenKind {
    let more = ["write:confluence-content", "read:confluence-content.summary"];
    TokenKind::Scoped(TOKEN_SCOPES.into_iter().chain(more).map(str::to_owned).collect())
}

/// Makes a trial on a sandbox that is set up by `bend`. Without a token it is made by logins.
async fn tried(kind: Option<TokenKind>, bend: impl FnOnce(&Sandbox)) -> Tried {
    let sandbox = sandbox().await;
    bend(&sandbox);
    let token = kind.map(|kind| sandbox.make_token(kind, None));
    let person = Arc::new(Person { sandbox: Arc::clone(&sandbox), lines: Mutex::default() });
    let lookup = Arc::clone(&sandbox);
    let settings = Settings {
        site: sandbox.site_url("acme").unwrap(),
        way: match token.clone() {
            Some(token) => Way::Token { email: sandbox.email(), token },
            None => Way::Login,
        },
        space: "ENG".to_owned(),
        folder: sandbox.add_folder("acme", "ENG"),
        wait: true,
        lookup: Arc::new(move |name| lookup.variable(name)),
        timeouts: TIMEOUTS,
        clock: || Arc::new(FastClock::since(clock::machine(), SignedDuration::ZERO)) as Arc<dyn Clock>,
        hands: Arc::clone(&person) as Arc<dyn Hands>,
    };
    let report = trial::run(settings).await.unwrap();
    let lines = person.lines.lock().unwrap().clone();
    Tried { sandbox, token: token.unwrap_or_default(), lines, report }
}

/// These checks differ and no others, and nothing is said that is secret.
#[track_caller]
fn differ(tried: &Tried, wanted: &[Check], what: &str) {
    no_secret(tried);
    assert_eq!(tried.report.with(Verdict::Differs), wanted, "{what}:\n{}", tried.lines.join("\n"));
}

/// A token of exactly the scopes that the app wants.
fn wanted() -> TokenKind {
    TokenKind::Scoped(TOKEN_SCOPES.map(str::to_owned).to_vec())
}

#[tokio::test]
async fn on_the_sandbox_everything_is_as_assumed() {
    // The app's 13 scopes do not read pages; those of its tokens add no labels.
    let by_login = [Check::ReadBack, Check::TitleLookUp, Check::ArchivedLookUp, Check::ArchivedClash];
    let by_token = [&[Check::Templates, Check::Labels], &Check::OF_LOGINS[..]].concat();
    for (kind, not_done) in [
        (Some(whole()), &Check::OF_LOGINS[..]),
        (Some(TokenKind::Classic), &Check::OF_LOGINS),
        (Some(wanted()), &by_token),
        (None, &by_login),
    ] {
        let tried = tried(kind.clone(), |_| {}).await;
        differ(&tried, &[], &format!("{kind:?}"));
        assert_eq!(tried.report.with(Verdict::NotDone), not_done, "{kind:?}:\n{}", tried.lines.join("\n"));
        assert!(tried.report.is_whole);
        // A page is posted again, since its title keeps it from being made twice; a comment is looked for.
        let seen = |check| tried.report.found[&check].1.clone();
        assert!(seen(Check::LostPage).contains("posts: 2"), "{}", seen(Check::LostPage));
        assert!(seen(Check::LostComment).contains("posts: 1"), "{}", seen(Check::LostComment));
        let (made, site) = (&tried.report.made, tried.sandbox.url());
        assert!(!made.is_empty() && made.iter().all(|(_, link)| link.starts_with(&site)), "{made:?}");
    }
}

/// The report names nothing that is the person's or another's, and no line does.
#[track_caller]
fn no_secret(tried: &Tried) {
    let Tried { sandbox, token, lines, report } = tried;
    let mut secrets = vec![sandbox.email(), sandbox.client_secret(), sandbox.client_id(), sandbox.url()];
    secrets.extend(
        [ARCHIVED_TITLE, "Ada Lovelace", "712020", "acme", "sandbox-access", "sandbox-refresh"]
            .map(str::to_owned),
    );
    secrets.extend(sandbox.organizations().into_iter().map(|one| one.cloud_id));
    secrets.extend(sandbox.pages().into_iter().map(|page| page.id));
    secrets.extend(sandbox.comments().into_iter().map(|comment| comment.id));
    secrets.extend(["Decisions log", "ATATT3x", "Engineering"].map(str::to_owned));
    secrets.extend((!token.is_empty()).then(|| token.clone()));
    for secret in secrets {
        let (secret, report) = (secret.to_lowercase(), report.markdown.to_lowercase());
        assert!(!report.contains(&secret), "{secret} is in the report:\n{report}");
        let line = lines.iter().find(|line| line.to_lowercase().contains(&secret));
        assert!(line.is_none(), "{secret} was said: {line:?}");
    }
}

/// Deviations that a token meets, each with the check that finds it.
const OF_TOKENS: [(Quirk, Check); 33] = [
    (Quirk::TenantInfoClosed, Check::TenantInfo),
    (Quirk::ScopedTokensAtSite, Check::SiteHost),
    (Quirk::StrangersUnauthorizedV1, Check::WrongV1),
    (Quirk::StrangersUnauthorizedV2, Check::WrongV2),
    (Quirk::PagesNotSearched, Check::FindPages),
    (Quirk::PagesNotFoundById, Check::FindByLink),
    (Quirk::LinksAtGateway, Check::Links),
    (Quirk::BodiesNotTold, Check::ReadBack),
    (Quirk::ListedAsChanged, Check::LostPage),
    (Quirk::CommentsListedLate, Check::LostComment),
    (Quirk::MissingUnnamed, Check::Missing),
    (Quirk::OperationsForbidden, Check::Operations),
    (Quirk::TemplatesForbidden, Check::Templates),
    (Quirk::SpacesNotSearched, Check::SpaceSearch),
    (Quirk::SpaceTypeUnknown, Check::SpaceTypes),
    (Quirk::OwnSpaceForbidden, Check::OwnSpace),
    (Quirk::TitlesWithCase, Check::TitleClash),
    (Quirk::LookUpWithCase, Check::TitleLookUp),
    (Quirk::LookUpWithoutArchived, Check::ArchivedLookUp),
    (Quirk::ArchivedTitlesFree, Check::ArchivedClash),
    (Quirk::DraftsPublishedTwice, Check::Draft),
    (Quirk::TasksRefusedInPages, Check::TaskInPage),
    (Quirk::DecisionsRefusedInPages, Check::DecisionInPage),
    (Quirk::TasksRefusedInComments, Check::TaskInComment),
    (Quirk::DecisionsRefusedInComments, Check::DecisionInComment),
    (Quirk::LabelsForbidden, Check::Labels),
    (Quirk::FoldersRefused, Check::Folder),
    (Quirk::FoldersSearched, Check::FolderSearch),
    (Quirk::LiveDocsUnknown, Check::LiveDoc),
    (Quirk::LiveDocsSilent, Check::LiveComment),
    (Quirk::DescendantsRemoved, Check::Descendants),
    (Quirk::ContainerUnknown, Check::Container),
    (Quirk::ContributorsEmpty, Check::Contributors),
];

/// Those that a login meets.
const OF_LOGINS: [(Quirk, Check); 6] = [
    (Quirk::SecretNotNeeded, Check::Secret),
    (Quirk::DuplicateSites, Check::Sites),
    (Quirk::LoginsEndEachOther, Check::SecondLogin),
    (Quirk::NoLeeway, Check::RefreshTwice),
    (Quirk::LeewayForEver, Check::RefreshLate),
    (Quirk::AccessForEver, Check::Expired),
];

/// Checks whose deviations are no quirks, but faults and rights.
const OF_FAULTS: [Check; 6] =
    [Check::Connect, Check::Needs, Check::Spaces, Check::Page, Check::Comment, Check::SearchLag];

#[test]
fn no_check_is_without_a_deviation() {
    let quirks = OF_TOKENS.iter().chain(&OF_LOGINS).map(|(_, check)| *check);
    let mut planted: Vec<Check> = quirks.chain(OF_FAULTS).collect();
    planted.sort();
    assert_eq!(planted, Check::ALL);
}

#[tokio::test]
async fn each_deviation_is_found_by_its_own_check() {
    for (quirk, check) in OF_TOKENS {
        let tried = tried(Some(whole()), |sandbox| sandbox.set_quirk(quirk, true)).await;
        differ(&tried, &[check], &format!("{quirk:?}"));
    }
}

#[tokio::test]
async fn each_deviation_of_logins_is_found_by_its_own_check() {
    for (quirk, check) in OF_LOGINS {
        let tried = tried(None, |sandbox| sandbox.set_quirk(quirk, true)).await;
        differ(&tried, &[check], &format!("{quirk:?}"));
    }
}

#[tokio::test]
async fn what_ends_the_journey_is_found_and_ends_the_trial() {
    let locked = tried(Some(whole()), |sandbox| assert!(sandbox.lock_out("ada@example.com", "acme"))).await;
    differ(&locked, &[Check::Connect], "locked out");
    assert!(!locked.report.is_whole && locked.sandbox.pages().is_empty(), "nothing was made");
    let hidden = tried(Some(whole()), |sandbox| {
        assert!(sandbox.set_space_access("acme", "ENG", Access::Hidden));
    });
    differ(&hidden.await, &[Check::Spaces], "the space is not there");
    // The first request of each sort is the app's own probe.
    let refuse = |path| Fault::Fail { status: 400, committed: false }.on("POST", path).nth(2);
    for (path, check) in [("/pages", Check::Page), ("/footer-comments", Check::Comment)] {
        let refused = tried(Some(whole()), |sandbox| sandbox.order(refuse(path))).await;
        differ(&refused, &[check], path);
    }
    let late = tried(Some(whole()), |sandbox| sandbox.set_index_lag(Duration::from_secs(3600))).await;
    differ(&late, &[Check::SearchLag], "search lags");
    let without = TOKEN_SCOPES.into_iter().filter(|scope| *scope != "read:comment:confluence");
    let kind = TokenKind::Scoped(without.map(str::to_owned).collect());
    let needs = tried(Some(kind), |_| {}).await;
    differ(&needs, &[Check::Needs], "a scope is missing");
    assert!(needs.report.with(Verdict::NotDone).contains(&Check::Labels), "what has no scope says nothing");
}

#[test]
fn what_is_known_and_what_looks_like_a_secret_is_replaced() {
    let mut redactor = Redactor::default();
    redactor.hide("ACME", "SITE");
    redactor.hide("Ada Lovelace", "PERSON");
    for (text, clean) in [
        ("Cannot find a page with id [10100007]", "Cannot find a page with id [ID]"),
        ("at acme.atlassian.net, by ada lovelace.", "at SITE, by PERSON."),
        ("acmena is another word, ACME is not", "acmena is another word, SITE is not"),
        ("712020:5a1e0c7d-1815-4c10-9a0e-a10e1ace0001 wrote", "SECRET wrote"),
        ("of ada@example.com", "of EMAIL"),
        ("ATATT3xFfGF0=AB", "SECRET"),
        ("other.atlassian.net", "SITE"),
        ("401 “Unauthorized; scope does not match”", "401 “Unauthorized; scope does not match”"),
        ("found after 12 s, 1200 spaces", "found after 12 s, 1200 spaces"),
    ] {
        assert_eq!(redactor.clean(text), clean);
    }
}

#[test]
fn a_token_goes_to_atlassian_or_to_this_machine() {
    let real = Url::parse("https://api.atlassian.com/").unwrap();
    let site = |text: &str, api: &Url| site_address(text, api).map(String::from);
    for text in ["acme", "acme.atlassian.net", "https://acme.atlassian.net/wiki/spaces/X?y=1"] {
        assert_eq!(site(text, &real).as_deref(), Some("https://acme.atlassian.net/"), "{text}");
    }
    for text in [
        "acme.example.com",
        "http://acme.atlassian.net",
        "acme.atlassian.net.example.com",
        "x.acme.atlassian.net",
        "127.0.0.1:1",
        "",
    ] {
        assert_eq!(site(text, &real), None, "{text}");
    }
    let local = Url::parse("http://127.0.0.1:4711/").unwrap();
    let sandbox = site("http://127.0.0.1:4711/site/acme/wiki", &local);
    assert_eq!(sandbox.as_deref(), Some("http://127.0.0.1:4711/site/acme"));
    assert_eq!(site("acme.atlassian.net", &local), None, "a real one is not shown to a sandbox");
}
