//! Says when the window can be used, to whoever measures it: with `SALLY_BENCH_READY=<port>` in the environment, one
//! line goes to that port of this machine. Without it nothing happens. Only in builds with
//! the feature `bench`; `cargo xtask bench` measures by it.

use std::io::Write as _;
use std::net::{Ipv4Addr, TcpStream};

use tauri::{AppHandle, WebviewWindowBuilder, Wry};

/// The page sets `data-ready` on its root when the meeting list can be used; this passes it on as the title.
pub(super) const SCRIPT: &str = r#"
addEventListener("DOMContentLoaded", () => {
  const root = document.documentElement;
  const look = () => "ready" in root.dataset && ((document.title = "ready"), true);
  const observer = new MutationObserver(() => look() && observer.disconnect());
  if (!look()) observer.observe(root, { attributes: true, attributeFilter: ["data-ready"] });
});
"#;

/// The quick-send window counts its openings in `data-focused`, each when its field can be typed into.
pub(super) const QUICK_SCRIPT: &str = r#"
addEventListener("DOMContentLoaded", () => {
  const root = document.documentElement;
  const look = () => (document.title = "focused " + root.dataset.focused);
  new MutationObserver(look).observe(root, { attributes: true, attributeFilter: ["data-focused"] });
});
"#;

type Builder<'a> = WebviewWindowBuilder<'a, Wry, AppHandle>;

/// Has the page say it by its title, if somebody listens.
pub(super) fn watch<'a>(builder: Builder<'a>, script: &str) -> Builder<'a> {
    if port().is_some() { builder.initialization_script(script) } else { builder }
}

/// The port that listens, if one does.
fn port() -> Option<u16> {
    std::env::var("SALLY_BENCH_READY").ok()?.parse().ok()
}

/// Tells the port, when the title says so.
pub(super) fn tell(title: &str) {
    let Some(port) = port() else { return };
    let Some(word @ ("ready" | "focused")) = title.split(' ').next() else { return };
    let line = format!("{word}\n");
    let told =
        TcpStream::connect((Ipv4Addr::LOCALHOST, port)).and_then(|mut to| to.write_all(line.as_bytes()));
    if let Err(error) = told {
        tracing::debug!(%error, "nobody waits for the window to be ready");
    }
}
