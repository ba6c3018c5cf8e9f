//! Of servers that meetings come from.

use super::connection::{address_fault, keyring};
use super::form::not_a_token;
use super::network::network;
use crate::domain::problem::{Keyring, McpFault, Server, ServerPart};

pub(super) fn server(problem: &Server) -> String {
    match problem {
        Server::NotAToken { why } => not_a_token(why),
        Server::BadAddress { why } => format!("This address cannot be used: {}.", address_fault(why)),
        Server::TokenLost => "The keyring no longer holds the token of this server. Paste a new one.".to_owned(),
        Server::ForeignAddress => {
            "A request was held back: it must not carry the token to another address.".to_owned()
        }
        Server::Keyring(Keyring::Locked) => {
            "The keyring of your desktop is locked, so the token cannot be read. Unlock it, then try again.".to_owned()
        }
        Server::Keyring(problem) => {
            format!("The keyring of your desktop could not be used: {}.", keyring(problem))
        }
        Server::TokenRefused => "The server does not accept this token. Check that you copied all of it, and that it was not \
                                 deleted; a new one is made where the old one was."
            .to_owned(),
        Server::TokenExpired => "The token has expired. Make a new one, and paste it.".to_owned(),
        Server::Disabled => "The server knows you, but does not let apps in. An administrator of your company must enable MCP \
                             first."
            .to_owned(),
        Server::NotMcp { why } => format!("What answers at this address is not an MCP server ({}).", mcp_fault(why)),
        Server::ToolMissing { what } => {
            let what = match what {
                ServerPart::Recordings => "a list of recordings",
                ServerPart::Summary => "the summary of a recording",
                ServerPart::Told(what) => what,
            };
            format!("The server offers nothing that gives {what}, so no meetings can be read from it.")
        }
        Server::ArgumentUnknown { tool, argument } => format!(
            "The server's tool {tool} wants “{argument}”, which Sally Desktop does not understand. Please report this."
        ),
        Server::Tool { tool, reason } => format!("The server's tool {tool} did not work: {reason}"),
        Server::Unreachable { host } => format!("{host} cannot be reached. Check the network connection."),
        Server::Network(problem) => network(problem),
        Server::Lost => "The connection broke before the server answered.".to_owned(),
        Server::RateLimited { .. } => "The server asks to slow down.".to_owned(),
        Server::Trouble { status } => format!("The server has trouble at the moment (status {status})."),
        Server::TooMuch { max } => format!(
            "The server sent more than {} MiB, which is the most that is read at once. What came in stays; “Sync now” reads \
             on, if you trust this server.",
            max / (1024 * 1024)
        ),
        Server::Unreadable => "The server answered something that cannot be understood.".to_owned(),
    }
}

fn mcp_fault(fault: &McpFault) -> String {
    match fault {
        McpFault::Status(status) => format!("status {status}"),
        McpFault::NoMediaType => "no media type".to_owned(),
        McpFault::MediaType(other) => format!("it is {other}"),
        McpFault::NoAnswer => "the stream of events has no answer".to_owned(),
        McpFault::AnotherAnswer => "it answers another question".to_owned(),
        McpFault::NoList { tool } => format!("{tool} does not answer with a list of recordings"),
        McpFault::Told(words) => words.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::problem::AddressFault;

    #[test]
    fn each_fault_of_a_server_is_named() {
        let not_mcp = |why| Server::NotMcp { why };
        for (problem, says) in [
            (
                Server::BadAddress { why: AddressFault::NotAnAddress },
                "This address cannot be used: it is not an address such as https://example.com.",
            ),
            (
                Server::BadAddress { why: AddressFault::NotHttps },
                "This address cannot be used: only https is accepted, since a token is sent there.",
            ),
            (
                Server::BadAddress { why: AddressFault::MoreThanAddress },
                "This address cannot be used: it may hold only scheme, host, port, path and query.",
            ),
            (
                not_mcp(McpFault::Status(404)),
                "What answers at this address is not an MCP server (status 404).",
            ),
            (
                not_mcp(McpFault::NoMediaType),
                "What answers at this address is not an MCP server (no media type).",
            ),
            (
                not_mcp(McpFault::MediaType("text/html".into())),
                "What answers at this address is not an MCP server (it is text/html).",
            ),
            (
                not_mcp(McpFault::Told("status 404".into())),
                "What answers at this address is not an MCP server (status 404).",
            ),
            (
                Server::ToolMissing { what: ServerPart::Recordings },
                "The server offers nothing that gives a list of recordings, so no meetings can be read from it.",
            ),
            (
                Server::ToolMissing { what: ServerPart::Summary },
                "The server offers nothing that gives the summary of a recording, so no meetings can be read from it.",
            ),
            (
                Server::TooMuch { max: 512 * 1024 * 1024 },
                "The server sent more than 512 MiB, which is the most that is read at once. What came in stays; “Sync now” \
                 reads on, if you trust this server.",
            ),
        ] {
            assert_eq!(server(&problem), says);
        }
    }
}
