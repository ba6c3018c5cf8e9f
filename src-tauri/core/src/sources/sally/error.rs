//! Errors of a meeting server. No message contains a token; of the server's own text only the reason of a failed tool is
//! included.

use jiff::Timestamp;

use crate::auth::servers;
use crate::domain::problem::{McpFault, Network, ServerPart};
use crate::http::Fault;

/// Why a server did not give what it was asked for.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The token, or the keyring that holds it.
    #[error(transparent)]
    Auth(#[from] servers::Error),
    /// The server does not accept the token (401).
    #[error("the server does not accept the token")]
    TokenRefused,
    /// The server says that the token has expired (401).
    #[error("the token has expired")]
    TokenExpired,
    /// The server knows the token and does not let it in (403): an administrator has not enabled it.
    #[error("the server does not let this account in")]
    Disabled,
    /// Whatever answers at the address does not speak MCP.
    #[error("what answers at this address is not an MCP server (“{why:?}”)")]
    NotMcp {
        /// What came back, such as a status.
        why: McpFault,
    },
    /// The server has no tool for something that is needed.
    #[error("the server has no tool for something ({what:?})")]
    ToolMissing {
        /// What is missing.
        what: ServerPart,
    },
    /// A tool needs an argument that the app does not understand.
    #[error("the tool {tool} needs “{argument}”, which is not understood")]
    ArgumentUnknown {
        /// The tool.
        tool: String,
        /// The argument.
        argument: String,
    },
    /// A tool says that it did not work.
    #[error("the tool {tool} failed: “{reason}”")]
    Tool {
        /// The tool.
        tool: String,
        /// In the server's words, cut short.
        reason: String,
    },
    /// No byte of the request left.
    #[error("{host} cannot be reached")]
    Unreachable {
        /// The host.
        host: String,
        /// What the network said.
        source: Fault,
    },
    /// What stands between this network and the outside let nothing through.
    #[error("{host} cannot be reached from this network")]
    Barred {
        /// The host.
        host: String,
        /// What stands there.
        what: Box<Network>,
        /// What the network said.
        source: Fault,
    },
    /// The answer did not come, or not whole. Reading changes nothing, so it can be asked again.
    #[error("the answer was lost")]
    Lost(#[source] Fault),
    /// The server asks to slow down.
    #[error("the server asks to slow down")]
    RateLimited {
        /// When it wants to be asked again, where it says so.
        until: Option<Timestamp>,
    },
    /// The server has trouble of its own.
    #[error("the server has trouble (status {status})")]
    Server {
        /// The HTTP status.
        status: u16,
    },
    /// The server sent more in one sync than is read.
    #[error("the server sent more than {max} bytes in one sync")]
    TooMuch {
        /// Bytes.
        max: u64,
    },
    /// The answer is MCP, and cannot be understood.
    #[error("the answer cannot be understood (“{why:?}”)")]
    Unreadable {
        /// What is wrong with it.
        why: McpFault,
    },
}

impl Error {
    /// Whether asking again, later, may help.
    pub fn is_passing(&self) -> bool {
        matches!(
            self,
            Self::Lost(_) | Self::Unreachable { .. } | Self::RateLimited { .. } | Self::Server { .. }
        )
    }

    /// Whether it is about one answer, so that others may be right all the same.
    pub fn is_about_one(&self) -> bool {
        matches!(
            self,
            Self::Tool { .. }
                | Self::Unreadable { .. }
                | Self::NotMcp { .. }
                | Self::Lost(_)
                | Self::Server { .. }
        )
    }

    /// Whether the server is not asked again before the person does something: pastes a new token, talks to an
    /// administrator, or wants more of what was too much.
    pub fn needs_person(&self) -> bool {
        matches!(
            self,
            Self::TokenRefused
                | Self::TokenExpired
                | Self::Disabled
                | Self::TooMuch { .. }
                | Self::Auth(servers::Error::NotConnected)
        )
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        match &fault {
            Fault::NotSent { host, .. } => Self::Unreachable { host: host.clone(), source: fault },
            Fault::Barred { host, what, .. } => {
                Self::Barred { host: host.clone(), what: what.clone(), source: fault }
            }
            Fault::Lost { .. } => Self::Lost(fault),
        }
    }
}
