//! What Confluence says of credentials, of the site and of a space. Makes nothing.

use anyhow::{Context as _, Result};
use reqwest::Method;
use sally_core::domain::destination::Space;
use serde_json::json;
use url::Url;

use super::checks::Check;
use super::http::{Wiki, below, exchange};
use super::{Trial, Way};

/// A number that no page has.
pub(super) const NOTHING: &str = "1";

/// Reads that a token for this app has no scope for; one without scopes needs none.
const BEYOND: [&str; 3] = ["api/v2/tasks", "api/v2/labels", "api/v2/attachments"];

/// Longest beginning of a space's name that is searched for.
const BEGINNING: usize = 4;

impl Trial {
    /// Which site it is, as it tells anybody.
    pub(super) async fn tenant(&mut self, site: &Url) -> Result<String> {
        let answer = exchange(self.http.request(Method::GET, below(site, "_edge/tenant_info"))).await;
        let id = answer.text_at("/cloudId");
        self.notes.judge(Check::TenantInfo, &answer, id.is_some(), &answer.brief());
        id.context("the site does not say which one it is")
    }

    /// Where the credential is taken, and how a wrong one is refused.
    pub(super) async fn token_facts(&mut self, wiki: &Wiki) {
        let is_scoped = match self.settings.way {
            Way::Login => true,
            Way::Token { .. } => {
                let mut is_scoped = false;
                for path in BEYOND {
                    is_scoped |= wiki.get(path, &[("limit", "1")]).await.lacks_scope();
                }
                self.notes.let_in_by(if is_scoped {
                    "an API token with scopes"
                } else {
                    "an API token without scopes"
                });
                is_scoped
            }
        };
        let answer = wiki.get_at_site("rest/api/user/current").await;
        let is_so = if is_scoped { answer.status == 401 && answer.is_html } else { answer.status == 200 };
        self.notes.judge(Check::SiteHost, &answer, is_so, &answer.brief());

        let stranger = wiki.with(wiki.credential.wrong());
        let user = stranger.get("rest/api/user/current", &[]).await;
        let search = stranger.get("rest/api/search", &[("cql", "type=page"), ("limit", "1")]).await;
        let is_so = user.status == 403
            && user.sentence().contains("caller cannot access Confluence")
            && search.status == 403
            && search.sentence().contains("Current user not permitted to use Confluence");
        self.notes.judge(Check::WrongV1, &user, is_so, &format!("{}; {}", user.brief(), search.brief()));
        let spaces = stranger.get("api/v2/spaces", &[("limit", "1")]).await;
        let is_so = spaces.status == 404 && spaces.sentence() == "Not Found";
        self.notes.judge(Check::WrongV2, &spaces, is_so, &spaces.brief());
    }

    /// What a space says of itself.
    pub(super) async fn space_facts(&mut self, wiki: &Wiki, space: &Space) {
        let comment = json!({ "pageId": NOTHING, "body": super::documents::paragraph("Nobody reads this.") });
        let answer = wiki.post("api/v2/footer-comments", &comment).await;
        let is_named = answer.status == 404 && answer.sentence().contains(NOTHING);
        self.notes.judge(Check::Missing, &answer, is_named, &answer.brief());

        let answer = wiki.get(&format!("api/v2/spaces/{}/operations", space.id), &[]).await;
        let operations = answer.json()["operations"].as_array().cloned().unwrap_or_default();
        let may = |target: &str| {
            operations.iter().any(|one| one["operation"] == "create" && one["targetType"] == target)
        };
        let is_so = answer.status == 200 && may("page") && may("comment");
        let seen = format!("{}, {} operations", answer.brief(), operations.len());
        self.notes.judge(Check::Operations, &answer, is_so, &seen);

        let answer = wiki.get("rest/api/template/page", &[("spaceKey", &space.key), ("limit", "25")]).await;
        let is_so = answer.status == 200 && answer.json()["results"].is_array();
        let seen = format!("{}, {} templates", answer.brief(), answer.results().len());
        self.notes.judge(Check::Templates, &answer, is_so, &seen);

        let answer = wiki.get("rest/api/user/current", &[("expand", "personalSpace")]).await;
        let own = &answer.json()["personalSpace"];
        let is_so = answer.status == 200 && (own["id"].is_u64() || own["id"].is_string() || own.is_null());
        let seen = format!("{}, a space: {}", answer.brief(), own.is_object());
        self.notes.judge(Check::OwnSpace, &answer, is_so, &seen);

        let first = space.name.split(|c: char| !c.is_alphanumeric()).find(|word| !word.is_empty());
        let beginning: String = first.unwrap_or_default().chars().take(BEGINNING).collect();
        if beginning.is_empty() {
            for check in [Check::SpaceSearch, Check::SpaceTypes] {
                self.notes.not_done(check, "the space's name has no letters");
            }
            return;
        }
        self.notes.hide(&format!("{beginning}*"), "x*");
        for (check, among) in [(Check::SpaceSearch, ""), (Check::SpaceTypes, " and space.type != personal")] {
            let cql = format!("type = space{among} and title ~ \"{beginning}*\"");
            let answer = wiki.get("rest/api/search", &[("cql", &cql), ("limit", "100")]).await;
            let keys: Vec<_> = answer.results().iter().map(|result| result["space"]["key"].clone()).collect();
            let has_it = keys.iter().any(|key| key == &space.key);
            let total = answer.json()["totalSize"].as_u64();
            let seen =
                format!("{}, {} spaces of {total:?}, with the space: {has_it}", answer.brief(), keys.len());
            let is_so = answer.status == 200 && has_it && total.is_some_and(|total| total > 0);
            self.notes.judge(check, &answer, is_so, &seen);
            if !is_so && check == Check::SpaceSearch {
                self.notes.not_done(Check::SpaceTypes, "search does not find spaces");
                break;
            }
        }
    }
}
