//! The list of deliveries cannot be read or written for a while, or one row of it for ever: the outbox waits, says so once,
//! and goes on.
#![expect(clippy::disallowed_types, reason = "spoils the store's file from outside")]

use std::path::PathBuf;
use std::time::Duration;

use jiff::SignedDuration;
use rusqlite::Connection;
use sally_core::api::{DeliveryState, ErrorCode, Send, Settings};
use sally_core::app::Event;
use sally_core::domain::destination::Action;
use sally_core::domain::id::{DeliveryId, ItemId};
use sally_core::store::FILE_NAME;
use sandbox::{Fault, RetryAfter};

use super::app::{SENT, TestApp, soon};
use super::tokens::{scoped, with_token};

async fn with_item() -> (TestApp, ItemId) {
    let app = TestApp::connected().await;
    let item = app.sample().await.items.remove(0).id;
    (app, item)
}

fn spoil(app: &TestApp, sql: &str) {
    let path: PathBuf = app.folder.path().join(FILE_NAME);
    let db = Connection::open(path).unwrap();
    db.busy_timeout(Duration::from_secs(5)).unwrap();
    db.execute_batch(sql).unwrap();
}

/// The messages of the notices that were told so far.
fn notices(app: &mut TestApp) -> Vec<String> {
    let told = app.told();
    told.into_iter()
        .filter_map(|event| if let Event::Notice(one) = event { Some(one.message) } else { None })
        .collect()
}

const UNWRITABLE: &str =
    "CREATE TRIGGER unwritable BEFORE UPDATE ON deliveries BEGIN SELECT RAISE(FAIL, 'for the test'); END";

/// What waits for a person stays where it is.
const UNRESUMABLE: &str = "CREATE TRIGGER unresumable BEFORE UPDATE ON deliveries WHEN OLD.state = 'needs_you' \
                           BEGIN SELECT RAISE(FAIL, 'for the test'); END";

#[tokio::test]
async fn a_look_that_cannot_be_recorded_is_not_made_again_and_again() {
    let (mut app, item) = with_item().await;
    app.sandbox.order(Fault::ResetAfter.on("POST", "/footer-comments"));
    let delivery = app.app.send(app.comment(item)).await.unwrap();
    while !matches!(app.changed(&delivery).await, DeliveryState::Checking { .. }) {}
    spoil(&app, UNWRITABLE);
    notices(&mut app);
    let asked = |app: &TestApp| app.sandbox.count("GET", "/content/");
    let before = asked(&app);
    // The first look finds it, and cannot say so.
    app.clock.advance(SignedDuration::from_secs(10));
    let notice = app.next(|event| if let Event::Notice(notice) = event { Some(notice) } else { None }).await;
    assert!(notice.message.contains("could not be read or written"), "{notice:?}");
    let of_one = asked(&app) - before;
    for _ in 0..40 {
        // Reading goes on, so the outbox has every opportunity.
        app.app.deliveries().await.unwrap();
        tokio::task::yield_now().await;
    }
    assert_eq!(asked(&app) - before, of_one, "no look while the clock stands still");
    for minute in 1..=10 {
        app.clock.advance(SignedDuration::from_mins(1));
        app.app.deliveries().await.unwrap();
        assert!(asked(&app) - before <= of_one * (minute + 1), "one a minute at the most");
    }
    assert_eq!(notices(&mut app), Vec::<String>::new(), "it is told once, not with every try");
    spoil(&app, "DROP TRIGGER unwritable");
    // It goes on as soon as it can.
    app.becomes(&delivery, SignedDuration::from_mins(1), |state| *state == SENT).await;
    assert_eq!(app.sandbox.comments().len(), 1);
}

#[tokio::test]
async fn a_list_that_cannot_be_read_for_a_moment_stops_nothing_for_good() {
    let (mut app, item) = with_item().await;
    app.sandbox.order(Fault::TooManyRequests(RetryAfter::Seconds(60)).on("POST", "/pages"));
    let delivery = app.app.send(app.new_page(item, "In the end")).await.unwrap();
    assert!(matches!(app.settled(&delivery).await, DeliveryState::Waiting { .. }));
    notices(&mut app);
    spoil(&app, "ALTER TABLE deliveries RENAME TO elsewhere");
    app.clock.advance(SignedDuration::from_secs(61));
    let notice = app.next(|event| if let Event::Notice(notice) = event { Some(notice) } else { None }).await;
    assert!(notice.message.contains("could not be read"), "{notice:?}");
    for _ in 0..5 {
        app.clock.advance(SignedDuration::from_secs(31));
        tokio::task::yield_now().await;
    }
    spoil(&app, "ALTER TABLE elsewhere RENAME TO deliveries");
    // Nobody has to press anything, and nothing else is waited for, such as the next day.
    let mut state = None;
    for _ in 0..20 {
        app.clock.advance(SignedDuration::from_secs(31));
        state = tokio::time::timeout(Duration::from_millis(500), app.settled(&delivery)).await.ok();
        if state == Some(SENT) {
            break;
        }
    }
    assert_eq!(state, Some(SENT), "within some minutes");
    assert_eq!(notices(&mut app), Vec::<String>::new(), "and it was told once");
}

#[tokio::test]
async fn a_line_that_fails_in_the_middle_frees_its_organization() {
    let (mut app, item) = with_item().await;
    app.break_next_line();
    let delivery = app.app.send(app.new_page(item, "In the middle")).await.unwrap();
    let state = app.becomes(&delivery, SignedDuration::from_mins(1), |state| *state == SENT).await;
    assert_eq!(state, SENT, "it was on its way when the line failed, and nobody has to press anything");
    assert_eq!(app.sandbox.pages_titled("In the middle").len(), 1);
    assert!(notices(&mut app).iter().any(|notice| notice.contains("failed")), "the person is told");
    let next = app.app.send(Send { again: true, ..app.new_page(item, "After it") }).await.unwrap();
    assert_eq!(app.settled(&next).await, SENT, "and the organization is not lost for the rest of the run");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn nothing_goes_in_a_name_for_which_the_list_was_not_looked_at() {
    let (mut app, item) = with_item().await;
    app.sandbox.order(Fault::TooManyRequests(RetryAfter::Seconds(60)).on("POST", "/pages"));
    let first = app.app.send(app.new_page(item, "First")).await.unwrap();
    assert!(matches!(app.settled(&first).await, DeliveryState::Waiting { .. }));
    // Who sent it comes back while the outbox is about to take up what there is, with nobody connected. Whoever tells the
    // window of it waits too.
    let hold = app.hold_next_that_needs_a_person();
    let core = app.app.clone();
    let leaving = tokio::spawn(async move { core.disconnect().await });
    assert!(matches!(app.settled(&first).await, DeliveryState::NeedsYou { .. }));
    let token = app.sandbox.make_token(scoped(), None);
    let (core, wanted) = (app.app.clone(), with_token(&app, &token));
    let coming = tokio::spawn(async move { core.connect_token(wanted).await });
    let sending = async {
        loop {
            match app.app.send(Send { again: true, ..app.new_page(item, "Second") }).await {
                Ok(second) => return second,
                Err(_) => tokio::task::yield_now().await,
            }
        }
    };
    let second = soon("the token counts", sending).await;
    spoil(&app, UNRESUMABLE);
    notices(&mut app);
    drop(hold);
    leaving.await.unwrap().unwrap();
    coming.await.unwrap().unwrap();
    let notice = app.next(|event| if let Event::Notice(notice) = event { Some(notice) } else { None }).await;
    assert!(notice.message.contains("could not be read or written"), "{notice:?}");
    spoil(&app, "DROP TRIGGER unresumable");
    for delivery in [&first, &second] {
        app.becomes(delivery, SignedDuration::from_secs(31), |state| *state == SENT).await;
    }
    let titles: Vec<_> = app.sandbox.pages().into_iter().map(|page| page.title).collect();
    assert_eq!(titles, ["First", "Second"], "what waited goes on before anything new goes");
}

#[tokio::test]
async fn a_row_that_cannot_be_read_is_one_delivery_that_needs_a_person() {
    let (mut app, item) = with_item().await;
    app.sandbox.order(Fault::TooManyRequests(RetryAfter::Seconds(60)).on("POST", "/pages"));
    let bad = app.app.send(app.new_page(item, "Unreadable")).await.unwrap();
    assert!(matches!(app.settled(&bad).await, DeliveryState::Waiting { .. }));
    let good = app.app.send(Send { again: true, ..app.new_page(item, "Behind it") }).await.unwrap();
    let unreadable = |id: DeliveryId| {
        format!(
            "UPDATE deliveries SET destination = '{{\"kind\":\"whiteboard\"}}' WHERE id = x'{}'",
            id.0.simple()
        )
    };
    spoil(&app, &unreadable(bad.id));
    app.clock.advance(SignedDuration::from_secs(61));
    assert_eq!(app.settled(&good).await, SENT, "it holds nothing up, also while it stands first in its line");
    let app = app.restarted().await;
    let all = app.app.deliveries().await.unwrap();
    let shown = all.iter().find(|one| one.id == bad.id).expect("it is on the list");
    let DeliveryState::NeedsYou { why } = &shown.state else { panic!("{:?}", shown.state) };
    assert!(why.message.contains("cannot read"), "{}", why.message);
    assert_eq!(app.app.retry(bad.id).await.unwrap_err().view().code, ErrorCode::Gone, "it cannot be sent");
    let draft = app.app.edit(bad.id).await.unwrap();
    assert!(
        draft.document.text().contains("behind a flag"),
        "its words are shown: {}",
        draft.document.text()
    );
    app.app.cancel(bad.id).await.unwrap();
    let kept = app.compose(item, Action::CreatePage).await;
    assert!(
        kept.kept && kept.document.text().contains("behind a flag"),
        "and kept when it is taken off the list"
    );
    assert_eq!(app.app.deliveries().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_document_that_cannot_be_read_is_not_sent() {
    let (mut app, item) = with_item().await;
    app.sandbox.order(Fault::TooManyRequests(RetryAfter::Seconds(60)).on("POST", "/pages"));
    let bad = app.app.send(app.new_page(item, "No document")).await.unwrap();
    assert!(matches!(app.settled(&bad).await, DeliveryState::Waiting { .. }));
    spoil(&app, "UPDATE deliveries SET document = replace(document, '\"version\":1', '\"version\":7')");
    app.clock.advance(SignedDuration::from_secs(61));
    let good = app.app.send(Send { again: true, ..app.new_page(item, "Behind it") }).await.unwrap();
    assert_eq!(app.settled(&good).await, SENT);
    let draft = app.app.edit(bad.id).await.unwrap();
    assert!(draft.document.text().contains("behind a flag"), "{}", draft.document.text());
    assert_eq!(app.sandbox.pages_titled("No document").len(), 0, "nobody sends what nobody can read");
}

#[tokio::test]
async fn what_arrived_is_forgotten_by_the_clock_and_not_by_the_next_start() {
    let (mut app, item) = with_item().await;
    app.app.save_settings(Settings { keep_sent_days: 2, ..Settings::default() }).await.unwrap();
    let delivery = app.app.send(app.new_page(item, "For two days")).await.unwrap();
    assert_eq!(app.settled(&delivery).await, SENT);
    app.clock.advance(SignedDuration::from_hours(25));
    assert_eq!(app.app.deliveries().await.unwrap().len(), 1, "not before");
    app.clock.advance(SignedDuration::from_hours(25));
    let forgotten = async {
        while !app.app.deliveries().await.unwrap().is_empty() {
            tokio::task::yield_now().await;
        }
    };
    soon("it is forgotten without a restart", forgotten).await;
}
