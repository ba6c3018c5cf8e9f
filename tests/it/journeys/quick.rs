//! Quick send, and what the desktop shows of it: the tray and notifications.

use jiff::SignedDuration;
use sally_core::api::{
    Compose, DeliveryState, DeliveryView, ErrorCode, Favourite, FindItems, FoundItem, ImportText,
    MeetingView, QuickLinks, QuickSend, QuickTarget, Settings, Templates,
};
use sally_core::app::{Event, Opens};
use sally_core::domain::destination::{Action, Destination, Target};
use sally_core::domain::id::ItemId;
use sally_core::domain::problem::{Gone, NotNow, Problem};

use super::app::{SENT, TestApp};
use super::desktop::Shown;

const DECISION: &str = "Ship the importer behind a flag";

impl TestApp {
    async fn find(&self, query: &str) -> Vec<FoundItem> {
        self.app.find_items(FindItems { query: query.to_owned(), limit: 9 }).await.unwrap()
    }

    fn space(&self) -> Target {
        Target::NewPage { organization: self.acme(), space: self.engineering(), parent: None }
    }

    fn on_page(&self) -> Target {
        Target::Comment { organization: self.acme(), page: self.page() }
    }

    /// How it ends with what was held back for `Undo`.
    async fn let_go(&mut self, delivery: &DeliveryView) -> DeliveryState {
        self.clock.advance(SignedDuration::from_mins(1));
        self.settled(delivery).await
    }

    async fn places(&self, items: Vec<ItemId>) -> Vec<QuickTarget> {
        self.app.targets(items).await.unwrap()
    }
}

fn quick(items: Vec<ItemId>, target: Target) -> QuickSend {
    QuickSend { items, target, again: false }
}

fn decision(meeting: &MeetingView) -> ItemId {
    meeting.items.iter().find(|item| item.text.starts_with(DECISION)).unwrap().id
}

#[tokio::test]
async fn the_newest_items_come_without_a_word_and_others_with_some() {
    let app = TestApp::new().await;
    assert!(app.find("").await.is_empty(), "there is nothing yet");
    let newest = app.sample().await;
    let recent = app.find("").await;
    assert_eq!(recent[0].meeting, newest.id, "those of the newest meeting come first");
    let found = app.find("ship imp").await;
    assert_eq!(found.len(), 1, "by the beginnings of its words");
    assert!(found[0].text.starts_with(DECISION) && !found[0].sent, "it was not sent yet");
    assert!(app.sandbox.requests().is_empty(), "nothing of this is Confluence's business");
}

#[tokio::test]
async fn an_item_goes_where_the_last_one_went() {
    let mut app = TestApp::connected().await;
    let meeting = app.sample().await;
    let item = decision(&meeting);
    assert!(app.places(vec![item]).await.is_empty(), "nothing was ever sent");
    let sent = app.app.quick_send(quick(vec![item], app.space())).await.unwrap();
    assert_eq!(sent.len(), 1, "one page");
    assert!(
        matches!(sent[0].state, DeliveryState::Held { .. }),
        "it can be undone for some seconds: {:?}",
        sent[0]
    );
    assert_eq!(app.let_go(&sent[0]).await, SENT);
    assert_eq!(app.sandbox.pages_titled(DECISION).len(), 1, "its title is the item's words");
    let places = app.places(vec![item]).await;
    assert_eq!(places[0].target, app.space(), "the next one goes there as well");
    assert_eq!(places[0].organization, "Acme", "people read the name");
    assert!(app.find("ship imp").await[0].sent, "the list says that it was sent");
}

#[tokio::test]
async fn a_favourite_comes_before_what_was_used_last() {
    let mut app = TestApp::connected().await;
    let meeting = app.sample().await;
    let favourite = app.on_page();
    app.app.set_favourite(Favourite { target: favourite.clone(), favourite: true }).await.unwrap();
    let sent = app.app.quick_send(quick(vec![decision(&meeting)], app.space())).await.unwrap();
    app.let_go(&sent[0]).await;
    let places = app.places(vec![decision(&meeting)]).await;
    let targets: Vec<_> = places.iter().map(|place| (place.target.clone(), place.favourite)).collect();
    assert_eq!(targets, [(favourite.clone(), true), (app.space(), false)], "each once");
    app.app.set_favourite(Favourite { target: favourite, favourite: false }).await.unwrap();
    let places = app.places(vec![decision(&meeting)]).await;
    assert_eq!(places[0].target, app.space(), "what is no favourite any more and was never used is gone");
}

#[tokio::test]
async fn the_series_of_a_meeting_comes_before_what_was_used_last() {
    let mut app = TestApp::connected().await;
    let weekly = app.sample().await;
    let other = app.find("architecture forum").await.remove(0);
    let comment = app.on_page();
    for (item, target) in [(decision(&weekly), comment.clone()), (other.id, app.space())] {
        let sent = app.app.quick_send(quick(vec![item], target)).await.unwrap();
        app.let_go(&sent[0]).await;
        app.clock.advance(SignedDuration::from_secs(1));
    }
    assert_eq!(app.places(vec![decision(&weekly)]).await[0].target, comment, "the weekly's own");
    assert_eq!(app.places(vec![]).await[0].target, app.space(), "else what was used last of all");
}

#[tokio::test]
async fn items_of_two_meetings_become_two_pages_or_none() {
    let mut app = TestApp::connected().await;
    let weekly = app.sample().await;
    let one = decision(&weekly);
    let other = app.find("architecture forum").await.remove(0).id;
    let two = weekly.items.iter().find(|item| item.id != one).unwrap().id;
    let sent = app.app.quick_send(quick(vec![one, other, two], app.space())).await.unwrap();
    let items: Vec<_> = sent.iter().map(|delivery| delivery.items.clone()).collect();
    assert_eq!(items, [vec![one, two], vec![other]], "by meeting, in the order in which they were chosen");
    app.clock.advance(SignedDuration::from_mins(1));
    for delivery in &sent {
        assert_eq!(app.settled(delivery).await, SENT);
    }
    let third = weekly.items.iter().find(|item| item.id != one && item.id != two).unwrap().id;
    let again = app.app.quick_send(quick(vec![third, other], app.space())).await.unwrap_err();
    assert_eq!(again.view().code, ErrorCode::SentBefore, "one of them went there today: {again:?}");
    assert_eq!(app.app.deliveries().await.unwrap().len(), 2, "so nothing was stored, of either");
    app.app.quick_send(QuickSend { again: true, ..quick(vec![other], app.space()) }).await.unwrap();
}

/// Links whose words name another host, or none.
const LINKS: &str = "---\ntitle: Harbour\ndate: 2026-11-12\nrecording: https://media.example/rec\n---\n\n\
    ## Decisions\n\n- Approve [docs.example.com](https://evil.example/plan) and https://plain.example/a\n";

#[tokio::test]
async fn no_link_hides_its_host_behind_other_words() {
    let app = TestApp::connected().await;
    let meeting = app.sample().await;
    app.app.import_text(ImportText { text: LINKS.to_owned() }).await.unwrap();
    let item = app.find("approve").await.remove(0).id;
    let hosts =
        async |items: Vec<ItemId>, target| app.app.link_hosts(QuickLinks { items, target }).await.unwrap();
    let all = ["evil.example", "plain.example", "media.example"];
    assert_eq!(
        hosts(vec![item], app.space()).await,
        all,
        "and that of the recording, which the template adds"
    );
    assert_eq!(
        hosts(vec![decision(&meeting), item], app.on_page()).await,
        all,
        "of several meetings, each once"
    );
    assert!(hosts(vec![decision(&meeting)], app.space()).await.is_empty(), "there is no link in it");
    let templates = Templates { item_body: "{items}".to_owned(), ..Templates::default() };
    app.app.save_settings(Settings { templates, ..Settings::default() }).await.unwrap();
    assert_eq!(hosts(vec![item], app.space()).await, all[..2], "it adds no recording any more");
    let gone = QuickLinks { items: vec![ItemId::new()], target: app.space() };
    assert_eq!(app.app.link_hosts(gone).await.unwrap_err().problem(), Problem::Gone(Gone::Item));
}

#[tokio::test]
async fn undo_leaves_nothing_behind_in_confluence() {
    let app = TestApp::connected().await;
    let meeting = app.sample().await;
    let sent = app.app.quick_send(quick(vec![decision(&meeting)], app.on_page())).await.unwrap();
    app.app.cancel(sent[0].id).await.unwrap();
    app.clock.advance(SignedDuration::from_mins(5));
    assert!(app.app.deliveries().await.unwrap().is_empty(), "it is off the list");
    assert!(app.sandbox.comments().is_empty(), "and never left");
}

#[tokio::test]
async fn what_was_typed_in_a_dialog_stays_there() {
    let mut app = TestApp::connected().await;
    let meeting = app.sample().await;
    let item = decision(&meeting);
    let mut draft = app.compose(item, Action::CreatePage).await;
    draft.title = "Half a thought".to_owned();
    app.app.save_draft(draft).await.unwrap();
    let sent = app.app.quick_send(quick(vec![item], app.space())).await.unwrap();
    assert_eq!(sent[0].destination.page_title(), DECISION, "quick send sends the item");
    assert_eq!(app.let_go(&sent[0]).await, SENT);
    let compose = Compose { items: vec![item], action: Action::CreatePage, target: Some(app.space()) };
    let draft = app.app.compose(compose).await.unwrap();
    assert_eq!(draft.title, "Half a thought", "what was typed is not lost");
    assert_eq!(draft.space, Some(app.engineering()), "the dialog opens at the destination that was shown");
}

#[tokio::test]
async fn the_dialog_opens_at_the_destination_that_was_shown() {
    let app = TestApp::connected().await;
    let meeting = app.sample().await;
    let page = app.page();
    let target =
        Target::NewPage { organization: app.acme(), space: app.engineering(), parent: Some(page.clone()) };
    let compose =
        Compose { items: vec![decision(&meeting)], action: Action::CreatePage, target: Some(target) };
    let draft = app.app.compose(compose).await.unwrap();
    assert_eq!((draft.space, draft.parent), (Some(app.engineering()), Some(page)), "with its parent page");
}

#[tokio::test]
async fn what_is_missing_is_said() {
    let app = TestApp::new().await;
    let meeting = app.sample().await;
    let target = app.space();
    let error = app.app.quick_send(quick(vec![decision(&meeting)], target.clone())).await.unwrap_err().view();
    assert_eq!(error.code, ErrorCode::NotConnected, "and how to go on: {error:?}");
    let app = TestApp::connected().await;
    let nothing = app.app.quick_send(quick(vec![], target.clone())).await.unwrap_err();
    assert_eq!(nothing.problem(), Problem::NotNow(NotNow::NothingToSend), "no item was chosen");
    let gone = app.app.quick_send(quick(vec![ItemId::new()], target)).await.unwrap_err();
    assert_eq!(gone.problem(), Problem::Gone(Gone::Item), "this item is gone");
}

#[tokio::test]
async fn a_child_page_goes_beneath_its_parent() {
    let mut app = TestApp::connected().await;
    let meeting = app.sample().await;
    let parent = app.page();
    let target =
        Target::NewPage { organization: app.acme(), space: app.engineering(), parent: Some(parent.clone()) };
    let sent = app.app.quick_send(quick(vec![decision(&meeting)], target)).await.unwrap();
    assert!(
        matches!(&sent[0].destination, Destination::NewPage { parent: Some(at), .. } if *at == parent),
        "the destination is whole"
    );
    assert_eq!(app.let_go(&sent[0]).await, SENT);
    assert_eq!(app.sandbox.pages_titled(DECISION)[0].parent, Some(parent.id.0), "in Confluence as well");
}

#[tokio::test]
async fn the_tray_follows_the_outbox_and_the_meetings() {
    let mut app = TestApp::connected().await;
    let meeting = app.sample().await;
    let tray = app
        .shown(|shown| match shown {
            Shown::Tray(tray) if !tray.recent.is_empty() => Some(tray),
            _ => None,
        })
        .await;
    assert_eq!(tray.recent[0].meeting, meeting.id, "the last items of the last meetings");
    assert_eq!((tray.unsent, tray.needs_you), (0, false), "nothing waits");
    app.sandbox.go_offline().await;
    let sent = app.app.quick_send(quick(vec![decision(&meeting)], app.space())).await.unwrap();
    app.shown(|shown| matches!(shown, Shown::Tray(tray) if tray.unsent == 1).then_some(())).await;
    let waiting = app.let_go(&sent[0]).await;
    assert!(matches!(waiting, DeliveryState::Waiting { .. }), "there is no connection: {waiting:?}");
    app.sandbox.go_online().await.unwrap();
    app.app.retry(sent[0].id).await.unwrap();
    assert_eq!(app.settled(&sent[0]).await, SENT);
    app.shown(|shown| matches!(shown, Shown::Tray(tray) if tray.unsent == 0).then_some(())).await;
}

#[tokio::test]
async fn a_notification_says_what_was_sent_and_what_needs_the_person() {
    let mut app = TestApp::connected().await;
    let meeting = app.sample().await;
    let sent = app.app.quick_send(quick(vec![decision(&meeting)], app.space())).await.unwrap();
    app.let_go(&sent[0]).await;
    let told = app.notification().await;
    assert_eq!((told.title.as_str(), told.body.as_str()), ("Page created", DECISION), "in words");
    assert_eq!(told.opens, Opens::Delivery(sent[0].id), "a click opens the page");
    // The title is taken now.
    let again = QuickSend { again: true, ..quick(vec![decision(&meeting)], app.space()) };
    let sent = app.app.quick_send(again).await.unwrap();
    app.let_go(&sent[0]).await;
    let told = app.notification().await;
    assert_eq!(told.title, format!("Needs you: {DECISION}"), "what it is about");
    assert_eq!(told.opens, Opens::Outbox, "a click opens the outbox");
    let off = Settings { notifications: false, quick_hold_seconds: 0, ..app.app.settings().await.unwrap() };
    app.app.save_settings(off.clone()).await.unwrap();
    let changed = app.next(|event| if let Event::Settings(it) = event { Some(it) } else { None }).await;
    assert_eq!(*changed, off, "the other window knows it as well");
    let other = meeting.items.iter().find(|item| item.id != decision(&meeting)).unwrap().id;
    let sent = app.app.quick_send(quick(vec![other], app.space())).await.unwrap();
    assert_eq!(sent[0].state, DeliveryState::Queued, "nothing is held back when the person wants that");
    app.settled(&sent[0]).await;
    app.app.save_settings(Settings { notifications: true, ..off }).await.unwrap();
    assert!(app.app.main_window_closed(true).await.unwrap(), "it stays in the tray");
    let told = app.notification().await;
    assert_eq!(told.opens, Opens::Settings, "nothing was said of what was sent while it was off: {told:?}");
}

#[tokio::test]
async fn closing_the_window_is_explained_once() {
    let mut app = TestApp::new().await;
    assert!(!app.app.main_window_closed(false).await.unwrap(), "without a tray nobody would find it again");
    assert!(app.app.main_window_closed(true).await.unwrap(), "with one it stays");
    assert!(app.app.main_window_closed(true).await.unwrap(), "every time");
    assert_eq!(app.notification().await.title, "Sally Desktop stays in the tray", "said the first time");
    let settings = Settings { keep_in_tray: false, ..app.app.settings().await.unwrap() };
    app.app.save_settings(settings).await.unwrap();
    assert!(!app.app.main_window_closed(true).await.unwrap(), "unless the person wants it to end");
    for _ in 0..2 {
        app.app.no_tray().await.unwrap();
    }
    let mut notices = 0;
    app.app.save_settings(Settings::default()).await.unwrap();
    app.next(|event| match event {
        Event::Notice(_) => {
            notices += 1;
            None
        }
        Event::Settings(settings) if settings.keep_in_tray => Some(()),
        _ => None,
    })
    .await;
    assert_eq!(notices, 1, "that there is no tray is said once");
    assert_eq!(app.untold_notifications(), 0, "and that it stays in the tray, too");
}
