//! The main journey: list spaces, find pages, send an item as a page and as a comment, and both once more with their
//! answers lost. What is noted is what the app says, and what Confluence says of it.

use std::time::Instant;

use anyhow::{Context as _, Result, bail};
use sally_core::api::{
    Compose, DeliveryState, DeliveryView, Draft, FindPages, FindSpaces, Link, RefreshSpaces, Send,
};
use sally_core::domain::destination::{Action, Destination, Page, Space};
use sally_core::domain::id::{DeliveryId, PageId};
use url::Url;

use super::Trial;
use super::app::{Around, Journey};
use super::checks::Check;
use super::http::Wiki;
use super::relay::Relay;

impl Trial {
    /// The space, as the app lists it; and whether the app finds pages in it.
    pub(super) async fn spaces(&mut self, journey: &Journey, wiki: &Wiki) -> Result<Space> {
        let organization = journey.organization.clone();
        let key = self.settings.space.clone();
        let listed = async {
            journey
                .app
                .refresh_spaces(RefreshSpaces { organization: organization.clone(), again: true })
                .await?;
            let wanted = FindSpaces { organization: organization.clone(), query: key.clone() };
            journey.app.search_spaces(wanted).await
        };
        let listed = match listed.await {
            Ok(listed) => listed,
            Err(error) => {
                self.notes.is(Check::Spaces, false, &error.view().message);
                bail!("no spaces");
            }
        };
        let spaces = listed.spaces.into_iter().map(|one| one.space);
        let found = spaces.into_iter().find(|space| space.key.eq_ignore_ascii_case(&key));
        self.notes.is(
            Check::Spaces,
            found.is_some(),
            &format!("{} spaces, with the space: {}", listed.total, found.is_some()),
        );
        let space = found.context("the space SALLY_LIVE_SPACE is not there")?;
        let wanted = FindPages {
            organization: Some(organization),
            space: Some(space.id.clone()),
            query: String::new(),
            parent: false,
        };
        match journey.app.find_pages(wanted).await {
            Ok(found) => {
                self.notes.is(
                    Check::FindPages,
                    !found.pages.is_empty(),
                    &format!("{} pages", found.pages.len()),
                );
            }
            Err(error) => self.notes.is(Check::FindPages, false, &error.view().message),
        }
        self.notes.hide(&space.name, "SPACE");
        self.notes.hide(space.id.as_str(), "SPACE");
        self.notes.hide(wiki.site.as_str(), "SITE");
        Ok(space)
    }

    /// Sends an item as a page, and one as a comment on it.
    pub(super) async fn send_both(&mut self, journey: &mut Journey, space: &Space) -> Result<()> {
        let site = super::http::below(&self.site()?, "wiki").to_string();
        let (page, words) = self.send_page(journey, space, "page").await?;
        let link = self.arrived(journey, Check::Page, "The item's page", page).await;
        let Some(link) = link else { return Ok(()) };
        let id = page_id(&link).context("the link of the page does not name it")?;
        let title = self.title("page");
        let page = Page { id: PageId(id), title, space: space.name.clone() };
        let leads = link.starts_with(&site);
        (journey.page, journey.words) = (Some(page.clone()), words);
        journey.link = Some(link).filter(|_| leads);
        let comment = self.send_comment(journey, page).await?;
        let second = self.arrived(journey, Check::Comment, "The item's comment", comment).await;
        journey.is_commented = second.is_some();
        match (leads, second.map(|link| link.starts_with(&site))) {
            (false, _) => self.notes.is(Check::Links, false, "the page's does not"),
            (true, None) => self.notes.not_done(Check::Links, "there is no comment"),
            (true, Some(false)) => self.notes.is(Check::Links, false, "the comment's does not"),
            (true, Some(true)) => self.notes.is(Check::Links, true, "both lead to the site"),
        }
        Ok(())
    }

    fn site(&self) -> Result<Url> {
        let api = self.settings.atlassian()?.api_url;
        super::http::site_address(&self.settings.site, &api).context("a site")
    }

    /// What the app fills in by itself, with a title of the trial's.
    async fn send_page(
        &self,
        journey: &Journey,
        space: &Space,
        what: &str,
    ) -> Result<(DeliveryView, String)> {
        let draft = compose(journey, Action::CreatePage).await?;
        let destination = Destination::NewPage {
            organization: journey.organization.clone(),
            space: space.clone(),
            parent: None,
            title: self.title(what),
        };
        let words = longest_word(&serde_json::to_string(&draft.document)?);
        Ok((send(journey, destination, draft).await?, words))
    }

    async fn send_comment(&self, journey: &Journey, page: Page) -> Result<DeliveryView> {
        let draft = compose(journey, Action::AddComment).await?;
        let destination = Destination::Comment { organization: journey.organization.clone(), page };
        send(journey, destination, draft).await
    }

    /// Waits for a delivery, and notes how it ends. Answers its link, if it arrived.
    async fn arrived(
        &mut self,
        journey: &Journey,
        check: Check,
        what: &str,
        sent: DeliveryView,
    ) -> Option<String> {
        let state = self.settled(journey, sent.id).await;
        self.notes.is(check, matches!(state, DeliveryState::Sent { note: None }), &words(&state));
        self.link_of(journey, what, sent.id, &state).await
    }

    /// The link of what arrived, which the person is told at the end.
    async fn link_of(
        &mut self,
        journey: &Journey,
        what: &str,
        id: DeliveryId,
        state: &DeliveryState,
    ) -> Option<String> {
        if !matches!(state, DeliveryState::Sent { .. }) {
            return None;
        }
        journey.app.open_link(Link::Delivery { id }).await.ok()?;
        let link = journey.opened()?.to_string();
        self.notes.made(what, &link);
        Some(link)
    }

    async fn settled(&self, journey: &Journey, id: DeliveryId) -> DeliveryState {
        let since = Instant::now();
        loop {
            let all = journey.app.deliveries().await.unwrap_or_default();
            let state = all.into_iter().find(|one| one.id == id).map(|one| one.state);
            match state {
                Some(
                    state @ (DeliveryState::Sent { .. }
                    | DeliveryState::NeedsYou { .. }
                    | DeliveryState::NotConfirmed { .. }),
                ) => return state,
                Some(state) if since.elapsed() > self.settings.timeouts.delivery => return state,
                _ => tokio::time::sleep(self.settings.timeouts.look / 10).await,
            }
        }
    }

    /// Asks Confluence for the words of the page.
    pub(super) async fn read_back(&mut self, journey: &Journey, wiki: &Wiki) {
        let Some(page) = &journey.page else { return };
        let path = format!("api/v2/pages/{}", page.id);
        let answer = wiki.get(&path, &[("body-format", "storage")]).await;
        let storage = answer.text_at("/body/storage/value").unwrap_or_default();
        let holds = storage.contains(&journey.words);
        let seen = format!("{}, with its words: {holds}", answer.brief());
        self.notes.judge(Check::ReadBack, &answer, holds, &seen);
    }

    /// Sends an item as a page and one as a comment, by way of a relay that drops the answers.
    pub(super) async fn lose_answers(&mut self, around: &Around, wiki: &Wiki, space: &Space) -> Result<()> {
        let relay = Relay::start(&self.settings.atlassian()?.api_url, &wiki.site).await?;
        let mut journey = self.connect(around, wiki, Some(&relay)).await?;
        relay.lose("/pages");
        let (page, _) = self.send_page(&journey, space, "lost page").await?;
        let title = self.title("lost page");
        let state = self.settled(&journey, page.id).await;
        let query = [("space-id", space.id.as_str()), ("title", &title), ("status", "current")];
        let answer = wiki.get("api/v2/pages", &query).await;
        // Twice the same title would be worse than none.
        let count = Some(answer.results().len()).filter(|_| answer.status == 200);
        let there = count.map(|count| format!(", pages with its title: {count}")).unwrap_or_default();
        let is_once = count.is_none_or(|count| count == 1);
        self.found_again(Check::LostPage, &relay, &state, is_once, &there);
        if let Some(link) = self.link_of(&journey, "The page whose answer was lost", page.id, &state).await {
            let id = page_id(&link).context("the link of the page does not name it")?;
            journey.page = Some(Page { id: PageId(id), title, space: space.name.clone() });
        }
        if let Some(page) = journey.page.clone() {
            relay.lose("/footer-comments");
            let comment = self.send_comment(&journey, page).await?;
            let state = self.settled(&journey, comment.id).await;
            self.found_again(Check::LostComment, &relay, &state, true, "");
            self.link_of(&journey, "The comment whose answer was lost", comment.id, &state).await;
        }
        journey.end().await;
        Ok(())
    }

    fn found_again(
        &mut self,
        check: Check,
        relay: &Relay,
        state: &DeliveryState,
        is_once: bool,
        there: &str,
    ) {
        let posts = relay.posts();
        let seen = format!("{}, posts: {posts}{there}", words(state));
        if relay.has_lost() {
            self.notes.is(check, is_once && matches!(state, DeliveryState::Sent { .. }), &seen);
        } else {
            self.notes.not_done(check, &format!("no answer was lost: {seen}"));
        }
    }
}

/// How a delivery stands, for people.
fn words(state: &DeliveryState) -> String {
    match state {
        DeliveryState::Sent { note: None } => "sent".to_owned(),
        DeliveryState::Sent { note: Some(note) } => format!("sent: {note}"),
        DeliveryState::NeedsYou { why } => format!("refused: {}", why.message),
        DeliveryState::NotConfirmed { why } => format!("not confirmed: {}", why.message),
        DeliveryState::Waiting { why } | DeliveryState::Checking { why } => {
            format!("still waiting: {}", why.message)
        }
        DeliveryState::Queued | DeliveryState::Held { .. } | DeliveryState::Sending => {
            "still on its way".to_owned()
        }
    }
}

async fn compose(journey: &Journey, action: Action) -> Result<Draft> {
    let item = *journey.items.first().context("an item")?;
    Ok(journey.app.compose(Compose { items: vec![item], action, target: None }).await?)
}

async fn send(journey: &Journey, destination: Destination, draft: Draft) -> Result<DeliveryView> {
    let Draft { items, document, .. } = draft;
    Ok(journey.app.send(Send { items, destination, document, replaces: None, again: true }).await?)
}

/// The number in a page's link.
fn page_id(link: &str) -> Option<String> {
    let digits = link.split("/pages/").nth(1)?;
    let id: String = digits.chars().take_while(char::is_ascii_digit).collect();
    (!id.is_empty()).then_some(id)
}

/// A word by which a document is known again; the names of Atlassian's format are none.
fn longest_word(document: &str) -> String {
    let texts = document.split("\"text\":\"").skip(1).filter_map(|rest| rest.split('"').next());
    let words = texts.flat_map(|text| text.split(|c: char| !c.is_ascii_alphabetic()));
    words.max_by_key(|word| word.len()).unwrap_or_default().to_owned()
}
