//! What lists and search know of what was just made, and after how long. Makes nothing.

use std::time::Instant;

use sally_core::domain::destination::Space;
use serde_json::Value;

use super::Trial;
use super::app::Journey;
use super::checks::Check;
use super::http::{Answer, Wiki};
use super::pages::Made;

/// So many times longer than expected is waited, to say how long it takes.
const LONGER: u32 = 3;

impl Trial {
    /// Asks lists first, then search, as soon as that knows the page.
    pub(super) async fn search_facts(&mut self, journey: &Journey, wiki: &Wiki, space: &Space, made: &Made) {
        let commented = journey.page.as_ref().filter(|_| journey.is_commented);
        if let Some(page) = commented {
            let path = format!("rest/api/content/{}/descendant/comment", page.id);
            let query = [("depth", "all"), ("expand", "body.storage,version,history"), ("limit", "100")];
            let answer = wiki.get(&path, &query).await;
            let count = answer.results().len();
            let seen = format!("{}, {count} comments", answer.brief());
            self.notes.judge(Check::Descendants, &answer, answer.status == 200 && count > 0, &seen);
        }
        if made.id.is_none() || !self.search_lag(wiki, space, made).await {
            let why = "search does not know what was made";
            for check in [Check::Container, Check::Contributors, Check::FindByLink] {
                self.notes.not_done(check, why);
            }
            return;
        }
        self.contributors(wiki, made).await;
        if let Some(page) = commented {
            let cql = format!("type=comment and container={}", page.id);
            let answer = self.searched(wiki, &[("cql", &cql), ("expand", "body.storage,history")]).await;
            let count = answer.results().len();
            let seen = format!("{}, {count} comments", answer.brief());
            self.notes.judge(Check::Container, &answer, answer.status == 200 && count > 0, &seen);
        }
        let Some((page, link)) = journey.page.as_ref().zip(journey.link.clone()) else {
            self.notes.not_done(Check::FindByLink, "there is no link that leads to the site");
            return;
        };
        // A token that may read pages would hide that search does not have it.
        let cql = format!("id = \"{}\"", page.id);
        let answer = wiki.get("rest/api/search", &[("cql", &cql), ("excerpt", "none")]).await;
        let is_searched = answer.json()["results"][0]["content"]["id"] == *page.id.as_str();
        let (is_it, seen) = match journey.follow(link).await {
            Ok(found) if found != page.id => (false, "another page".to_owned()),
            Ok(_) if !is_searched => {
                (false, format!("by reading it; a search for its number: {}", answer.brief()))
            }
            Ok(_) => (true, "the page".to_owned()),
            Err(message) => (false, message),
        };
        self.notes.is(Check::FindByLink, is_it, &seen);
    }

    /// Searches until something is found, or that is refused, or it takes too long.
    async fn searched(&self, wiki: &Wiki, query: &[(&str, &str)]) -> Answer {
        let since = Instant::now();
        loop {
            let answer = wiki.get("rest/api/content/search", query).await;
            let is_over = since.elapsed() > self.settings.timeouts.index * LONGER;
            if answer.status != 200 || !answer.results().is_empty() || is_over {
                return answer;
            }
            tokio::time::sleep(self.settings.timeouts.look).await;
        }
    }

    /// Whether search knows the page in the end.
    async fn search_lag(&mut self, wiki: &Wiki, space: &Space, made: &Made) -> bool {
        let cql = format!("type=page and space=\"{}\" and title=\"{}\"", space.key, made.title);
        let asked = made.since.elapsed().as_secs();
        let answer = self.searched(wiki, &[("cql", &cql)]).await;
        let seconds = made.since.elapsed().as_secs();
        let found = !answer.results().is_empty();
        let in_time = found && seconds - asked <= self.settings.timeouts.index.as_secs();
        let seen = match (answer.status, found) {
            (200, true) => format!("{seconds} s after it was made; first asked after {asked} s"),
            (200, false) => format!("not {seconds} s after it was made"),
            _ => answer.brief(),
        };
        self.notes.judge(Check::SearchLag, &answer, in_time, &seen);
        found
    }

    async fn contributors(&mut self, wiki: &Wiki, made: &Made) {
        let cql = format!("type=page and title=\"{}\"", made.title);
        let mut seen = Vec::new();
        for expand in ["history.contributors", "history.contributors.publishers"] {
            let answer = wiki.get("rest/api/content/search", &[("cql", &cql), ("expand", expand)]).await;
            let publishers = &answer.json()["results"][0]["history"]["contributors"]["publishers"];
            let count = |name: &str| publishers[name].as_array().map_or(0, Vec::<Value>::len);
            let people = count("users").max(count("userKeys"));
            seen.push(format!("{expand}: {}, {people} people", answer.brief()));
            if people > 0 || answer.status != 200 {
                let is_so = answer.status == 200;
                self.notes.judge(Check::Contributors, &answer, is_so, &seen.join("; "));
                return;
            }
        }
        self.notes.is(Check::Contributors, false, &seen.join("; "));
    }
}
