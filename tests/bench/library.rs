//! A library of many years: 100,000 meetings with 1,000,000 items, one meeting in ten with its transcript. Makes it once,
//! by importing files as a person would, and measures what a person does in it: searching with every letter that is typed,
//! and opening meetings. The same searches are asked of the same file in the bare `sqlite3` shell.
//!
//! `SALLY_BENCH_LIBRARY` names the folder of the library. Prints `search_p99_ms=…`, `shell_p99_ms=…` and
//! `meeting_open_ms=…`, which `cargo xtask bench` reads.
#![expect(clippy::print_stdout, reason = "the numbers are read")]

#[path = "../shared/desktop.rs"]
mod desktop;

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context as _, Result, ensure};
use jiff::civil::date;
use jiff::{SignedDuration, Span};
use sally_core::api::ListMeetings;
use sally_core::app::{App, Browser, Event, Outside, READ_TIMEOUT, Setup, Window};
use sally_core::auth::{MemoryKeychain, SallySettings, Settings};
use sally_core::clock::SystemClock;
use sally_core::domain::id::MeetingId;
use sally_core::http::Limits;
use serde_json::{Value, json};
use url::Url;

use self::desktop::BareDesktop;

const MEETINGS: usize = 100_000;
const ITEMS_OF_EACH: usize = 10;

/// Meetings in one file of the import.
const IN_A_FILE: usize = 500;

/// One meeting in so many has a transcript, of so many lines.
const WITH_TRANSCRIPT: usize = 10;
const LINES: usize = 100;

/// Searches that are typed, and meetings that are opened.
const SEARCHES: usize = 300;
const OPENED: usize = 500;

/// Rows that the list asks for.
const STRETCH: u32 = 100;

/// Words of the language that is spoken in these meetings. As in others, the word of rank *n* is said 1/*n* as often as
/// the first.
const VOCABULARY: f64 = 30_000.0;

const NAMES: [&str; 12] = [
    "Ada Lovelace",
    "Grace Hopper",
    "Linus Torvalds",
    "Barbara Liskov",
    "Edsger Dijkstra",
    "Émilie du Châtelet",
    "Jürgen Müller",
    "Margaret Hamilton",
    "Radia Perlman",
    "Tim Berners-Lee",
    "Frances Allen",
    "Sophie Wilson",
];

struct Nobody;

impl Window for Nobody {
    fn tell(&self, _event: Event) {}

    fn come_to_front(&self) {}
}

impl Browser for Nobody {
    fn open(&self, _address: &Url) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::main]
async fn main() -> Result<()> {
    let folder =
        PathBuf::from(std::env::var_os("SALLY_BENCH_LIBRARY").context("SALLY_BENCH_LIBRARY is not set")?);
    let app = open(&folder).await?;
    if listed(&app, "").await? != u32::try_from(MEETINGS)? {
        app.end().await;
        std::fs::remove_dir_all(&folder).context("the folder of the library")?;
        make(&open(&folder).await?).await?;
    }
    let app = open(&folder).await?;
    into_memory(&folder)?;
    let searches = searches();
    let ours = search(&app, &searches).await?;
    let plain = search_in_shell(&folder, &searches, false)?;
    let theirs = search_in_shell(&folder, &searches, true)?;
    let opened = open_meetings(&app).await?;
    app.end().await;
    println!("  {} searches, a letter at a time: median {:.2} ms", ours.len(), part(&ours, 0.5));
    println!("  the same in the sqlite3 shell: median {:.2} ms", part(&theirs, 0.5));
    println!(
        "  without the words around a hit: median {:.2} ms, p99 {:.2} ms",
        part(&plain, 0.5),
        part(&plain, 0.99)
    );
    println!("search_p99_ms={:.3}", part(&ours, 0.99));
    println!("shell_p99_ms={:.3}", part(&theirs, 0.99));
    println!("meeting_open_ms={:.3}", part(&opened, 0.99));
    Ok(())
}

async fn open(folder: &Path) -> Result<App> {
    Ok(App::start(Setup {
        folder: folder.to_owned(),
        older_folder: None,
        atlassian: Settings::read(|_| None)?,
        keychain: Arc::new(MemoryKeychain::default()),
        marks: Arc::new(MemoryKeychain::default()),
        machine: None,
        sally: SallySettings::read(|_| None)?,
        token_keychain: Arc::new(MemoryKeychain::default()),
        server_keychain: Arc::new(MemoryKeychain::default()),
        lock_folder: folder.to_owned(),
        clock: Arc::new(SystemClock),
        browser: Arc::new(Nobody),
        window: Arc::new(Nobody),
        desktop: Arc::new(BareDesktop),
        outside: Outside::direct(),
        limits: Limits::STANDARD,
        read_timeout: READ_TIMEOUT,
    })
    .await?)
}

async fn listed(app: &App, query: &str) -> Result<u32> {
    Ok(app.list_meetings(wanted(query)).await?.total)
}

fn wanted(query: &str) -> ListMeetings {
    ListMeetings { query: query.to_owned(), limit: STRETCH, ..ListMeetings::default() }
}

/// The same numbers in every run, well enough mixed for words.
struct Dice(u64);

impl Dice {
    /// From 0 up to, and without, 1.
    #[expect(clippy::cast_precision_loss, reason = "53 bits fit")]
    fn part(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }

    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "small"
    )]
    fn below(&mut self, end: usize) -> usize {
        (self.part() * end as f64) as usize
    }

    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a rank is a small number")]
    fn word(&mut self) -> String {
        spelled(VOCABULARY.powf(self.part()) as usize)
    }

    fn words(&mut self, number: usize) -> String {
        (0..number).map(|_| self.word()).collect::<Vec<_>>().join(" ")
    }
}

/// The word of a rank: short for the common ones, as in others.
fn spelled(mut rank: usize) -> String {
    const HEADS: [&str; 16] =
        ["b", "d", "f", "g", "h", "k", "l", "m", "n", "p", "r", "s", "st", "t", "th", "w"];
    const TAILS: [&str; 12] = ["a", "an", "e", "en", "er", "i", "in", "o", "on", "or", "u", "ü"];
    let mut word = String::new();
    loop {
        word.push_str(HEADS[rank % HEADS.len()]);
        rank /= HEADS.len();
        word.push_str(TAILS[rank % TAILS.len()]);
        rank /= TAILS.len();
        if rank == 0 {
            return word;
        }
    }
}

/// Imports the library.
async fn make(app: &App) -> Result<()> {
    println!("  The library is made, once (some minutes)");
    let folder = tempfile::tempdir()?;
    let mut dice = Dice(1);
    for file in 0..MEETINGS / IN_A_FILE {
        let meetings: Vec<Value> =
            (0..IN_A_FILE).map(|at| meeting(&mut dice, file * IN_A_FILE + at)).collect::<Result<_>>()?;
        let path = folder.path().join("meetings.json");
        std::fs::write(&path, serde_json::to_vec(&json!({ "meetings": meetings }))?)?;
        let report = app.import(vec![path]).await?;
        ensure!(report.added.len() == IN_A_FILE, "every meeting was added: {:?}", report.failed);
    }
    app.end().await;
    Ok(())
}

fn meeting(dice: &mut Dice, number: usize) -> Result<Value> {
    // Some on each working day of many years.
    let held = date(2026, 11, 20)
        .at(9, 0, 0, 0)
        .in_tz("UTC")?
        .checked_sub(Span::new().minutes(i64::try_from(number)? * 25))?
        .timestamp();
    let mut items = BTreeMap::new();
    for at in 0..ITEMS_OF_EACH {
        let kind = ["insights", "decisions", "next_steps", "tasks"][at % 4];
        let length = 6 + dice.below(9);
        let mut item = json!({ "text": dice.words(length) });
        if kind == "tasks" {
            item["owner"] = NAMES[dice.below(NAMES.len())].into();
        }
        items.entry(kind).or_insert_with(Vec::new).push(item);
    }
    let people: Vec<&str> = (0..3).map(|_| NAMES[dice.below(NAMES.len())]).collect();
    let mut meeting = json!({
        "id": format!("m{number}"), "title": dice.words(4), "date": held.to_string(),
        "duration_minutes": 45, "participants": people,
    });
    for (kind, items) in items {
        meeting[kind] = items.into();
    }
    if number.is_multiple_of(WITH_TRANSCRIPT) {
        let lines = (0..LINES).map(|at| {
            let length = 6 + dice.below(12);
            json!({
                "start_ms": at * 9000, "end_ms": at * 9000 + 8000,
                "speaker": people[at % people.len()], "text": dice.words(length),
            })
        });
        meeting["transcript"] = lines.collect();
    }
    Ok(meeting)
}

/// What is in the field after each letter of some searches: of one word, of two, and of a name and a word.
fn searches() -> Vec<String> {
    let mut dice = Dice(2);
    let mut typed = Vec::new();
    for number in 0..SEARCHES {
        let search = match number % 3 {
            0 => dice.word(),
            1 => dice.words(2),
            _ => {
                let name = NAMES[dice.below(NAMES.len())].split(' ').next().unwrap_or_default();
                format!("{} {}", name.to_lowercase(), dice.word())
            }
        };
        let ends = search.char_indices().map(|(at, letter)| at + letter.len_utf8());
        typed.extend(ends.map(|end| search[..end].to_owned()).filter(|text| !text.ends_with(' ')));
    }
    typed
}

/// Has the system read the whole file, so that neither side pays for the disk.
fn into_memory(folder: &Path) -> Result<()> {
    let mut file = std::fs::File::open(folder.join("sally.db"))?;
    std::io::copy(&mut file, &mut std::io::sink())?;
    Ok(())
}

async fn search(app: &App, searches: &[String]) -> Result<Vec<f64>> {
    // The first one reads what all others find in memory.
    listed(app, "a").await?;
    let mut times = Vec::new();
    for text in searches {
        let started = Instant::now();
        let list = app.list_meetings(wanted(text)).await?;
        times.push(milliseconds(started.elapsed().try_into()?));
        drop(list);
    }
    Ok(times)
}

/// The plainest statement that answers the same: how many match, as far as the app counts, and the newest of them with
/// what a row shows. The words around the hit can be left out.
fn search_in_shell(folder: &Path, searches: &[String], with_hits: bool) -> Result<Vec<f64>> {
    let hit = if with_hits { "snippet(meeting_words, -1, '', '', '…', 12)" } else { "NULL" };
    let mut shell = Command::new("sqlite3")
        .args(["-batch", "-readonly"])
        .arg(folder.join("sally.db"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("the sqlite3 shell did not start")?;
    let mut input = shell.stdin.take().context("its input was piped")?;
    let mut script = ".timer on\n".to_owned();
    for text in ["a"].into_iter().chain(searches.iter().map(String::as_str)) {
        let terms: Vec<String> = text.split(' ').map(|word| format!("\"{word}\"*")).collect();
        let query = terms.join(" AND ");
        let statement = format!(
            "SELECT (SELECT count(*) FROM (SELECT 1 FROM meeting_words WHERE meeting_words MATCH '{query}' LIMIT 1001)),
                    m.id, m.title, m.held_at, m.held_on, w.hit,
                    (SELECT count(*) FROM items i WHERE i.meeting_id = m.id),
                    (SELECT count(DISTINCT di.item_id) FROM deliveries d JOIN delivery_items di ON di.delivery_id = d.id
                     WHERE d.meeting_id = m.id AND d.state = 'sent')
             FROM (SELECT rowid AS seq, {hit} AS hit FROM meeting_words WHERE meeting_words MATCH '{query}'
                   ORDER BY rowid DESC LIMIT {STRETCH}) w
             JOIN meetings m ON m.seq = w.seq;"
        );
        script.extend(statement.split_whitespace().flat_map(|word| [word, " "]));
        script.push('\n');
    }
    let writer = std::thread::spawn(move || input.write_all(script.as_bytes()));
    let output = shell.wait_with_output()?;
    writer.join().map_err(|_| anyhow::anyhow!("the script was not written"))??;
    ensure!(output.status.success(), "the sqlite3 shell failed");
    let times: Vec<f64> = String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| line.strip_prefix("Run Time: real ")?.split(' ').next()?.parse().ok())
        .map(|seconds: f64| seconds * 1e3)
        .collect();
    ensure!(times.len() == searches.len() + 1, "each search was timed: {}", times.len());
    Ok(times[1..].to_vec())
}

async fn open_meetings(app: &App) -> Result<Vec<f64>> {
    let mut dice = Dice(3);
    let mut times = Vec::new();
    for _ in 0..OPENED {
        let offset = u32::try_from(dice.below(MEETINGS))?;
        let row = ListMeetings { offset, limit: 1, ..wanted("") };
        let list = app.list_meetings(row).await?;
        let id: MeetingId = list.rows.first().context("a meeting")?.id;
        let started = Instant::now();
        let meeting = app.open_meeting(id).await?;
        times.push(milliseconds(started.elapsed().try_into()?));
        ensure!(meeting.items.len() == ITEMS_OF_EACH, "the meeting is whole");
    }
    Ok(times)
}

fn milliseconds(time: SignedDuration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// The value that this part of all values does not exceed.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "there are some thousands"
)]
fn part(values: &[f64], part: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[((sorted.len() as f64 * part).ceil() as usize).saturating_sub(1)]
}
