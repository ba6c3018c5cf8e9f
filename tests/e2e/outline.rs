//! Rich text as an outline, a line for each block in a writing close to Markdown. It reads the editor's elements and
//! those of the sandbox's web view alike, so that what a person saw can be compared with what arrived.

use std::collections::BTreeSet;

use anyhow::{Context, Result, ensure};
use dom_query::{Document, NodeRef};

/// Kinds of panels, as both name them.
const PANELS: [&str; 6] = ["info", "note", "tip", "success", "warning", "error"];

/// Colours of a status, as both name them.
const COLORS: [&str; 6] = ["neutral", "purple", "blue", "red", "yellow", "green"];

/// The outline of a piece of HTML.
pub(crate) fn outline(html: &str) -> Vec<String> {
    let document = Document::from(format!("<main>{html}</main>"));
    let main = document.select_single("main");
    main.nodes().first().map(blocks).unwrap_or_default()
}

/// A page of the sandbox's web view, as its person sees it.
pub(crate) struct WebPage(Document);

impl WebPage {
    /// Opens a web address.
    pub(crate) async fn open(address: &str) -> Result<Self> {
        #[expect(
            clippy::disallowed_types,
            reason = "a stand-in for a person's browser, which has its own client"
        )]
        let browser = reqwest::Client::builder().no_proxy().build()?;
        let answer = browser.get(address).send().await?;
        ensure!(answer.status() == 200, "a person can open {address}: {}", answer.status());
        Ok(Self(Document::from(answer.text().await?)))
    }

    /// The outline of the page itself, without its title.
    pub(crate) fn article(&self) -> Result<Vec<String>> {
        self.outline("article > .document")
    }

    /// The outline of a comment beneath it.
    pub(crate) fn comment(&self, id: &str) -> Result<Vec<String>> {
        self.outline(&format!("#comment-{id} > .document"))
    }

    /// How many elements fit a selector of CSS.
    pub(crate) fn count(&self, selector: &str) -> usize {
        self.0.select(selector).length()
    }

    /// The text of what fits a selector of CSS.
    pub(crate) fn text(&self, selector: &str) -> String {
        self.0.select(selector).text().to_string()
    }

    fn outline(&self, selector: &str) -> Result<Vec<String>> {
        let found = self.0.select(selector);
        let node = found.nodes().first().with_context(|| format!("the page has no {selector}"))?;
        Ok(blocks(node))
    }
}

fn name(node: &NodeRef<'_>) -> String {
    node.node_name().map(|name| name.to_string()).unwrap_or_default()
}

fn attribute(node: &NodeRef<'_>, name: &str) -> Option<String> {
    node.attr(name).map(|value| value.to_string())
}

/// Which of some words an element has, as a class or as an attribute of the editor.
fn one_of(node: &NodeRef<'_>, data: &str, words: &[&'static str]) -> Option<&'static str> {
    let value = attribute(node, data);
    words.iter().copied().find(|word| value.as_deref() == Some(*word) || node.has_class(word))
}

fn blocks(node: &NodeRef<'_>) -> Vec<String> {
    node.children().iter().filter(|child| child.is_element()).flat_map(block).collect()
}

fn block(node: &NodeRef<'_>) -> Vec<String> {
    let is = |class: &str, data: &str| node.has_class(class) || node.attr(data).is_some();
    match name(node).as_str() {
        "p" => vec![line(node)],
        "hr" => vec!["---".to_owned()],
        "pre" => vec![format!("```{}", node.text())],
        "blockquote" => prefixed("> ", "> ", blocks(node)),
        "table" => rows(node),
        "ul" if is("tasks", "data-tasks") => items(node, &|item, _| {
            let ticked = item.descendants().iter().any(|one| name(one) == "input" && is_ticked(one, item));
            vec![format!("[{}] {}", if ticked { "x" } else { " " }, line(item))]
        }),
        "ul" if is("decisions", "data-decisions") => {
            items(node, &|item, _| vec![format!("◆ {}", line(item))])
        }
        "ul" => items(node, &|item, _| prefixed("- ", "  ", blocks(item))),
        "ol" => {
            let start = attribute(node, "start").and_then(|start| start.parse().ok()).unwrap_or(1);
            items(node, &|item, index| prefixed(&format!("{}. ", start + index), "  ", blocks(item)))
        }
        "aside" | "div" if is("panel", "data-panel") => {
            let kind = one_of(node, "data-panel", &PANELS).unwrap_or("no kind of");
            let prefix = format!("({kind}) ");
            prefixed(&prefix, &prefix, blocks(node))
        }
        heading if heading.len() == 2 && heading.starts_with('h') => {
            let level = heading[1..].parse().unwrap_or(0);
            vec![format!("{} {}", "#".repeat(level), line(node))]
        }
        _ => blocks(node),
    }
}

/// The editor says by an attribute of the item which tasks are done; the web view ticks the box.
fn is_ticked(input: &NodeRef<'_>, item: &NodeRef<'_>) -> bool {
    input.attr("checked").is_some() || attribute(item, "data-task").as_deref() == Some("DONE")
}

/// The items of a list; a list that is a child of a list is nested in what was before it.
fn items(list: &NodeRef<'_>, item: &dyn Fn(&NodeRef<'_>, usize) -> Vec<String>) -> Vec<String> {
    let children = list.children();
    let elements = children.iter().filter(|child| child.is_element());
    elements
        .enumerate()
        .flat_map(|(index, child)| match name(child).as_str() {
            "li" => item(child, index),
            _ => prefixed("  ", "  ", block(child)),
        })
        .collect()
}

fn rows(table: &NodeRef<'_>) -> Vec<String> {
    let rows = table.descendants();
    let cell = |cell: &NodeRef<'_>| match name(cell).as_str() {
        "th" => Some(format!("# {} |", blocks(cell).join(" / "))),
        "td" => Some(format!(" {} |", blocks(cell).join(" / "))),
        _ => None,
    };
    rows.iter()
        .filter(|row| name(row) == "tr")
        .map(|row| format!("|{}", row.children().iter().filter_map(cell).collect::<String>()))
        .collect()
}

fn prefixed(first: &str, rest: &str, lines: Vec<String>) -> Vec<String> {
    let prefix = |index| if index == 0 { first } else { rest };
    lines.into_iter().enumerate().map(|(index, line)| format!("{}{line}", prefix(index))).collect()
}

/// Text with the marks that are on it. Elements nest marks in any order, so that only sets can be compared.
type Run = (BTreeSet<String>, String);

fn line(node: &NodeRef<'_>) -> String {
    let mut runs = Vec::new();
    collect(node, &BTreeSet::new(), &mut runs);
    runs.into_iter()
        .map(|(marks, text)| marks.iter().fold(text, |text, mark| format!("{mark}({text})")))
        .collect()
}

fn collect(node: &NodeRef<'_>, marks: &BTreeSet<String>, runs: &mut Vec<Run>) {
    for child in node.children() {
        if child.is_text() {
            say(&child.text(), marks.clone(), runs);
            continue;
        }
        let with = |mark: &str| {
            let mut more = marks.clone();
            more.insert(mark.to_owned());
            more
        };
        let is = |class: &str, data: &str| child.has_class(class) || child.attr(data).is_some();
        match name(&child).as_str() {
            "time" => {
                say(&format!("<{}>", attribute(&child, "datetime").unwrap_or_default()), marks.clone(), runs);
            }
            "br" if child.has_class("ProseMirror-trailingBreak") => {}
            "br" => say("⏎", marks.clone(), runs),
            "strong" | "em" | "s" | "u" | "code" | "sub" | "sup" => {
                collect(&child, &with(&name(&child)), runs);
            }
            "a" => {
                let address = attribute(&child, "href").unwrap_or_default();
                collect(&child, &with(&format!("link to {address} ")), runs);
            }
            "span" if is("mark", "data-mark") => {}
            "span" if is("mention", "data-mention") => collect(&child, &with("mention"), runs),
            "span" if is("lozenge", "data-status") => {
                let color = one_of(&child, "data-status", &COLORS).unwrap_or("no colour");
                collect(&child, &with(&format!("{color} status ")), runs);
            }
            _ => collect(&child, marks, runs),
        }
    }
}

fn say(text: &str, marks: BTreeSet<String>, runs: &mut Vec<Run>) {
    match runs.last_mut() {
        Some((before, words)) if *before == marks => words.push_str(text),
        _ if text.is_empty() => {}
        _ => runs.push((marks, text.to_owned())),
    }
}

#[test]
fn the_editor_and_the_web_view_have_one_outline() {
    let editor = "<h2>Plan</h2><p>At <em><strong>once</strong></em> <a href=\"https://example.com/\">here</a>\
        <br class=\"ProseMirror-trailingBreak\"></p>\
        <ul data-tasks><li data-task=\"DONE\"><input type=\"checkbox\"><div>Lamps <time datetime=\"2026-11-20\">20 Nov \
        2026</time></div></li></ul><ul data-decisions><li data-decision=\"DECIDED\">Open</li></ul>\
        <div data-panel=\"tip\"><p>Look <span data-status=\"green\">Ready</span></p></div>\
        <table><tbody><tr><th><p>Who</p></th><td><p>Ada</p></td></tr></tbody></table><ol start=\"3\"><li><p>Third</p></li></ol>";
    let web = "<h2>Plan</h2><p>At <strong><em>once</em></strong> <a href=\"https://example.com/\" rel=\"noopener\">here</a></p>\
        <ul class=\"tasks\"><li><label><input type=\"checkbox\" disabled checked><span>Lamps <time class=\"lozenge\" \
        datetime=\"2026-11-20\">2026-11-20</time></span></label></li></ul>\
        <ul class=\"decisions\"><li><span class=\"mark\">◆</span><span>Open</span></li></ul>\
        <aside class=\"panel tip\"><p>Look <span class=\"lozenge green\">Ready</span></p></aside>\
        <table><tbody><tr><th><p>Who</p></th><td><p>Ada</p></td></tr></tbody></table><ol start=\"3\"><li><p>Third</p></li></ol>";
    let expected = [
        "## Plan",
        "At strong(em(once)) link to https://example.com/ (here)",
        "[x] Lamps <2026-11-20>",
        "◆ Open",
        "(tip) Look green status (Ready)",
        "|# Who | Ada |",
        "3. Third",
    ];
    assert_eq!(outline(editor), expected, "the editor's elements are read");
    assert_eq!(outline(web), expected, "the web view's elements are read");
}
