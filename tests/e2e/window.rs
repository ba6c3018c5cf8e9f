//! The app's window, as its person uses it: found by role and name, by mouse and keyboard.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::keys;
use crate::locator::{LIMIT, Locator, Name, Want};
use crate::remote::Remote;

/// The window.
#[derive(Clone)]
pub(crate) struct Window {
    remote: Remote,
}

/// A page of the app, each in a window of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Page {
    /// The main window.
    Main,
    /// Quick send.
    Quick,
}

impl Page {
    fn is_at(self, address: &url::Url) -> bool {
        (self == Self::Quick) == address.path().ends_with("/quick.html")
    }
}

/// Waits until the page marks itself as ready.
const READY: &str = r#"
const done = arguments[0];
const is = () => document.documentElement?.dataset.ready !== undefined;
if (is()) done(true);
else new MutationObserver((_, observer) => is() && (observer.disconnect(), done(true)))
  .observe(document, { subtree: true, childList: true, attributes: true, attributeFilter: ["data-ready"] });
"#;

/// Waits until the page's window has the focus, and not only a field in it.
const HAS_KEYS: &str = "const done = arguments[0];
  document.hasFocus() ? done(true) : addEventListener('focus', () => done(true), { once: true });";

/// Waits until what was last changed is on the screen: fonts, movements that come to an end, and two frames.
const PAINTED: &str = "const done = arguments[0];
  const ends = (animation) => animation.effect?.getComputedTiming().endTime !== Infinity;
  const settled = () => Promise.allSettled(document.getAnimations().filter(ends).map((a) => a.finished));
  document.fonts.ready.then(settled).then(() =>
    requestAnimationFrame(() => requestAnimationFrame(() => done(true))));";

impl Window {
    pub(crate) fn new(remote: Remote) -> Self {
        Self { remote }
    }

    /// Turns to the window with this page, which may still be on its way. It need not be on the screen.
    pub(crate) async fn turn_to(&self, page: Page) -> Result<()> {
        let deadline = tokio::time::Instant::now() + LIMIT;
        loop {
            let client = self.remote.client();
            for window in client.windows().await? {
                client.switch_to_window(window).await?;
                if page.is_at(&client.current_url().await?) {
                    return self.wait_until_ready().await;
                }
            }
            ensure!(
                tokio::time::Instant::now() < deadline,
                "there is no window with {page:?} after {LIMIT:?}"
            );
        }
    }

    /// A control, by role and accessible name; `text` stands for words without a role.
    pub(crate) fn get(&self, role: &str, name: impl Into<Name>) -> Locator {
        Locator::new(self.remote.clone(), role, name)
    }

    /// Waits until these words are to be seen somewhere.
    pub(crate) async fn wait_for_text(&self, text: &str) -> Result<()> {
        self.get("text", crate::locator::contains(text)).nth(0).wait_for(Want::There).await
    }

    /// Waits until the page sets `data-ready` on its root: what it shows first can be used.
    pub(crate) async fn wait_until_ready(&self) -> Result<()> {
        self.remote.execute_async(READY, vec![]).await.context("the page never became ready")?;
        Ok(())
    }

    /// Waits until the desktop gives this window the keys of the keyboard.
    pub(crate) async fn wait_until_it_has_keys(&self) -> Result<()> {
        self.remote.execute_async(HAS_KEYS, vec![]).await.context("the window never had the keyboard")?;
        Ok(())
    }

    /// Presses keys where the focus is: `Enter`, `Shift+F10`, `Control+Enter`.
    pub(crate) async fn press(&self, combination: &str) -> Result<()> {
        self.remote.press(keys::combination(combination)?).await?;
        Ok(())
    }

    /// Moves the pointer to a corner where nothing reacts to it.
    pub(crate) async fn move_pointer_away(&self) -> Result<()> {
        Ok(self.remote.move_pointer_away().await?)
    }

    /// Runs a script in the page: for what has no other way, such as reading the theme.
    pub(crate) async fn execute(&self, script: &str, arguments: Vec<Value>) -> Result<Value> {
        Ok(self.remote.execute(script, arguments).await?)
    }

    /// The same for a script that answers later, by the function that is its last argument.
    pub(crate) async fn execute_async(&self, script: &str, arguments: Vec<Value>) -> Result<Value> {
        Ok(self.remote.execute_async(script, arguments).await?)
    }

    /// Waits until nothing moves any more, and what was last changed is on the screen. A page that hangs is waited for
    /// no longer.
    pub(crate) async fn settle(&self) {
        let _ =
            tokio::time::timeout(Duration::from_secs(5), self.remote.execute_async(PAINTED, vec![])).await;
    }

    /// Takes a picture, `<name>.png` under `SALLY_E2E_OUT` or `target/e2e`.
    pub(crate) async fn screenshot(&self, name: &str) -> Result<PathBuf> {
        // A page that hangs is a picture worth having, too.
        self.settle().await;
        let picture = self.remote.client().screenshot().await.context("the window gave no picture")?;
        let path = out()?.join(format!("{name}.png"));
        std::fs::write(&path, picture)?;
        Ok(path)
    }
}

/// Where pictures go.
pub(crate) fn out() -> Result<PathBuf> {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let path = match std::env::var_os("SALLY_E2E_OUT") {
        Some(path) => PathBuf::from(root).join(path),
        None => PathBuf::from(root).join("target/e2e"),
    };
    std::fs::create_dir_all(&path)?;
    Ok(path.canonicalize()?)
}
