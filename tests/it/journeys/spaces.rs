//! Spaces to choose from: what they cost, which are offered, how the others are found, and what may be made in one.

use std::time::Duration;

use jiff::SignedDuration;
use sally_core::api::{
    ErrorCode, Event, FindPages, FindSpaces, PickedSpace, RefreshSpaces, SpaceRights, Spaces,
};
use sally_core::domain::destination::{ListedSpace, Space, SpaceKind, SpaceListing};
use sally_core::domain::id::{OrganizationId, SpaceId};
use sandbox::{Access, Fault, Quirk};

use super::app::{TestApp, soon};

const SPACES: &str = "/wiki/api/v2/spaces";

fn keys(spaces: &Spaces) -> Vec<&str> {
    spaces.spaces.iter().map(|one| one.space.key.as_str()).collect()
}

fn find(organization: &OrganizationId, query: &str) -> FindSpaces {
    FindSpaces { organization: organization.clone(), query: query.to_owned() }
}

/// Somebody who is connected to the large organization, too.
async fn in_large() -> (TestApp, OrganizationId) {
    let mut app = TestApp::new().await;
    let large = OrganizationId(app.sandbox.found_large_organization().cloud_id);
    app.connect().await;
    (app, large)
}

#[tokio::test]
async fn a_small_organization_is_listed_once_a_day() {
    let mut app = TestApp::connected().await;
    app.sandbox.add_spaces("acme", 300);
    assert_eq!(app.spaces(app.acme(), "").await.listing, None, "nothing is fetched ahead");
    app.refresh_spaces(app.acme()).await.unwrap();
    let progress = app
        .next(|event| match event {
            Event::Spaces(progress) if progress.complete => Some(progress),
            _ => None,
        })
        .await;
    assert_eq!(progress.loaded, 312, "every space, not just the first page");
    assert_eq!(app.sandbox.count("GET", SPACES), 2, "250 at a time");
    assert_eq!(app.sandbox.count("GET", "/wiki/rest/api/search"), 1, "once it is known how many there are");
    let all = app.spaces(app.acme(), "").await;
    assert_eq!((all.total, all.listing), (162, Some(SpaceListing::Whole)), "without what is Grace's own");
    let kind = |key: &str| all.spaces.iter().find(|one| one.space.key == key).map(|one| one.kind);
    assert_eq!(kind("~ada"), Some(SpaceKind::Personal), "the account's own is there: {:?}", keys(&all));

    let asked = app.sandbox.requests().len();
    app.clock.advance(SignedDuration::from_hours(23));
    app.refresh_spaces(app.acme()).await.unwrap();
    app.app.search_spaces(find(&app.acme(), "nothing is called so")).await.unwrap();
    assert_eq!(app.sandbox.requests().len(), asked, "spaces stay fresh for a day, and all are here");
    app.app.refresh_spaces(RefreshSpaces { organization: app.acme(), again: true }).await.unwrap();
    assert!(app.sandbox.requests().len() > asked, "unless a person wants them anew");
    let asked = app.sandbox.requests().len();
    app.clock.advance(SignedDuration::from_hours(25));
    app.refresh_spaces(app.acme()).await.unwrap();
    assert!(app.sandbox.requests().len() > asked, "after a day they are asked for again");
    let asked = app.sandbox.requests().len();
    app.clock.advance(SignedDuration::from_hours(-240));
    app.refresh_spaces(app.acme()).await.unwrap();
    assert!(app.sandbox.requests().len() > asked, "also where the clock was set back");
}

#[tokio::test]
async fn who_asks_for_spaces_while_they_are_fetched_waits_for_them() {
    let app = TestApp::connected().await;
    app.sandbox.order(Fault::Delay(Duration::from_millis(200)).on("GET", SPACES));
    let wanted = RefreshSpaces { organization: app.acme(), again: true };
    let first = {
        let (app, wanted) = (app.app.clone(), wanted.clone());
        tokio::spawn(async move { app.refresh_spaces(wanted).await })
    };
    let asked = async {
        while app.sandbox.count("GET", SPACES) == 0 {
            tokio::task::yield_now().await;
        }
    };
    soon("spaces are asked for", asked).await;
    app.refresh_spaces(app.acme()).await.unwrap();
    assert_eq!(app.spaces(app.acme(), "").await.total, 12, "a dialog that was opened again");
    first.await.unwrap().unwrap();
    assert_eq!(app.sandbox.count("GET", SPACES), 1, "and asks nobody once more");
}

#[tokio::test]
async fn a_list_of_spaces_that_leads_in_a_circle_ends() {
    let app = TestApp::connected().await;
    app.sandbox.add_spaces("acme", 300);
    app.sandbox.set_quirk(Quirk::SpacesInACircle, true);
    app.refresh_spaces(app.acme()).await.unwrap();
    assert_eq!(app.sandbox.count("GET", SPACES), 3, "to where the circle closes");
    assert_eq!(app.spaces(app.acme(), "").await.total, 162, "what came stays");
}

#[tokio::test]
async fn people_of_an_organization_with_few_shared_spaces_have_them_listed() {
    let app = TestApp::connected().await;
    app.sandbox.add_spaces("acme", 900);
    app.refresh_spaces(app.acme()).await.unwrap();
    let all = app.spaces(app.acme(), "").await;
    assert_eq!((all.total, all.listing), (462, Some(SpaceListing::Whole)));
    let own = &app.spaces(app.acme(), "ada").await.spaces[0];
    assert_eq!((own.space.key.as_str(), own.kind), ("~ada", SpaceKind::Personal));
    assert!(app.sandbox.points() < 500, "450 spaces of people's own cost nothing: {}", app.sandbox.points());
}

#[tokio::test]
async fn points_per_cold_picker() {
    let (app, large) = in_large().await;
    let before = app.sandbox.points();
    app.refresh_spaces(large.clone()).await.unwrap();
    let opened = app.spaces(large.clone(), "").await;
    assert_eq!((opened.total, opened.listing), (7_000, Some(SpaceListing::Searched)));
    assert_eq!(keys(&opened), ["~ada"], "the account's own is there at once");
    let found = app.app.search_spaces(find(&large, "cloud platform berl")).await.unwrap();
    assert_eq!(found.spaces[0].space.name, "Cloud platform Berlin 1");
    assert_eq!(found.total, 6);
    let space = found.spaces[0].space.clone();
    let picked = PickedSpace { organization: large.clone(), space: space.clone() };
    assert_eq!(app.app.space_rights(picked.clone()).await.unwrap(), SpaceRights::default());
    let points = app.sandbox.points() - before;
    #[expect(clippy::print_stdout, reason = "`cargo xtask bench` reads it")]
    {
        println!("points_per_cold_picker={points}");
    }
    assert!(points <= 30, "a cold picker costs {points} points");

    let asked = app.sandbox.requests().len();
    app.app.space_rights(picked).await.unwrap();
    assert_eq!(app.spaces(large.clone(), "platform Berlin 1").await.total, 1, "what was met is kept");
    assert_eq!(app.sandbox.requests().len(), asked, "and what may be made there is asked once");
    let within = FindPages {
        organization: Some(large.clone()),
        space: Some(space.id),
        query: "cloud".to_owned(),
        parent: true,
    };
    let pages = app.app.find_pages(within).await.unwrap().pages;
    assert_eq!(pages.len(), 1, "and pages are found in it alone: {pages:?}");
}

#[tokio::test]
async fn an_own_space_that_is_not_told_keeps_nobody_from_the_others() {
    let (app, large) = in_large().await;
    app.sandbox.set_quirk(Quirk::OwnSpaceForbidden, true);
    app.refresh_spaces(large.clone()).await.unwrap();
    assert_eq!(app.spaces(large.clone(), "").await.listing, Some(SpaceListing::Searched));
    assert_eq!(keys(&app.app.search_spaces(find(&large, "cldber1")).await.unwrap()), ["CLDBER1"]);
}

#[tokio::test]
async fn a_key_finds_its_space_and_nobody_elses_own_is_offered() {
    let (app, large) = in_large().await;
    app.refresh_spaces(large.clone()).await.unwrap();
    let search = async |query: &str| app.app.search_spaces(find(&large, query)).await.unwrap();
    assert_eq!(keys(&search("cldber1").await), ["CLDBER1"], "as it is typed");
    assert_eq!(search("Person 0042").await.spaces, [], "another person's own");
    assert_eq!(search("~P0042").await.spaces, [], "by its key, too");
    assert_eq!(keys(&search("Lovelace").await), ["~ada"]);
    assert_eq!(keys(&search("🚀").await), [""; 0], "signs are no words");
}

#[tokio::test]
async fn what_was_typed_before_gives_way_to_what_is_typed_now() {
    let (app, large) = in_large().await;
    app.refresh_spaces(large.clone()).await.unwrap();
    let gate = app.sandbox.count("GET", "/wiki/rest/api/search");
    app.sandbox.order(Fault::LoseAnswer.on("GET", "/wiki/rest/api/search").first(1));
    let first = {
        let (app, wanted) = (app.app.clone(), find(&large, "cloud"));
        tokio::spawn(async move { app.search_spaces(wanted).await })
    };
    let asked = async {
        while app.sandbox.count("GET", "/wiki/rest/api/search") == gate {
            tokio::task::yield_now().await;
        }
    };
    soon("the first search is under way", asked).await;
    assert!(!app.app.search_spaces(find(&large, "fleet")).await.unwrap().spaces.is_empty());
    assert_eq!(first.await.unwrap().unwrap_err().view().code, ErrorCode::Superseded);
}

#[tokio::test]
async fn a_search_that_does_not_know_the_types_of_spaces_is_asked_without_them() {
    let mut app = TestApp::new().await;
    let large = OrganizationId(app.sandbox.found_large_organization().cloud_id);
    app.sandbox.set_quirk(Quirk::SpaceTypeUnknown, true);
    app.connect().await;
    app.refresh_spaces(large.clone()).await.unwrap();
    let opened = app.spaces(large.clone(), "").await;
    assert_eq!((opened.total, opened.listing), (10_000, Some(SpaceListing::Searched)));
    let found = app.app.search_spaces(find(&large, "cloud platform berlin")).await.unwrap();
    assert_eq!(found.spaces.len(), 6);
}

#[tokio::test]
async fn where_search_knows_no_spaces_the_list_is_read_page_by_page() {
    let app = TestApp::connected().await;
    app.sandbox.set_quirk(Quirk::SpacesNotSearched, true);
    app.sandbox.add_spaces("acme", 60);
    app.refresh_spaces(app.acme()).await.unwrap();
    let opened = app.spaces(app.acme(), "").await;
    assert_eq!(opened.listing, Some(SpaceListing::Paged));
    assert_eq!(opened.total, 26, "a page, and the account's own");
    let keyed = app.app.search_spaces(find(&app.acme(), "KB")).await.unwrap();
    assert_eq!(keys(&keyed), ["KB"], "a key is enough all the same");
    let mut pages = 1;
    while app.app.more_spaces(app.acme()).await.unwrap() {
        pages += 1;
        assert!(pages < 10, "it ends");
    }
    let all = app.spaces(app.acme(), "").await;
    assert_eq!((all.total, all.listing), (42, Some(SpaceListing::Whole)), "all were seen");
    let asked = app.sandbox.requests().len();
    assert!(!app.app.more_spaces(app.acme()).await.unwrap());
    assert_eq!(app.sandbox.requests().len(), asked, "there is nothing left to ask for");
}

#[tokio::test]
async fn a_space_that_takes_nothing_says_why_before_anything_is_written() {
    let app = TestApp::connected().await;
    let rights = async |key: &str| {
        let space = Space {
            id: SpaceId(app.sandbox.space_id("acme", key).unwrap()),
            key: key.to_owned(),
            name: format!("Name of {key}"),
        };
        app.app.space_rights(PickedSpace { organization: app.acme(), space }).await.unwrap()
    };
    let said = |rights: &SpaceRights| {
        [&rights.pages, &rights.comments].map(|why| why.as_ref().map(|view| view.message.clone()))
    };
    app.sandbox.set_space_access("acme", "FIN", Access::ReadOnly);
    let [pages, comments] = said(&rights("FIN").await);
    assert_eq!(pages.unwrap(), "You may read the space “Name of FIN”, but not create pages in it.");
    assert_eq!(comments.unwrap(), "You may read the space “Name of FIN”, but not comment on its pages.");
    app.sandbox.set_space_access("acme", "FIN", Access::Full);
    assert_eq!(rights("FIN").await, SpaceRights::default(), "what was in the way is asked for again");

    assert_eq!(rights("OPS").await, SpaceRights::default());
    app.sandbox.set_space_archived("acme", "OPS", true);
    assert_eq!(rights("OPS").await, SpaceRights::default(), "what is open is not asked for twice a day");
    app.clock.advance(SignedDuration::from_hours(25));
    let [pages, comments] = said(&rights("OPS").await);
    assert_eq!(pages.as_deref(), Some("The space “Name of OPS” is archived, so nothing can be added to it."));
    assert_eq!(comments, pages);

    app.sandbox.set_space_access("acme", "HR", Access::Hidden);
    app.sandbox.set_space_access("acme", "SEC", Access::Hidden);
    let [pages, _] = said(&rights("SEC").await);
    assert_eq!(
        pages.as_deref(),
        Some("The space “Name of SEC” is gone, or your account may no longer see it.")
    );
    app.sandbox.set_quirk(Quirk::OperationsForbidden, true);
    assert_eq!(rights("DES").await, SpaceRights::default(), "what is not told is in nobody's way");
}

#[tokio::test]
async fn another_account_asks_for_itself_what_may_be_made() {
    let mut app = TestApp::connected().await;
    let picked = PickedSpace { organization: app.acme(), space: app.engineering() };
    app.app.space_rights(picked.clone()).await.unwrap();
    app.app.disconnect().await.unwrap();
    app.sandbox.log_in_as("Grace Hopper");
    app.connect().await;
    let asked = app.sandbox.count("GET", "/operations");
    app.app.space_rights(picked).await.unwrap();
    assert_eq!(app.sandbox.count("GET", "/operations"), asked + 1);
}

#[tokio::test]
async fn what_was_listed_for_one_account_is_not_kept_for_the_next() {
    let mut app = TestApp::connected().await;
    app.refresh_spaces(app.acme()).await.unwrap();
    app.app.disconnect().await.unwrap();
    app.sandbox.log_in_as("Grace Hopper");
    app.connect().await;
    let left: Vec<ListedSpace> = app.spaces(app.acme(), "").await.spaces;
    assert_eq!(left, []);
}
