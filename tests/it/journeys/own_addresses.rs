//! Links of addresses of their own under which organizations have their Confluence.

use sally_core::api::Hint;
use sandbox::Quirk;

use super::app::TestApp;

#[tokio::test]
async fn an_organizations_own_address_is_asked_about_once_and_at_a_persons_click() {
    let app = TestApp::connected().await;
    let page = app.page();
    let link = app.sandbox.page_url("acme", page.id.as_str()).unwrap();
    let own = link.replace("127.0.0.1", "localhost");
    let asked = app.sandbox.requests().len();
    let why = app.refused(&own).await;
    let Some(Hint::AskSite { site }) = &why.hint else { panic!("it can be asked: {why:?}") };
    assert!(site.starts_with("localhost:") && why.message.contains(site), "{why:?}");
    assert_eq!(app.sandbox.requests().len(), asked, "nobody was asked before a click");
    app.app.ask_site(format!("see {own} for it")).await.unwrap();
    assert_eq!(app.sandbox.count("GET", "/_edge/tenant_info"), 1);
    assert_eq!(app.paste(&own).await.unwrap().pages[0].page, page);
    let app = app.restarted().await;
    let found = app.paste(&own).await.unwrap();
    assert_eq!((found.organization, &found.pages[0].page), (app.acme(), &page), "it is remembered");
    assert_eq!(app.sandbox.count("GET", "/_edge/tenant_info"), 1);
}

#[tokio::test]
async fn an_own_address_of_nobody_who_is_connected_leads_nowhere() {
    let app = TestApp::new().await;
    app.connect_to_acme().await;
    let (_, link) = app.globex_page();
    let own = link.replace("127.0.0.1", "localhost");
    assert!(matches!(app.refused(&own).await.hint, Some(Hint::AskSite { .. })));
    let why = app.app.ask_site(own.clone()).await.unwrap_err().view();
    assert_eq!(why.hint, Some(Hint::ConnectSite), "{why:?}");
    app.sandbox.set_quirk(Quirk::TenantInfoClosed, true);
    let why = app.app.ask_site(own.clone()).await.unwrap_err().view();
    assert_eq!(why.hint, Some(Hint::ConnectSite), "also where it is told to nobody: {why:?}");
    assert!(matches!(app.refused(&own).await.hint, Some(Hint::AskSite { .. })), "nothing was remembered");
}
