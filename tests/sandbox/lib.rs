//! The sandbox: a stand-in for Atlassian and for Sally over real HTTP, for tests and for trying the app out. One
//! origin serves the authorization server with a consent page to click, the page on which a person makes API tokens,
//! the API gateway with the part of Confluence that the app uses, each organization's own address with the same and a
//! web view of what was made, and Sally's MCP server. It is as strict as the real one is known to be, keeps
//! everything in memory, and does what it is told to do wrong. It refuses to reach anything outside of the
//! machine. Tests start it with [`Sandbox::start`]; the binary `sally-sandbox` is the same for people.

mod adf;
mod auth;
pub mod browser;
mod call;
mod clock;
mod comments;
mod consent;
mod content;
mod control;
mod cursor;
mod data;
mod faults;
mod gateway;
mod input;
mod labels;
mod line;
mod log;
mod pages;
mod people;
mod points;
mod problem;
mod profile;
mod random;
mod sally;
mod scopes;
mod search;
mod serve;
mod site;
mod spaces;
mod templates;
mod tokens;
mod v2;
mod web;
mod world;

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub use self::adf::GateError;
pub use self::auth::Tokens;
pub use self::clock::Clock;
pub use self::control::{Organization, StoredComment, StoredPage};
pub use self::data::ARCHIVED_TITLE;
pub use self::faults::{Fault, Order, RetryAfter};
pub use self::log::Record;
pub use self::sally::{Form, Recording, Task};
pub use self::scopes::SCOPES;
pub use self::site::Access;
pub use self::tokens::{TOKEN_SCOPES, TokenKind};
pub use self::world::Quirk;

use self::auth::{Auth, Client};
use self::consent::Desk;
use self::faults::Faults;
use self::line::{Cut, Door, Lines};
use self::log::Log;
use self::points::Points;
use self::sally::{Sally, Service};
use self::site::Site;
use self::tokens::ApiTokens;
use self::world::{Settings, Shared, World};

/// How a sandbox is started.
#[derive(Clone, Debug)]
pub struct Options {
    /// The port on 127.0.0.1; 0 for any.
    pub port: u16,
    /// Decides tokens and the faults that strike by probability.
    pub seed: u64,
    /// The app's client id.
    pub client_id: String,
    /// The app's client secret.
    pub client_secret: String,
    /// The addresses to which a login may return, compared byte by byte.
    pub redirect_uris: Vec<String>,
    /// How far search lags behind what is written.
    pub index_lag: Duration,
    /// What time it is.
    pub clock: Clock,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            port: 0,
            seed: 1,
            client_id: "sandbox-client".to_owned(),
            client_secret: "sandbox-secret-not-a-secret".to_owned(),
            redirect_uris: vec!["sally://oauth/callback".to_owned()],
            index_lag: Duration::ZERO,
            clock: Clock::running(),
        }
    }
}

/// Why a sandbox did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The schema that bodies are checked by is not there.
    #[error(transparent)]
    Schema(#[from] GateError),
    /// The port cannot be had.
    #[error("The sandbox cannot listen on 127.0.0.1:{port} ({source})")]
    Listen {
        /// The port.
        port: u16,
        /// What the operating system said.
        source: std::io::Error,
    },
}

/// A running sandbox. It stops when it is dropped, and every connection to it breaks.
#[derive(Debug)]
pub struct Sandbox {
    shared: Arc<Shared>,
    address: SocketAddr,
    server: Mutex<Option<JoinHandle<()>>>,
}

impl Sandbox {
    /// Starts it on the runtime of the caller.
    pub async fn start(options: Options) -> Result<Self, StartError> {
        let gate = adf::Gate::open()?;
        let listener = listen(options.port).await?;
        let address =
            listener.local_addr().map_err(|source| StartError::Listen { port: options.port, source })?;
        let client = Client {
            id: options.client_id,
            secret: options.client_secret,
            redirect_uris: options.redirect_uris,
        };
        let world = World {
            origin: format!("http://{address}"),
            auth: Auth::new(client, options.seed),
            desk: Desk::default(),
            tokens: ApiTokens::default(),
            at_browser: data::ADA,
            sites: (0..).zip(data::BASES.iter()).map(|(place, base)| Site::new(place, base)).collect(),
            settings: Settings { index_lag: options.index_lag, ..Settings::default() },
            gate,
        };
        let sally = Sally::new(options.clock.now());
        let shared = Arc::new(Shared {
            clock: options.clock,
            mcp: Service::new(&sally),
            sally,
            world: Mutex::new(world),
            faults: Mutex::new(Faults::new(options.seed)),
            log: Log::default(),
            points: Points::default(),
            lines: Arc::new(Lines::default()),
        });
        let server = Mutex::new(Some(spawn(listener, &shared)));
        Ok(Self { shared, address, server })
    }

    /// The origin, such as `http://127.0.0.1:4711`: of the authorization server, the API and the web view.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Nobody answers any more: connections break, and new ones are refused, as without a network.
    pub async fn go_offline(&self) {
        let server = self.server.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(server) = server {
            server.abort();
            // The port is free only when the task has let go of the listener.
            let _cancelled = server.await;
        }
        self.shared.lines.cut_all();
    }

    /// Listens again, on the same port, with everything as it was.
    pub async fn go_online(&self) -> Result<(), StartError> {
        let listener = listen(self.address.port()).await?;
        let server = spawn(listener, &self.shared);
        let old = self.server.lock().unwrap_or_else(PoisonError::into_inner).replace(server);
        if let Some(old) = old {
            old.abort();
        }
        Ok(())
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        if let Some(server) = self.server.get_mut().unwrap_or_else(PoisonError::into_inner).take() {
            server.abort();
        }
        self.shared.lines.cut_all();
    }
}

async fn listen(port: u16) -> Result<TcpListener, StartError> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    TcpListener::bind(address).await.map_err(|source| StartError::Listen { port, source })
}

fn spawn(listener: TcpListener, shared: &Arc<Shared>) -> JoinHandle<()> {
    let door = Door { listener, lines: Arc::clone(&shared.lines) };
    let router = Router::new().fallback(serve::answer).with_state(Arc::clone(shared));
    tokio::spawn(async move {
        // It serves until it is aborted; accepting does not fail, it waits.
        let _never = axum::serve(door, router.into_make_service_with_connect_info::<Cut>()).await;
    })
}
