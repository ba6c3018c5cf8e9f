//! A browser for the consent page: opens an authorization address, parses the form, submits it, and returns the address that
//! it was redirected to. Used by tests and by `sally-test-browser`.
#![expect(clippy::disallowed_types, reason = "a stand-in for a person's browser, which has its own client")]

use dom_query::Document;
use url::Url;

/// Why the browser did not come back from the consent page.
#[derive(Debug, thiserror::Error)]
pub enum BrowserError {
    /// It is not a web address.
    #[error("The browser cannot open {0}")]
    Address(String),
    /// Nobody answered.
    #[error("The browser cannot reach the page ({0})")]
    Network(#[from] reqwest::Error),
    /// The page is an error page, as Atlassian shows it: the browser never returns to the app.
    #[error("The browser stays on an error page with status {status}: {text}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// What the page says.
        text: String,
    },
    /// The page has no form with that button.
    #[error("The page has no button {0}")]
    NoButton(&'static str),
    /// Pressing the button led nowhere.
    #[error("The answer to the form, with status {0}, does not lead anywhere")]
    NoRedirect(u16),
}

/// Opens an authorization address and presses `Accept`; answers the address that leads back to the app.
pub async fn accept(authorize_url: &str) -> Result<String, BrowserError> {
    press(authorize_url, "accept").await
}

/// The same with one site ticked, by its cloud id, and no other.
pub async fn accept_on(authorize_url: &str, site: &str) -> Result<String, BrowserError> {
    press_on(authorize_url, "accept", Some(site)).await
}

/// Opens an authorization address and presses `Cancel`; answers the address that leads back to the app.
pub async fn cancel(authorize_url: &str) -> Result<String, BrowserError> {
    press(authorize_url, "cancel").await
}

/// Opens a web address, as a browser does that shows it; answers the status.
pub async fn open(address: &str) -> Result<u16, BrowserError> {
    Ok(client()?.get(parse(address)?).send().await?.status().as_u16())
}

fn client() -> Result<reqwest::Client, BrowserError> {
    // The last redirect leads to the app, whose address is no web address.
    Ok(reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build()?)
}

fn parse(address: &str) -> Result<Url, BrowserError> {
    let url = Url::parse(address).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
    url.ok_or_else(|| BrowserError::Address(address.to_owned()))
}

async fn press(authorize_url: &str, button: &'static str) -> Result<String, BrowserError> {
    press_on(authorize_url, button, None).await
}

async fn press_on(
    authorize_url: &str,
    button: &'static str,
    site: Option<&str>,
) -> Result<String, BrowserError> {
    let client = client()?;
    let page = client.get(parse(authorize_url)?).send().await?;
    let (status, address) = (page.status(), page.url().clone());
    let html = page.text().await?;
    if !status.is_success() {
        let text = Document::from(html.as_str()).select("main").text().trim().to_owned();
        return Err(BrowserError::Refused { status: status.as_u16(), text });
    }
    let (action, mut fields) = fill(&html, &address, button).ok_or(BrowserError::NoButton(button))?;
    fields.retain(|(name, value)| name != "site" || site.is_none_or(|site| site == value));
    let answer = client.post(action).form(&fields).send().await?;
    let location = answer.headers().get("location").and_then(|value| value.to_str().ok());
    location.map(str::to_owned).ok_or(BrowserError::NoRedirect(answer.status().as_u16()))
}

/// Where the form goes, and what it carries when a button is pressed: hidden and ticked fields, and the
/// button's own.
fn fill(html: &str, address: &Url, button: &str) -> Option<(Url, Vec<(String, String)>)> {
    let document = Document::from(html);
    let form = document.select_single("form[method=post]");
    let action = address.join(&form.attr("action")?).ok()?;
    let pressed = form.select(&format!("button[type=submit][value={button}]"));
    let field = |node: &dom_query::NodeRef<'_>| {
        let value = node.attr("value").map(|value| value.to_string()).unwrap_or_default();
        Some((node.attr("name")?.to_string(), value))
    };
    let inputs = form.select("input[type=hidden], input[type=checkbox][checked]");
    let mut fields: Vec<(String, String)> = inputs.nodes().iter().filter_map(field).collect();
    fields.push(pressed.nodes().first().and_then(field)?);
    Some((action, fields))
}
