//! Words as the full-text indexes see them: folded, without diacritics. Turns typed text into a query of the indexes, and
//! finds the few words around a hit. Refuses SQL. Called by `search` and `items`.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Words before and after a hit in an excerpt.
const BEFORE: usize = 4;
const AFTER: usize = 8;

/// What was typed into a search.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Typed(Vec<Term>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Term {
    /// One word, or the words of a phrase.
    words: Vec<String>,
    /// Whether its last word goes on.
    is_open: bool,
}

impl Typed {
    /// Reads it: text in quotation marks is a phrase, and every other word may go on.
    pub(super) fn read(text: &str) -> Self {
        let mut terms = Vec::new();
        let mut quotes = text.split(['"', '“', '”', '„']).enumerate().peekable();
        while let Some((at, part)) = quotes.next() {
            let is_quoted = at % 2 == 1;
            // While a phrase is being typed its end is missing, and its last word may go on.
            let is_open = !is_quoted || quotes.peek().is_none();
            if is_quoted {
                terms.push(Term { words: words_of(part), is_open });
            } else {
                terms.extend(part.split_whitespace().map(|word| Term { words: words_of(word), is_open }));
            }
        }
        terms.retain(|term| !term.words.is_empty());
        Self(terms)
    }

    /// Whether there is nothing to look for.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether something of it may begin in one line and end in the next.
    pub(super) fn has_phrase(&self) -> bool {
        self.0.iter().any(|term| term.words.len() > 1)
    }

    /// As a query of the index: every word quoted, so that nothing in it is an operator.
    pub(super) fn to_query(&self) -> String {
        let terms = self.0.iter().map(|term| {
            let star = if term.is_open { "*" } else { "" };
            format!("\"{}\"{star}", term.words.join(" "))
        });
        terms.collect::<Vec<_>>().join(" AND ")
    }

    /// Whether each term occurs in one of these texts.
    pub(super) fn all_in(&self, texts: &[&str]) -> bool {
        let texts = taken_apart(texts);
        self.0.iter().all(|term| term.is_in(&texts))
    }

    /// Those terms that occur in none of these texts.
    pub(super) fn not_in(mut self, texts: &[&str]) -> Self {
        let texts = taken_apart(texts);
        self.0.retain(|term| !term.is_in(&texts));
        self
    }

    /// The words around the first hit of any term in a text.
    pub(super) fn around(&self, text: &str) -> Option<String> {
        // Most texts hold none of it, and are not taken apart.
        let whole = folded(text);
        if !self.0.iter().any(|term| whole.contains(&term.words[0])) {
            return None;
        }
        let pieces: Vec<&str> = text.split_whitespace().collect();
        let words: Vec<(usize, String)> = pieces
            .iter()
            .enumerate()
            .flat_map(|(at, piece)| words_of(piece).into_iter().map(move |word| (at, word)))
            .collect();
        let at = (0..words.len()).find(|start| self.0.iter().any(|term| term.stands_at(&words[*start..])))?;
        let hit = words[at].0;
        let (from, to) = (hit.saturating_sub(BEFORE), (hit + AFTER).min(pieces.len()));
        // A beginning that is nearly whole is shown whole.
        let from = if from <= 1 { 0 } else { from };
        let [left, right] = [from > 0, to < pieces.len()].map(|cut| if cut { "…" } else { "" });
        Some(format!("{left}{}{right}", pieces[from..to].join(" ")))
    }
}

impl Term {
    fn is_in(&self, texts: &[Vec<(usize, String)>]) -> bool {
        texts.iter().any(|words| (0..words.len()).any(|start| self.stands_at(&words[start..])))
    }

    fn stands_at(&self, words: &[(usize, String)]) -> bool {
        let last = self.words.len() - 1;
        words.len() > last
            && self.words.iter().zip(words).enumerate().all(|(at, (wanted, (_, word)))| {
                if at == last && self.is_open { word.starts_with(wanted) } else { word == wanted }
            })
    }
}

fn taken_apart(texts: &[&str]) -> Vec<Vec<(usize, String)>> {
    texts.iter().map(|text| words_of(text).into_iter().map(|word| (0, word)).collect()).collect()
}

/// The words in a text, folded as the index folds them.
fn words_of(text: &str) -> Vec<String> {
    let words = folded(text);
    words.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

fn folded(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_ascii() {
            folded.push(c.to_ascii_lowercase());
        } else {
            let parts = std::iter::once(c).nfd().filter(|c| !is_combining_mark(*c));
            folded.extend(parts.flat_map(char::to_lowercase));
        }
    }
    folded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_phrase_is_closed_and_a_word_goes_on() {
        for (typed, query) in [
            ("plan", r#""plan"*"#),
            ("Zürich büro", r#""zurich"* AND "buro"*"#),
            (r#""go live" plan"#, r#""go live" AND "plan"*"#),
            (r#""go li"#, r#""go li"*"#),
            ("kick-off", r#""kick off"*"#),
            ("\" OR title:*", r#""or title"*"#),
            ("\u{E000}task ( * ^", r#""task"*"#),
        ] {
            assert_eq!(Typed::read(typed).to_query(), query, "{typed}");
        }
        assert!(Typed::read(" \" - \" ").is_empty(), "signs are not words");
    }

    #[test]
    fn an_excerpt_shows_the_hit_with_its_neighbours() {
        let text =
            "one two three four five six Café-Ecke eight nine ten eleven twelve thirteen fourteen fifteen";
        assert_eq!(
            Typed::read("cafe").around(text).as_deref(),
            Some("…three four five six Café-Ecke eight nine ten eleven twelve thirteen fourteen…")
        );
        assert_eq!(Typed::read("\"one two\"").around("One, two!").as_deref(), Some("One, two!"));
        assert_eq!(Typed::read("\"one three\"").around(text), None, "a phrase is not two words");
    }
}
