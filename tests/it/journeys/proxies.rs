//! The network of a company: the app with Atlassian's real addresses behind a real proxy, which looks into connections by the
//! company's own authority, and asks for a password or more.
//!
//! Which authorities the system trusts is set once for each process, so each test here has one to itself.

use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};

use sally_core::api::{
    ConnectToken, DeliveryState, DeliveryView, EnterProxyPassword, ErrorView, Hint, ProxyOrigin,
    ProxyPasswordKept, Send,
};
use sally_core::app::{Outside, Setup};
use sally_core::auth::{
    EntryLock, Keychain, MemoryKeychain, ProxyPasswords, ProxySignIn, SallySettings, Settings,
};
use sally_core::clock::Clock as _;
use sally_core::domain::problem::Network;
use sally_core::http::proxy::{NoSignIns, NoSystemProxies, Proxies, SystemProxies, SystemProxy, Variables};
use sally_core::http::{Fault, Http, Limits};
use url::Url;

use super::app::{SENT, TestApp};
use super::company::{Asks, Authority, Company, NAME, PASSWORD};
use super::tokens::scoped;

/// Set in the process that has one test to itself.
const ALONE: &str = "SALLY_TEST_IN_COMPANY";

/// Whether this process has the test to itself, in a system that trusts the company's authority; else it has run in one.
fn is_in_company(test: &str) -> Option<Authority> {
    if let Some(folder) = std::env::var_os(ALONE) {
        return Some(Authority::at(Path::new(&folder)));
    }
    let authority = Authority::new().unwrap();
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", &format!("journeys::proxies::{test}"), "--nocapture"]);
    command.env(ALONE, authority.folder()).env("SSL_CERT_FILE", authority.trusted());
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("1 passed"), "in the company:\n{said}\n{errors}");
    None
}

/// The settings of a system, which can be changed.
#[derive(Default)]
struct Changeable(Mutex<SystemProxy>);

impl Changeable {
    fn set(&self, proxy: Option<String>) {
        *self.0.lock().unwrap() = SystemProxy { proxy, ..SystemProxy::default() };
    }
}

impl SystemProxies for Changeable {
    fn ask(&self, _url: &Url) -> SystemProxy {
        self.0.lock().unwrap().clone()
    }
}

fn variables(set: &[(&str, &str)]) -> Variables {
    Variables::read(|name| set.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()))
}

/// The app with Atlassian's own addresses, on the sandbox behind the proxy.
fn with_real_addresses(setup: Setup, outside: Outside) -> Setup {
    Setup {
        atlassian: Settings::read(|_| None).unwrap(),
        sally: SallySettings::read(|_| None).unwrap(),
        outside,
        ..setup
    }
}

/// An app behind the company's proxy, which a variable of the environment names; its keyring is the given one.
async fn behind(authority: &Authority, asks: Asks, keychain: &Arc<MemoryKeychain>) -> (TestApp, Company) {
    let app = TestApp::new().await;
    let company = Company::start(authority, &app.sandbox.url(), asks).unwrap();
    (restarted_behind(app, &company, keychain).await, company)
}

async fn restarted_behind(app: TestApp, company: &Company, keychain: &Arc<MemoryKeychain>) -> TestApp {
    let outside = Outside {
        variables: variables(&[("HTTPS_PROXY", &company.address())]),
        system: Arc::new(NoSystemProxies),
        keychain: Arc::clone(keychain) as Arc<dyn Keychain>,
    };
    restarted_in(app, outside).await
}

/// Starts it again with Atlassian's real addresses, in a network.
async fn restarted_in(app: TestApp, outside: Outside) -> TestApp {
    let now = app.clock.now();
    TestApp::start_with(app.ended().await, now, |setup| with_real_addresses(setup, outside)).await
}

fn with_token(app: &TestApp, token: &str) -> ConnectToken {
    ConnectToken {
        site: "acme.atlassian.net".to_owned(),
        email: app.sandbox.email(),
        token: token.to_owned().into(),
        expires: None,
    }
}

fn typed(company: &Company, password: &str) -> EnterProxyPassword {
    EnterProxyPassword { proxy: company.name(), name: NAME.to_owned(), password: password.to_owned().into() }
}

/// What let nothing through.
fn what(fault: &Fault) -> Option<&Network> {
    if let Fault::Barred { what, .. } = fault { Some(what) } else { None }
}

fn asks_for_password(told: &ErrorView, company: &Company) -> bool {
    told.hint == Some(Hint::ProxyPassword) && told.message.contains(&company.name())
}

/// The one that waits, with what it waits for.
async fn waiting(app: &mut TestApp, send: Send) -> (DeliveryView, ErrorView) {
    let delivery = app.app.send(send).await.unwrap();
    match app.settled(&delivery).await {
        DeliveryState::Waiting { why } => (delivery, why),
        other => panic!("it should wait, and is {other:?}"),
    }
}

#[tokio::test]
async fn a_proxy_asks_for_a_password_and_what_waits_goes_on() {
    let test = "a_proxy_asks_for_a_password_and_what_waits_goes_on";
    let Some(authority) = is_in_company(test) else { return };
    let keychain = Arc::new(MemoryKeychain::new());
    let (mut app, company) = behind(&authority, Asks::Password, &keychain).await;
    let token = app.sandbox.make_token(scoped(), None);

    let told = app.app.connect_token(with_token(&app, &token)).await.unwrap_err().view();
    assert!(asks_for_password(&told, &company), "{told:?}");
    assert!(told.message.contains("asks for a name and a password"), "{told:?}");
    assert!(app.sandbox.requests().is_empty(), "nothing got through");
    let shown = app.app.network().await.proxy.unwrap();
    assert_eq!((shown.name.clone(), shown.origin), (company.name(), ProxyOrigin::Environment));
    assert_eq!(shown.password, ProxyPasswordKept::No);

    let told = app.app.enter_proxy_password(typed(&company, "wrong")).await.unwrap_err().view();
    assert!(told.message.contains("does not accept"), "{told:?}");
    assert!(keychain.load().unwrap().is_none(), "a wrong one is not kept");
    let other = EnterProxyPassword { proxy: "proxy.example:3128".to_owned(), ..typed(&company, PASSWORD) };
    assert!(app.app.enter_proxy_password(other).await.is_err(), "it is for the proxy that was shown");
    assert!(keychain.load().unwrap().is_none());
    let shown = app.app.enter_proxy_password(typed(&company, PASSWORD)).await.unwrap().proxy.unwrap();
    assert_eq!(shown.password, ProxyPasswordKept::InKeyring);

    app.app.connect_token(with_token(&app, &token)).await.unwrap();
    let item = app.sample().await.items.remove(0).id;
    let page = app.app.send(app.new_page(item, "Through the proxy")).await.unwrap();
    assert_eq!(app.settled(&page).await, SENT);
    assert_eq!(app.sandbox.pages_titled("Through the proxy").len(), 1);
    assert!(company.log().contains(&format!("api.atlassian.com:443 {NAME}")), "{}", company.log());

    let mut app = restarted_behind(app, &company, &keychain).await;
    let page = Send { again: true, ..app.new_page(item, "After a restart") };
    let page = app.app.send(page).await.unwrap();
    assert_eq!(app.settled(&page).await, SENT, "the keyring has the password");

    let shown = app.app.forget_proxy_password(company.name()).await.unwrap().proxy.unwrap();
    assert_eq!(shown.password, ProxyPasswordKept::No);
    assert!(keychain.load().unwrap().is_none(), "it is gone from the keyring");
    let page = Send { again: true, ..app.new_page(item, "Waits for the password") };
    let (delivery, told) = waiting(&mut app, page).await;
    assert!(asks_for_password(&told, &company), "{told:?}");
    app.app.enter_proxy_password(typed(&company, PASSWORD)).await.unwrap();
    assert_eq!(app.settled(&delivery).await, SENT, "what waited for it goes on at once");

    assert_eq!(app.app.remove_everything().await, Vec::<String>::new());
    assert!(keychain.load().unwrap().is_none(), "nothing of it is left");
}

#[tokio::test]
async fn a_password_that_is_refused_is_shown_once() {
    let Some(authority) = is_in_company("a_password_that_is_refused_is_shown_once") else { return };
    let keychain = Arc::new(MemoryKeychain::new());
    let (app, company) = behind(&authority, Asks::Password, &keychain).await;
    // It was right once, and was changed at the company since.
    let locks = tempfile::tempdir().unwrap();
    let earlier = ProxyPasswords::new(
        Arc::clone(&keychain) as Arc<dyn Keychain>,
        EntryLock::new(locks.path(), "proxies"),
    );
    let old = ProxySignIn::new(NAME, &"old".to_owned().into()).unwrap();
    earlier.keep(&company.name(), old).await.unwrap();
    let token = app.sandbox.make_token(scoped(), None);
    for _ in 0..3 {
        let told = app.app.connect_token(with_token(&app, &token)).await.unwrap_err().view();
        assert!(asks_for_password(&told, &company), "{told:?}");
        assert!(told.message.contains("does not accept the name and the password"), "{told:?}");
    }
    let shown = company.log().matches(NAME).count();
    assert_eq!(shown, 1, "companies lock accounts after a few wrong ones: {}", company.log());
}

#[tokio::test]
async fn a_sign_in_that_the_app_does_not_have_is_said_with_the_way_on() {
    let test = "a_sign_in_that_the_app_does_not_have_is_said_with_the_way_on";
    let Some(authority) = is_in_company(test) else { return };
    let (app, company) = behind(&authority, Asks::Negotiate, &Arc::default()).await;
    let token = app.sandbox.make_token(scoped(), None);
    let told = app.app.connect_token(with_token(&app, &token)).await.unwrap_err().view();
    for word in [&*company.name(), "Negotiate", "px or cntlm", "HTTPS_PROXY"] {
        assert!(told.message.contains(word), "{word}: {told:?}");
    }
    assert_ne!(told.hint, Some(Hint::ProxyPassword), "no password helps");
    assert!(app.sandbox.requests().is_empty(), "nothing got through");
}

#[tokio::test]
async fn an_authority_that_the_system_does_not_trust_is_said() {
    let authority = Authority::new().unwrap();
    let (app, _company) = behind(&authority, Asks::Nobody, &Arc::default()).await;
    let token = app.sandbox.make_token(scoped(), None);
    let told = app.app.connect_token(with_token(&app, &token)).await.unwrap_err().view();
    assert!(told.message.contains("a certificate that this computer does not trust"), "{told:?}");
    assert!(app.sandbox.requests().is_empty(), "nothing got through");
}

#[tokio::test]
async fn a_proxy_that_lets_nobody_through_is_named() {
    let authority = Authority::new().unwrap();
    let (app, company) = behind(&authority, Asks::NobodyMay, &Arc::default()).await;
    let token = app.sandbox.make_token(scoped(), None);
    let told = app.app.connect_token(with_token(&app, &token)).await.unwrap_err().view();
    let says = format!("The proxy {} of this network does not lead to acme.atlassian.net", company.name());
    assert!(told.message.contains(&says), "{told:?}");
    assert!(app.sandbox.requests().is_empty(), "nothing got through");
}

#[tokio::test]
async fn the_proxy_of_the_system_counts_without_a_restart() {
    let Some(authority) = is_in_company("the_proxy_of_the_system_counts_without_a_restart") else { return };
    let app = TestApp::new().await;
    let company = Company::start(&authority, &app.sandbox.url(), Asks::Nobody).unwrap();
    let system = Arc::new(Changeable::default());
    let outside = Outside { system: Arc::clone(&system) as Arc<dyn SystemProxies>, ..Outside::direct() };
    let app = restarted_in(app, outside).await;
    assert_eq!(app.app.network().await.proxy, None);
    system.set(Some("127.0.0.1:1".to_owned()));
    let token = app.sandbox.make_token(scoped(), None);
    let told = app.app.connect_token(with_token(&app, &token)).await.unwrap_err().view();
    assert!(told.message.contains("The proxy 127.0.0.1:1 cannot be reached"), "{told:?}");
    system.set(Some(company.address()));
    assert_eq!(app.app.network().await.proxy.unwrap().origin, ProxyOrigin::System);
    app.app.connect_token(with_token(&app, &token)).await.unwrap();
    assert!(company.log().contains("CONNECT api.atlassian.com:443"), "{}", company.log());
}

#[tokio::test]
async fn the_environment_says_what_goes_through_which_proxy() {
    let authority = Authority::new().unwrap();
    let company = Company::start(&authority, "http://127.0.0.1:1", Asks::Nobody).unwrap();
    let address = company.address();
    // No name ends so.
    let url = Url::parse("https://sally.invalid/").unwrap();
    let get = async |set: &[(&str, &str)]| {
        let system = Arc::new(Changeable::default());
        system.set(Some("http://127.0.0.1:1".to_owned()));
        let proxies = Proxies::new(variables(set), system, Arc::new(NoSignIns));
        let http = Http::new(Limits::STANDARD, proxies);
        let request = http.request(reqwest::Method::GET, url.clone()).unwrap().build().unwrap();
        http.execute(request).await.unwrap_err()
    };
    for name in ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"] {
        let fault = get(&[(name, &address)]).await;
        // It shows a certificate of the company's in place of one of a host that is not there.
        let went = what(&fault).is_some_and(|what| matches!(what, Network::Untrusted { .. }));
        assert!(went, "{name}: {fault:?}");
    }
    for name in ["NO_PROXY", "no_proxy"] {
        for except in ["invalid", ".invalid", "sally.invalid,example.com", "*"] {
            let fault = get(&[("HTTPS_PROXY", &address), (name, except)]).await;
            assert!(matches!(fault, Fault::NotSent { .. }), "{name}={except}: {fault:?}");
        }
    }
    let fault = get(&[("NO_PROXY", "invalid")]).await;
    assert!(matches!(fault, Fault::NotSent { .. }), "not by the system's either: {fault:?}");
    let fault = get(&[("HTTP_PROXY", &address)]).await;
    let gone = Network::ProxyUnreachable { proxy: "127.0.0.1:1".to_owned() };
    assert!(what(&fault) == Some(&gone), "the system's then: {fault:?}");
    let fault = get(&[("HTTPS_PROXY", "socks5://127.0.0.1:1")]).await;
    let kind = Network::ProxyKind { proxy: "127.0.0.1:1".to_owned(), kind: "socks5".to_owned() };
    assert!(what(&fault) == Some(&kind), "{fault:?}");
}
