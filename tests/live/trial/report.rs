//! What was seen: a line for each check as it is made, and a report at the end that can be shown to anybody. Refuses to
//! say anything that was not cleaned first, except what was made, which only the person is told.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Arc;

use url::Url;

use super::checks::{BY_HAND, Check};
use super::http::Answer;
use super::redact::Redactor;
use super::{Hands, Settings, Way};

/// The outcome of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// As expected.
    Ok,
    /// Otherwise.
    Differs,
    /// Nobody knows.
    NotDone,
}

impl Verdict {
    fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Differs => "differs",
            Self::NotDone => "not done",
        }
    }
}

/// What the trial found out so far.
pub(super) struct Notes {
    hands: Arc<dyn Hands>,
    redactor: Redactor,
    found: BTreeMap<Check, (Verdict, String)>,
    way: &'static str,
    made: Vec<(String, String)>,
    stopped: Option<String>,
}

impl Notes {
    /// Nothing yet.
    pub(super) fn new(hands: Arc<dyn Hands>) -> Self {
        Self {
            hands,
            redactor: Redactor::default(),
            found: BTreeMap::new(),
            way: "",
            made: Vec::new(),
            stopped: None,
        }
    }

    /// Hides what the person set.
    pub(super) fn hide_settings(&mut self, settings: &Settings, site: &Url) {
        if let Way::Token { email, token } = &settings.way {
            self.hide(email, "EMAIL");
            self.hide(token, "TOKEN");
        }
        for name in ["SALLY_ATLASSIAN_CLIENT_ID", "SALLY_ATLASSIAN_CLIENT_SECRET"] {
            if let Some(value) = (settings.lookup)(name) {
                self.hide(&value, "CLIENT");
            }
        }
        self.hide(site.as_str(), "SITE");
        self.hide(site.as_str().trim_end_matches('/'), "SITE");
        self.hide(site.authority(), "SITE");
        let name = site.host_str().and_then(|host| host.strip_suffix(".atlassian.net"));
        self.hide(name.or_else(|| site.path().rsplit('/').next()).unwrap_or_default(), "SITE");
        self.hide(&settings.space, "SPACE");
        self.hide(settings.folder.as_deref().unwrap_or_default(), "FOLDER");
        self.way = if matches!(settings.way, Way::Login) { "a login" } else { "an API token" };
    }

    /// Hides a text from now on.
    pub(super) fn hide(&mut self, text: &str, name: &'static str) {
        self.redactor.hide(text, name);
    }

    /// By which sort of credential it was let in.
    pub(super) fn let_in_by(&mut self, way: &'static str) {
        self.way = way;
    }

    /// Records the outcome of a check, once.
    pub(super) fn note(&mut self, check: Check, verdict: Verdict, seen: &str) {
        let seen = self.redactor.clean(seen);
        let (name, expected) = check.words();
        self.hands.say(&format!("{name} · {expected} · {seen}: {}", verdict.word()));
        self.found.entry(check).or_insert((verdict, seen));
    }

    /// Notes whether a check went well.
    pub(super) fn is(&mut self, check: Check, is_so: bool, seen: &str) {
        self.note(check, if is_so { Verdict::Ok } else { Verdict::Differs }, seen);
    }

    /// Notes why a check was not made.
    pub(super) fn not_done(&mut self, check: Check, why: &str) {
        self.note(check, Verdict::NotDone, why);
    }

    /// Notes what an answer says of a check, if it says anything: a scope that is missing, a pause that is asked for and
    /// a network that fails say nothing.
    pub(super) fn judge(&mut self, check: Check, answer: &Answer, is_so: bool, seen: &str) {
        if answer.lacks_scope() {
            self.not_done(check, "the scope for it is missing");
        } else if matches!(answer.status, 0 | 429 | 500..) {
            self.not_done(check, &answer.brief());
        } else {
            self.is(check, is_so, seen);
        }
    }

    /// Notes that something was made, and where a person finds it.
    pub(super) fn made(&mut self, what: &str, link: &str) {
        self.made.push((what.to_owned(), link.to_owned()));
    }

    /// Notes why the trial does not go on.
    pub(super) fn stopped(&mut self, error: &anyhow::Error) {
        let why = self.redactor.clean(&format!("{error:#}"));
        self.hands.say(&format!("The trial stops here: {why}"));
        self.stopped = Some(why);
    }

    /// The end.
    pub(super) fn close(mut self) -> Report {
        for check in Check::ALL {
            if !self.found.contains_key(&check) {
                let is_of_others = self.way != "a login" && Check::OF_LOGINS.contains(&check);
                let why = if is_of_others { "needs a login" } else { "it did not get there" };
                self.not_done(check, why);
            }
        }
        let count = |wanted: Verdict| self.found.values().filter(|(verdict, _)| *verdict == wanted).count();
        let counts = [Verdict::Ok, Verdict::Differs, Verdict::NotDone].map(count);
        let markdown = self.markdown(counts);
        Report { found: self.found, made: self.made, markdown, counts, is_whole: self.stopped.is_none() }
    }

    fn markdown(&self, [ok, differs, not_done]: [usize; 3]) -> String {
        let mut text = format!(
            "# A trial of Sally Desktop {} with a Confluence site\n\nLet in by {}. {ok} ok, {differs} differ, {not_done} not \
             done. Names, numbers and addresses are replaced.\n\n",
            env!("CARGO_PKG_VERSION"),
            self.way
        );
        if let Some(why) = &self.stopped {
            // Writing to a string does not fail.
            let _ = write!(text, "It stopped early: {why}\n\n");
        }
        text.push_str("| Check | Expected | Seen | |\n|---|---|---|---|\n");
        for (check, (verdict, seen)) in &self.found {
            let (name, expected) = check.words();
            let cells = [name, expected, seen, verdict.word()]
                .map(|cell| cell.replace('|', "\\|").replace('\n', " "));
            let _ = writeln!(text, "| {} |", cells.join(" | "));
        }
        text.push_str("\n| By hand | Decides |\n|---|---|\n");
        for (what, decides) in BY_HAND {
            let _ = writeln!(text, "| {what} | {decides} |");
        }
        text
    }
}

/// The outcome of a trial.
pub(crate) struct Report {
    /// Each check, with what was seen.
    pub(crate) found: BTreeMap<Check, (Verdict, String)>,
    /// What was made, and where it is: for the person alone.
    pub(crate) made: Vec<(String, String)>,
    /// What can be shown to anybody.
    pub(crate) markdown: String,
    /// How many went well, differ, and were not done.
    pub(crate) counts: [usize; 3],
    /// Whether it got to its end.
    pub(crate) is_whole: bool,
}

impl Report {
    /// The checks with this verdict.
    pub(crate) fn with(&self, wanted: Verdict) -> Vec<Check> {
        self.found.iter().filter(|(_, (verdict, _))| *verdict == wanted).map(|(check, _)| *check).collect()
    }
}
