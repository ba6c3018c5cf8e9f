//! Evaluates a query against the index: pages, comments and spaces without those written within the index lag, and without
//! archived pages and drafts.

use std::cmp::Ordering;

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::cql::{Clause, Expression, Field, Operator, Query, Value};
use crate::adf;
use crate::data::ADA;
use crate::gateway::Visit;
use crate::people::TIME_ZONE;
use crate::site::{Access, Comment, Page, Person, Site, Space, Status};

/// Something found.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Hit<'a> {
    Page(&'a Page),
    Comment(&'a Comment, &'a Page),
    Space(&'a Space),
}

/// Everything that fulfils a query, in its order. It holds what the account may not see, too: Confluence
/// filters each page of results afterwards, which is why a short page is not the last one.
pub(crate) fn find<'a>(site: &'a Site, query: &Query, visit: &Visit<'_>, with_spaces: bool) -> Vec<Hit<'a>> {
    let now = visit.now;
    let is_open = |space: usize| !site.spaces[space].is_archived;
    let pages = site
        .pages
        .iter()
        .filter(|page| page.status == Status::Current && page.searchable_from <= now && is_open(page.space))
        .map(|page| Hit::Page(page));
    let comments =
        site.comments.iter().filter(|comment| comment.searchable_from <= now).filter_map(|comment| {
            let page = site
                .page(comment.page)
                .filter(|page| page.status == Status::Current && is_open(page.space))?;
            Some(Hit::Comment(comment, page))
        });
    let spaces = site.spaces.iter().filter(|space| with_spaces && !space.is_archived).map(Hit::Space);
    let finder = Finder { site, now, person: visit.person };
    let mut hits: Vec<Hit<'a>> =
        pages.chain(comments).chain(spaces).filter(|hit| finder.fulfils(*hit, &query.filter)).collect();
    hits.sort_by(|a, b| {
        let compare = |order: &super::cql::Order| {
            let ordering = finder.compare(*a, *b, order.by);
            if order.is_descending { ordering.reverse() } else { ordering }
        };
        query.order.iter().map(compare).find(|ordering| ordering.is_ne()).unwrap_or(Ordering::Equal)
    });
    hits
}

impl Hit<'_> {
    pub(crate) fn is_visible(self, site: &Site) -> bool {
        let access = match self {
            Self::Page(page) | Self::Comment(_, page) => site.page_access(page),
            Self::Space(space) => {
                let place = site.spaces.iter().position(|other| other.id == space.id);
                place.map_or(Access::Hidden, |place| site.space_access(place))
            }
        };
        access != Access::Hidden
    }

    fn id(self) -> u64 {
        match self {
            Self::Page(page) => page.id,
            Self::Comment(comment, _) => comment.id,
            Self::Space(space) => space.id,
        }
    }

    fn title(self) -> String {
        match self {
            Self::Page(page) => page.title.clone(),
            Self::Comment(_, page) => format!("Re: {}", page.title),
            Self::Space(space) => space.name.clone(),
        }
    }

    fn kind(self) -> &'static str {
        match self {
            Self::Page(page) => page.kind.as_str(),
            Self::Comment(..) => "comment",
            Self::Space(_) => "space",
        }
    }

    fn created(self) -> Timestamp {
        match self {
            Self::Page(page) => page.created,
            Self::Comment(comment, _) => comment.created,
            Self::Space(space) => space.created,
        }
    }

    pub(crate) fn changed(self) -> Timestamp {
        match self {
            Self::Page(page) => page.changed,
            other => other.created(),
        }
    }

    fn author(self) -> &'static str {
        match self {
            Self::Page(page) => page.author.account_id,
            Self::Comment(comment, _) => comment.author.account_id,
            Self::Space(_) => ADA.account_id,
        }
    }

    fn words(self) -> String {
        match self {
            Self::Page(page) => format!("{} {}", page.title, adf::plain(&page.document())),
            Self::Comment(comment, _) => adf::plain(&comment.document),
            Self::Space(space) => space.name.clone(),
        }
    }
}

struct Finder<'a> {
    site: &'a Site,
    now: Timestamp,
    /// Who asks.
    person: &'static Person,
}

impl Finder<'_> {
    fn fulfils(&self, hit: Hit<'_>, filter: &Expression) -> bool {
        match filter {
            Expression::Both(left, right) => self.fulfils(hit, left) && self.fulfils(hit, right),
            Expression::Either(left, right) => self.fulfils(hit, left) || self.fulfils(hit, right),
            Expression::Not(inner) => !self.fulfils(hit, inner),
            Expression::Is(clause) => clause.values.iter().any(|value| self.holds(hit, clause, value)),
        }
    }

    fn holds(&self, hit: Hit<'_>, clause: &Clause, value: &Value) -> bool {
        let text = match value {
            Value::Text(text) => text.as_str(),
            Value::CurrentUser => self.person.account_id,
            Value::Now(_) => "",
        };
        let number = || text.parse().ok();
        match clause.field {
            Field::Type => hit.kind().eq_ignore_ascii_case(text),
            Field::Space => self.space(hit).key.eq_ignore_ascii_case(text),
            Field::SpaceType => self.space(hit).kind.eq_ignore_ascii_case(text),
            Field::SpaceTitle if clause.operator == Operator::Contains => {
                matches(&self.space(hit).name, text)
            }
            Field::SpaceTitle => self.space(hit).name.to_lowercase() == text.trim().to_lowercase(),
            Field::Id => number() == Some(hit.id()),
            Field::Title if clause.operator == Operator::Contains => matches(&hit.title(), text),
            Field::Title => hit.title().trim().to_lowercase() == text.trim().to_lowercase(),
            Field::Text => matches(&hit.words(), text),
            Field::Container => matches!(hit, Hit::Comment(comment, _) if number() == Some(comment.page)),
            Field::Ancestor => number().is_some_and(|id| self.ancestors(hit).contains(&id)),
            Field::Parent => {
                matches!(hit, Hit::Page(page) if page.parent.is_some() && number() == page.parent)
            }
            Field::Creator | Field::Contributor => hit.author() == text,
            Field::Created => self.compares(hit.created(), clause.operator, value),
            Field::LastModified => self.compares(hit.changed(), clause.operator, value),
        }
    }

    fn compares(&self, at: Timestamp, operator: Operator, value: &Value) -> bool {
        let moment = match value {
            Value::Now(minutes) => self.now.saturating_add(SignedDuration::from_mins(*minutes)).ok(),
            Value::Text(text) => local(text).and_then(moment),
            Value::CurrentUser => None,
        };
        moment.is_some_and(|moment| match operator {
            Operator::After => at > moment,
            Operator::AtOrAfter => at >= moment,
            Operator::Before => at < moment,
            Operator::AtOrBefore => at <= moment,
            // The index knows minutes.
            _ => at >= moment && at < moment + SignedDuration::from_mins(1),
        })
    }

    fn space<'b>(&'b self, hit: Hit<'b>) -> &'b Space {
        match hit {
            Hit::Page(page) | Hit::Comment(_, page) => &self.site.spaces[page.space],
            Hit::Space(space) => space,
        }
    }

    fn ancestors(&self, hit: Hit<'_>) -> Vec<u64> {
        let Hit::Page(page) = hit else { return Vec::new() };
        let parent = |id: &Option<u64>| id.and_then(|id| self.site.page(id)).map(|page| page.parent);
        std::iter::successors(Some(page.parent), parent).flatten().collect()
    }

    fn compare(&self, a: Hit<'_>, b: Hit<'_>, by: Field) -> Ordering {
        match by {
            Field::Title => a.title().to_lowercase().cmp(&b.title().to_lowercase()),
            Field::Created => a.created().cmp(&b.created()),
            Field::LastModified => a.changed().cmp(&b.changed()),
            Field::Type => a.kind().cmp(b.kind()),
            Field::Space => self.space(a).key.cmp(&self.space(b).key),
            Field::Id => a.id().cmp(&b.id()),
            _ => Ordering::Equal,
        }
    }
}

/// A date as CQL writes it; a day without a time begins at midnight.
pub(crate) fn local(text: &str) -> Option<DateTime> {
    let text = text.replace('/', "-");
    let full = if text.contains(':') { text } else { format!("{text} 00:00") };
    DateTime::strptime("%Y-%m-%d %H:%M", full).ok()
}

/// The moment that a date means to the account, whose time zone is not UTC.
fn moment(local: DateTime) -> Option<Timestamp> {
    let zone = TimeZone::get(TIME_ZONE).unwrap_or(TimeZone::UTC);
    zone.to_ambiguous_timestamp(local).compatible().ok()
}

/// Whether a text holds all the terms of a search: words, beginnings of words (`plan*`), and phrases
/// inside the value (`"\"exactly this\""`). Case, plural and punctuation do not matter, but in capital letters `OR` and
/// `NOT` are operators.
pub(crate) fn matches(text: &str, wanted: &str) -> bool {
    if let Some((left, right)) = wanted.split_once(" OR ") {
        return matches(text, left) || matches(text, right);
    }
    if let Some((left, right)) = format!(" {wanted}").split_once(" NOT ") {
        return matches(text, left) && !matches(text, right);
    }
    let words = split(text);
    let mut pieces = wanted.split('"');
    let mut is_phrase = false;
    pieces.all(|piece| {
        let terms = split(piece);
        let holds = if is_phrase {
            terms.is_empty()
                || words
                    .windows(terms.len())
                    .any(|window| window.iter().zip(&terms).all(|(w, t)| is_like(w, t)))
        } else {
            terms.iter().all(|term| words.iter().any(|word| is_like(word, term)))
        };
        is_phrase = !is_phrase;
        holds
    })
}

fn split(text: &str) -> Vec<String> {
    let is_part = |c: char| c.is_alphanumeric() || c == '*' || c == '?';
    text.to_lowercase().split(|c| !is_part(c)).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

fn is_like(word: &str, term: &str) -> bool {
    if term.contains(['*', '?']) {
        let (word, term): (Vec<char>, Vec<char>) = (word.chars().collect(), term.chars().collect());
        return is_wild(&word, &term);
    }
    let stem =
        |word: &'_ str| word.strip_suffix('s').filter(|stem| stem.len() > 2).map_or(word.len(), str::len);
    word[..stem(word)] == term[..stem(term)]
}

fn is_wild(word: &[char], term: &[char]) -> bool {
    match (word, term) {
        (_, ['*', term @ ..]) => (0..=word.len()).any(|skip| is_wild(&word[skip..], term)),
        ([_, word @ ..], ['?', term @ ..]) => is_wild(word, term),
        ([a, word @ ..], [b, term @ ..]) => a == b && is_wild(word, term),
        (word, term) => word.is_empty() && term.is_empty(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_match_words_beginnings_and_phrases() {
        assert!(matches("Decisions log", "decision"), "plural does not matter");
        assert!(matches("Decisions log", "dec*"), "a beginning is enough with *");
        assert!(!matches("Decisions log", "dec"), "and not without");
        assert!(matches("Decisions log", "log decisions"), "order does not matter");
        assert!(matches("The exact words", "\"exact words\""));
        assert!(!matches("The exact words", "\"words exact\""), "it does in a phrase");
        assert!(matches("Launch – İstanbul", "İst*"), "letters outside ASCII are letters");
        assert!(matches("a (b", "b)"), "signs are no part of words");
        assert!(matches("The plan", "log OR plan") && !matches("The plan", "log or plan"));
        assert!(!matches("The plan", "NOT plan") && matches("The log", "NOT plan"));
    }

    #[test]
    fn dates_are_read_as_cql_writes_them() {
        assert!(local("2026-11-12 09:30").is_some());
        assert!(local("2026/11/12").is_some());
        assert!(local("12.11.2026").is_none());
    }
}
