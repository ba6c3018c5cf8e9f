//! The tokens in a real keyring: gnome-keyring on a bus and in a home folder of its own, so that nobody's
//! keyring is touched. Each test starts this binary again inside that world. Needs the Debian packages
//! `dbus`, `gnome-keyring` and `libglib2.0-bin`.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, clippy::expect_used, reason = "the helpers of tests fail as tests do")]

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;

use axum::routing::post;
use axum::{Json, Router};
use sally_core::auth::{
    EntryLock, Kept, Keychain, OsKeychain, SallySettings, Servers, Session, Settings, Signer, keychain,
    servers,
};
use sally_core::clock::SystemClock;
use sally_core::domain::id::ServerId;
use sally_core::http::Http;

/// Set in the process inside.
const INSIDE: &str = "SALLY_TEST_KEYRING";

#[test]
fn an_open_keyring_remembers_the_connection() {
    if !is_inside() {
        return enter("an_open_keyring_remembers_the_connection", &Bus::Private);
    }
    let daemon = Daemon::unlocked();
    block_on(async {
        let world = World::new().await;
        let session = world.session();
        assert!(session.restore().await.unwrap().is_none(), "the keyring is empty at first");
        let granted = log_in(&session).await;
        assert!(granted.remembered, "the keyring is open: {:?}", granted.keychain);

        let next_run = world.session();
        assert!(next_run.restore().await.unwrap().is_some(), "the next run finds the tokens");
        assert!(next_run.is_connected(), "and needs no login");
        // Saving again takes the place of what was there.
        assert!(log_in(&next_run).await.remembered, "a second login is remembered as well");

        next_run.disconnect().await.unwrap();
        assert!(world.session().restore().await.unwrap().is_none(), "and a disconnect forgotten");
        next_run.disconnect().await.unwrap();
    });
    drop(daemon);
}

#[test]
fn an_open_keyring_keeps_the_token_of_a_server() {
    if !is_inside() {
        return enter("an_open_keyring_keeps_the_token_of_a_server", &Bus::Private);
    }
    let daemon = Daemon::unlocked();
    block_on(async {
        let settings = SallySettings::read(|_| None).unwrap();
        let locks = tempfile::tempdir().unwrap();
        let servers = || {
            let entry = settings.keychain_entry();
            Servers::new(Arc::new(OsKeychain::named(&entry)), EntryLock::new(locks.path(), &entry))
        };
        let id = ServerId::new();
        let signer = Signer::new(settings.address().clone(), &"sally_pat_test".to_owned().into()).unwrap();
        servers().keep(id, signer).await.unwrap();
        let next_run = servers();
        let signer = next_run.signer(id).await.unwrap();
        let mut request = reqwest::Request::new(reqwest::Method::POST, settings.address().clone());
        signer.sign(&mut request).unwrap();
        assert_eq!(request.headers()["authorization"], "Bearer sally_pat_test", "the next run has the token");
        next_run.forget(id).await.unwrap();
        let gone = servers().signer(id).await;
        assert!(matches!(gone, Err(servers::Error::NotConnected)), "a disconnect deletes it: {gone:?}");
        assert!(
            OsKeychain::named(settings.keychain_entry()).load().unwrap().is_none(),
            "and leaves nothing behind"
        );
    });
    drop(daemon);
}

#[test]
fn a_locked_keyring_is_told_from_none() {
    if !is_inside() {
        return enter("a_locked_keyring_is_told_from_none", &Bus::Private);
    }
    // Nobody gives the password, and there is no screen to ask for it.
    let daemon = Daemon::locked();
    let granted = block_on(async { log_in(&World::new().await.session()).await });
    assert!(!granted.remembered, "nothing could be stored");
    let locked = matches!(granted.keychain, Some(keychain::Error::Locked { .. }));
    assert!(locked, "unlocking it helps, so the app must say so: {:?}", granted.keychain);
    drop(daemon);
}

#[test]
fn without_a_bus_there_is_no_keyring() {
    if !is_inside() {
        return enter("without_a_bus_there_is_no_keyring", &Bus::None);
    }
    let granted = block_on(async { log_in(&World::new().await.session()).await });
    assert!(!granted.remembered, "nothing could be stored");
    let absent = matches!(granted.keychain, Some(keychain::Error::NoKeyring { .. }));
    assert!(absent, "there is nothing to unlock: {:?}", granted.keychain);
}

enum Bus {
    Private,
    None,
}

fn is_inside() -> bool {
    std::env::var_os(INSIDE).is_some()
}

/// Runs one test of this binary in a world of its own, and expects it to pass there.
fn enter(test: &str, bus: &Bus) {
    let home = tempfile::tempdir().unwrap();
    let runtime = home.path().join("runtime");
    std::fs::create_dir(&runtime).unwrap();
    keep_private(&runtime);
    let this = std::env::current_exe().unwrap();
    let mut command = match bus {
        Bus::Private => {
            let mut command = Command::new("dbus-run-session");
            command.arg("--").arg(this);
            command
        }
        Bus::None => Command::new(this),
    };
    command
        .args(["--exact", test, "--nocapture", "--test-threads=1"])
        .env(INSIDE, "1")
        .env("HOME", home.path())
        .env("XDG_RUNTIME_DIR", &runtime)
        .env("XDG_DATA_HOME", home.path().join("data"))
        .env("DBUS_SESSION_BUS_ADDRESS", format!("unix:path={}", runtime.join("no-bus").display()))
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY");
    let output = command.output().expect("dbus-run-session runs (package dbus)");
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "inside:\n{stdout}\n{stderr}");
    assert!(stdout.contains("1 passed"), "the test must have run inside:\n{stdout}\n{stderr}");
}

/// The keyring trusts only a folder that nobody else can enter.
fn keep_private(folder: &Path) {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700)).unwrap();
}

/// gnome-keyring, which ends with this.
struct Daemon(std::process::Child);

impl Daemon {
    fn unlocked() -> Self {
        Self::start(&["--unlock"], b"password")
    }

    fn locked() -> Self {
        Self::start(&["--start"], b"")
    }

    fn start(arguments: &[&str], password: &[u8]) -> Self {
        let mut daemon = Command::new("gnome-keyring-daemon")
            .args(arguments)
            .args(["--components=secrets", "--foreground"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .expect("gnome-keyring-daemon runs (package gnome-keyring)");
        daemon.stdin.take().unwrap().write_all(password).unwrap();
        let ready = Command::new("gdbus")
            .args(["wait", "--session", "--timeout", "20", "org.freedesktop.secrets"])
            .status()
            .expect("gdbus runs (package libglib2.0-bin)");
        assert!(ready.success(), "the keyring answers on the bus within 20 seconds");
        Self(daemon)
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
    }
}

/// A token endpoint, and a folder for the lock.
struct World {
    address: String,
    folder: tempfile::TempDir,
}

impl World {
    async fn new() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        // As long as Atlassian's.
        let (access, refresh) = ("a".repeat(2_500), "r".repeat(1_500));
        let pair = serde_json::json!({
            "access_token": access, "refresh_token": refresh, "expires_in": 3600, "token_type": "Bearer",
        });
        let router = Router::new().route("/oauth/token", post(async || Json(pair)));
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { address, folder: tempfile::tempdir().unwrap() }
    }

    fn session(&self) -> Session {
        let settings = Settings::read(|name| match name {
            "SALLY_ATLASSIAN_AUTH_URL" | "SALLY_ATLASSIAN_API_URL" => Some(self.address.clone()),
            "SALLY_ATLASSIAN_CLIENT_ID" | "SALLY_ATLASSIAN_CLIENT_SECRET" => Some("test".to_owned()),
            _ => None,
        })
        .unwrap();
        let keychain = Arc::new(OsKeychain::named(settings.keychain_entry()));
        let lock = EntryLock::new(self.folder.path(), &settings.keychain_entry());
        Session::new(settings, Http::default(), keychain, Arc::new(SystemClock), lock)
    }
}

async fn log_in(session: &Session) -> Kept {
    let start = session.start_login().await.unwrap();
    let (_, state) = start.authorize.query_pairs().find(|(name, _)| name == "state").unwrap();
    let granted =
        session.finish_login(&format!("sally://oauth/callback?code=c&state={state}")).await.unwrap();
    session.keep(granted.login, &"ada".into()).await.unwrap()
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap().block_on(future)
}
