//! A site connected by an API token: from nothing to a page, what is missing in a token, what ends it, and tokens beside a
//! login.
//!
//! Longer than 400 lines: the life of one thing from its first day to its last, each stretch on the helpers at the top.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use jiff::SignedDuration;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use sally_core::api::{
    ApiToken, ConnectToken, Connection, DeliveryState, ErrorCode, FindPages, FindPeople, Hint, Send,
};
use sally_core::app::Event;
use sally_core::auth::token::Secret;
use sally_core::auth::{Keychain, MemoryKeychain, keychain};
use sally_core::clock::Clock as _;
use sally_core::domain::destination::{Action, Destination};
use sally_core::domain::id::ItemId;
use sandbox::{Fault, Quirk, RetryAfter, TOKEN_SCOPES, TokenKind};

use super::app::{Around, SENT, TestApp, soon};
use super::on_disk::files_with;

/// A scope that allows what these two do as well.
const DETAILS: &str = "read:content-details:confluence";
const COVERED: [&str; 2] = ["search:confluence", "read:confluence-user"];

const GRACE: &str = "grace@example.com";

const SECRET_PREFIX: &str = "ATATT3x";

pub(super) fn scoped() -> TokenKind {
    TokenKind::Scoped(TOKEN_SCOPES.map(str::to_owned).to_vec())
}

fn without(scopes: &[&str]) -> TokenKind {
    let has = |scope: &&str| !scopes.contains(scope);
    TokenKind::Scoped(TOKEN_SCOPES.into_iter().filter(has).map(str::to_owned).collect())
}

pub(super) fn with_token(app: &TestApp, token: &str) -> ConnectToken {
    ConnectToken {
        site: app.sandbox.site_url("acme").unwrap(),
        email: app.sandbox.email(),
        token: token.to_owned().into(),
        expires: None,
    }
}

fn of_grace(app: &TestApp, token: &str) -> ConnectToken {
    ConnectToken { email: GRACE.to_owned(), ..with_token(app, token) }
}

pub(super) async fn connected_by(kind: TokenKind) -> (TestApp, ApiToken, String) {
    let app = TestApp::new().await;
    let token = app.sandbox.make_token(kind, None);
    let view = app.app.connect_token(with_token(&app, &token)).await.unwrap();
    (app, view, token)
}

async fn item(app: &TestApp) -> ItemId {
    app.sample().await.items.remove(0).id
}

fn missing(view: &ApiToken) -> Vec<&str> {
    view.needs.iter().filter(|need| !need.met).map(|need| need.scope.as_str()).collect()
}

/// The state of the next token that an event reports.
async fn told(app: &mut TestApp) -> Vec<ApiToken> {
    app.next(|event| if let Event::Tokens(tokens) = event { Some(tokens) } else { None }).await
}

#[tokio::test]
async fn from_nothing_to_a_page_by_either_kind_of_token() {
    for kind in [scoped(), TokenKind::Classic] {
        let (mut app, view, token) = connected_by(kind.clone()).await;
        assert_eq!(
            (view.organization.id.clone(), view.organization.name.as_str()),
            (app.acme(), "Acme"),
            "{kind:?}"
        );
        assert_eq!(view.name, "Ada Lovelace");
        assert_eq!((missing(&view), view.remembered, &view.trouble), (Vec::new(), true, &None));
        assert!(!matches!(app.app.connection(), Connection::Connected(_)), "nobody logged in");
        let made = app.sandbox.pages_titled("By a token").len() + app.sandbox.comments().len();
        assert_eq!(made, 0, "trying the token made nothing");

        let item = item(&app).await;
        let draft = app.compose(item, Action::CreatePage).await;
        assert_eq!(draft.organization, Some(app.acme()), "the only one is chosen");
        app.refresh_spaces(app.acme()).await.unwrap();
        let found = FindPages {
            organization: Some(app.acme()),
            space: None,
            query: "decisions".to_owned(),
            parent: false,
        };
        assert!(!app.app.find_pages(found).await.unwrap().pages.is_empty());
        let page = app.app.send(app.new_page(item, "By a token")).await.unwrap();
        assert_eq!(app.settled(&page).await, SENT);
        let comment = app.app.send(app.comment(item)).await.unwrap();
        assert_eq!(app.settled(&comment).await, SENT);
        assert_eq!((app.sandbox.pages_titled("By a token").len(), app.sandbox.comments().len()), (1, 1));

        let mut app = app.restarted().await;
        let [shown] = app.app.status().await.unwrap().tokens.try_into().unwrap();
        assert_eq!(shown, view, "it is there after a restart");
        let again =
            app.app.send(Send { again: true, ..app.new_page(item, "After a restart") }).await.unwrap();
        assert_eq!(app.settled(&again).await, SENT, "and signs");
        for secret in [&*token, SECRET_PREFIX] {
            let found = files_with(app.folder.path(), secret).unwrap();
            assert_eq!(found, Vec::<String>::new(), "no token is in the database");
        }
    }
}

#[tokio::test]
async fn any_link_of_the_site_will_do_and_no_other_host() {
    let app = TestApp::new().await;
    let token = app.sandbox.make_token(scoped(), None);
    let site = app.sandbox.site_url("acme").unwrap();
    let before = app.sandbox.requests().len();
    for foreign in ["", "acme.example.com", "https://acme.atlassian.net", "http://127.0.0.1:1/site/acme"] {
        let wanted = ConnectToken { site: foreign.to_owned(), ..with_token(&app, &token) };
        let refused = app.app.connect_token(wanted).await.unwrap_err().view();
        assert_eq!(refused.code, ErrorCode::InvalidSite, "{foreign}");
    }
    assert_eq!(app.sandbox.requests().len(), before, "and nobody was asked");
    let nobody = ConnectToken { site: site.replace("acme", "nobody"), ..with_token(&app, &token) };
    assert_eq!(app.app.connect_token(nobody).await.unwrap_err().view().code, ErrorCode::InvalidSite);
    let link =
        ConnectToken { site: format!("{site}/wiki/spaces/ENG/overview?x=1"), ..with_token(&app, &token) };
    assert_eq!(app.app.connect_token(link).await.unwrap().organization.id, app.acme());
    for email in ["", "ada", "ada@example.com:x", "ada @example.com"] {
        let wanted = ConnectToken { email: email.to_owned(), ..with_token(&app, &token) };
        assert_eq!(
            app.app.connect_token(wanted).await.unwrap_err().view().code,
            ErrorCode::InvalidEmail,
            "{email}"
        );
    }
}

#[tokio::test]
async fn a_scope_that_is_missing_is_named_with_what_does_not_work() {
    for scope in TOKEN_SCOPES {
        let (app, view, _) = connected_by(without(&[scope])).await;
        assert_eq!(app.sandbox.comments().len(), 0, "nothing was made");
        if COVERED.contains(&scope) {
            assert!(missing(&view).is_empty(), "what reads the details of content may do this, too");
            continue;
        }
        assert_eq!(missing(&view), [scope]);
        let without = &view.needs.iter().find(|need| !need.met).unwrap().without;
        assert!(without.ends_with('.'), "{without}");
    }
    let (_, view, _) = connected_by(without(&["search:confluence", DETAILS])).await;
    assert_eq!(missing(&view), ["search:confluence", DETAILS]);
    let app = TestApp::new().await;
    let token = app.sandbox.make_token(without(&["read:confluence-user", DETAILS]), None);
    let refused = app.app.connect_token(with_token(&app, &token)).await.unwrap_err().view();
    assert_eq!(refused.code, ErrorCode::InvalidToken, "nobody knows whose it is");
    assert!(refused.message.contains("read:confluence-user"), "{}", refused.message);
    assert!(app.app.status().await.unwrap().tokens.is_empty());
}

#[tokio::test]
async fn a_token_that_is_not_accepted_is_not_kept() {
    let app = TestApp::new().await;
    let good = app.sandbox.make_token(scoped(), None);
    let revoked = app.sandbox.make_token(TokenKind::Classic, None);
    app.sandbox.revoke_token(&revoked);
    let wrong = ConnectToken { token: "ATATT3xwrong".to_owned().into(), ..with_token(&app, &good) };
    let of_another = ConnectToken { email: "grace@example.com".to_owned(), ..with_token(&app, &good) };
    for wanted in [wrong, of_another, with_token(&app, &revoked)] {
        let refused = app.app.connect_token(wanted).await.unwrap_err().view();
        assert_eq!((refused.code, &refused.hint), (ErrorCode::InvalidToken, &Some(Hint::AskAdministrator)));
        assert!(
            refused.message.contains("mistyped") && refused.message.contains("revoked"),
            "{}",
            refused.message
        );
    }
    app.sandbox.lock_out("ada@example.com", "acme");
    let guest = app.app.connect_token(with_token(&app, &good)).await.unwrap_err().view();
    assert!(guest.message.contains("guest"), "{}", guest.message);
    let ended = Date::constant(2020, 1, 1);
    let wanted = ConnectToken { expires: Some(ended), ..with_token(&app, &good) };
    assert_eq!(app.app.connect_token(wanted).await.unwrap_err().view().code, ErrorCode::InvalidToken);
    assert!(app.token_keychain.load().unwrap().is_none(), "nothing is in the keyring");
}

#[tokio::test]
async fn an_organization_that_forbids_says_what_and_has_a_text_for_its_administrator() {
    let app = TestApp::new().await;
    let token = app.sandbox.make_token(scoped(), None);
    app.sandbox.set_blocked_by_address("acme", true);
    let refused = app.app.connect_token(with_token(&app, &token)).await.unwrap_err().view();
    assert!(refused.message.contains("network"), "{}", refused.message);
    assert_eq!(refused.hint, Some(Hint::AskAdministrator));
    let text = app.app.administrator_text();
    for scope in TOKEN_SCOPES {
        assert!(text.contains(scope), "{text}");
    }
    assert!(text.contains("api.atlassian.com") && text.contains("never sends"), "{text}");
    app.sandbox.set_blocked_by_address("acme", false);
    app.sandbox.set_quirk(Quirk::TokensRevoked, true);
    let dead = app.sandbox.make_token(scoped(), None);
    let refused = app.app.connect_token(with_token(&app, &dead)).await.unwrap_err().view();
    assert_eq!(refused.code, ErrorCode::InvalidToken);
}

#[tokio::test]
async fn an_ended_token_is_renewed_and_the_outbox_goes_on() {
    let (mut app, _, token) = connected_by(scoped()).await;
    let item = item(&app).await;
    app.sandbox.revoke_token(&token);
    let delivery = app.app.send(app.comment(item)).await.unwrap();
    let DeliveryState::NeedsYou { why } = app.settled(&delivery).await else { panic!("it cannot go") };
    assert_eq!(why.code, ErrorCode::ReconnectNeeded);
    assert_eq!(why.hint, Some(Hint::RenewToken { organization: app.acme() }));
    assert!(why.message.contains("revoked"), "{}", why.message);
    let mut app = app.restarted().await;
    let [shown] = app.app.status().await.unwrap().tokens.try_into().unwrap();
    assert_eq!(shown.trouble.unwrap().code, ErrorCode::ReconnectNeeded, "the next run knows it");
    let requests = app.sandbox.requests().len();
    app.clock.advance(SignedDuration::from_hours(2));
    app.app.deliveries().await.unwrap();
    assert_eq!(app.sandbox.requests().len(), requests, "a dead token is not tried again and again");
    let new = app.sandbox.make_token(scoped(), None);
    app.app.connect_token(with_token(&app, &new)).await.unwrap();
    assert_eq!(app.settled(&delivery).await, SENT, "nobody has to press anything");
    assert_eq!(app.sandbox.comments().len(), 1);
    assert_eq!(app.app.status().await.unwrap().tokens.len(), 1, "in the place of the one before");
}

#[tokio::test]
async fn a_refusal_of_a_page_does_not_end_a_token() {
    let (mut app, _, _) = connected_by(scoped()).await;
    let item = item(&app).await;
    app.sandbox.order(Fault::Fail { status: 404, committed: false }.on("POST", "/footer-comments"));
    let delivery = app.app.send(app.comment(item)).await.unwrap();
    assert!(matches!(app.settled(&delivery).await, DeliveryState::NeedsYou { .. }));
    let [shown] = app.app.status().await.unwrap().tokens.try_into().unwrap();
    assert_eq!(shown.trouble, None, "Confluence still knows who it is");
}

#[tokio::test]
async fn a_token_is_warned_of_before_it_ends() {
    let mut app = TestApp::new().await;
    let token = app.sandbox.make_token(scoped(), None);
    let today = app.clock.now().to_zoned(TimeZone::system()).date();
    let last = today.checked_add(jiff::Span::new().days(20)).unwrap();
    let wanted = ConnectToken { expires: Some(last), ..with_token(&app, &token) };
    app.app.connect_token(wanted).await.unwrap();
    app.clock.advance(SignedDuration::from_hours(24 * 5));
    app.app.status().await.unwrap();
    assert!(!app.told().iter().any(|event| matches!(event, Event::Notice(_))), "not so early");
    let warned = |event| match event {
        Event::Notice(notice) if matches!(notice.hint, Some(Hint::RenewToken { .. })) => Some(notice),
        _ => None,
    };
    app.clock.advance(SignedDuration::from_hours(24 * 2));
    let notice = app.next(warned).await;
    assert!(notice.message.contains("ends on"), "without a restart: {}", notice.message);
    app.clock.advance(SignedDuration::from_hours(24));
    let app = app.restarted().await;
    app.app.status().await.unwrap();
    let mut app = app;
    assert!(!app.told().into_iter().any(|event| warned(event).is_some()), "and once");
}

#[tokio::test]
async fn lost_answers_are_read_and_not_searched_for() {
    let (mut app, _, _) = connected_by(scoped()).await;
    let item = item(&app).await;
    app.sandbox.set_index_lag(std::time::Duration::from_secs(3600));
    for send in [app.comment(item), app.new_page(item, "Read at once")] {
        let path =
            if send.destination.action() == Action::AddComment { "/footer-comments" } else { "/pages" };
        app.sandbox.order(Fault::ResetAfter.on("POST", path));
        let delivery = app.app.send(send).await.unwrap();
        let state = app.settled(&delivery).await;
        assert!(matches!(state, DeliveryState::Sent { .. }), "{state:?}");
    }
    assert_eq!((app.sandbox.comments().len(), app.sandbox.pages_titled("Read at once").len()), (1, 1));
    assert_eq!(
        app.sandbox.count("GET", "/content/search"),
        1,
        "before the comment, once; after that search knows nothing yet, and is not asked"
    );
    assert_eq!(app.sandbox.count("GET", "/descendant/"), 0);
}

#[tokio::test]
async fn a_token_and_a_login_stand_side_by_side() {
    let mut app = TestApp::connected().await;
    let (item, page) = (item(&app).await, app.page());
    // Grace's token for Acme, which Ada's login reaches as well.
    let token = app.sandbox.make_token_of("grace@example.com", scoped(), None).unwrap();
    let wanted = ConnectToken { email: "grace@example.com".to_owned(), ..with_token(&app, &token) };
    app.app.connect_token(wanted).await.unwrap();
    let draft = app.compose(item, Action::AddComment).await;
    assert_eq!(draft.senders[&app.acme()], "Grace Hopper", "a token is for this site alone, and goes first");
    assert_eq!(
        draft.senders[&app.globex()],
        "Ada Lovelace",
        "where there are two, the dialog says which one sends"
    );
    let comment = app.app.send(app.comment_on(item, page.clone())).await.unwrap();
    assert_eq!(app.settled(&comment).await, SENT);
    let [made] = app.sandbox.comments().try_into().unwrap();
    assert!(made.author.ends_with("0002"), "in Grace's name: {}", made.author);
    // What waits in her name does not go in Ada's when her token goes.
    app.sandbox.order(Fault::TooManyRequests(RetryAfter::Seconds(60)).on("POST", "/pages"));
    let waiting = app.app.send(app.new_page(item, "Of Grace")).await.unwrap();
    assert!(matches!(app.settled(&waiting).await, DeliveryState::Waiting { .. }));
    app.app.disconnect_token(app.acme()).await.unwrap();
    let DeliveryState::NeedsYou { why } = app.settled(&waiting).await else { panic!("it is Grace's") };
    assert_eq!(
        (why.code, why.hint),
        (ErrorCode::AnotherAccount, Some(Hint::SendAs { name: "Ada Lovelace".into() }))
    );
    assert!(app.token_keychain.load().unwrap().is_none(), "the keyring is empty");
    // And it goes when her token is back.
    let token = app.sandbox.make_token_of("grace@example.com", TokenKind::Classic, None).unwrap();
    let wanted = ConnectToken { email: "grace@example.com".to_owned(), ..with_token(&app, &token) };
    app.app.connect_token(wanted).await.unwrap();
    app.clock.advance(SignedDuration::from_mins(2));
    assert_eq!(app.settled(&waiting).await, SENT);
    // Disconnecting the login leaves the token alone.
    app.app.disconnect().await.unwrap();
    let last = app.app.send(Send { again: true, ..app.comment_on(item, page.clone()) }).await.unwrap();
    assert_eq!(app.settled(&last).await, SENT);
    let elsewhere = Destination::Comment { organization: app.globex(), page: page.clone() };
    let other = app.app.send(Send { destination: elsewhere, again: true, ..app.comment_on(item, page) });
    assert!(other.await.is_err(), "nobody is connected there any more");
}

#[tokio::test]
async fn a_keyring_that_lost_the_token_says_so() {
    let (app, _, _) = connected_by(scoped()).await;
    let now = app.clock.now();
    let around = app.ended().await;
    around.token_keychain.delete().unwrap();
    let mut app = TestApp::start(around, now).await;
    let [token] = told(&mut app).await.try_into().unwrap();
    let trouble = token.trouble.unwrap();
    assert!(trouble.message.contains("no longer holds"), "{}", trouble.message);
    assert_eq!(trouble.hint, Some(Hint::RenewToken { organization: app.acme() }));
}

#[tokio::test]
async fn people_are_found_by_name_where_the_token_may() {
    let (app, _, _) = connected_by(scoped()).await;
    let names = async |app: &TestApp, query: &str| {
        let wanted = FindPeople { organization: app.acme(), query: query.to_owned() };
        let found = app.app.find_people(wanted).await.unwrap();
        found.into_iter().map(|person| person.name).collect::<Vec<_>>()
    };
    assert_eq!(names(&app, "gra").await, ["Grace Hopper"]);
    assert_eq!(names(&app, "hop").await, ["Grace Hopper"], "by any word of the name");
    assert!(names(&app, "\" or type = page").await.is_empty(), "what is typed stays a word");
    let (app, _, _) = connected_by(without(&[DETAILS])).await;
    assert!(names(&app, "gra").await.is_empty());
    assert_eq!(app.sandbox.count("GET", "/search/user"), 1, "the trial, and nothing that could not succeed");
}

#[tokio::test]
async fn a_token_without_scopes_goes_to_the_site_where_the_gateway_does_not_take_it() {
    let app = TestApp::new().await;
    app.sandbox.set_quirk(Quirk::ClassicAtSiteOnly, true);
    let token = app.sandbox.make_token(TokenKind::Classic, None);
    let view = app.app.connect_token(with_token(&app, &token)).await.unwrap();
    assert!(missing(&view).is_empty(), "{view:?}");
    let item = item(&app).await;
    let mut app = app.restarted().await;
    let delivery = app.app.send(app.new_page(item, "At the site")).await.unwrap();
    assert_eq!(app.settled(&delivery).await, SENT);
    assert_eq!(app.sandbox.count("POST", "/site/acme/wiki/api/v2/pages"), 2, "the trial, and the page");
}

#[tokio::test]
async fn a_token_that_has_ended_by_its_day_says_so() {
    let mut app = TestApp::new().await;
    let now = app.clock.now();
    let ends = now + SignedDuration::from_hours(24 * 20);
    let token = app.sandbox.make_token(scoped(), Some(ends));
    let day = ends.to_zoned(TimeZone::system()).date();
    let wanted = ConnectToken { expires: Some(day), ..with_token(&app, &token) };
    app.app.connect_token(wanted).await.unwrap();
    let item = item(&app).await;
    app.sandbox.clock().set(ends + SignedDuration::from_hours(1));
    app.clock.advance(SignedDuration::from_hours(24 * 20 + 1));
    let delivery = app.app.send(app.comment(item)).await.unwrap();
    let DeliveryState::NeedsYou { why } = app.settled(&delivery).await else { panic!("it has ended") };
    assert!(why.message.contains(&format!("ended on {}", day.strftime("%-d %B"))), "{}", why.message);
}

#[tokio::test]
async fn a_site_that_is_open_to_everybody_hides_no_token_that_has_ended() {
    let (mut app, _, token) = connected_by(scoped()).await;
    let item = item(&app).await;
    app.sandbox.set_quirk(Quirk::OpenToEverybody, true);
    let wrong = app.app.connect_token(with_token(&app, "ATATT3xwrong")).await.unwrap_err().view();
    assert_eq!(wrong.code, ErrorCode::InvalidToken, "a visitor is nobody: {}", wrong.message);
    app.sandbox.revoke_token(&token);
    let delivery = app.app.send(app.new_page(item, "By nobody")).await.unwrap();
    let DeliveryState::NeedsYou { why } = app.settled(&delivery).await else { panic!("it has ended") };
    assert_eq!(why.hint, Some(Hint::RenewToken { organization: app.acme() }), "{}", why.message);
}

#[tokio::test]
async fn a_scope_that_is_missing_leads_to_another_token_and_not_to_a_login() {
    let (mut app, _, _) = connected_by(without(&["write:comment:confluence", "read:space:confluence"])).await;
    let item = item(&app).await;
    let delivery = app.app.send(app.comment(item)).await.unwrap();
    let DeliveryState::NeedsYou { why } = app.settled(&delivery).await else { panic!("it may not") };
    assert_eq!(why.hint, Some(Hint::RenewToken { organization: app.acme() }));
    assert!(why.message.contains("write:comment:confluence"), "{}", why.message);
    let spaces = app.refresh_spaces(app.acme()).await.unwrap_err().view();
    assert_eq!(spaces.hint, Some(Hint::RenewToken { organization: app.acme() }));
    let token = app.sandbox.make_token(scoped(), None);
    app.app.connect_token(with_token(&app, &token)).await.unwrap();
    assert_eq!(app.settled(&delivery).await, SENT, "and goes on with that");
}

#[tokio::test]
async fn nobody_sends_by_a_token_of_another_account_after_a_change_that_was_cut_off() {
    let (mut app, _, _) = connected_by(scoped()).await;
    let item = item(&app).await;
    app.sandbox.order(Fault::TooManyRequests(RetryAfter::Seconds(60)).on("POST", "/footer-comments"));
    let delivery = app.app.send(app.comment(item)).await.unwrap();
    assert!(matches!(app.settled(&delivery).await, DeliveryState::Waiting { .. }));
    // Grace's token is in the keyring, and the app ends before it is known whose it is.
    let other = TestApp::open(
        Arc::clone(&app.sandbox),
        Arc::new(tempfile::tempdir().unwrap()),
        Arc::clone(&app.keychain),
    )
    .await;
    let token = app.sandbox.make_token_of(GRACE, scoped(), None).unwrap();
    other.app.connect_token(of_grace(&other, &token)).await.unwrap();
    let hers = other.token_keychain.load().unwrap().unwrap();
    app.token_keychain.save(&hers).unwrap();
    let app = app.restarted_after(SignedDuration::from_mins(5)).await;
    let DeliveryState::NeedsYou { why } = app
        .becomes(&delivery, SignedDuration::from_mins(1), |state| {
            matches!(state, DeliveryState::NeedsYou { .. })
        })
        .await
    else {
        panic!()
    };
    assert!(why.message.contains("cut off"), "{}", why.message);
    assert!(app.sandbox.comments().is_empty(), "nothing went in her name");
    let token = app.sandbox.make_token(scoped(), None);
    app.app.connect_token(with_token(&app, &token)).await.unwrap();
    app.becomes(&delivery, SignedDuration::from_secs(1), |state| *state == SENT).await;
}

#[tokio::test]
async fn a_disconnect_ends_also_what_is_being_connected() {
    let (app, _, _) = connected_by(scoped()).await;
    let token = app.sandbox.make_token(scoped(), None);
    app.sandbox.order(Fault::Delay(Duration::from_millis(300)).on("GET", "/user/current"));
    let asked = app.sandbox.count("GET", "/user/current");
    let connecting = {
        let (wanted, app) = (with_token(&app, &token), app.app.clone());
        tokio::spawn(async move { app.connect_token(wanted).await })
    };
    let tried = async {
        while app.sandbox.count("GET", "/user/current") == asked {
            tokio::task::yield_now().await;
        }
    };
    soon("the token is tried", tried).await;
    app.app.disconnect_token(app.acme()).await.unwrap();
    assert!(connecting.await.unwrap().is_err(), "the person said so later");
    assert!(app.app.status().await.unwrap().tokens.is_empty());
    assert!(app.token_keychain.load().unwrap().is_none());
}

#[tokio::test]
async fn what_may_have_arrived_is_looked_for_by_who_sent_it() {
    let mut app = TestApp::connected().await;
    let item = item(&app).await;
    app.sandbox.order(Fault::ResetAfter.on("POST", "/footer-comments"));
    let delivery = app.app.send(app.comment(item)).await.unwrap();
    while !matches!(app.changed(&delivery).await, DeliveryState::Checking { .. }) {}
    let token = app.sandbox.make_token_of(GRACE, scoped(), None).unwrap();
    app.app.connect_token(of_grace(&app, &token)).await.unwrap();
    let state = app
        .becomes(&delivery, SignedDuration::from_mins(1), |state| {
            !matches!(state, DeliveryState::Checking { .. })
        })
        .await;
    assert_eq!(state, SENT, "Ada is still logged in");
    assert_eq!(app.sandbox.comments().len(), 1);
}

#[tokio::test]
async fn the_login_of_the_same_account_goes_on_where_its_token_has_ended() {
    let app = TestApp::connected().await;
    let item = item(&app).await;
    let token = app.sandbox.make_token(scoped(), None);
    app.app.connect_token(with_token(&app, &token)).await.unwrap();
    app.sandbox.revoke_token(&token);
    let delivery = app.app.send(app.comment(item)).await.unwrap();
    let state = app.becomes(&delivery, SignedDuration::from_secs(10), |state| *state == SENT).await;
    assert_eq!(state, SENT);
    assert_eq!(app.sandbox.comments().len(), 1);
}

#[tokio::test]
async fn with_one_token_that_has_ended_the_way_on_is_another_one() {
    let (mut app, _, token) = connected_by(scoped()).await;
    let item = item(&app).await;
    app.sandbox.revoke_token(&token);
    let delivery = app.app.send(app.comment(item)).await.unwrap();
    assert!(matches!(app.settled(&delivery).await, DeliveryState::NeedsYou { .. }));
    let renew = Some(Hint::RenewToken { organization: app.acme() });
    assert_eq!(app.app.retry(delivery.id).await.unwrap_err().view().hint, renew);
    assert_eq!(app.app.send(app.new_page(item, "Another")).await.unwrap_err().view().hint, renew);
}

#[tokio::test]
async fn connecting_one_site_leaves_what_is_known_of_another() {
    let app = TestApp::connected().await;
    app.refresh_spaces(app.globex()).await.unwrap();
    let token = app.sandbox.make_token_of(GRACE, scoped(), None).unwrap();
    app.app.connect_token(of_grace(&app, &token)).await.unwrap();
    assert_eq!(app.spaces(app.globex(), "").await.total, 1_200);
    app.app.disconnect_token(app.acme()).await.unwrap();
    assert_eq!(app.spaces(app.globex(), "").await.total, 1_200);
}

/// A keyring that a person may leave locked.
#[derive(Default)]
pub(super) struct Locking {
    kept: MemoryKeychain,
    pub(super) is_locked: AtomicBool,
}

impl Locking {
    fn answer<T>(&self, answer: impl FnOnce() -> Result<T, keychain::Error>) -> Result<T, keychain::Error> {
        if self.is_locked.load(Ordering::SeqCst) {
            return Err(keychain::Error::Locked { why: "dismissed".to_owned() });
        }
        answer()
    }
}

impl Keychain for Locking {
    fn load(&self) -> Result<Option<Secret>, keychain::Error> {
        self.answer(|| self.kept.load())
    }

    fn save(&self, secret: &Secret) -> Result<(), keychain::Error> {
        self.answer(|| self.kept.save(secret))
    }

    fn delete(&self) -> Result<(), keychain::Error> {
        self.answer(|| self.kept.delete())
    }
}

#[tokio::test]
async fn a_locked_keyring_keeps_a_token_until_it_can_be_deleted_and_holds_nothing_up_for_good() {
    let locking = Arc::new(Locking::default());
    let app = TestApp::new().await;
    let now = app.clock.now();
    let around = app.ended().await;
    let around = Around { token_keychain: Arc::clone(&locking) as Arc<dyn Keychain>, ..around };
    let mut app = TestApp::start(around, now).await;
    let token = app.sandbox.make_token(scoped(), None);
    app.app.connect_token(with_token(&app, &token)).await.unwrap();
    let item = item(&app).await;
    app.sandbox.order(Fault::TooManyRequests(RetryAfter::Seconds(60)).on("POST", "/footer-comments"));
    let delivery = app.app.send(app.comment(item)).await.unwrap();
    assert!(matches!(app.settled(&delivery).await, DeliveryState::Waiting { .. }));
    locking.is_locked.store(true, Ordering::SeqCst);
    let app = app.restarted_after(SignedDuration::from_mins(5)).await;
    let waits = |state: &DeliveryState| matches!(state, DeliveryState::NeedsYou { .. });
    app.becomes(&delivery, SignedDuration::from_secs(1), waits).await;
    locking.is_locked.store(false, Ordering::SeqCst);
    let app = app.restarted_after(SignedDuration::from_mins(5)).await;
    app.becomes(&delivery, SignedDuration::from_secs(1), |state| *state == SENT).await;
    locking.is_locked.store(true, Ordering::SeqCst);
    assert!(app.app.disconnect_token(app.acme()).await.is_err(), "it is still there");
    let [shown] = app.app.status().await.unwrap().tokens.try_into().unwrap();
    assert!(shown.trouble.is_some(), "and on the list, so that it can be tried again");
    locking.is_locked.store(false, Ordering::SeqCst);
    app.app.disconnect_token(app.acme()).await.unwrap();
    assert!(locking.kept.load().unwrap().is_none());
    assert!(app.app.status().await.unwrap().tokens.is_empty());
}
