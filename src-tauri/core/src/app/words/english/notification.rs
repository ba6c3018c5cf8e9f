//! Of notifications of the desktop.

use crate::domain::destination::Action;

/// One delivery arrived.
pub(in crate::app) fn arrived(action: Action) -> String {
    match action {
        Action::CreatePage => "Page created",
        Action::AddComment => "Comment added",
    }
    .to_owned()
}

/// Several deliveries arrived.
pub(in crate::app) fn several_arrived(count: usize) -> String {
    format!("{count} sent to Confluence")
}

/// It is not known whether the delivery of this title arrived.
pub(in crate::app) fn not_confirmed(title: &str) -> String {
    format!("Not confirmed: {title}")
}

/// The delivery of this title waits for the person.
pub(in crate::app) fn needs_you(title: &str) -> String {
    format!("Needs you: {title}")
}

/// Several deliveries wait for the person.
pub(in crate::app) fn several_need_you(count: usize) -> String {
    format!("{count} deliveries need you")
}

/// The main window was closed, and the app goes on: title and text.
pub(in crate::app) fn stays_in_tray() -> (String, String) {
    (
        "Sally Desktop stays in the tray".to_owned(),
        "Its menu has Quick send and Quit. Settings → General says whether it stays.".to_owned(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notifications_are_short() {
        assert_eq!(arrived(Action::CreatePage), "Page created");
        assert_eq!(arrived(Action::AddComment), "Comment added");
        assert_eq!(several_arrived(3), "3 sent to Confluence");
        assert_eq!(not_confirmed("Weekly"), "Not confirmed: Weekly");
        assert_eq!(needs_you("Weekly"), "Needs you: Weekly");
        assert_eq!(several_need_you(2), "2 deliveries need you");
    }
}
