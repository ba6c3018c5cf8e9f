//! What the two dialogs open with, and what a person typed into them.

use std::collections::BTreeMap;

use jiff::{Timestamp, civil};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::send::OFF_THE_LIST;
use super::status::ErrorView;
use super::template::Filling;
use super::unreadable::{document_of, salvaged};
use super::{App, Error};
use crate::adf::Document;
use crate::api::{
    Compose, Draft, ErrorCode, Filled, FindPeople, Mentionable, Preview, Refill, Settings, Templates,
};
use crate::domain::delivery::Delivery;
use crate::domain::destination::{Destination, Place, TITLE_MAX, Target};
use crate::domain::id::{DeliveryId, ItemId, MeetingId};
use crate::domain::meeting::{Due, HeldAt, Item, ItemKind, Meeting};
use crate::store::Listed;

impl App {
    /// What the dialog for items opens with: what the person typed earlier and did not send, else the destination
    /// used last and a text made from the items.
    pub async fn compose(&self, wanted: Compose) -> Result<Draft, Error> {
        let (subject, _) = self.subject(&wanted.items).await?;
        let (action, now) = (wanted.action, self.now());
        let kept = self
            .0
            .store
            .read(move |db| {
                let Some(draft) = db.drafts().get::<Draft>(subject, action)? else { return Ok(None) };
                let replaced = draft.replaces.map(|id| db.deliveries().get::<ErrorView>(id)).transpose()?;
                Ok(Some(still_replacing(draft, replaced.flatten(), now)))
            })
            .await?;
        match kept {
            Some(draft) => {
                let senders = self.senders_to_show().await?;
                Ok(aimed(Draft { kept: true, senders, ..draft }, wanted.target))
            }
            None => self.original(wanted).await,
        }
    }

    /// Keeps what is typed into an open dialog.
    pub async fn keep_draft(&self, draft: Draft) -> Result<(), Error> {
        let (subject, meeting) = self.subject(&draft.items).await?;
        let now = self.now();
        // What is true only now is not kept.
        let draft = Draft { senders: BTreeMap::new(), ..draft };
        Ok(self
            .0
            .store
            .write(move |tx| tx.drafts_mut().put(subject, meeting, draft.action, &draft, now))
            .await?)
    }

    /// Forgets what was typed, and answers the dialog's original content.
    pub async fn start_over(&self, wanted: Compose) -> Result<Draft, Error> {
        let (subject, _) = self.subject(&wanted.items).await?;
        let action = wanted.action;
        self.0.store.write(move |tx| tx.drafts_mut().delete(subject, action)).await?;
        self.original(wanted).await
    }

    /// The content of a delivery that did not get through, to be edited.
    pub async fn edit(&self, id: DeliveryId) -> Result<Draft, Error> {
        let (found, document) = self
            .0
            .store
            .read(move |db| {
                Ok((db.deliveries().listed::<ErrorView>(id)?, db.deliveries().stored_document(id)?))
            })
            .await?;
        let (listed, stored) = found.zip(document).ok_or(OFF_THE_LIST)?;
        let senders = self.senders_to_show().await?;
        match listed {
            Listed::Delivery(delivery, _) if !delivery.state.is_open() => {
                Err(Error::NotNow("This delivery has left already, so it cannot be changed."))
            }
            Listed::Delivery(delivery, why) => {
                // Who sends it, and when, is not for its fields to mend.
                let why =
                    why.filter(|why| !matches!(why.code, ErrorCode::AnotherAccount | ErrorCode::WaitedLong));
                let draft = from_delivery(*delivery, document_of(&stored), why);
                Ok(Draft { senders, ..draft })
            }
            Listed::Unreadable(unreadable) => Ok(Draft { senders, ..salvaged(*unreadable, &stored) }),
        }
    }

    /// The people who can be mentioned.
    pub async fn people(&self) -> Result<Vec<Mentionable>, Error> {
        let all = self.0.store.read(|db| db.people().all()).await?;
        Ok(all.into_iter().map(|(id, name)| Mentionable { id, name }).collect())
    }

    /// The people of an organization whose names have words that begin so.
    pub async fn find_people(&self, wanted: FindPeople) -> Result<Vec<Mentionable>, Error> {
        self.restored().await;
        let confluence = self.confluence_of(&wanted.organization)?;
        let found = confluence.find_people(&wanted.organization, &wanted.query).await;
        let found = found.map_err(|error| self.noticed(&wanted.organization, error))?;
        Ok(found.into_iter().map(|person| Mentionable { id: person.id, name: person.name }).collect())
    }

    /// What the templates of another destination make of the items of a dialog.
    pub async fn refill(&self, wanted: Refill) -> Result<Filled, Error> {
        let items = wanted.items;
        let found = self
            .0
            .store
            .read(move |db| {
                let settings = db.settings().get::<Settings>()?.unwrap_or_default();
                Ok(db.meetings().with_items(&items)?.map(|meeting| (meeting, settings)))
            })
            .await?;
        let (meeting, settings) = found.ok_or(Error::ITEM_GONE)?;
        let people = self.people().await?;
        let mut filling = Filling { meeting: &meeting, people: &people, new_id: &mut new_id };
        Ok(filling.filled(templates(&settings, wanted.place.as_ref()), wanted.action))
    }

    /// What templates make of an example.
    pub async fn preview(&self, wanted: Preview) -> Result<Filled, Error> {
        let people = self.people().await?;
        let mut meeting = example();
        if !wanted.several {
            meeting.items.truncate(1);
        }
        let mut filling = Filling { meeting: &meeting, people: &people, new_id: &mut new_id };
        Ok(filling.filled(&wanted.templates, wanted.action))
    }

    async fn original(&self, wanted: Compose) -> Result<Draft, Error> {
        let (items, action) = (wanted.items.clone(), wanted.action);
        let found = self
            .0
            .store
            .read(move |db| {
                let Some(meeting) = db.meetings().with_items(&items)? else { return Ok(None) };
                let last = db.targets().last_target(&series(&meeting.title), action)?;
                let settings = db.settings().get::<Settings>()?.unwrap_or_default();
                Ok(Some((last, meeting, settings)))
            })
            .await?;
        let (last, meeting, settings) = found.ok_or(Error::ITEM_GONE)?;
        let (people, senders) = (self.people().await?, self.senders_to_show().await?);
        let mut filling = Filling { meeting: &meeting, people: &people, new_id: &mut new_id };
        let organizations = self.organizations();
        let last = wanted.target.filter(|target| target.action() == action).or(last);
        // A destination in an organization that the connection no longer reaches is of no use.
        let last = last.filter(|last| organizations.iter().any(|o| o.id == *last.organization()));
        let place = last.as_ref().map(Target::place);
        let Filled { title, document } = filling.filled(templates(&settings, place.as_ref()), action);
        let draft = Draft {
            action,
            replaces: None,
            organization: match organizations.as_slice() {
                [only] => Some(only.id.clone()),
                _ => None,
            },
            space: None,
            parent: None,
            page: None,
            title,
            document,
            items: wanted.items,
            kept: false,
            problem: None,
            senders,
        };
        Ok(aimed(draft, last))
    }

    /// What a draft about these items is kept under, and the meeting that they are of.
    pub(super) async fn subject(&self, items: &[ItemId]) -> Result<(Uuid, MeetingId), Error> {
        let first = *items.first().ok_or(Error::NotNow("There is nothing to send: no item was chosen."))?;
        let found = self.0.store.read(move |db| db.meetings().item(first)).await?;
        let (meeting, _) = found.ok_or(Error::ITEM_GONE)?;
        Ok((subject(items).unwrap_or(first.0), meeting))
    }

    /// The series of a meeting: meetings that differ only in dates and numbers go to the same place.
    pub(super) async fn series_of(&self, meeting: MeetingId) -> Result<String, Error> {
        let head = self.0.store.read(move |db| db.meetings().head(meeting)).await?;
        Ok(head.map(|meeting| series(&meeting.title)).unwrap_or_default())
    }
}

/// A draft with its fields at a target, where that is one of its dialog's.
fn aimed(mut draft: Draft, target: Option<Target>) -> Draft {
    let Some(target) = target.filter(|target| target.action() == draft.action) else { return draft };
    draft.organization = Some(target.organization().clone());
    match target {
        Target::NewPage { space, parent, .. } => {
            draft.space = Some(space);
            draft.parent = parent;
        }
        Target::Comment { page, .. } => draft.page = Some(page),
    }
    draft
}

/// The templates of a destination: its own, or those of all others.
fn templates<'a>(settings: &'a Settings, place: Option<&Place>) -> &'a Templates {
    let own = place.and_then(|place| settings.own_templates.iter().find(|own| own.place.is(place)));
    own.map_or(&settings.templates, |own| &own.templates)
}

/// One item is its own subject. Several are known again by what they are together, so that choosing one more does not
/// replace what was typed about the others.
pub(super) fn subject(items: &[ItemId]) -> Option<Uuid> {
    if let [one] = items {
        return Some(one.0);
    }
    if items.is_empty() {
        return None;
    }
    let mut ids: Vec<Uuid> = items.iter().map(|item| item.0).collect();
    ids.sort_unstable();
    let mut digest = Sha256::new();
    for id in ids {
        digest.update(id.as_bytes());
    }
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(digest.finalize()).for_each(|(to, from)| *to = from);
    Some(uuid::Builder::from_custom_bytes(bytes).into_uuid())
}

fn new_id() -> String {
    Uuid::new_v4().to_string()
}

/// What templates are shown with.
fn example() -> Meeting {
    let item = |kind, text: &str, owner: Option<&str>, due: Option<civil::Date>| Item {
        id: ItemId::new(),
        kind,
        text: text.to_owned(),
        formatted: None,
        owner: owner.map(str::to_owned),
        due: due.map(|date| Due { text: date.to_string(), date: Some(date) }),
        done: false,
        at_ms: None,
    };
    Meeting {
        id: MeetingId::new(),
        title: "Weekly product sync".to_owned(),
        held_at: Some(HeldAt::Day(civil::date(2026, 11, 12))),
        minutes: Some(45),
        participants: ["Ada", "Grace", "Linus"].map(str::to_owned).to_vec(),
        recording: Some("https://example.com/recording".to_owned()),
        items: vec![
            item(ItemKind::Decision, "Ship the importer behind a flag", None, None),
            item(ItemKind::Insight, "Trial sign-ups doubled", None, None),
            item(ItemKind::NextStep, "Pilot with two customers", None, None),
            item(ItemKind::Task, "Write the migration guide", Some("Grace"), Some(civil::date(2026, 11, 20))),
        ],
        transcript: Vec::new(),
        source: String::new(),
    }
}

/// A kept draft as it opens: what it replaces may have gone on since.
fn still_replacing(draft: Draft, replaced: Option<(Delivery, Option<ErrorView>)>, now: Timestamp) -> Draft {
    match replaced {
        Some((delivery, _)) if delivery.state.is_open() => draft,
        Some((delivery, _)) if delivery.state.is_sent() => {
            let sent = Error::SentMeanwhile { delivery: delivery.id, at: delivery.changed, now };
            Draft { problem: Some(sent.view()), ..draft }
        }
        // On its way, or perhaps arrived: what is sent beside it is told apart at the latest when it is sent.
        Some(_) => draft,
        None => Draft { replaces: None, problem: None, ..draft },
    }
}

pub(super) fn from_delivery(delivery: Delivery, document: Document, problem: Option<ErrorView>) -> Draft {
    let target = delivery.destination.target();
    let draft = Draft {
        items: delivery.items,
        action: target.action(),
        replaces: Some(delivery.id),
        organization: None,
        space: None,
        parent: None,
        page: None,
        title: match delivery.destination {
            Destination::NewPage { title, .. } => title,
            Destination::Comment { .. } => String::new(),
        },
        document,
        kept: false,
        problem,
        senders: BTreeMap::new(),
    };
    aimed(draft, Some(target))
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

/// What a meeting's title has in common with the others of its series: its letters, without numbers and the
/// names of months.
pub(super) fn series(title: &str) -> String {
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

    #[test]
    fn a_long_title_is_cut_at_a_word() {
        let long = "word ".repeat(80);
        let short = cut(&long, TITLE_MAX);
        assert!(short.ends_with("word…"), "the cut shows, and no word is broken: {short}");
        assert!(short.encode_utf16().count() <= TITLE_MAX, "Confluence refuses longer titles");
        let wide = "🦀".repeat(200);
        assert!(cut(&wide, TITLE_MAX).encode_utf16().count() <= TITLE_MAX, "one symbol may count twice");
    }

    #[test]
    fn a_series_is_what_titles_have_in_common() {
        for title in ["ACDE #230 - February 12, 2026", "ACDE #231 – 5 Mar 2026", "acde 232"] {
            assert_eq!(series(title), "acde", "numbers and dates do not make another series: {title}");
        }
        assert_eq!(
            series("Marketing review"),
            "marketing review",
            "a word that only begins like a month stays"
        );
    }

    #[test]
    fn what_was_typed_about_some_items_is_known_again() {
        let [a, b, c] = [ItemId::new(), ItemId::new(), ItemId::new()];
        assert_eq!(subject(&[a]), Some(a.0), "one item");
        assert_eq!(subject(&[a, b]), subject(&[b, a]), "the same items in another order");
        assert_ne!(subject(&[a, b]), subject(&[a, b, c]), "one more item is another text");
    }

    #[test]
    fn a_dated_title_still_fits() {
        let title = dated(&"x".repeat(255), civil::date(2026, 11, 12));
        assert!(title.ends_with("… (2026-11-12)"), "the date is what makes it another title: {title}");
        assert!(title.encode_utf16().count() <= TITLE_MAX, "and it fits");
    }
}
