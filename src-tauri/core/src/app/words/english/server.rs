//! Of servers that meetings come from.

use super::connection::keyring;
use super::form::not_a_token;
use crate::domain::problem::{Keyring, Server};

pub(super) fn server(problem: &Server) -> String {
    match problem {
        Server::NotAToken { why } => not_a_token(why),
        Server::BadAddress { why } => format!("This address cannot be used: {why}."),
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
        Server::NotMcp { why } => format!("What answers at this address is not an MCP server ({why})."),
        Server::ToolMissing { what } => {
            format!("The server offers nothing that gives {what}, so no meetings can be read from it.")
        }
        Server::ArgumentUnknown { tool, argument } => format!(
            "The server's tool {tool} wants “{argument}”, which Sally Desktop does not understand. Please report this."
        ),
        Server::Tool { tool, reason } => format!("The server's tool {tool} did not work: {reason}"),
        Server::Unreachable { host } => format!("{host} cannot be reached. Check the network connection."),
        Server::Lost => "The connection broke before the server answered.".to_owned(),
        Server::RateLimited { .. } => "The server asks to slow down.".to_owned(),
        Server::Trouble { status } => format!("The server has trouble at the moment (status {status})."),
        Server::Unreadable => "The server answered something that cannot be understood.".to_owned(),
    }
}
