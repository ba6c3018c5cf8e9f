//! What somebody who reports a fault needs: the log's file, shown by the desktop, and what the app runs on. The text is for people
//! to send on, so it counts and names no one.

use sally_core::api::{Connection, ErrorView, Status};
use sally_core::app::Error;
use sally_core::domain::problem;
use sally_core::log::{FILE, Log, words};
use tauri::{AppHandle, Manager as _};
use tauri_plugin_opener::OpenerExt as _;

use super::core::Core;

/// What the build was made from, where whoever built it says so.
const COMMIT: Option<&str> = option_env!("SALLY_COMMIT");

/// Shows the log's file in its folder, or the folder.
pub(super) async fn show_log(handle: &AppHandle) -> Result<(), ErrorView> {
    let (log, opening) = (handle.state::<Log>().inner().clone(), handle.clone());
    let shown = tauri::async_runtime::spawn_blocking(move || {
        log.flush();
        let folder = log.folder().ok_or_else(|| refused(problem::Desktop::NoLog))?;
        let opener = opening.opener();
        opener
            .reveal_item_in_dir(folder.join(FILE))
            .or_else(|_| opener.open_path(folder.to_string_lossy(), None::<&str>))
            .map_err(|error| {
                tracing::warn!(%error, "the log could not be shown");
                refused(problem::Desktop::NoFileManager { folder: folder.to_owned() })
            })
    });
    shown.await.unwrap_or_else(|error| {
        tracing::warn!(%error, "the log was not shown");
        Err(refused(problem::Desktop::NoLog))
    })
}

fn refused(problem: problem::Desktop) -> ErrorView {
    Error::from(problem).view()
}

/// What a report has to say of the app and of what it runs on.
pub(super) async fn details(handle: &AppHandle) -> String {
    let system = tauri::async_runtime::spawn_blocking(os_info::get).await;
    let system = system.map_or_else(|_| std::env::consts::OS.to_owned(), |system| system.to_string());
    let status = match handle.state::<Core>().app().await {
        Ok(app) => app.status().await.map_err(|error| error.view()),
        Err(view) => Err(view),
    };
    text(&system, tauri::webview_version().ok().as_deref(), status.as_ref())
}

fn text(system: &str, web_view: Option<&str>, status: Result<&Status, &ErrorView>) -> String {
    let commit = COMMIT.unwrap_or("not known");
    let mut lines = vec![
        format!("Sally Desktop {} (commit {commit})", env!("CARGO_PKG_VERSION")),
        format!("System: {system}, {}", std::env::consts::ARCH),
    ];
    if cfg!(target_os = "linux") {
        let variable = |name| std::env::var(name).unwrap_or_else(|_| "not known".to_owned());
        lines.push(format!("Desktop: {}, {}", variable("XDG_CURRENT_DESKTOP"), variable("XDG_SESSION_TYPE")));
    }
    lines.push(format!("Web view: {}", web_view.unwrap_or("not known")));
    match status {
        Ok(status) => lines.extend(of_status(status)),
        Err(view) => lines.push(format!("The core could not be started: {:?}", view.code)),
    }
    lines.join("\n") + "\n"
}

fn of_status(status: &Status) -> Vec<String> {
    let in_trouble = |all: usize, trouble: usize| match (all, trouble) {
        (0, _) => "none".to_owned(),
        (all, 0) => all.to_string(),
        (all, trouble) => format!("{all}, {trouble} of them in trouble"),
    };
    let tokens = status.tokens.iter().filter(|token| token.trouble.is_some()).count();
    let servers = status.servers.iter().filter(|server| server.trouble.is_some()).count();
    let sandbox = if status.sandbox.is_some() { ", on a sandbox" } else { "" };
    vec![
        format!("Data: {}", words::without_secrets(&status.data_folder)),
        format!("Confluence, by login: {}{sandbox}", of_connection(&status.connection)),
        format!("Confluence, by API token: {}", in_trouble(status.tokens.len(), tokens)),
        format!("Servers of meetings: {}", in_trouble(status.servers.len(), servers)),
        format!("Not sent yet: {}", status.unsent),
    ]
}

fn of_connection(connection: &Connection) -> &'static str {
    match connection {
        Connection::NotConfigured { .. } => "this build has no registered app",
        Connection::Disconnected { why: None } => "not connected",
        Connection::Disconnected { why: Some(_) } => "not connected, the last try failed",
        Connection::Waiting { .. } | Connection::Finishing => "a login is under way",
        Connection::Connected(account) if account.remembered => "connected",
        Connection::Connected(_) => "connected, for this run only",
        Connection::NeedsReconnecting { .. } => "has to be connected again",
    }
}

#[cfg(test)]
mod tests {
    use sally_core::api::ErrorCode;

    use super::*;

    #[test]
    fn a_report_says_what_the_app_runs_on() {
        let view =
            ErrorView { code: ErrorCode::Failed, message: "The disk of Ada is full.".to_owned(), hint: None };
        let text = text("Debian GNU/Linux 12", Some("2.48"), Err(&view));
        assert!(
            text.starts_with(concat!("Sally Desktop ", env!("CARGO_PKG_VERSION"), " (commit ")),
            "{text}"
        );
        for part in ["System: Debian GNU/Linux 12, ", "Web view: 2.48", "could not be started: Failed"] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert!(!text.contains("Ada"), "no words that may hold a name: {text}");
    }

    #[test]
    fn a_connection_is_told_without_a_name() {
        assert_eq!(of_connection(&Connection::Disconnected { why: None }), "not connected");
        assert_eq!(of_connection(&Connection::Finishing), "a login is under way");
    }
}
