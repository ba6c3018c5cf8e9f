//! What the dialogs open with: templates, filled with items and their meeting. An item becomes what it is (a
//! decision a decision, a task a task with its owner and day), and a mention stands only for somebody whose account
//! is known. Pure: time, identifiers and people come in as arguments. Called by the dialogs.

use jiff::civil;

use crate::adf::{
    self, Block, Date, DecisionItem, DecisionList, Document, Heading, Inline, Inlines, Level, Link, List,
    LocalId, Mention, Numbering, Paragraph, Style, TaskItem, TaskList, TaskState,
};
use crate::api::{Mentionable, RenderedTemplates};
use crate::app::library::day_and_time;
use crate::domain::destination::{Action, TITLE_MAX};
use crate::domain::meeting::{Item, ItemKind, Meeting, SECTIONS};
use crate::domain::settings::Templates;
use crate::domain::title::truncate_utf16;

/// Below the page's own title.
const SECTION_LEVEL: Level = match Level::new(2) {
    Some(level) => level,
    None => Level::THREE,
};

/// What a template is filled with.
pub(super) struct TemplateContext<'a> {
    /// The meeting, with the items that were chosen and no others.
    pub(super) meeting: &'a Meeting,
    /// Who can be mentioned.
    pub(super) people: &'a [Mentionable],
    /// Makes identifiers for tasks and decisions.
    pub(super) new_id: &'a mut dyn FnMut() -> String,
}

impl TemplateContext<'_> {
    /// The title and the body of a page, or the body of a comment.
    pub(super) fn rendered(&mut self, templates: &Templates, action: Action) -> RenderedTemplates {
        RenderedTemplates { title: self.title(templates), document: self.body(templates, action) }
    }

    /// The title of a page.
    fn title(&self, templates: &Templates) -> String {
        let template = if self.several() { &templates.meeting_title } else { &templates.item_title };
        let filled = self.fields(template, str::to_owned);
        truncate_utf16(&filled.split_whitespace().collect::<Vec<_>>().join(" "), TITLE_MAX)
    }

    /// The body of a page or of a comment.
    fn body(&mut self, templates: &Templates, action: Action) -> Document {
        let template = match action {
            Action::AddComment => &templates.comment_body,
            Action::CreatePage if self.several() => &templates.meeting_body,
            Action::CreatePage => &templates.item_body,
        };
        let mut document = Document::new();
        let mut markdown = String::new();
        // `{items}` and `{context}` on lines of their own are blocks; everything else is Markdown.
        for line in template.lines() {
            let block = match line.trim() {
                "{items}" => self.items(),
                "{context}" => vec![self.context().into()],
                _ => {
                    markdown.push_str(&self.fields(line, plain_in_markdown));
                    markdown.push('\n');
                    continue;
                }
            };
            document
                .extend(adf::from_markdown(&std::mem::take(&mut markdown), &mut self.new_id).into_blocks());
            document.extend(block);
        }
        document.extend(adf::from_markdown(&markdown, &mut self.new_id).into_blocks());
        match action {
            Action::CreatePage => document,
            Action::AddComment => document.for_comment(),
        }
    }

    fn several(&self) -> bool {
        self.meeting.items.len() > 1
    }

    /// Fills the fields of one line. What is not a field stays as it is.
    fn fields(&self, line: &str, escape: impl Fn(&str) -> String) -> String {
        let mut filled = String::with_capacity(line.len());
        let mut rest = line;
        while let Some(start) = rest.find('{') {
            let (before, from) = rest.split_at(start);
            filled.push_str(before);
            let end = from.find('}').map(|end| end + 1);
            if let Some((end, value)) =
                end.and_then(|end| self.field(&from[1..end - 1]).map(|value| (end, value)))
            {
                filled.push_str(&escape(&value));
                rest = &from[end..];
            } else {
                filled.push('{');
                rest = &from[1..];
            }
        }
        filled.push_str(rest);
        filled
    }

    fn field(&self, name: &str) -> Option<String> {
        let meeting = self.meeting;
        let first = meeting.items.first();
        let (day, time) = day_and_time(meeting.held_at);
        let value = match name {
            "item" => first.map(|item| first_line(&item.text)),
            "items" => {
                Some(meeting.items.iter().map(|item| first_line(&item.text)).collect::<Vec<_>>().join("; "))
            }
            "kind" => first.map(|item| kind(item.kind).to_owned()),
            "owner" => first.and_then(|item| item.owner.clone()),
            "due" => first
                .and_then(|item| item.due.as_ref())
                .map(|due| due.date.map_or(due.text.clone(), in_words)),
            "meeting" => Some(meeting.title.clone()),
            "date" => day.and_then(|day| day.parse().ok()).map(in_words),
            "time" => time,
            "participants" => Some(listed(&meeting.participants)),
            "recording" => meeting.recording.clone(),
            "context" => Some(context_words(meeting)),
            _ => return None,
        };
        Some(value.unwrap_or_default())
    }

    /// The chosen items as what they are; several under a heading for each section.
    fn items(&mut self) -> Vec<Block> {
        let meeting = self.meeting;
        if let [item] = meeting.items.as_slice() {
            return self.one(item);
        }
        let mut blocks = Vec::new();
        for (kind, heading) in SECTIONS {
            let items: Vec<&Item> = meeting.items.iter().filter(|item| item.kind == kind).collect();
            if items.is_empty() {
                continue;
            }
            blocks.push(Heading::new(SECTION_LEVEL, heading).into());
            let list: Option<Block> = match kind {
                ItemKind::Insight | ItemKind::NextStep => {
                    List::of(Numbering::Bullets, items.iter().map(|item| self.words(item))).map(Into::into)
                }
                ItemKind::Decision => {
                    let id = self.id();
                    let decisions: Vec<_> = items.iter().map(|item| self.decision(item)).collect();
                    DecisionList::of(id, decisions).map(Into::into)
                }
                ItemKind::Task => {
                    let id = self.id();
                    let tasks: Vec<_> = items.iter().map(|item| self.task(item)).collect();
                    TaskList::of(id, tasks).map(Into::into)
                }
            };
            blocks.extend(list);
        }
        blocks
    }

    fn one(&mut self, item: &Item) -> Vec<Block> {
        match item.kind {
            ItemKind::Decision => {
                let id = self.id();
                vec![DecisionList::new(id, self.decision(item)).into()]
            }
            ItemKind::Task => {
                let id = self.id();
                vec![TaskList::new(id, self.task(item)).into()]
            }
            ItemKind::Insight | ItemKind::NextStep => vec![Paragraph::new(self.words(item)).into()],
        }
    }

    fn decision(&mut self, item: &Item) -> DecisionItem {
        DecisionItem::new(self.id(), self.words(item))
    }

    fn task(&mut self, item: &Item) -> TaskItem {
        let state = if item.done { TaskState::Done } else { TaskState::Todo };
        TaskItem::new(self.id(), state, self.words(item))
    }

    /// An item's words, its owner and its due date. A due date that names no day stays in the source's words.
    fn words(&self, item: &Item) -> Inlines {
        let mut words = item.formatted.clone().unwrap_or_else(|| plain_words(&item.text));
        if let Some(owner) = &item.owner {
            words.push_text(" — ", Style::PLAIN);
            match self.mention(owner) {
                Some(mention) => words.push(mention),
                None => words.push_text(owner, Style::PLAIN),
            }
        }
        if let Some(due) = &item.due {
            words.push_text(" · ", Style::PLAIN);
            match due.date.and_then(Date::on) {
                Some(date) => words.push(date),
                None => words.push_text(&due.text, Style::PLAIN),
            }
        }
        words
    }

    fn mention(&self, name: &str) -> Option<Mention> {
        let name = name.trim().to_lowercase();
        let mut known = self.people.iter().filter(|person| person.name.to_lowercase() == name);
        // Two people of one name: neither is notified by mistake.
        let person = known.next().filter(|_| known.next().is_none())?;
        Mention::new(person.id.as_str(), format!("@{}", person.name))
    }

    /// A line that says where this comes from.
    fn context(&self) -> Paragraph {
        let mut line = Inlines::from(context_words(self.meeting).as_str());
        if let Some(link) = self.meeting.recording.as_deref().and_then(Link::new) {
            line.push_text(" ", Style::PLAIN);
            line.push_text("Recording", link);
        }
        Paragraph::new(line)
    }

    fn id(&mut self) -> LocalId {
        LocalId::new((self.new_id)())
    }
}

fn context_words(meeting: &Meeting) -> String {
    let (day, _) = day_and_time(meeting.held_at);
    let on =
        day.and_then(|day| day.parse().ok()).map(|day| format!(", {}", in_words(day))).unwrap_or_default();
    let with = match listed(&meeting.participants) {
        names if names.is_empty() => names,
        names => format!(", with {names}"),
    };
    format!("From the meeting “{}”{on}{with}.", meeting.title)
}

fn listed(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [rest @ .., last] => format!("{} and {last}", rest.join(", ")),
    }
}

fn kind(kind: ItemKind) -> &'static str {
    match kind {
        ItemKind::Insight => "Insight",
        ItemKind::Decision => "Decision",
        ItemKind::NextStep => "Next step",
        ItemKind::Task => "Task",
    }
}

/// Words that came without any formatting; addresses in them are links.
fn plain_words(text: &str) -> Inlines {
    let mut words = Inlines::new();
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        if !words.is_empty() {
            words.push(Inline::HardBreak);
        }
        words.push_text(line, Style::PLAIN);
    }
    words.with_links()
}

fn first_line(text: &str) -> String {
    text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default().to_owned()
}

/// A value that Markdown takes for nothing but text.
fn plain_in_markdown(value: &str) -> String {
    let mut escaped = String::with_capacity(value.len());
    for c in value.chars() {
        if c.is_ascii_punctuation() {
            escaped.push('\\');
        }
        escaped.push(if c.is_control() { ' ' } else { c });
    }
    escaped
}

/// A day that no reader can mistake, such as "20 November 2026".
fn in_words(day: civil::Date) -> String {
    day.strftime("%-d %B %Y").to_string()
}

#[cfg(test)]
mod tests;
