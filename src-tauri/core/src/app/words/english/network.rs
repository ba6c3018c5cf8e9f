//! Of what stands between this network and the outside.

use crate::domain::problem::Network;

/// What signs in where the app cannot, and what has to be set then.
const HELPER: &str = "A local helper such as px or cntlm can do that: start one, set the environment variable HTTPS_PROXY to its \
                      address, such as http://127.0.0.1:3128, and start Sally Desktop again.";

pub(super) fn network(problem: &Network) -> String {
    match problem {
        Network::ProxyPassword { proxy, refused: false } => {
            format!("The proxy {proxy} of this network asks for a name and a password. Nothing was sent.")
        }
        Network::ProxyPassword { proxy, refused: true } => {
            format!(
                "The proxy {proxy} of this network does not accept the name and the password. Nothing was sent."
            )
        }
        Network::ProxySignIn { proxy, schemes } => {
            let schemes =
                if schemes.is_empty() { String::new() } else { format!(" ({})", schemes.join(", ")) };
            format!(
                "The proxy {proxy} of this network asks for a sign-in that Sally Desktop does not have{schemes}. Nothing was \
                 sent. {HELPER}"
            )
        }
        Network::ProxyUnreachable { proxy } => format!(
            "The proxy {proxy} cannot be reached. Check the network connection, and the proxy in the settings of your system."
        ),
        Network::ProxyRefused { proxy, host } => format!(
            "The proxy {proxy} of this network does not lead to {host}. Ask who runs the network to allow it."
        ),
        Network::ProxyKind { proxy, kind } => format!(
            "The proxy {proxy} is of a kind ({kind}) that Sally Desktop does not speak with: only HTTP proxies are used."
        ),
        Network::Script { host } => format!(
            "{host} cannot be reached. Your system chooses its proxy by a script (PAC), which Sally Desktop does not run. {HELPER}"
        ),
        Network::Untrusted { host } => format!(
            "{host} shows a certificate that this computer does not trust. Where a company looks into connections, its authority \
             has to be among the certificates that the system trusts. Nothing was sent."
        ),
    }
}
