//! Controls of the window, named as a person or a screen reader names them: by role and accessible name.
//!
//! A locator is looked up anew for every action, and an action that met a control which was just being
//! replaced is tried again, so that a test depends on what is shown and not on when.

use std::fmt;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use fantoccini::actions::{
    Actions, InputSource, MOUSE_BUTTON_LEFT, MOUSE_BUTTON_RIGHT, MouseActions, PointerAction,
};
use fantoccini::elements::Element;
use fantoccini::error::{CmdError, ErrorStatus};
use serde_json::{Value, json};

use crate::keys;
use crate::remote::{Found, Remote};

/// How long a control may take to appear, to change or to go.
pub(crate) const LIMIT: Duration = Duration::from_secs(15);

/// Waits until an element is in the same place in two frames, or for a tenth of a second: a window in which nothing
/// changes may have no further frame.
const STILL: &str = "const [element, done] = arguments;
    const where = () => {
        const { x, y } = element.getBoundingClientRect();
        return `${x} ${y}`;
    };
    const look = (before) => {
        const again = () => {
            cancelAnimationFrame(frame);
            clearTimeout(timer);
            const now = where();
            if (now === before) done(true);
            else look(now);
        };
        const frame = requestAnimationFrame(again);
        const timer = setTimeout(again, 100);
    };
    look(where());";

/// An accessible name, or a part of one.
#[derive(Clone, Debug)]
pub(crate) enum Name {
    /// The whole name.
    Exactly(String),
    /// How it starts.
    Starts(String),
    /// Words in it.
    Contains(String),
}

impl From<&str> for Name {
    fn from(name: &str) -> Self {
        Self::Exactly(name.to_owned())
    }
}

/// A name that starts so.
pub(crate) fn starts(name: &str) -> Name {
    Name::Starts(name.to_owned())
}

/// A name with these words in it.
pub(crate) fn contains(name: &str) -> Name {
    Name::Contains(name.to_owned())
}

#[derive(Clone, Debug)]
struct Step {
    role: String,
    name: Name,
    nth: Option<usize>,
}

/// What a control is waited for to be.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Want<'a> {
    /// In the page, and not hidden from assistive technology.
    There,
    /// Not in the page.
    Gone,
    /// With the keyboard focus, or around it.
    Focused,
    /// To be seen: not transparent.
    Shown,
    /// In the page and transparent, as a control that shows on hover.
    Unseen,
    /// Ready to be used.
    Enabled,
    /// Not ready to be used.
    Disabled,
    /// Ticked.
    Checked,
    /// Not ticked.
    Unchecked,
    /// Ticked for a part of what it stands for.
    Mixed,
    /// With nothing typed into it.
    Empty,
    /// With these words as its value or text.
    Says(&'a str),
}

/// A control, or several, by role and name inside of others.
#[derive(Clone)]
pub(crate) struct Locator {
    remote: Remote,
    path: Vec<Step>,
}

impl fmt::Display for Locator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, step) in self.path.iter().enumerate() {
            let separator = if index == 0 { "" } else { " › " };
            let name = match &step.name {
                Name::Exactly(name) => format!("“{name}”"),
                Name::Starts(name) => format!("“{name}…”"),
                Name::Contains(name) => format!("“…{name}…”"),
            };
            write!(f, "{separator}{} {name}", step.role)?;
            if let Some(nth) = step.nth {
                write!(f, " ({nth})")?;
            }
        }
        Ok(())
    }
}

impl Locator {
    pub(crate) fn new(remote: Remote, role: &str, name: impl Into<Name>) -> Self {
        let step = Step { role: role.to_owned(), name: name.into(), nth: None };
        Self { remote, path: vec![step] }
    }

    /// A control inside of this one.
    pub(crate) fn get(&self, role: &str, name: impl Into<Name>) -> Self {
        let mut path = self.path.clone();
        path.push(Step { role: role.to_owned(), name: name.into(), nth: None });
        Self { remote: self.remote.clone(), path }
    }

    /// The nth of those that fit, from 0, in the order of the document.
    pub(crate) fn nth(mut self, nth: usize) -> Self {
        if let Some(step) = self.path.last_mut() {
            step.nth = Some(nth);
        }
        self
    }

    /// Waits until there is exactly one.
    pub(crate) async fn wait(&self) -> Result<Element> {
        let deadline = Instant::now() + LIMIT;
        loop {
            let found = self.until(Want::There, LIMIT).await?;
            match self.remote.element(found).await {
                // It was replaced before the driver could look for its mark.
                Err(error) if is_gone(&error) && Instant::now() < deadline => {}
                outcome => return outcome.with_context(|| format!("{self} has no element")),
            }
        }
    }

    /// Waits until it is as wanted.
    pub(crate) async fn wait_for(&self, want: Want<'_>) -> Result<()> {
        self.until(want, LIMIT).await.map(drop)
    }

    /// Fails at once where it is not as wanted now.
    pub(crate) async fn check(&self, want: Want<'_>) -> Result<()> {
        self.until(want, Duration::ZERO).await.map(drop)
    }

    /// How many there are now.
    pub(crate) async fn count(&self) -> Result<u64> {
        let answer = self.ask(&json!({ "kind": "count" }), Duration::ZERO, None).await?;
        answer["count"].as_u64().context("the page did not count")
    }

    /// Clicks it, once it stands still: a click hits what is where it was.
    pub(crate) async fn click(&self) -> Result<()> {
        self.act(async |element| {
            self.remote.execute_async(STILL, vec![json!(element)]).await?;
            self.remote.click(element).await
        })
        .await
    }

    /// Clicks it while a key is held down, such as `Shift`.
    pub(crate) async fn click_with(&self, key: &str) -> Result<()> {
        // The key goes down before the three parts of the click, and comes up after them.
        const PARTS: usize = 3;
        let button = MOUSE_BUTTON_LEFT;
        let keyboard = keys::held(key, PARTS)?;
        self.act(async |element| {
            self.remote.bring_into_view(element).await?;
            let pointer = MouseActions::new("mouse".into())
                .then(PointerAction::Pause { duration: Duration::ZERO })
                .then(over(element))
                .then(PointerAction::Down { button })
                .then(PointerAction::Up { button });
            self.remote.client().perform_actions(Actions::from(keyboard.clone()).and(pointer)).await
        })
        .await
    }

    /// Opens its context menu by the right button. The driver then lets go of the left one, so that the page takes
    /// the right one for held from there on, and says `pointerdown` no more: menus that wait for it stay shut.
    pub(crate) async fn right_click(&self) -> Result<()> {
        let button = MOUSE_BUTTON_RIGHT;
        self.act(async |element| {
            self.remote.bring_into_view(element).await?;
            let pointer = MouseActions::new("mouse".into())
                .then(over(element))
                .then(PointerAction::Down { button })
                .then(PointerAction::Up { button });
            self.remote.client().perform_actions(pointer).await
        })
        .await
    }

    /// Moves the pointer over it.
    pub(crate) async fn hover(&self) -> Result<()> {
        self.act(async |element| self.remote.hover(element).await).await
    }

    /// Gives it the keyboard focus, without a click.
    pub(crate) async fn focus(&self) -> Result<()> {
        self.act(async |element| self.remote.focus(element).await).await
    }

    /// Replaces what is in it by typing, as a person does.
    pub(crate) async fn fill(&self, text: &str) -> Result<()> {
        let deadline = Instant::now() + LIMIT;
        loop {
            self.enter().await?;
            self.remote.press(keys::combination("Control+a")?).await?;
            self.remote.press(keys::combination("Delete")?).await?;
            // A dialog that has just opened may have moved the focus once more meanwhile.
            match self.check(Want::Empty).await {
                Ok(()) => break,
                Err(error) if Instant::now() > deadline => return Err(error),
                Err(_) => {}
            }
        }
        self.type_text(text).await
    }

    /// Puts the cursor into it. In the middle of rich text there may be something that answers to a click, such as
    /// a date, and so it only gets the focus.
    async fn enter(&self) -> Result<()> {
        if is_rich(&self.wait().await?).await? { self.focus().await } else { self.click().await }
    }

    /// Types where its cursor is.
    pub(crate) async fn type_text(&self, text: &str) -> Result<()> {
        self.focus().await?;
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let end = rest.find(|c: char| c.is_ascii() != first.is_ascii()).unwrap_or(rest.len());
            let (run, after) = rest.split_at(end);
            rest = after;
            if first.is_ascii() {
                self.remote.press(keys::typing(run)).await?;
            } else {
                // The test's keyboard has no such letters: they are put in as an input method does.
                let insert = "document.execCommand('insertText', false, arguments[0])";
                self.remote.execute(insert, vec![json!(run)]).await?;
            }
        }
        Ok(())
    }

    /// Its text as it is shown.
    pub(crate) async fn text(&self) -> Result<String> {
        Ok(self.wait().await?.text().await?)
    }

    /// What is typed into it; of rich text, its words.
    pub(crate) async fn value(&self) -> Result<String> {
        let element = self.wait().await?;
        if is_rich(&element).await? {
            // The margin of the last paragraph counts as lines.
            return Ok(element
                .prop("innerText")
                .await?
                .unwrap_or_default()
                .trim_end_matches('\n')
                .to_owned());
        }
        Ok(element.prop("value").await?.unwrap_or_default())
    }

    /// What is in it, as HTML.
    pub(crate) async fn html(&self) -> Result<String> {
        Ok(self.wait().await?.html(true).await?)
    }

    /// An attribute of it.
    pub(crate) async fn attribute(&self, name: &str) -> Result<Option<String>> {
        Ok(self.wait().await?.attr(name).await?)
    }

    /// Waits until it is as wanted.
    async fn until(&self, want: Want<'_>, limit: Duration) -> Result<Found> {
        let wish = match want {
            Want::There => json!({ "kind": "there" }),
            Want::Gone => json!({ "kind": "gone" }),
            Want::Focused => json!({ "kind": "focused" }),
            Want::Shown => json!({ "kind": "shown" }),
            Want::Unseen => json!({ "kind": "unseen" }),
            Want::Enabled => json!({ "kind": "enabled" }),
            Want::Disabled => json!({ "kind": "disabled" }),
            Want::Checked => json!({ "kind": "checked" }),
            Want::Unchecked => json!({ "kind": "unchecked" }),
            Want::Mixed => json!({ "kind": "mixed" }),
            Want::Empty => json!({ "kind": "empty" }),
            Want::Says(text) => json!({ "kind": "says", "text": text }),
        };
        let mark = self.remote.mark();
        let mut answer = self.ask(&wish, limit, mark.as_deref()).await?;
        if let Some(problem) = answer["problem"].as_str() {
            bail!("{self}: {problem}");
        }
        Ok(mark.map_or_else(|| Found::Element(answer["element"].take()), Found::Marked))
    }

    async fn ask(&self, want: &Value, limit: Duration, mark: Option<&str>) -> Result<Value> {
        let path: Vec<Value> = self
            .path
            .iter()
            .map(|step| {
                let (match_by, name) = match &step.name {
                    Name::Exactly(name) => ("exactly", name),
                    Name::Starts(name) => ("starts", name),
                    Name::Contains(name) => ("contains", name),
                };
                json!({ "role": step.role, "name": { match_by: name }, "nth": step.nth })
            })
            .collect();
        let limit = u64::try_from(limit.as_millis())?;
        let arguments = vec![json!(path), want.clone(), json!(limit), json!(mark)];
        let answer = self.remote.execute_async(include_str!("find.js"), arguments).await;
        answer.with_context(|| format!("{self} could not be looked up"))
    }

    /// Does something to the one element, once more where it was replaced or covered at that moment.
    async fn act(&self, action: impl AsyncFn(&Element) -> Result<(), CmdError>) -> Result<()> {
        let deadline = Instant::now() + LIMIT;
        loop {
            let element = self.wait().await?;
            match action(&element).await {
                Ok(()) => return Ok(()),
                Err(error) => {
                    ensure!(
                        is_passing(&error) && Instant::now() < deadline,
                        anyhow::Error::from(error).context(format!("{self} could not be used"))
                    );
                    // The page says nothing when a control can be reached again.
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
            }
        }
    }
}

fn is_passing(error: &CmdError) -> bool {
    let CmdError::Standard(error) = error else { return false };
    matches!(
        error.error,
        ErrorStatus::StaleElementReference
            | ErrorStatus::ElementNotInteractable
            | ErrorStatus::ElementClickIntercepted
            | ErrorStatus::MoveTargetOutOfBounds
    )
}

fn is_gone(error: &CmdError) -> bool {
    matches!(error, CmdError::Standard(error) if error.error == ErrorStatus::NoSuchElement)
}

/// Whether it is text with formats, and not a field of a form.
async fn is_rich(element: &Element) -> Result<bool, CmdError> {
    Ok(element.attr("contenteditable").await?.as_deref() == Some("true"))
}

fn over(element: &Element) -> PointerAction {
    PointerAction::MoveToElement { element: element.clone(), duration: None, x: 0.0, y: 0.0 }
}
