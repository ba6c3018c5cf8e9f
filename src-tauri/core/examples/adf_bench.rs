//! Measures Markdown to ADF: how long the best of several runs takes, from the text to the JSON that
//! Confluence takes. `cargo xtask bench` runs it beside converters in other languages.
//!
//! ```text
//! cargo run --release -p sally-core --example adf_bench -- --make corpus.md
//! cargo run --release -p sally-core --example adf_bench -- corpus.md 20
//! ```
//!
//! The first form writes the corpus, a million bytes of meeting notes that are the same every time. The second
//! prints one JSON line: `bytes` of the corpus, and `seconds` of the best run.

use std::hint::black_box;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use sally_core::adf::from_markdown;

/// Size of the corpus, in bytes.
const SIZE: usize = 1_000_000;

fn main() -> io::Result<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["--make", file] => std::fs::write(file, corpus())?,
        [file, runs] if runs.parse::<u32>().is_ok_and(|runs| runs > 0) => {
            measure(Path::new(file), runs.parse().unwrap_or(1))?;
        }
        _ => {
            writeln!(io::stderr(), "Say what to do: adf_bench FILE RUNS, or adf_bench --make FILE")?;
            return Ok(ExitCode::from(2));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn measure(file: &Path, runs: u32) -> io::Result<()> {
    let markdown = std::fs::read_to_string(file)?;
    let mut best = f64::INFINITY;
    for _ in 0..runs {
        let mut tasks = 0_u32;
        let mut local_ids = || {
            tasks += 1;
            format!("00000000-0000-4000-8000-{tasks:012x}")
        };
        let start = Instant::now();
        let json = from_markdown(black_box(&markdown), &mut local_ids).to_json();
        best = best.min(start.elapsed().as_secs_f64());
        black_box(json);
    }
    let line = serde_json::json!({ "bytes": markdown.len(), "seconds": best });
    writeln!(io::stdout(), "{line}")
}

/// Chooses words and shapes: a linear congruential generator, so that the corpus needs no file.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let sides = u64::try_from(sides).unwrap_or(1).max(1);
        usize::try_from((self.0 >> 33) % sides).unwrap_or(0)
    }

    fn pick<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices.get(self.roll(choices.len())).copied().unwrap_or_default()
    }
}

const SUBJECTS: [&str; 12] = [
    "The importer",
    "Our pilot customer",
    "The rollout plan",
    "Grace's team",
    "The migration guide",
    "Billing",
    "The search index",
    "Every reviewer",
    "The support rota",
    "A smaller release",
    "The Zürich office",
    "Nobody on call",
];
const VERBS: [&str; 10] = [
    "waits for",
    "replaces",
    "was measured against",
    "depends on",
    "should not block",
    "will follow",
    "is documented next to",
    "costs less than",
    "was moved behind",
    "surprised",
];
const OBJECTS: [&str; 12] = [
    "the feature flag",
    "last quarter's numbers",
    "two more interviews",
    "the naïve estimate",
    "the audit log",
    "a second region",
    "the old dashboard",
    "three open questions",
    "the budget of June",
    "the contract draft",
    "every known outage",
    "the design review",
];
const NAMES: [&str; 6] = ["Ada", "Grace", "Linus", "Barbara", "Edsger", "Radia"];

/// Notes of many meetings, in the shapes that notes have.
fn corpus() -> String {
    let mut dice = Dice(20_261_112);
    let mut notes = String::with_capacity(SIZE + 8192);
    for number in 1.. {
        notes.push_str(&meeting(number, &mut dice).concat());
        if notes.len() >= SIZE {
            break;
        }
    }
    let end = (0..=SIZE).rev().find(|&end| notes.is_char_boundary(end));
    notes.truncate(end.unwrap_or(0));
    notes
}

/// The notes of one meeting, line by line.
fn meeting(number: u32, dice: &mut Dice) -> Vec<String> {
    let mut lines = vec![format!("# Planning meeting {number}\n\n")];
    for _ in 0..2 + dice.roll(3) {
        for _ in 0..3 + dice.roll(4) {
            lines.push(format!("{}{}", sentence(dice), dice.pick(&[" ", "\n"])));
        }
        lines.push("\n\n".to_owned());
    }
    lines.push("## Decisions\n\n".to_owned());
    for _ in 0..3 + dice.roll(4) {
        lines.push(format!("- **{}**\n", sentence(dice)));
        if dice.roll(3) == 0 {
            lines.push(format!("  - {}\n", sentence(dice)));
        }
    }
    lines.push("\n## Tasks\n\n".to_owned());
    for _ in 0..4 + dice.roll(4) {
        let done = dice.pick(&["x", " ", " "]);
        lines.push(format!("- [{done}] {}: {}\n", dice.pick(&NAMES), sentence(dice)));
    }
    lines.push("\n### Next steps\n\n".to_owned());
    for number in 1..=3 + dice.roll(3) {
        lines.push(format!("{number}. {}\n", sentence(dice)));
    }
    match dice.roll(4) {
        0 => lines.extend(table(dice)),
        1 => lines.push(format!("\n> {}\n> {}\n", sentence(dice), sentence(dice))),
        2 => lines
            .push("\n```rust\nlet open = plan.items().filter(|item| item.open).count();\n```\n".to_owned()),
        _ => lines.push("\n---\n".to_owned()),
    }
    lines.push("\n".to_owned());
    lines
}

fn sentence(dice: &mut Dice) -> String {
    let (subject, verb, object) = (dice.pick(&SUBJECTS), dice.pick(&VERBS), dice.pick(&OBJECTS));
    match dice.roll(6) {
        0 => format!("{subject} {verb} *{object}*."),
        1 => format!("{subject} {verb} `{object}`, said {}.", dice.pick(&NAMES)),
        2 => format!("{subject} {verb} [{object}](https://example.com/notes/{}).", dice.roll(10_000)),
        3 => format!("{subject} {verb} ~~{object}~~ & the rest (see #{}).", dice.roll(999)),
        _ => format!("{subject} {verb} {object}."),
    }
}

fn table(dice: &mut Dice) -> Vec<String> {
    let mut rows = vec!["\n| Who | What | Until |\n| --- | --- | ---: |\n".to_owned()];
    for _ in 0..3 + dice.roll(4) {
        rows.push(format!(
            "| {} | {} | 2026-11-{:02} |\n",
            dice.pick(&NAMES),
            sentence(dice),
            1 + dice.roll(28)
        ));
    }
    rows
}
