//! Which proxy an address has. What proxies answer is tried with real ones, in `tests/it/journeys/proxies.rs`.

use super::*;

struct Told(SystemProxy);

impl SystemProxies for Told {
    fn ask(&self, _url: &Url) -> SystemProxy {
        self.0.clone()
    }
}

fn proxies(set: &[(&str, &str)], system: SystemProxy) -> Proxies {
    let variables = Variables::read(|name| {
        set.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
    });
    Proxies::new(variables, Arc::new(Told(system)), Arc::new(NoSignIns))
}

fn system(proxy: &str, except: &str) -> SystemProxy {
    SystemProxy { proxy: Some(proxy.to_owned()), except: except.to_owned(), script: false }
}

async fn through(proxies: &Proxies, url: &str) -> Option<(String, Origin)> {
    let route = proxies.route(&Url::parse(url).unwrap()).await;
    route.proxy.map(|proxy| (proxy.name, proxy.origin))
}

const ATLASSIAN: &str = "https://api.atlassian.com/ex/confluence";

#[tokio::test]
async fn this_machine_is_reached_without_a_proxy_and_may_be_one() {
    let all = proxies(&[("ALL_PROXY", "http://127.0.0.1:3128")], system("b.example:2", ""));
    for url in ["http://127.0.0.1:80/", "http://[::1]/", "http://localhost:1/", "https://localhost/"] {
        assert_eq!(through(&all, url).await, None, "{url}");
    }
    let helper = Some(("127.0.0.1:3128".to_owned(), Origin::Environment));
    assert_eq!(through(&all, ATLASSIAN).await, helper, "a helper on this machine");
}

#[tokio::test]
async fn the_environment_is_asked_before_the_system() {
    let none = proxies(&[], SystemProxy::default());
    assert_eq!(through(&none, ATLASSIAN).await, None);
    let both = proxies(&[("https_proxy", "a.example:1")], system("b.example:2", ""));
    assert_eq!(through(&both, ATLASSIAN).await, Some(("a.example:1".to_owned(), Origin::Environment)));
    let by_system = Some(("b.example:2".to_owned(), Origin::System));
    let empty = proxies(&[("HTTPS_PROXY", "")], system("b.example:2", ""));
    assert_eq!(through(&empty, ATLASSIAN).await, by_system, "an empty variable is none");
    let plain = proxies(&[("HTTP_PROXY", "a.example:1")], system("http://b.example:2/", ""));
    assert_eq!(through(&plain, ATLASSIAN).await, by_system, "it is for another scheme");
    let exception = proxies(&[("NO_PROXY", ".atlassian.com")], system("b.example:2", ""));
    assert_eq!(through(&exception, ATLASSIAN).await, None);
    let exception = proxies(&[], system("b.example:2", "example.com,atlassian.com"));
    assert_eq!(through(&exception, ATLASSIAN).await, None);
    let exception = proxies(&[("HTTPS_PROXY", "a.example:1")], system("b.example:2", "atlassian.com"));
    assert!(through(&exception, ATLASSIAN).await.is_some(), "the system's exceptions are for its own proxy");
}

#[tokio::test]
async fn a_password_in_the_environment_is_shown_and_not_printed() {
    let with = proxies(&[("HTTPS_PROXY", "http://ada:s%20ecret@a.example:1")], SystemProxy::default());
    let proxy = with.route(&Url::parse(ATLASSIAN).unwrap()).await.proxy.unwrap();
    assert_eq!(proxy.name, "a.example:1");
    assert_eq!(proxy.sign_in.as_ref().unwrap(), "Basic YWRhOnMgZWNyZXQ=");
    let shown = format!("{proxy:?} {:?}", with.variables);
    assert!(!shown.contains("ecret") && !shown.contains("YWRh"), "{shown}");
}
