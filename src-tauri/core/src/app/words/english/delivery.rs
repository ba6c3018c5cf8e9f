//! Of deliveries.

use super::{day, message, moment};
use crate::domain::problem::{Delivery, Originator, Target};
use jiff::tz::TimeZone;

pub(super) fn delivery(problem: &Delivery) -> String {
    match problem {
        Delivery::InDoubt { because, target } => {
            let what = match target {
                Target::Page { title, .. } => format!("The page “{title}” may exist or not"),
                Target::Comment { page } => format!("The comment on “{page}” may exist or not"),
            };
            format!("{} {what}.", message(because))
        }
        Delivery::NotFound(Target::Page { title, space, .. }) => format!(
            "The answer was lost. The page “{title}” may be there, but Confluence does not find it in {space} after some \
             minutes. Look there before you post it again."
        ),
        Delivery::NotFound(Target::Comment { page }) => format!(
            "The answer was lost. The comment may be there, but Confluence does not find it on “{page}” after some minutes. \
             Look there before you post it again."
        ),
        Delivery::Unverifiable { sender } => format!(
            "It was sent by {}, and its answer was lost. The account that is connected now cannot look for it.",
            sender.as_deref().unwrap_or("another account")
        ),
        Delivery::OfAnother { sender, me } => {
            let who = match sender {
                Originator::Named(name) => format!("{name} sent this."),
                Originator::Nameless => "Another account sent this.".to_owned(),
                Originator::NotNoted => "It is not known which account sent this.".to_owned(),
            };
            format!("{who} You are connected as {me}.")
        }
        Delivery::WaitedLong { since, sent: false } => {
            format!("It has waited since {}, so it is not sent without your word.", day(*since))
        }
        Delivery::WaitedLong { since, sent: true } => format!(
            "It was sent on {} and its answer was lost, so it may have arrived. Nobody has looked since.",
            day(*since)
        ),
        Delivery::SeveralWaitedLong { count, since } => {
            let verb = if *count == 1 { "waits" } else { "wait" };
            format!("{count} from {} {verb}.", day(*since))
        }
        Delivery::Unreadable => {
            "It is stored in a form that this version cannot read. Edit shows its words; Cancel takes it \
                                 off the list and keeps them."
                .to_owned()
        }
        Delivery::Interrupted => {
            "Sally Desktop ended while this was on its way, so it may have arrived.".to_owned()
        }
        Delivery::OlderCopy => {
            "Sally Desktop's data is an older copy of itself, so this may have been sent since. Look in \
                                Confluence before you post it again."
                .to_owned()
        }
        Delivery::Damaged => {
            "The database was damaged, so it is not known what became of this. Look in Confluence before you \
                              post it again."
                .to_owned()
        }
        Delivery::WentPlain => {
            "Confluence did not take the text as it was, so its tasks and decisions went as plain lists."
                .to_owned()
        }
        Delivery::Unknown => "It did not get through.".to_owned(),
        Delivery::SentBefore { target, at } => {
            let (place, at) = (place(target), at.to_zoned(TimeZone::system()).strftime("%-d %B, %H:%M"));
            format!("You sent this from this computer to {place} on {at}. Send it again?")
        }
        Delivery::SentElsewhere { target, at } => {
            let (place, at) = (place(target), at.to_zoned(TimeZone::system()).strftime("%-d %B, %H:%M"));
            format!(
                "The same words of yours stand on {place} since {at}, and did not come from this computer. Send them again?"
            )
        }
        Delivery::SentMeanwhile { at, now, .. } => format!("It was sent {}.", moment(*at, *now)),
    }
}

fn place(target: &Target) -> String {
    match target {
        Target::Page { space, title, .. } => format!("{space} as “{title}”"),
        Target::Comment { page } => format!("“{page}”"),
    }
}

/// What a page is called that was not sent.
pub(in crate::app) fn page(title: &str, space: Option<&str>) -> String {
    match space {
        Some(space) => format!("Page “{title}” in {space}"),
        None => format!("Page “{title}”"),
    }
}

/// What a comment is called that was not sent, by the page where it was to go.
pub(in crate::app) fn comment(page: Option<&str>) -> String {
    page.map_or_else(|| "Comment".to_owned(), |page| format!("Comment on “{page}”"))
}

/// What an item is called that was not saved.
pub(in crate::app) fn item_of_meeting() -> String {
    "Item of a meeting".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_sent_is_named_as_far_as_it_is_known() {
        assert_eq!(page("Ship it", Some("Product")), "Page “Ship it” in Product");
        assert_eq!(page("Ship it", None), "Page “Ship it”");
        assert_eq!(comment(Some("Roadmap")), "Comment on “Roadmap”");
        assert_eq!(comment(None), "Comment");
    }
}
