//! Strategies for random documents: as the editor produces them, and notes written both as Markdown and as HTML, with numbered
//! words so that each can be found in the result.
//!
//! Longer than 400 lines: one grammar of documents, whose rules call each other.

use std::fmt::Write as _;

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use serde_json::{Value, json};

/// Text with what is special in JSON, XML and Markdown, and beyond ASCII.
fn text() -> impl Strategy<Value = String> {
    "[a-zA-Z0-9äß中🦀 \t\n\"\\\\<>&*_|#\\-\\[\\]]{1,12}"
}

fn marks() -> impl Strategy<Value = Vec<Value>> {
    let styles = prop_oneof![
        4 => Just(Vec::new()),
        1 => Just(vec![json!({"type": "code"})]),
        3 => (any::<[bool; 4]>(), option::of(prop_oneof![Just("sub"), Just("sup")])).prop_map(|(on, shift)| {
            let mut marks = Vec::new();
            for (name, on) in ["em", "strong", "strike"].into_iter().zip(on) {
                marks.extend(on.then(|| json!({"type": name})));
            }
            marks.extend(shift.map(|shift| json!({"type": "subsup", "attrs": {"type": shift}})));
            marks.extend(on[3].then(|| json!({"type": "underline"})));
            marks
        }),
    ];
    let link = option::weighted(
        0.2,
        prop_oneof!["https://example\\.com/[a-z]{0,5}", Just("mailto:a@b.c".to_owned())],
    );
    (link, styles).prop_map(|(link, styles)| {
        link.map(|href| json!({"type": "link", "attrs": {"href": href}})).into_iter().chain(styles).collect()
    })
}

fn inline() -> impl Strategy<Value = Value> {
    let color = prop_oneof![
        Just("neutral"),
        Just("purple"),
        Just("blue"),
        Just("red"),
        Just("yellow"),
        Just("green")
    ];
    prop_oneof![
        8 => (text(), marks()).prop_map(|(text, marks)| match marks.as_slice() {
            [] => json!({"type": "text", "text": text}),
            marks => json!({"type": "text", "text": text, "marks": marks}),
        }),
        1 => Just(json!({"type": "hardBreak"})),
        1 => ("[0-9a-f:-]{1,20}", text())
            .prop_map(|(id, text)| json!({"type": "mention", "attrs": {"id": id, "text": text}})),
        1 => (-60_000_000_000_000_i64..250_000_000_000_000)
            .prop_map(|at| json!({"type": "date", "attrs": {"timestamp": at.to_string()}})),
        1 => (text(), color).prop_map(|(text, color)| json!({"type": "status", "attrs": {"text": text, "color": color}})),
        1 => ("[a-z_]{1,8}", option::of(Just("🎉"))).prop_map(|(name, text)| {
            let name = format!(":{name}:");
            match text {
                Some(text) => json!({"type": "emoji", "attrs": {"shortName": name, "text": text}}),
                None => json!({"type": "emoji", "attrs": {"shortName": name}}),
            }
        }),
        1 => "https://example\\.com/[a-z]{0,5}".prop_map(|url| json!({"type": "inlineCard", "attrs": {"url": url}})),
    ]
}

/// A node with this content, and without the property if there is none, as editors write it.
fn holding(mut node: Value, content: Vec<Value>) -> Value {
    if !content.is_empty() {
        node["content"] = content.into();
    }
    node
}

/// A line in which neighbours with the same marks are one.
fn line() -> impl Strategy<Value = Vec<Value>> {
    vec(inline(), 0..5).prop_map(|line| {
        let mut merged: Vec<Value> = Vec::new();
        for inline in line {
            match merged.last_mut() {
                Some(last)
                    if last["type"] == "text"
                        && inline["type"] == "text"
                        && last["marks"] == inline["marks"] =>
                {
                    let both =
                        format!("{}{}", last["text"].as_str().unwrap(), inline["text"].as_str().unwrap());
                    last["text"] = both.into();
                }
                _ => merged.push(inline),
            }
        }
        merged
    })
}

fn lined(node: Value) -> BoxedStrategy<Value> {
    line().prop_map(move |line| holding(node.clone(), line)).boxed()
}

fn paragraph() -> BoxedStrategy<Value> {
    lined(json!({"type": "paragraph"}))
}

fn heading() -> BoxedStrategy<Value> {
    (1..=6).prop_flat_map(|level| lined(json!({"type": "heading", "attrs": {"level": level}}))).boxed()
}

fn code_block() -> BoxedStrategy<Value> {
    (option::of("[a-z]{1,5}"), option::of(text()))
        .prop_map(|(language, code)| {
            let mut node = json!({"type": "codeBlock"});
            if let Some(language) = language {
                node["attrs"] = json!({"language": language});
            }
            holding(node, code.map(|code| json!({"type": "text", "text": code})).into_iter().collect())
        })
        .boxed()
}

fn local_id() -> impl Strategy<Value = String> {
    "[0-9a-f]{8}-[0-9a-f]{4}"
}

fn decisions() -> BoxedStrategy<Value> {
    let item = (local_id(), line()).prop_map(|(id, line)| {
        holding(json!({"type": "decisionItem", "attrs": {"localId": id, "state": "DECIDED"}}), line)
    });
    (local_id(), vec(item, 1..3))
        .prop_map(|(id, items)| json!({"type": "decisionList", "attrs": {"localId": id}, "content": items}))
        .boxed()
}

fn tasks(depth: u32) -> BoxedStrategy<Value> {
    let state = prop_oneof![Just("TODO"), Just("DONE")];
    let item = (local_id(), state, line())
        .prop_map(|(id, state, line)| {
            holding(json!({"type": "taskItem", "attrs": {"localId": id, "state": state}}), line)
        })
        .boxed();
    let entry =
        if depth == 0 { item.clone() } else { prop_oneof![3 => item.clone(), 1 => tasks(depth - 1)].boxed() };
    (local_id(), item, vec(entry, 0..3))
        .prop_map(|(id, first, rest)| {
            let content: Vec<Value> = std::iter::once(first).chain(rest).collect();
            json!({"type": "taskList", "attrs": {"localId": id}, "content": content})
        })
        .boxed()
}

fn list(depth: u32) -> BoxedStrategy<Value> {
    let mut block = vec![(4, paragraph()), (1, code_block())];
    if depth > 0 {
        block.extend([(2, list(depth - 1)), (1, tasks(depth - 1))]);
    }
    let item = vec(proptest::strategy::Union::new_weighted(block), 1..3)
        .prop_map(|content| json!({"type": "listItem", "content": content}));
    (option::of(0_u32..1000), vec(item, 1..3))
        .prop_map(|(order, items)| match order {
            None => json!({"type": "bulletList", "content": items}),
            Some(order) => json!({"type": "orderedList", "attrs": {"order": order}, "content": items}),
        })
        .boxed()
}

fn quote(depth: u32) -> BoxedStrategy<Value> {
    vec(prop_oneof![3 => paragraph(), 1 => list(depth), 1 => code_block()], 1..3)
        .prop_map(|content| json!({"type": "blockquote", "content": content}))
        .boxed()
}

fn rule() -> BoxedStrategy<Value> {
    Just(json!({"type": "rule"})).boxed()
}

fn panel(depth: u32) -> BoxedStrategy<Value> {
    let kind = proptest::sample::select(vec!["info", "note", "tip", "warning", "error", "success"]);
    let block = prop_oneof![
        3 => paragraph(), 1 => heading(), 1 => list(depth), 1 => tasks(depth), 1 => decisions(),
        1 => code_block(), 1 => rule()
    ];
    (kind, vec(block, 1..4))
        .prop_map(
            |(kind, content)| json!({"type": "panel", "attrs": {"panelType": kind}, "content": content}),
        )
        .boxed()
}

fn table(depth: u32) -> BoxedStrategy<Value> {
    let block = prop_oneof![
        8 => paragraph(), 1 => heading(), 1 => list(depth), 1 => tasks(depth), 1 => decisions(),
        1 => code_block(), 1 => rule(), 1 => quote(depth), 1 => panel(depth)
    ];
    let spans = (option::weighted(0.1, 2..5_u16), option::weighted(0.1, 2..5_u16), vec(50..500_u32, 0..2));
    let cell =
        (any::<bool>(), spans, vec(block, 1..3)).prop_map(|(header, (columns, rows, widths), content)| {
            let mut cell =
                json!({"type": if header { "tableHeader" } else { "tableCell" }, "content": content});
            let mut attrs = serde_json::Map::new();
            attrs.extend(columns.map(|columns| ("colspan".to_owned(), columns.into())));
            attrs.extend(rows.map(|rows| ("rowspan".to_owned(), rows.into())));
            attrs.extend((!widths.is_empty()).then(|| ("colwidth".to_owned(), widths.into())));
            if !attrs.is_empty() {
                cell["attrs"] = attrs.into();
            }
            cell
        });
    let row = vec(cell, 0..4).prop_map(|cells| json!({"type": "tableRow", "content": cells}));
    vec(row, 1..3).prop_map(|rows| json!({"type": "table", "content": rows})).boxed()
}

/// A document as the editor makes it.
pub(super) fn editor_document() -> impl Strategy<Value = Value> {
    let block = prop_oneof![
        4 => paragraph(), 2 => heading(), 2 => list(2), 2 => tasks(2), 1 => decisions(), 1 => quote(1),
        1 => code_block(), 1 => rule(), 1 => panel(1), 1 => table(1)
    ];
    vec(block, 0..4).prop_map(|content| json!({"version": 1, "type": "doc", "content": content}))
}

/// A piece of a line of notes.
#[derive(Clone, Debug)]
pub(super) enum Bit {
    Word,
    Code,
    Break,
    Marked(&'static str, &'static str, Vec<Bit>),
    Link(Vec<Bit>),
}

/// A block of notes.
#[derive(Clone, Debug)]
pub(super) enum Part {
    Paragraph(Vec<Bit>),
    Heading(usize, Vec<Bit>),
    Code(usize),
    Rule,
    Quote(Vec<Part>),
    List(bool, Vec<Entry>),
    Table(usize, usize),
}

/// An item of a list in notes, or a task that is done or not.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    task: Option<bool>,
    line: Vec<Bit>,
    below: Vec<Part>,
}

fn bits() -> impl Strategy<Value = Vec<Bit>> {
    let leaf = prop_oneof![6 => Just(Bit::Word), 1 => Just(Bit::Code), 1 => Just(Bit::Break)];
    let bit = leaf.prop_recursive(2, 8, 3, |bit| {
        let mark = proptest::sample::select(vec![("**", "b"), ("*", "i"), ("~~", "s"), ("__", "strong")]);
        prop_oneof![
            (mark, vec(bit.clone(), 1..3)).prop_map(|((sign, tag), bits)| Bit::Marked(sign, tag, bits)),
            vec(bit, 1..3).prop_map(Bit::Link),
        ]
    });
    vec(bit, 0..4).prop_map(|bits| std::iter::once(Bit::Word).chain(bits).collect())
}

/// Notes.
pub(super) fn notes() -> impl Strategy<Value = Vec<Part>> {
    let leaf = prop_oneof![
        4 => bits().prop_map(Part::Paragraph),
        2 => (1..=6_usize, bits()).prop_map(|(level, line)| Part::Heading(level, line)),
        1 => (1..4_usize).prop_map(Part::Code),
        1 => Just(Part::Rule),
        1 => (1..4_usize, 0..3_usize).prop_map(|(columns, rows)| Part::Table(columns, rows)),
    ];
    let part = leaf.prop_recursive(3, 16, 3, |part| {
        let entry = (option::of(any::<bool>()), bits(), vec(part.clone(), 0..3))
            .prop_map(|(task, line, below)| Entry { task, line, below });
        prop_oneof![
            1 => vec(part, 1..3).prop_map(Part::Quote),
            3 => (any::<bool>(), vec(entry, 1..4)).prop_map(|(numbered, entries)| Part::List(numbered, entries)),
        ]
    });
    vec(part, 0..4)
}

/// Writes notes down, and counts the words in them: `w1`, `w2` and so on.
#[derive(Default)]
pub(super) struct Pen {
    pub(super) words: usize,
}

impl Pen {
    fn word(&mut self) -> String {
        self.words += 1;
        format!("w{}", self.words)
    }

    fn line_in_markdown(&mut self, bits: &[Bit], breaks: &str) -> String {
        let written: Vec<String> = bits
            .iter()
            .map(|bit| match bit {
                Bit::Word => self.word(),
                Bit::Code => format!("`{}`", self.word()),
                Bit::Break => format!("{}{breaks}{}", self.word(), self.word()),
                Bit::Marked(sign, _, bits) => format!("{sign}{}{sign}", self.line_in_markdown(bits, breaks)),
                Bit::Link(bits) => format!("[{}](https://example.com)", self.line_in_markdown(bits, breaks)),
            })
            .collect();
        written.join(" ")
    }

    /// The notes in Markdown.
    pub(super) fn markdown(&mut self, parts: &[Part]) -> String {
        let blocks: Vec<String> = parts.iter().map(|part| self.part_in_markdown(part)).collect();
        blocks.join("\n\n")
    }

    fn part_in_markdown(&mut self, part: &Part) -> String {
        match part {
            Part::Paragraph(line) => self.line_in_markdown(line, "\\\n"),
            Part::Heading(level, line) => {
                format!("{} {}", "#".repeat(*level), self.line_in_markdown(line, " "))
            }
            Part::Code(lines) => {
                let lines: Vec<String> = (0..*lines).map(|_| self.word()).collect();
                format!("```\n{}\n```", lines.join("\n  "))
            }
            Part::Rule => "---".to_owned(),
            Part::Quote(parts) => {
                self.markdown(parts).lines().map(|line| format!("> {line}")).collect::<Vec<_>>().join("\n")
            }
            Part::List(numbered, entries) => {
                let items: Vec<String> = entries
                    .iter()
                    .map(|entry| {
                        let sign = if *numbered { "1. " } else { "- " };
                        let task = entry.task.map_or("", |done| if done { "[x] " } else { "[ ] " });
                        let mut item = format!("{sign}{task}{}", self.line_in_markdown(&entry.line, " "));
                        for line in self.markdown(&entry.below).lines() {
                            write!(item, "\n{}{line}", " ".repeat(sign.len())).unwrap();
                        }
                        item
                    })
                    .collect();
                items.join("\n")
            }
            Part::Table(columns, rows) => {
                let mut row = |_: usize| {
                    let cells: Vec<String> = (0..*columns).map(|_| self.word()).collect();
                    format!("| {} |", cells.join(" | "))
                };
                let mut lines = vec![row(0), format!("|{}", " --- |".repeat(*columns))];
                lines.extend((0..*rows).map(row));
                lines.join("\n")
            }
        }
    }

    fn line_in_html(&mut self, bits: &[Bit]) -> String {
        let written: Vec<String> = bits
            .iter()
            .map(|bit| match bit {
                Bit::Word => self.word(),
                Bit::Code => format!("<code>{}</code>", self.word()),
                Bit::Break => format!("{}<br>{}", self.word(), self.word()),
                Bit::Marked(_, tag, bits) => format!("<{tag}>{}</{tag}>", self.line_in_html(bits)),
                Bit::Link(bits) => format!("<a href='https://example.com'>{}</a>", self.line_in_html(bits)),
            })
            .collect();
        written.join("\n")
    }

    /// The notes in HTML.
    pub(super) fn html(&mut self, parts: &[Part]) -> String {
        parts.iter().map(|part| self.part_in_html(part)).collect()
    }

    fn part_in_html(&mut self, part: &Part) -> String {
        match part {
            // The end of a paragraph may be left out.
            Part::Paragraph(line) => format!("<p>{}", self.line_in_html(line)),
            Part::Heading(level, line) => format!("<h{level}>{}</h{level}>", self.line_in_html(line)),
            Part::Code(lines) => {
                let lines: Vec<String> = (0..*lines).map(|_| self.word()).collect();
                format!("<pre><code>{}</code></pre>", lines.join("\n"))
            }
            Part::Rule => "<hr>".to_owned(),
            Part::Quote(parts) => format!("<blockquote>{}</blockquote>", self.html(parts)),
            Part::List(numbered, entries) => {
                let tag = if *numbered { "ol" } else { "ul" };
                let items: Vec<String> = entries
                    .iter()
                    .map(|entry| {
                        let task = entry.task.map_or("", |done| {
                            if done { "<input type=checkbox checked> " } else { "<input type=checkbox> " }
                        });
                        format!("<li>{task}{}{}", self.line_in_html(&entry.line), self.html(&entry.below))
                    })
                    .collect();
                format!("<{tag}>{}</{tag}>", items.concat())
            }
            Part::Table(columns, rows) => {
                let rows: Vec<String> = (0..=*rows)
                    .map(|_| {
                        let cells: Vec<String> =
                            (0..*columns).map(|_| format!("<td>{}", self.word())).collect();
                        format!("<tr>{}", cells.concat())
                    })
                    .collect();
                format!("<table>{}</table>", rows.concat())
            }
        }
    }
}

/// Pieces of Markdown and HTML in any order.
pub(super) fn soup() -> impl Strategy<Value = String> {
    let pieces = proptest::sample::select(vec![
        "word",
        " ",
        "\n",
        "\n\n",
        "    ",
        "- ",
        "1. ",
        "> ",
        "- [ ] ",
        "- [x] ",
        "# ",
        "---\n",
        "```\n",
        "`",
        "*",
        "**",
        "_",
        "~~",
        "[",
        "](https://e.com)",
        "](x)",
        "![",
        "[^1]",
        "[^1]: ",
        "| ",
        "\n| - | - |\n",
        "\\",
        "&amp;",
        "&#1;",
        "\u{0}",
        "\u{FFFE}",
        "<b>",
        "</b>",
        "<i>",
        "</i>",
        "<p>",
        "</p>",
        "<div>",
        "<br>",
        "<hr>",
        "<h1>",
        "</h1>",
        "<ul>",
        "</ul>",
        "<ol start=3>",
        "</ol>",
        "<li>",
        "</li>",
        "<table>",
        "</table>",
        "<tr>",
        "</tr>",
        "<td>",
        "</td>",
        "<th colspan=9>",
        "<blockquote>",
        "</blockquote>",
        "<pre>",
        "</pre>",
        "<code>",
        "</code>",
        "<a href=https://e.com>",
        "</a>",
        "<img src=https://e.com/i alt=x>",
        "<input type=checkbox>",
        "<li data-checked=true>",
        "<!--",
        "-->",
        "<script>",
        "</script>",
        "<style>",
        "</style>",
        "<textarea>",
        "</textarea>",
        "<template>",
        "</template>",
        "<",
        ">",
        "\"",
        "'",
        "é🦀",
        "https://e.com/a_b",
        "> [!NOTE]\n",
    ]);
    vec(pieces, 0..40).prop_map(|pieces| pieces.concat())
}

/// Any JSON, with the names of the format among the names in it.
pub(super) fn any_json() -> impl Strategy<Value = Value> {
    let names = || {
        proptest::sample::select(vec![
            "type",
            "attrs",
            "content",
            "marks",
            "text",
            "localId",
            "state",
            "version",
            "doc",
            "paragraph",
            "taskList",
            "taskItem",
            "listItem",
            "bulletList",
            "table",
            "tableRow",
            "TODO",
            "link",
            "href",
            "strong",
            "x",
        ])
    };
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        names().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 24, 4, move |json| {
        let object = vec((names(), json.clone()), 0..4);
        prop_oneof![
            vec(json, 0..4).prop_map(Value::from),
            object.prop_map(|pairs| pairs.into_iter().map(|(name, json)| (name.to_owned(), json)).collect()),
        ]
    })
}
