//! Of questions in a dialog of the system.

use crate::app::Question;

/// Whether a token may be sent to a server that was not connected before.
pub(in crate::app) fn connect_to(host: &str) -> Question {
    Question {
        title: format!("Connect to {host}?"),
        text: "Sally Desktop sends the token that you pasted to this server, and reads meetings from it. Connect only if you \
               typed this address yourself."
            .to_owned(),
        yes: "Connect".to_owned(),
        no: "Cancel".to_owned(),
    }
}

/// Whether the recording of a meeting may be opened, on a host whose recordings were not opened before.
pub(in crate::app) fn open_recording(host: &str) -> Question {
    Question {
        title: format!("Open {host}?"),
        text: "The file or the server that the meeting came from says that its recording is there. It opens in your browser. You \
               are asked once for each host."
            .to_owned(),
        yes: "Open".to_owned(),
        no: "Cancel".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_names_the_host() {
        assert_eq!(connect_to("mcp.example.com:8443").title, "Connect to mcp.example.com:8443?");
        assert_eq!(open_recording("media.example").title, "Open media.example?");
    }
}
