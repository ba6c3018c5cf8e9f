//! Measures the import of transcripts: how long the best of several runs takes, from the bytes of a WebVTT file to a
//! meeting. `cargo xtask bench` runs it beside parsers in other languages.
//!
//! ```text
//! cargo run --release -p sally-core --example vtt_bench -- --make corpus.vtt
//! cargo run --release -p sally-core --example vtt_bench -- corpus.vtt 20
//! ```
//!
//! The first form writes the corpus, ten million bytes as Zoom writes them that are the same every time. The second
//! prints one JSON line: `bytes` of the corpus, `seconds` of the best run, and how many `cues` there were.

use std::fmt::Write as _;
use std::hint::black_box;
use std::io::{self, Write as _};
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use sally_core::sources::files;

/// Size of the corpus, in bytes: a meeting of several days.
const SIZE: usize = 10_000_000;

fn main() -> io::Result<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["--make", file] => std::fs::write(file, corpus())?,
        [file, runs] if runs.parse::<u32>().is_ok_and(|runs| runs > 0) => {
            measure(Path::new(file), runs.parse().unwrap_or(1))?;
        }
        _ => {
            writeln!(io::stderr(), "Say what to do: vtt_bench FILE RUNS, or vtt_bench --make FILE")?;
            return Ok(ExitCode::from(2));
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn measure(file: &Path, runs: u32) -> io::Result<()> {
    let bytes = std::fs::read(file)?;
    let (mut best, mut cues) = (f64::INFINITY, 0);
    for _ in 0..runs {
        // The system's allocator puts off the cleaning up after one run to the next that asks for much memory.
        drop(black_box(Vec::<u8>::with_capacity(bytes.len())));
        let start = Instant::now();
        let parsed = files::parse("corpus.vtt", black_box(&bytes)).map_err(io::Error::other)?;
        best = best.min(start.elapsed().as_secs_f64());
        cues = parsed.iter().map(|parsed| parsed.meeting.transcript.len()).sum();
        black_box(parsed);
    }
    let line = serde_json::json!({ "bytes": bytes.len(), "seconds": best, "cues": cues });
    writeln!(io::stdout(), "{line}")
}

const SPEAKERS: [&str; 6] =
    ["Ada Lovelace", "Grace (Compilers)", "Linus T.", "Barbara Liskov", "Edsger", "Émilie du Châtelet"];
const SENTENCES: [&str; 12] = [
    "Good morning, can everybody hear me?",
    "Yes.",
    "So, the importer waits for the feature flag, and that is what we measured last week.",
    "I would say we replace it & see.",
    "Let's… let's see if anyone is here.",
    "The migration guide should not block anybody; it will follow in a week or two, or so I was told.",
    "Okay, sounds good.",
    "That costs less than the old dashboard: half of it.",
    "Could you repeat that, please? The line was bad for a moment and I did not get the second half of the sentence.",
    "We moved it behind the search index.",
    "Right.",
    "I think that was all. Thank you, everybody.",
];

/// Cues as Zoom writes them: numbered, one line each, with the ends of lines of Windows.
fn corpus() -> String {
    let mut corpus = String::with_capacity(SIZE + 4096);
    corpus.push_str("WEBVTT\r\n");
    let (mut state, mut at) = (20_261_112_u64, 0_u64);
    let mut roll = |sides: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap_or(0) % sides
    };
    let clock = |ms: u64| {
        format!("{:02}:{:02}:{:02}.{:03}", ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60, ms % 1000)
    };
    for number in 1.. {
        let (speaker, sentence) = (SPEAKERS[roll(SPEAKERS.len())], SENTENCES[roll(SENTENCES.len())]);
        let end = at + 900 + 30 * sentence.len() as u64;
        // Writing to a string cannot fail.
        let _ =
            write!(corpus, "\r\n{number}\r\n{} --> {}\r\n{speaker}: {sentence}\r\n", clock(at), clock(end));
        at = end + 120;
        if corpus.len() >= SIZE {
            break;
        }
    }
    corpus
}
