//! The remote end of `WebDriver`: one session on the app's window, by either of two drivers, and what these do each in
//! their own way.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use fantoccini::actions::{InputSource, KeyActions, MouseActions, PointerAction};
use fantoccini::elements::{Element, ElementRef};
use fantoccini::error::{CmdError, ErrorStatus, WebDriver};
use fantoccini::wd::WebDriverCompatibleCommand;
use fantoccini::{Client, Locator};
use reqwest::Method;
use serde_json::{Value, json};
use url::{ParseError, Url};

/// The key by which `WebDriver` names an element in JSON.
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// Whose driver it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    /// `WebKit`'s own, on Linux: its input is like a person's.
    WebKit,
    /// The app's own, in builds with the feature `webdriver`, on every system. It can do what a script in the page can:
    /// its events reach the page's handlers, and neither styles under the pointer nor keys of the system.
    Embedded,
}

impl Side {
    /// The one that `SALLY_E2E_DRIVER=embedded` asks for, or the only one that the system has.
    pub(crate) fn chosen() -> Self {
        let asked = std::env::var("SALLY_E2E_DRIVER").is_ok_and(|name| name == "embedded");
        if asked || !cfg!(target_os = "linux") { Self::Embedded } else { Self::WebKit }
    }
}

/// What a script found.
pub(crate) enum Found {
    /// The element, as `WebDriver` writes one in JSON.
    Element(Value),
    /// The element that has this mark.
    Marked(String),
}

/// See the module.
#[derive(Clone)]
pub(crate) struct Remote {
    client: Client,
    side: Side,
    /// How many elements were marked.
    marks: Arc<AtomicU64>,
}

/// Gives the focus as a click does. Answers whether the element is what lies on top in its middle, where a click goes.
const AIM: &str = "const [element] = arguments;
    element.scrollIntoView({ behavior: 'instant', block: 'center', inline: 'center' });
    const { left, top, width, height } = element.getBoundingClientRect();
    const hit = document.elementFromPoint(Math.floor(left + width / 2), Math.floor(top + height / 2));
    if (!element.contains(hit)) return false;
    if (element.matches('a[href], button, input, textarea, select, [contenteditable=true]')) element.focus();
    return true;";

/// Gives the focus.
const FOCUS: &str = "const [e] = arguments; if (!e.contains(document.activeElement)) e.focus()";

impl Remote {
    pub(crate) fn new(client: Client, side: Side) -> Self {
        Self { client, side, marks: Arc::default() }
    }

    /// For what both sides do alike.
    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    /// A mark for an element that a script finds: the embedded driver's scripts cannot answer elements.
    pub(crate) fn mark(&self) -> Option<String> {
        (self.side == Side::Embedded).then(|| self.marks.fetch_add(1, Ordering::Relaxed).to_string())
    }

    /// The element that a script found.
    pub(crate) async fn element(&self, found: Found) -> Result<Element, CmdError> {
        match found {
            Found::Element(reference) => match reference[ELEMENT].as_str() {
                Some(id) => {
                    Ok(Element::from_element_id(self.client.clone(), ElementRef::from(id.to_owned())))
                }
                None => Err(CmdError::NotW3C(reference)),
            },
            Found::Marked(mark) => self.client.find(Locator::Css(&format!("[data-mark=\"{mark}\"]"))).await,
        }
    }

    /// Runs a script in the page.
    pub(crate) async fn execute(&self, script: &str, arguments: Vec<Value>) -> Result<Value, CmdError> {
        self.client.execute(script, arguments).await
    }

    /// Runs a script in the page until it calls its last argument.
    pub(crate) async fn execute_async(&self, script: &str, arguments: Vec<Value>) -> Result<Value, CmdError> {
        self.client.execute_async(script, arguments).await
    }

    /// Presses keys where the focus is.
    pub(crate) async fn press(&self, keys: KeyActions) -> Result<(), CmdError> {
        self.client.perform_actions(keys).await
    }

    /// Clicks an element, once it is on top of all others.
    pub(crate) async fn click(&self, element: &Element) -> Result<(), CmdError> {
        if self.side == Side::WebKit {
            return element.click().await;
        }
        if self.execute(AIM, vec![json!(element)]).await? != json!(true) {
            let covered =
                WebDriver::new(ErrorStatus::ElementClickIntercepted, "something else is on top of it");
            return Err(CmdError::Standard(covered));
        }
        // Its own click says nothing of the pointer, which menus and pickers listen to.
        self.client.issue_cmd(Click(json!(element))).await.map(drop)
    }

    /// Moves the pointer over an element. The embedded driver has none and gives the focus instead: whatever shows under
    /// the pointer shows with the focus, too.
    pub(crate) async fn hover(&self, element: &Element) -> Result<(), CmdError> {
        if self.side == Side::Embedded {
            return self.focus(element).await;
        }
        // A pointer cannot be moved to what is out of view.
        self.bring_into_view(element).await?;
        let over = PointerAction::MoveToElement { element: element.clone(), duration: None, x: 0.0, y: 0.0 };
        self.client.perform_actions(MouseActions::new("mouse".into()).then(over)).await
    }

    /// Moves the pointer to a corner where nothing reacts to it.
    pub(crate) async fn move_pointer_away(&self) -> Result<(), CmdError> {
        if self.side == Side::Embedded {
            return Ok(());
        }
        let corner = PointerAction::MoveTo { duration: None, x: 1.0, y: 1.0 };
        self.client.perform_actions(MouseActions::new("mouse".into()).then(corner)).await
    }

    /// Gives an element the focus, unless it is in it.
    pub(crate) async fn focus(&self, element: &Element) -> Result<(), CmdError> {
        self.execute(FOCUS, vec![json!(element)]).await.map(drop)
    }

    /// Scrolls an element to the middle of the window.
    pub(crate) async fn bring_into_view(&self, element: &Element) -> Result<(), CmdError> {
        let scroll = "arguments[0].scrollIntoView({ block: 'center' })";
        self.execute(scroll, vec![json!(element)]).await.map(drop)
    }
}

/// A click in the middle of an element, by whole numbers: the embedded driver takes no others.
#[derive(Debug)]
struct Click(Value);

impl WebDriverCompatibleCommand for Click {
    fn endpoint(&self, base: &Url, session: Option<&str>) -> Result<Url, ParseError> {
        base.join(&format!("session/{}/actions", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &Url) -> (Method, Option<String>) {
        let actions = json!([
            { "type": "pointerMove", "x": 0, "y": 0, "origin": self.0 },
            { "type": "pointerDown", "button": 0 },
            { "type": "pointerUp", "button": 0 },
        ]);
        let mouse = json!({ "type": "pointer", "id": "mouse", "actions": actions });
        (Method::POST, Some(json!({ "actions": [mouse] }).to_string()))
    }
}
