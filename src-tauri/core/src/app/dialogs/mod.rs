//! The dialogs in which a person sends: what they open with, what was typed into them, and what is wrong with it before it
//! goes to the outbox.

mod quick;
mod salvage;
mod send;
mod template;

use std::sync::Arc;

use jiff::{Timestamp, civil};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

pub(super) use quick::found_item;

use super::login::Signers;
use super::outbox::Outbox;
use super::{Error, settings, words};
use crate::adf::Document;
use crate::api::{self, Compose, Mentionable, Preview, RenderTemplates, RenderedTemplates};
use crate::clock::Clock;
use crate::domain::delivery::Delivery;
use crate::domain::destination::{Destination, Place, Target};
use crate::domain::draft::Draft;
use crate::domain::id::{DeliveryId, ItemId, MeetingId};
use crate::domain::meeting::{Due, HeldAt, Item, ItemKind, Meeting};
use crate::domain::problem::{self, Gone, NotNow, Problem};
use crate::domain::settings::{Settings, Templates};
use crate::domain::title::series;
use crate::store::{Listed, Store};

use salvage::{document_of, salvaged};
use template::TemplateContext;

/// See the module. Cheap to clone; all clones are one.
#[derive(Clone)]
pub(super) struct Dialogs(Arc<Inner>);

struct Inner {
    store: Store,
    clock: Arc<dyn Clock>,
    signers: Signers,
    outbox: Outbox,
}

impl Dialogs {
    pub(super) fn new(store: Store, clock: Arc<dyn Clock>, signers: Signers, outbox: Outbox) -> Self {
        Self(Arc::new(Inner { store, clock, signers, outbox }))
    }

    /// What the dialog for items opens with: what the person typed earlier and did not send, else the destination
    /// used last and a text made from the items.
    pub(super) async fn compose(&self, wanted: Compose) -> Result<api::Draft, Error> {
        let (subject, _) = self.subject(&wanted.items).await?;
        let (action, now) = (wanted.action, self.0.clock.now());
        let kept = self
            .0
            .store
            .read(move |db| {
                let Some(draft) = db.drafts().get(subject, action)? else { return Ok(None) };
                let replaced = draft.replaces.map(|id| db.deliveries().get(id)).transpose()?;
                Ok(Some(still_replacing(draft, replaced.flatten(), now)))
            })
            .await?;
        match kept {
            Some((draft, problem)) => {
                let view = self.view(aimed(draft, wanted.target), problem).await?;
                Ok(api::Draft { kept: true, ..view })
            }
            None => self.original(wanted).await,
        }
    }

    /// Keeps what is typed into an open dialog.
    pub(super) async fn save_draft(&self, draft: api::Draft) -> Result<(), Error> {
        let (subject, meeting) = self.subject(&draft.items).await?;
        let now = self.0.clock.now();
        let draft = Draft::from(draft);
        Ok(self.0.store.write(move |tx| tx.drafts_mut().put(subject, meeting, &draft, now)).await?)
    }

    /// Forgets what was typed, and answers the dialog's original content.
    pub(super) async fn reset_draft(&self, wanted: Compose) -> Result<api::Draft, Error> {
        let (subject, _) = self.subject(&wanted.items).await?;
        let action = wanted.action;
        self.0.store.write(move |tx| tx.drafts_mut().delete(subject, action)).await?;
        self.original(wanted).await
    }

    /// The content of a delivery that did not get through, to be edited.
    pub(super) async fn edit(&self, id: DeliveryId) -> Result<api::Draft, Error> {
        let (found, document) = self
            .0
            .store
            .read(move |db| Ok((db.deliveries().listed(id)?, db.deliveries().stored_document(id)?)))
            .await?;
        let (listed, stored) = found.zip(document).ok_or_else(|| Error::gone(Gone::Delivery))?;
        let (draft, problem) = match listed {
            Listed::Delivery(delivery, _) if !delivery.state.is_open() => {
                return Err(Error::not_now(NotNow::HasLeft));
            }
            Listed::Delivery(delivery, why) => {
                (from_delivery(*delivery, document_of(&stored)), why.filter(is_of_fields))
            }
            Listed::Unreadable(unreadable) => (salvaged(*unreadable, &stored), None),
        };
        self.view(draft, problem).await
    }

    /// A draft as its dialog shows it.
    async fn view(&self, draft: Draft, problem: Option<Problem>) -> Result<api::Draft, Error> {
        let senders = self.0.signers.names_to_show(&self.0.store).await?;
        let problem = problem.as_ref().map(words::view);
        Ok(api::Draft { problem, senders, ..draft.into() })
    }

    /// The people who can be mentioned.
    pub(super) async fn people(&self) -> Result<Vec<Mentionable>, Error> {
        let all = self.0.store.read(|db| db.people().all()).await?;
        Ok(all.into_iter().map(|(id, name)| Mentionable { id, name }).collect())
    }

    /// What the templates of another destination make of the items of a dialog.
    pub(super) async fn render_templates(&self, wanted: RenderTemplates) -> Result<RenderedTemplates, Error> {
        let items = wanted.items;
        let found = self
            .0
            .store
            .read(move |db| {
                let settings = db.settings().get()?.unwrap_or_default();
                Ok(db.meetings().with_items(&items)?.map(|meeting| (meeting, settings)))
            })
            .await?;
        let (meeting, settings) = found.ok_or_else(|| Error::gone(Gone::Item))?;
        let people = self.people().await?;
        let mut context = TemplateContext { meeting: &meeting, people: &people, new_id: &mut new_id };
        Ok(context.rendered(templates(&settings, wanted.place.as_ref()), wanted.action))
    }

    /// What templates make of an example.
    pub(super) async fn preview(&self, wanted: Preview) -> Result<RenderedTemplates, Error> {
        let people = self.people().await?;
        let mut meeting = example();
        if !wanted.several {
            meeting.items.truncate(1);
        }
        let mut context = TemplateContext { meeting: &meeting, people: &people, new_id: &mut new_id };
        Ok(context.rendered(&wanted.templates.into(), wanted.action))
    }

    async fn original(&self, wanted: Compose) -> Result<api::Draft, Error> {
        let (items, action) = (wanted.items.clone(), wanted.action);
        let found = self
            .0
            .store
            .read(move |db| {
                let Some(meeting) = db.meetings().with_items(&items)? else { return Ok(None) };
                let last = db.targets().last_target(&series(&meeting.title), action)?;
                let settings = db.settings().get()?.unwrap_or_default();
                Ok(Some((last, meeting, settings)))
            })
            .await?;
        let (last, meeting, settings) = found.ok_or_else(|| Error::gone(Gone::Item))?;
        let people = self.people().await?;
        let organizations = self.0.signers.now().organizations();
        let last = wanted.target.filter(|target| target.action() == action).or(last);
        // A destination in an organization that the connection no longer reaches is of no use.
        let last = last.filter(|last| organizations.iter().any(|o| o.id == *last.organization()));
        let place = last.as_ref().map(Target::place);
        let RenderedTemplates { title, document } = {
            let mut context = TemplateContext { meeting: &meeting, people: &people, new_id: &mut new_id };
            context.rendered(templates(&settings, place.as_ref()), action)
        };
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
        };
        self.view(aimed(draft, last), None).await
    }

    /// What a draft about these items is kept under, and the meeting that they are of.
    async fn subject(&self, items: &[ItemId]) -> Result<(Uuid, MeetingId), Error> {
        let first = *items.first().ok_or_else(|| Error::not_now(NotNow::NothingToSend))?;
        let found = self.0.store.read(move |db| db.meetings().item(first)).await?;
        let (meeting, _) = found.ok_or_else(|| Error::gone(Gone::Item))?;
        Ok((subject(items).unwrap_or(first.0), meeting))
    }

    /// The series of a meeting: meetings that differ only in dates and numbers go to the same place.
    async fn series_of(&self, meeting: MeetingId) -> Result<String, Error> {
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
fn subject(items: &[ItemId]) -> Option<Uuid> {
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

/// A kept draft as it opens, with what is to be said of it: what it replaces may have gone on since.
fn still_replacing(
    draft: Draft,
    replaced: Option<(Delivery, Option<Problem>)>,
    now: Timestamp,
) -> (Draft, Option<Problem>) {
    match replaced {
        Some((delivery, why)) if delivery.state.is_open() => (draft, why.filter(is_of_fields)),
        Some((delivery, _)) if delivery.state.is_sent() => {
            let (delivery, at) = (delivery.id, delivery.changed);
            let sent = Problem::Delivery(problem::Delivery::SentMeanwhile { delivery, at, now });
            (draft, Some(sent))
        }
        // On its way, or perhaps arrived: what is sent beside it is told apart at the latest when it is sent.
        Some(_) => (draft, None),
        None => (Draft { replaces: None, ..draft }, None),
    }
}

/// Who sends it, and when, is not for the fields of a dialog to mend.
fn is_of_fields(why: &Problem) -> bool {
    !why.is_of_another() && !why.waited_long()
}

fn from_delivery(delivery: Delivery, document: Document) -> Draft {
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
    };
    aimed(draft, Some(target))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_about_some_items_is_known_again() {
        let [a, b, c] = [ItemId::new(), ItemId::new(), ItemId::new()];
        assert_eq!(subject(&[a]), Some(a.0), "one item");
        assert_eq!(subject(&[a, b]), subject(&[b, a]), "the same items in another order");
        assert_ne!(subject(&[a, b]), subject(&[a, b, c]), "one more item is another text");
    }
}
