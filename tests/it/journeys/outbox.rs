//! Nothing is lost and nothing is sent twice: lost answers are reconciled, what was put off goes by itself, and the line
//! keeps its order.

use std::time::Duration;

use jiff::SignedDuration;
use sally_core::api::{DeliveryState, DeliveryView, ErrorCode, Hint, Link, Send, Settings};
use sally_core::app::Event;
use sally_core::clock::Clock as _;
use sally_core::domain::destination::{Action, Destination, Space};
use sally_core::domain::id::{ItemId, OrganizationId, SpaceId};
use sandbox::{Fault, Quirk, RetryAfter};

use super::app::{SENT, TestApp, soon};

/// What loses an answer, and whether the request was carried out.
const LOSSES: [(Fault, bool); 7] = [
    (Fault::ResetBefore, false),
    (Fault::ResetAfter, true),
    (Fault::Fail { status: 500, committed: false }, false),
    (Fault::Fail { status: 502, committed: true }, true),
    (Fault::Fail { status: 504, committed: true }, true),
    (Fault::Garbage, true),
    (Fault::Truncate, true),
];

async fn with_item() -> (TestApp, ItemId) {
    let app = TestApp::connected().await;
    let item = app.sample().await.items.remove(0).id;
    (app, item)
}

async fn send_page(app: &TestApp, item: ItemId, title: &str) -> DeliveryView {
    app.app.send(Send { again: true, ..app.new_page(item, title) }).await.unwrap()
}

/// Lets time pass until nothing goes on by itself any more.
async fn all_settled(app: &mut TestApp) -> Vec<DeliveryView> {
    let going = |one: &DeliveryView| {
        matches!(one.state, DeliveryState::Queued | DeliveryState::Sending | DeliveryState::Checking { .. })
    };
    let settled = async {
        loop {
            let all = app.app.deliveries().await.unwrap();
            if !all.iter().any(going) {
                return all;
            }
            app.clock.advance(SignedDuration::from_mins(1));
            app.next(|event| matches!(event, Event::Delivery(_)).then_some(())).await;
        }
    };
    soon("all deliveries settle", settled).await
}

fn titles(app: &TestApp) -> Vec<String> {
    app.sandbox.pages().into_iter().map(|page| page.title).collect()
}

#[tokio::test]
async fn a_page_whose_answer_was_lost_is_there_once_in_the_end() {
    for (fault, made) in LOSSES {
        let (mut app, item) = with_item().await;
        app.sandbox.set_index_lag(Duration::from_millis(1));
        app.sandbox.order(fault.on("POST", "/pages"));
        let delivery = send_page(&app, item, "Perhaps").await;
        assert_eq!(app.settled(&delivery).await, SENT, "{fault:?}: it is known in the end");
        assert_eq!(app.sandbox.pages_titled("Perhaps").len(), 1, "{fault:?}: and there once");
        assert_eq!(app.sandbox.count("POST", "/pages"), 2, "{fault:?}: one more request tells");
        let asked = app.sandbox.count("GET", "/content/search") > 0;
        assert_eq!(asked, made, "{fault:?}: only a title that is taken has to be looked up");
    }
}

#[tokio::test]
async fn a_title_that_somebody_else_has_meanwhile_is_told() {
    let (mut app, item) = with_item().await;
    app.sandbox.order(Fault::ResetBefore.on("POST", "/pages"));
    let delivery = send_page(&app, item, "Contested").await;
    while !matches!(app.changed(&delivery).await, DeliveryState::Checking { .. }) {}
    app.sandbox.add_page("acme", "ENG", "Contested").unwrap();
    app.clock.advance(SignedDuration::from_mins(1));
    let DeliveryState::NeedsYou { why } = app.settled(&delivery).await else {
        panic!("a person must decide")
    };
    assert_eq!(why.code, ErrorCode::TitleExists, "ours was never made, and cannot be now");
    assert!(matches!(why.hint, Some(Hint::ChooseAnotherTitle { page: Some(_), .. })), "the page that has it");
    assert_eq!(app.sandbox.pages_titled("Contested").len(), 1, "nothing of ours");
}

#[tokio::test]
async fn a_page_that_is_not_found_ends_with_a_person() {
    let (mut app, item) = with_item().await;
    // It was archived before anybody could look.
    app.sandbox.order(Fault::ResetAfter.on("POST", "/pages"));
    let delivery = send_page(&app, item, "Gone again").await;
    while !matches!(app.changed(&delivery).await, DeliveryState::Checking { .. }) {}
    let id = app.sandbox.pages_titled("Gone again")[0].id.clone();
    app.sandbox.archive_page("acme", &id);
    app.clock.advance(SignedDuration::from_mins(1));
    let state = app.settled(&delivery).await;
    assert!(matches!(state, DeliveryState::NotConfirmed { .. }), "nobody can tell: {state:?}");
    assert!(app.app.retry(delivery.id).await.is_err(), "an ordinary retry is not offered");
    assert_eq!(
        app.sandbox.count("POST", "/pages"),
        2,
        "it was asked for once more, and then only looked for"
    );
}

#[tokio::test]
async fn a_comment_whose_answer_was_lost_is_looked_for_and_never_posted_again() {
    for (fault, made) in LOSSES {
        let (mut app, item) = with_item().await;
        app.sandbox.order(fault.on("POST", "/footer-comments"));
        let delivery = app.app.send(app.comment(item)).await.unwrap();
        let state = app.settled(&delivery).await;
        assert_eq!(app.sandbox.count("POST", "/footer-comments"), 1, "{fault:?}: one request, ever");
        if made {
            assert_eq!(state, SENT, "{fault:?}: it was found");
        } else {
            assert!(matches!(state, DeliveryState::NotConfirmed { .. }), "{fault:?}: a person must look");
            app.app.check_again(delivery.id).await.unwrap();
            let state = app.settled(&delivery).await;
            assert!(matches!(state, DeliveryState::NotConfirmed { .. }), "{fault:?}: it is still not there");
            app.app.post_anyway(delivery.id).await.unwrap();
            assert_eq!(app.settled(&delivery).await, SENT, "{fault:?}: the person decided");
        }
        assert_eq!(app.sandbox.comments().len(), 1, "{fault:?}: and it is there once");
    }
}

#[tokio::test]
async fn a_comment_is_found_by_search_where_the_page_does_not_tell() {
    for quirks in [&[Quirk::DescendantsRemoved][..], &[Quirk::DescendantsRemoved, Quirk::ContainerUnknown]] {
        let (mut app, item) = with_item().await;
        for quirk in quirks {
            app.sandbox.set_quirk(*quirk, true);
        }
        app.sandbox.order(Fault::ResetAfter.on("POST", "/footer-comments"));
        let delivery = app.app.send(app.comment(item)).await.unwrap();
        assert_eq!(app.settled(&delivery).await, SENT, "{quirks:?}");
        assert_eq!(app.sandbox.comments().len(), 1);
    }
}

#[tokio::test]
async fn of_two_equal_comments_each_finds_its_own() {
    let (mut app, item) = with_item().await;
    app.sandbox.order(Fault::ResetAfter.on("POST", "/footer-comments").first(2));
    let page = app.page();
    let first = app.app.send(app.comment_on(item, page.clone())).await.unwrap();
    let second = app.app.send(Send { again: true, ..app.comment_on(item, page) }).await.unwrap();
    let all = all_settled(&mut app).await;
    assert!(all.iter().all(|one| one.state == SENT), "{all:?}");
    assert_ne!(first.id, second.id);
    for one in [first.id, second.id] {
        app.app.open_link(Link::Delivery { id: one }).await.unwrap();
    }
    let opened = app.opened();
    let [.., one, other] = opened.as_slice() else { panic!("both are opened: {opened:?}") };
    assert_ne!(one, other, "neither was taken for the other");
    assert_eq!(app.sandbox.comments().len(), 2, "and both are there");
}

#[tokio::test]
async fn what_waits_goes_by_itself() {
    let (mut app, item) = with_item().await;
    app.sandbox.go_offline().await;
    let delivery = send_page(&app, item, "From the train").await;
    let state = app.settled(&delivery).await;
    let DeliveryState::Waiting { why } = &state else { panic!("nothing left: {state:?}") };
    let Some(Hint::TryAgain { at: Some(at) }) = why.hint else { panic!("it says when: {why:?}") };
    app.sandbox.go_online().await.unwrap();
    app.clock.advance(at.duration_since(sally_core::clock::Clock::now(&*app.clock)));
    assert_eq!(app.settled(&delivery).await, SENT, "nobody had to press anything");
    assert_eq!(titles(&app), ["From the train"], "once");
}

#[tokio::test]
async fn a_rate_limit_is_kept_to_the_second() {
    for retry_after in [RetryAfter::Seconds(90), RetryAfter::Date(90)] {
        let (mut app, item) = with_item().await;
        app.sandbox.order(Fault::TooManyRequests(retry_after).on("POST", "/pages"));
        let delivery = send_page(&app, item, "Too fast").await;
        assert!(matches!(app.settled(&delivery).await, DeliveryState::Waiting { .. }));
        app.clock.advance(SignedDuration::from_secs(80));
        // Whatever another action rings the bell for, the limit holds.
        let other = send_page(&app, item, "Behind it").await;
        // Longer than a request that were sent too soon would take.
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert_eq!(app.sandbox.count("POST", "/pages"), 1, "{retry_after:?}: not before");
        app.clock.advance(SignedDuration::from_secs(11));
        assert_eq!(app.settled(&delivery).await, SENT, "{retry_after:?}: and then");
        assert_eq!(app.settled(&other).await, SENT);
        assert_eq!(titles(&app), ["Too fast", "Behind it"], "in order");
    }
}

#[tokio::test]
async fn each_organization_keeps_its_order_and_waits_for_no_other() {
    let (mut app, item) = with_item().await;
    app.sandbox
        .order(Fault::TooManyRequests(RetryAfter::Seconds(600)).on("POST", &format!("{}/", app.acme())));
    let mut here = Vec::new();
    for number in 1..=20 {
        here.push(send_page(&app, item, &format!("Page {number:02}")).await);
    }
    assert!(matches!(app.settled(&here[0]).await, DeliveryState::Waiting { .. }), "the first is put off");
    let mut request = app.new_page(item, "Elsewhere");
    request.destination = Destination::NewPage {
        organization: OrganizationId(app.sandbox.organizations()[1].cloud_id.clone()),
        space: Space {
            id: SpaceId(app.sandbox.space_id("globex", "ACCAMS").unwrap()),
            key: "ACCAMS".to_owned(),
            name: "Accounting Amsterdam".to_owned(),
        },
        parent: None,
        title: "Elsewhere".to_owned(),
    };
    let elsewhere = app.app.send(request).await.unwrap();
    assert_eq!(app.settled(&elsewhere).await, SENT, "another organization goes on");
    app.clock.advance(SignedDuration::from_mins(11));
    assert_eq!(app.settled(here.last().unwrap()).await, SENT);
    let arrived: Vec<_> = titles(&app).into_iter().filter(|title| title.starts_with("Page")).collect();
    assert!(arrived.is_sorted() && arrived.len() == 20, "in the order of sending: {arrived:?}");
}

#[tokio::test]
async fn undo_takes_back_what_has_not_left_and_keeps_its_words() {
    let (mut app, item) = with_item().await;
    app.app.save_settings(Settings { hold_seconds: 5, ..Settings::default() }).await.unwrap();
    let delivery = send_page(&app, item, "Too soon").await;
    assert!(matches!(delivery.state, DeliveryState::Held { .. }), "held back: {:?}", delivery.state);
    app.app.cancel(delivery.id).await.unwrap();
    app.clock.advance(SignedDuration::from_secs(6));
    let kept = app.compose(item, Action::CreatePage).await;
    assert_eq!((kept.kept, kept.title.as_str()), (true, "Too soon"), "the words are there again");
    let second = send_page(&app, item, "Just right").await;
    app.clock.advance(SignedDuration::from_secs(6));
    assert_eq!(app.settled(&second).await, SENT);
    assert_eq!(titles(&app), ["Just right"], "what was undone never left");
}

#[tokio::test]
async fn the_same_to_the_same_place_within_a_day_asks_first() {
    let (mut app, item) = with_item().await;
    let first = send_page(&app, item, "Once").await;
    assert_eq!(app.settled(&first).await, SENT);
    let why = app.app.send(app.new_page(item, "Twice")).await.unwrap_err().view();
    assert_eq!((why.code, why.hint), (ErrorCode::SentBefore, Some(Hint::SendAgain)));
    assert!(
        why.message.contains("Once") && why.message.contains("Engineering"),
        "what and where: {}",
        why.message
    );
    let second = send_page(&app, item, "Twice").await;
    assert_eq!(app.settled(&second).await, SENT, "who knows may");
    assert!(app.app.send(app.comment(item)).await.is_ok(), "another place is another matter");
    app.clock.advance(SignedDuration::from_hours(25));
    assert!(app.app.send(app.new_page(item, "Tomorrow")).await.is_ok(), "and so is another day");
}

#[tokio::test]
async fn what_replaces_another_is_not_the_same_twice() {
    let (mut app, item) = with_item().await;
    app.sandbox.add_page("acme", "ENG", "Taken").unwrap();
    let first = send_page(&app, item, "Taken").await;
    assert!(matches!(app.settled(&first).await, DeliveryState::NeedsYou { .. }));
    let mut edited = app.new_page(item, "Free");
    edited.replaces = Some(first.id);
    let second = app.app.send(edited).await.unwrap();
    assert_eq!(app.settled(&second).await, SENT);
}

#[tokio::test]
async fn two_processes_send_once() {
    let (first, item) = with_item().await;
    let mut second = first.sibling().await;
    let delivery = second.app.send(second.new_page(item, "From the second")).await.unwrap();
    // Longer than the second needs to send it, and to ask for the lock again.
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert_eq!(titles(&second), Vec::<String>::new(), "the first has the outbox for as long as it runs");
    first.app.end().await;
    assert_eq!(second.settled(&delivery).await, SENT, "the second takes the outbox over");
    assert_eq!(titles(&second), ["From the second"], "and nothing went twice");
}

/// What the person is told next; time passes meanwhile.
async fn noticed_meanwhile(app: &mut TestApp) -> String {
    let telling = async {
        loop {
            let notice = app.told().into_iter().find_map(|event| match event {
                Event::Notice(view) => Some(view.message),
                _ => None,
            });
            if let Some(notice) = notice {
                return notice;
            }
            app.clock.advance(SignedDuration::from_secs(1));
            app.app.deliveries().await.unwrap();
        }
    };
    soon("a notice", telling).await
}

#[tokio::test]
async fn a_lock_that_somebody_else_holds_is_told_of_and_taken_back() {
    let (app, item) = with_item().await;
    let now = app.clock.now();
    let around = app.ended().await;
    let lock = around.folder.path().join("outbox.lock");
    let held = std::fs::File::options().write(true).open(lock).unwrap();
    held.lock().unwrap();
    let mut app = TestApp::start(around, now).await;
    let delivery = send_page(&app, item, "Waits").await;
    let notices =
        |app: &mut TestApp| app.told().iter().filter(|event| matches!(event, Event::Notice(_))).count();
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(notices(&mut app), 0, "another copy may take that long to end");
    let message = noticed_meanwhile(&mut app).await;
    assert!(message.contains("holds its lock"), "{message}");
    app.clock.advance(SignedDuration::from_mins(10));
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_eq!(notices(&mut app), 0, "it is said once");
    assert_eq!(titles(&app), Vec::<String>::new());
    drop(held);
    let over = app.next(|event| match event {
        Event::NoticeOver(view) => Some(view.message),
        _ => None,
    });
    assert_eq!(over.await, message, "the notice goes when the lock is had");
    assert_eq!(app.settled(&delivery).await, SENT, "and what waited goes by itself");
}

#[tokio::test]
async fn idle_is_silent() {
    let (mut app, item) = with_item().await;
    let delivery = send_page(&app, item, "The last one").await;
    assert_eq!(app.settled(&delivery).await, SENT);
    let before = app.sandbox.requests().len();
    for _ in 0..20 {
        app.clock.advance(SignedDuration::from_secs(15));
        app.app.deliveries().await.unwrap();
        app.app.status().await.unwrap();
    }
    assert_eq!(app.sandbox.requests().len(), before, "five minutes without a request");
}

#[tokio::test]
async fn a_clock_that_is_set_back_holds_nothing_up() {
    let (mut app, item) = with_item().await;
    app.sandbox.order(Fault::TooManyRequests(RetryAfter::Seconds(60)).on("POST", "/pages"));
    let delivery = send_page(&app, item, "In the past").await;
    assert!(matches!(app.settled(&delivery).await, DeliveryState::Waiting { .. }));
    app.clock.advance(SignedDuration::from_hours(-48));
    let other = send_page(&app, item, "Rings the bell").await;
    assert_eq!(app.settled(&delivery).await, SENT, "nothing waits for two days");
    assert_eq!(app.settled(&other).await, SENT);
}
