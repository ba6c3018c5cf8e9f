//! Takes out of a text what must not leave the machine: credentials, people, the site, and numbers and words that name
//! what others wrote. What is known is replaced by its name; what only looks like a secret, too. Refuses to leave
//! something in doubt: better a word too many is replaced.

/// Shorter ones are words of every sentence.
const SHORTEST: usize = 2;

/// As many digits name something; fewer count something.
const DIGITS: usize = 5;

/// Longer runs of such signs are no words.
const LONGEST_WORD: usize = 40;

/// What is to be hidden, longest first.
#[derive(Clone, Debug, Default)]
pub(crate) struct Redactor(Vec<(String, &'static str)>);

impl Redactor {
    /// Hides a text from now on.
    pub(crate) fn hide(&mut self, text: &str, name: &'static str) {
        let text = text.trim().to_lowercase();
        if text.chars().count() >= SHORTEST && !self.0.iter().any(|(known, _)| *known == text) {
            self.0.push((text, name));
            self.0.sort_by_key(|(known, _)| std::cmp::Reverse(known.len()));
        }
    }

    /// The text without all that.
    pub(crate) fn clean(&self, text: &str) -> String {
        let known = self.0.iter().fold(text.to_owned(), |text, (known, name)| replace(&text, known, name));
        let mut clean = String::new();
        let mut token = String::new();
        for c in known.chars().chain(['\n']) {
            if c.is_alphanumeric() || "-_=+@.:%".contains(c) {
                token.push(c);
            } else {
                clean.push_str(&judged(&token));
                token.clear();
                clean.push(c);
            }
        }
        clean.pop();
        clean
    }
}

/// Replaces a text where it stands as a whole word, whatever its case.
fn replace(text: &str, known: &str, name: &str) -> String {
    let (mut out, mut rest) = (String::new(), text);
    let is_part = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
    while let Some((from, to)) = find(rest, known) {
        let before = rest[..from].chars().next_back().or_else(|| out.chars().next_back());
        let is_word = !is_part(before) && !is_part(rest[to..].chars().next());
        out.push_str(&rest[..from]);
        out.push_str(if is_word { name } else { &rest[from..to] });
        rest = &rest[to..];
    }
    out.push_str(rest);
    out
}

fn find(text: &str, known: &str) -> Option<(usize, usize)> {
    text.char_indices().find_map(|(from, _)| {
        let mut wanted = known.chars();
        for (at, c) in text[from..].char_indices() {
            let mut next = wanted.clone();
            match next.next() {
                None => return Some((from, from + at)),
                Some(w) if c.to_lowercase().eq(w.to_lowercase()) => wanted = next,
                Some(_) => return None,
            }
        }
        wanted.next().is_none().then_some((from, text.len()))
    })
}

/// A run of signs without a space: itself, or what it seems to be.
fn judged(run: &str) -> String {
    let digits = run.chars().filter(char::is_ascii_digit).count();
    let longest = run.split(|c: char| !c.is_ascii_digit()).map(str::len).max().unwrap_or_default();
    let is_uuid = run.len() >= 32 && run.matches('-').count() >= 4 && digits > 0;
    if run.contains('@') && run.len() > 1 {
        "EMAIL".to_owned()
    } else if run.starts_with("ATATT") || run.len() > LONGEST_WORD || is_uuid {
        "SECRET".to_owned()
    } else if longest >= DIGITS {
        "ID".to_owned()
    } else if run.contains(".atlassian.net") {
        "SITE".to_owned()
    } else {
        run.to_owned()
    }
}
