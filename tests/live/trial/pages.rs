//! What Confluence takes as a page or a comment, and what it refuses. Makes pages and comments in the space, all of them
//! with titles of the trial's.

use std::time::Instant;

use sally_core::domain::destination::Space;
use serde_json::{Value, json};

use super::Trial;
use super::checks::Check;
use super::documents::{TASK_ID, decision, paragraph, task};
use super::http::{Answer, Wiki, below};

/// What Confluence says of a title that is there.
const TAKEN: &str = "title already exists";

/// The page that the checks of search look for.
pub(super) struct Made {
    /// Its title.
    pub(super) title: String,
    /// Its identifier, if it was made.
    pub(super) id: Option<String>,
    /// When.
    pub(super) since: Instant,
}

impl Trial {
    /// Makes one of each sort. Answers the plain one.
    pub(super) async fn page_facts(&mut self, wiki: &Wiki, space: &Space) -> Made {
        let title = self.title("plain page");
        let plain = self.create(wiki, space, &title, paragraph("A plain page."), None).await;
        let made = Made { title, id: plain.text_at("/id"), since: Instant::now() };
        if made.id.is_some() {
            self.titles(wiki, space, &made).await;
        }
        self.archived(wiki, space).await;
        self.draft(wiki, space).await;
        self.native(wiki, space, &made).await;
        if let Some(id) = &made.id {
            self.labels(wiki, id).await;
        }
        self.folder(wiki, space).await;
        self.live_doc(wiki, space).await;
        made
    }

    /// Posts a page, and notes where it is.
    async fn create(
        &mut self,
        wiki: &Wiki,
        space: &Space,
        title: &str,
        body: Value,
        more: Option<(&str, &str)>,
    ) -> Answer {
        let mut page = json!({ "spaceId": space.id, "status": "current", "title": title, "body": body });
        if let Some((name, value)) = more {
            page[name] = value.into();
        }
        let answer = wiki.post("api/v2/pages", &page).await;
        if answer.status == 200 {
            let base = answer.text_at("/_links/base").unwrap_or_default();
            let webui = answer.text_at("/_links/webui").unwrap_or_default();
            self.notes.made(title, &format!("{base}{webui}"));
        }
        answer
    }

    async fn titles(&mut self, wiki: &Wiki, space: &Space, made: &Made) {
        let loud = made.title.to_uppercase();
        let answer = self.create(wiki, space, &loud, paragraph("The same title."), None).await;
        self.notes.judge(Check::TitleClash, &answer, is_clash(&answer), &answer.brief());
        let answer = look_up(wiki, space, &loud).await;
        let found = answer.results().iter().any(|page| page["id"].as_str() == made.id.as_deref());
        let seen = format!("{}, with the page: {found}", answer.brief());
        self.notes.judge(Check::TitleLookUp, &answer, found, &seen);
    }

    /// Takes the title of an archived page of the space, and does not tell it.
    async fn archived(&mut self, wiki: &Wiki, space: &Space) {
        let query = [("space-id", space.id.as_str()), ("status", "archived"), ("limit", "1")];
        let list = wiki.get("api/v2/pages", &query).await;
        let Some(title) = list.text_at("/results/0/title") else {
            let why =
                if list.status == 200 { "no page of the space is archived".to_owned() } else { list.brief() };
            self.notes.not_done(Check::ArchivedLookUp, &why);
            self.notes.not_done(Check::ArchivedClash, &why);
            return;
        };
        self.notes.hide(&title, "TITLE");
        let id = list.text_at("/results/0/id");
        let answer = look_up(wiki, space, &title).await;
        let found = answer.results().iter().any(|page| page["id"].as_str() == id.as_deref());
        let seen = format!("{}, with the page: {found}", answer.brief());
        self.notes.judge(Check::ArchivedLookUp, &answer, found, &seen);
        let answer =
            self.create(wiki, space, &title, paragraph("The title of an archived page."), None).await;
        self.notes.judge(Check::ArchivedClash, &answer, is_clash(&answer), &answer.brief());
    }

    async fn draft(&mut self, wiki: &Wiki, space: &Space) {
        let title = self.title("draft");
        let body = paragraph("A draft that was published.");
        let draft = json!({ "spaceId": space.id, "status": "draft", "title": title, "body": body });
        let first = wiki.post("api/v2/pages", &draft).await;
        let Some(id) = first.text_at("/id") else {
            self.notes.judge(Check::Draft, &first, false, &first.brief());
            return;
        };
        let page = json!({
            "id": id, "status": "current", "title": title, "body": body, "version": { "number": 1 },
        });
        let path = format!("api/v2/pages/{id}");
        let once = wiki.put(&path, &page).await;
        let twice = wiki.put(&path, &page).await;
        if once.status == 200 {
            let base = once.text_at("/_links/base").unwrap_or_default();
            self.notes.made(&title, &format!("{base}{}", once.text_at("/_links/webui").unwrap_or_default()));
        } else {
            self.left_draft(wiki, &id);
        }
        // One more, for the person to look at.
        let left = json!({ "spaceId": space.id, "status": "draft", "title": self.title("draft that is left"), "body": body });
        if let Some(id) = wiki.post("api/v2/pages", &left).await.text_at("/id") {
            self.left_draft(wiki, &id);
        }
        let is_so = [first.status, once.status, twice.status] == [200, 200, 409];
        let seen = format!("{}; {}; {}", first.brief(), once.brief(), twice.brief());
        self.notes.judge(Check::Draft, &once, is_so, &seen);
    }

    fn left_draft(&mut self, wiki: &Wiki, id: &str) {
        let place = below(&wiki.site, "wiki/pages/resumedraft.action");
        self.notes.made("A draft that is left as one", &format!("{place}?draftId={id}"));
    }

    /// Tasks and decisions, each alone, so that a refusal says of what.
    async fn native(&mut self, wiki: &Wiki, space: &Space, made: &Made) {
        for (check, what, body) in [
            (Check::TaskInPage, "task", task("A task of a trial")),
            (Check::DecisionInPage, "decision", decision("A decision of a trial")),
        ] {
            let title = self.title(what);
            let answer = self.create(wiki, space, &title, body, None).await;
            let seen = match answer.text_at("/id") {
                Some(id) if check == Check::TaskInPage => {
                    let query = [("body-format", "atlas_doc_format")];
                    let stored = wiki.get(&format!("api/v2/pages/{id}"), &query).await;
                    let document = stored.text_at("/body/atlas_doc_format/value").unwrap_or_default();
                    let kept = document.contains(TASK_ID);
                    format!(
                        "{}, still a task: {}, its id kept: {kept}",
                        answer.brief(),
                        document.contains("taskItem")
                    )
                }
                _ => answer.brief(),
            };
            self.notes.judge(check, &answer, answer.status == 200, &seen);
        }
        let Some(page) = &made.id else { return };
        for (check, body) in [
            (Check::TaskInComment, task("A task of a trial")),
            (Check::DecisionInComment, decision("A decision of a trial")),
        ] {
            let answer = wiki.post("api/v2/footer-comments", &json!({ "pageId": page, "body": body })).await;
            self.notes.judge(check, &answer, answer.status == 201, &answer.brief());
        }
    }

    async fn labels(&mut self, wiki: &Wiki, page: &str) {
        let path = format!("rest/api/content/{page}/label");
        let label = json!([{ "prefix": "global", "name": "sally-trial" }]);
        let first = wiki.post(&path, &label).await;
        let second = if first.status == 200 { Some(wiki.post(&path, &label).await) } else { None };
        let is_so = second.as_ref().is_some_and(|second| second.status == 200);
        let seen: Vec<String> = std::iter::once(&first).chain(&second).map(Answer::brief).collect();
        self.notes.judge(Check::Labels, &first, is_so, &seen.join("; "));
    }

    async fn folder(&mut self, wiki: &Wiki, space: &Space) {
        let Some(folder) = self.settings.folder.clone() else {
            for check in [Check::Folder, Check::FolderSearch] {
                self.notes.not_done(check, "set SALLY_LIVE_FOLDER to the number of a folder in the space");
            }
            return;
        };
        let title = self.title("page in a folder");
        let parent = Some(("parentId", folder.as_str()));
        let answer = self.create(wiki, space, &title, paragraph("A page in a folder."), parent).await;
        let kind = answer.text_at("/parentType").unwrap_or_default();
        let is_so = answer.status == 200 && kind == "folder";
        self.notes.judge(Check::Folder, &answer, is_so, &format!("{} {kind}", answer.brief()));
        let cql = format!("type=folder and space=\"{}\"", space.key);
        let answer = wiki.get("rest/api/search", &[("cql", &cql), ("excerpt", "none")]).await;
        let count = answer.results().len();
        let seen = format!("{}, {count} folders", answer.brief());
        self.notes.is(Check::FolderSearch, answer.status != 200 || count == 0, &seen);
    }

    async fn live_doc(&mut self, wiki: &Wiki, space: &Space) {
        let title = self.title("live doc");
        let live = Some(("subtype", "live"));
        let answer = self.create(wiki, space, &title, paragraph("A live doc."), live).await;
        let kind = answer.text_at("/subtype").unwrap_or_default();
        let is_so = answer.status == 200 && kind == "live";
        self.notes.judge(Check::LiveDoc, &answer, is_so, &format!("{} {kind}", answer.brief()));
        let Some(id) = answer.text_at("/id") else {
            self.notes.not_done(Check::LiveComment, "there is no live doc");
            return;
        };
        let comment = json!({ "pageId": id, "body": paragraph("A comment on a live doc.") });
        let answer = wiki.post("api/v2/footer-comments", &comment).await;
        self.notes.judge(Check::LiveComment, &answer, answer.status == 201, &answer.brief());
    }
}

fn is_clash(answer: &Answer) -> bool {
    answer.status == 400 && answer.sentence().contains(TAKEN)
}

/// Pages of a title, current and archived.
async fn look_up(wiki: &Wiki, space: &Space, title: &str) -> Answer {
    let query = [("space-id", space.id.as_str()), ("title", title), ("status", "current,archived")];
    wiki.get("api/v2/pages", &query).await
}
