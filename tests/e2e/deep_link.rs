//! Addresses that lead back to the app, opened as the operating system opens them.

use anyhow::{Context, Result, ensure};

use crate::session::Session;

/// Opens an address of the app's own scheme, by the program that asks the system who handles it.
pub(crate) fn open(session: &Session, address: &str) -> Result<()> {
    let (program, before) = if cfg!(windows) {
        ("rundll32", Some("url.dll,FileProtocolHandler"))
    } else if cfg!(target_os = "macos") {
        ("open", None)
    } else {
        ("xdg-open", None)
    };
    let arguments: Vec<&str> = before.into_iter().chain([address]).collect();
    session.run(program, &arguments, &[]).with_context(|| format!("{address} was not opened"))
}

/// Goes where Atlassian's page sends the browser: to the app's scheme, or to its port on this machine.
pub(crate) async fn come_back(session: &Session, address: &str) -> Result<()> {
    if !address.starts_with("http:") {
        return open(session, address);
    }
    let status = sandbox::browser::open(address).await?;
    ensure!(status == 200, "the app's own page answers {status}");
    Ok(())
}
