//! What the two dialogs open with, and what a person typed into them.

use jiff::civil;

use super::status::ErrorView;
use super::{App, Error};
use crate::api::{Compose, Draft};
use crate::domain::delivery::Delivery;
use crate::domain::destination::{Destination, TITLE_MAX};
use crate::domain::id::{DeliveryId, MeetingId};
use crate::domain::meeting::{Item, Meeting};

impl App {
    /// What the dialog for an item opens with: what the person typed earlier and did not send, else the
    /// destination used last and a text made from the item.
    pub async fn compose(&self, wanted: Compose) -> Result<Draft, Error> {
        let kept =
            self.0.store.read(move |db| db.documents().draft::<Draft>(wanted.item, wanted.action)).await?;
        match kept {
            Some(draft) => Ok(Draft { kept: true, ..draft }),
            None => self.original(wanted).await,
        }
    }

    /// Keeps what is typed into an open dialog.
    pub async fn keep_draft(&self, draft: Draft) -> Result<(), Error> {
        let now = self.now();
        Ok(self
            .0
            .store
            .write(move |tx| tx.documents_mut().put_draft(draft.item, draft.action, &draft, now))
            .await?)
    }

    /// Forgets what was typed, and answers the dialog's original content.
    pub async fn start_over(&self, wanted: Compose) -> Result<Draft, Error> {
        self.0.store.write(move |tx| tx.documents_mut().delete_draft(wanted.item, wanted.action)).await?;
        self.original(wanted).await
    }

    /// The content of a delivery that did not get through, to be edited.
    pub async fn edit(&self, id: DeliveryId) -> Result<Draft, Error> {
        let found = self.0.store.read(move |db| db.deliveries().get::<ErrorView>(id)).await?;
        let (delivery, why) = found.ok_or(Error::Gone("This delivery is no longer on the list."))?;
        if !delivery.state.is_open() {
            return Err(Error::NotNow("This delivery has left already, so it cannot be changed."));
        }
        Ok(from_delivery(delivery, why))
    }

    async fn original(&self, wanted: Compose) -> Result<Draft, Error> {
        let gone = Error::Gone("This item is no longer in the cache.");
        let found = self
            .0
            .store
            .read(move |db| {
                let Some((meeting, item)) = db.meetings().item(wanted.item)? else { return Ok(None) };
                let Some(meeting) = db.meetings().head(meeting)? else { return Ok(None) };
                let series = series(&meeting.title);
                Ok(Some((db.documents().last_destination(&series, wanted.action)?, meeting, item)))
            })
            .await?;
        let (last, meeting, item) = found.ok_or(gone)?;
        let organizations = self.organizations();
        // A destination in an organization that the connection no longer reaches is of no use.
        let last = last.filter(|last| organizations.iter().any(|o| o.id == *last.organization()));
        let mut draft = Draft {
            item: item.id,
            action: wanted.action,
            replaces: None,
            organization: match (&last, organizations.as_slice()) {
                (Some(last), _) => Some(last.organization().clone()),
                (None, [only]) => Some(only.id.clone()),
                (None, _) => None,
            },
            space: None,
            parent: None,
            page: None,
            title: title(&item.text),
            description: description(&item, &meeting),
            kept: false,
            problem: None,
        };
        match last {
            Some(Destination::NewPage { space, parent, .. }) => {
                draft.space = Some(space);
                draft.parent = parent;
            }
            Some(Destination::Comment { page, .. }) => draft.page = Some(page),
            None => {}
        }
        Ok(draft)
    }

    /// The series of a meeting: meetings that differ only in dates and numbers go to the same place.
    pub(super) async fn series_of(&self, meeting: MeetingId) -> Result<String, Error> {
        let head = self.0.store.read(move |db| db.meetings().head(meeting)).await?;
        Ok(head.map(|meeting| series(&meeting.title)).unwrap_or_default())
    }
}

fn from_delivery(delivery: Delivery, problem: Option<ErrorView>) -> Draft {
    let action = delivery.destination.action();
    let mut draft = Draft {
        item: delivery.item,
        action,
        replaces: Some(delivery.id),
        organization: Some(delivery.destination.organization().clone()),
        space: None,
        parent: None,
        page: None,
        title: String::new(),
        description: delivery.description,
        kept: false,
        problem,
    };
    match delivery.destination {
        Destination::NewPage { space, parent, title, .. } => {
            draft.space = Some(space);
            draft.parent = parent;
            draft.title = title;
        }
        Destination::Comment { page, .. } => draft.page = Some(page),
    }
    draft
}

/// A title from an item's first line, cut at a word where it is too long for Confluence.
fn title(text: &str) -> String {
    let line = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    cut(line, TITLE_MAX)
}

/// At most `most` UTF-16 code units, ending after a whole word and an ellipsis where something is cut.
pub(super) fn cut(line: &str, most: usize) -> String {
    if line.encode_utf16().count() <= most {
        return line.to_owned();
    }
    let mut length = 1; // the ellipsis
    let mut end = 0;
    let mut last_space = None;
    for (at, c) in line.char_indices() {
        length += c.len_utf16();
        if length > most {
            break;
        }
        if c.is_whitespace() {
            last_space = Some(at);
        }
        end = at + c.len_utf8();
    }
    // A line without a space in its second half is cut in the middle of a word: better than losing half of it.
    let end = last_space.filter(|at| *at > end / 2).unwrap_or(end);
    format!("{}…", line[..end].trim_end())
}

/// The item, its owner and due date, and a line of context.
fn description(item: &Item, meeting: &Meeting) -> String {
    let mut paragraphs = vec![item.text.clone()];
    let owner = item.owner.as_ref().map(|owner| format!("- Owner: {owner}"));
    let due =
        item.due.as_ref().map(|due| format!("- Due: {}", due.date.map_or(due.text.clone(), day_in_words)));
    let details: Vec<String> = owner.into_iter().chain(due).collect();
    if !details.is_empty() {
        paragraphs.push(details.join("\n"));
    }
    let (day, _) = super::browse::day_and_time(meeting.held_at);
    let on = day
        .and_then(|day| day.parse().ok())
        .map(|day| format!(", {}", day_in_words(day)))
        .unwrap_or_default();
    let with = match meeting.participants.as_slice() {
        [] => String::new(),
        [one] => format!(", with {one}"),
        [rest @ .., last] => format!(", with {} and {last}", rest.join(", ")),
    };
    let mut context = format!("From the meeting “{}”{on}{with}.", meeting.title);
    if let Some(recording) = &meeting.recording {
        context.push_str("\nRecording: ");
        context.push_str(recording);
    }
    paragraphs.push(context);
    paragraphs.join("\n\n")
}

/// A day that no reader can mistake, such as "20 November 2026".
fn day_in_words(day: civil::Date) -> String {
    day.strftime("%-d %B %Y").to_string()
}

/// What a meeting's title has in common with the others of its series: its letters, without numbers and the
/// names of months.
fn series(title: &str) -> String {
    const MONTHS: [&str; 12] =
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let lower = title.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphabetic()).filter(|word| {
        !word.is_empty() && !MONTHS.iter().any(|month| word.starts_with(month) && is_month(word))
    });
    words.collect::<Vec<_>>().join(" ")
}

fn is_month(word: &str) -> bool {
    const NAMES: [&str; 12] = [
        "january",
        "february",
        "march",
        "april",
        "may",
        "june",
        "july",
        "august",
        "september",
        "october",
        "november",
        "december",
    ];
    word.len() >= 3 && (word == "sept" || NAMES.iter().any(|name| *name == word || &name[..3] == word))
}

/// The same title with the day added, for when it is taken.
pub(super) fn dated(title: &str, day: civil::Date) -> String {
    let suffix = format!(" ({day})");
    format!("{}{suffix}", cut(title, TITLE_MAX - suffix.len()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::id::{ItemId, MeetingId};
    use crate::domain::meeting::{Due, HeldAt, ItemKind};

    #[test]
    fn a_long_title_is_cut_at_a_word() {
        let long = "word ".repeat(80);
        let short = title(&long);
        assert!(short.ends_with("word…"), "the cut shows, and no word is broken: {short}");
        assert!(short.encode_utf16().count() <= TITLE_MAX, "Confluence refuses longer titles");
        assert_eq!(title("  Ship it\nsecond line"), "Ship it", "a title is one line");
        let wide = "🦀".repeat(200);
        assert!(title(&wide).encode_utf16().count() <= TITLE_MAX, "one symbol may count twice");
    }

    #[test]
    fn a_series_is_what_titles_have_in_common() {
        for title in ["ACDE #230 - February 12, 2026", "ACDE #231 – 5 Mar 2026", "acde 232"] {
            assert_eq!(series(title), "acde", "numbers and dates do not make another series: {title}");
        }
        assert_eq!(
            series("Marketing may review"),
            "marketing review",
            "a word that only begins like a month stays"
        );
    }

    #[test]
    fn the_description_says_what_is_known_and_no_more() {
        let mut item = Item {
            id: ItemId::new(),
            kind: ItemKind::Task,
            text: "Write the guide".to_owned(),
            owner: Some("Grace".to_owned()),
            due: Some(Due { text: "20 Nov".to_owned(), date: None }),
            done: false,
            at_ms: None,
        };
        let mut meeting = Meeting {
            id: MeetingId::new(),
            title: "Weekly".to_owned(),
            held_at: Some(HeldAt::Day(civil::date(2026, 11, 12))),
            minutes: None,
            participants: vec!["Ada".to_owned(), "Grace".to_owned(), "Linus".to_owned()],
            recording: None,
            items: Vec::new(),
            transcript: Vec::new(),
            source: String::new(),
        };
        assert_eq!(
            description(&item, &meeting),
            "Write the guide\n\n- Owner: Grace\n- Due: 20 Nov\n\n\
             From the meeting “Weekly”, 12 November 2026, with Ada, Grace and Linus.",
            "the item, who and when, and where it comes from"
        );
        (item.owner, item.due, meeting.held_at) = (None, None, None);
        meeting.participants.clear();
        assert_eq!(
            description(&item, &meeting),
            "Write the guide\n\nFrom the meeting “Weekly”.",
            "what is not known is not mentioned"
        );
    }

    #[test]
    fn a_dated_title_still_fits() {
        let title = dated(&"x".repeat(255), civil::date(2026, 11, 12));
        assert!(title.ends_with("… (2026-11-12)"), "the date is what makes it another title: {title}");
        assert!(title.encode_utf16().count() <= TITLE_MAX, "and it fits");
    }
}
