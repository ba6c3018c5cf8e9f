//! The run: sends, spoils, kills, and counts at the end. Every choice comes from the seed; only when a kill falls between
//! two steps of the program does the machine decide.
//!
//! Longer than 400 lines: one run, whose steps are drawn by chance and share one state; each is judged beside the others.
#![expect(clippy::disallowed_types, reason = "looks at the store's file from outside")]

use std::collections::{HashMap, HashSet};
use std::fmt;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use rusqlite::Connection;
use sally_core::adf::Document;
use sally_core::clock::Clock as _;
use sally_core::domain::destination::{Destination, Page, Space};
use sally_core::domain::id::{DeliveryId, OrganizationId, PageId, SpaceId};
use sally_core::store::FILE_NAME;
use sandbox::{Fault, Options, RetryAfter, Sandbox, TOKEN_SCOPES, TokenKind};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout};
use tokio::time::Instant;

use super::app::{Answer, Command, Standing};
use super::backup;
use super::clock::{FastClock, machine};

/// How long everything may take to come to rest once the times are good again.
const REST: Duration = Duration::from_secs(120);

/// How long more deliveries wait for those before them.
const BEHIND: Duration = Duration::from_secs(10);

/// Whether a delivery goes on by itself.
fn going(one: &Standing) -> bool {
    ["queued", "held", "sending", "waiting", "checking"].contains(&one.state.as_str())
}

/// Who logs in.
const PEOPLE: [&str; 2] = ["Ada Lovelace", "Grace Hopper"];

/// What is counted at the end.
pub(crate) struct Report {
    sent: usize,
    waiting: usize,
    lost: Vec<String>,
    doubled: Vec<String>,
    cancelled: usize,
    replaced: usize,
    forgotten: usize,
    kills: usize,
    posts: usize,
    told: usize,
    logins: usize,
    tokens: usize,
    restores: usize,
}

impl Report {
    /// Whether nothing is lost and nothing doubled.
    pub(crate) fn is_good(&self) -> bool {
        self.lost.is_empty() && self.doubled.is_empty()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in self.lost.iter().chain(&self.doubled) {
            writeln!(f, "  {line}")?;
        }
        writeln!(
            f,
            "killed {} times; {} were cancelled in time, and {} replaced by an edit; {} edits were told that what they replace \
             had gone; {} logins, and {} API tokens; an older file was put back {} times, which forgot {}; {} requests to make something",
            self.kills,
            self.cancelled,
            self.replaced,
            self.told,
            self.logins,
            self.tokens,
            self.restores,
            self.forgotten,
            self.posts
        )?;
        let (lost, doubled) = (self.lost.len(), self.doubled.len());
        write!(f, "sent {}, waiting {}, lost {lost}, doubled {doubled}", self.sent, self.waiting)
    }
}

/// Numbers that a seed determines (`SplitMix64`).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % sides
    }

    fn one_in(&mut self, sides: u64) -> bool {
        self.roll(sides) == 0
    }
}

/// Something that was sent, and must be there once.
struct Sent {
    destination: Destination,
    words: String,
    id: Option<DeliveryId>,
    /// About which item.
    item: usize,
    cancelled: bool,
    /// An edit took its place.
    replaced: bool,
    /// An older file was put back, which does not know it, or not what became of it.
    forgotten: bool,
}

impl Sent {
    /// Whether it is to be there once, or to wait.
    fn counts(&self) -> bool {
        !(self.cancelled || self.replaced || self.forgotten)
    }
}

/// What is being edited, in a dialog that was closed.
struct Editing {
    /// Which of those that were sent.
    of: usize,
    words: String,
}

struct Chaos {
    sandbox: Arc<Sandbox>,
    clock: FastClock,
    folder: TempDir,
    dice: Dice,
    app: Running,
    kill_at: Option<Instant>,
    kills: usize,
    editing: Option<Editing>,
    /// A copy of the files as they were at a kill.
    older: Option<TempDir>,
    told: usize,
    logins: usize,
    /// The API tokens that were entered; the last one is in use, unless it was revoked or disconnected.
    tokens: Vec<String>,
    restores: usize,
}

struct Running {
    child: Child,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
}

/// Sends so many deliveries in times that the seed makes bad.
pub(crate) async fn run(seed: u64, deliveries: usize) -> Result<Report> {
    let clock = FastClock::since(machine());
    let sandbox = Arc::new(Sandbox::start(Options { seed, ..Options::default() }).await?);
    let keeper = tokio::spawn(keep_time(Arc::clone(&sandbox), clock));
    let folder = tempfile::tempdir()?;
    let app = start(&sandbox, &folder, clock)?;
    let mut chaos = Chaos {
        sandbox,
        clock,
        folder,
        dice: Dice(seed),
        app,
        kill_at: None,
        kills: 0,
        editing: None,
        older: None,
        told: 0,
        logins: 0,
        tokens: Vec::new(),
        restores: 0,
    };
    chaos.connect_as(PEOPLE[0]).await?;
    let mut all = Vec::new();
    chaos.spoil(seed);
    for number in 0..deliveries {
        let sent = chaos.something(number)?;
        let sent = chaos.send(sent).await?;
        all.push(sent);
        chaos.meddle(&mut all).await?;
        // What is sent has to go in bad times, and not when they are over.
        if number % 10 == 9 || number + 1 == deliveries {
            chaos.catch_up().await?;
        }
        if number % 100 == 99 {
            println!("{} of {deliveries} sent, killed {} times", number + 1, chaos.kills);
        }
    }
    // Good times.
    chaos.sandbox.forgive();
    chaos.sandbox.set_index_lag(Duration::from_secs(1));
    chaos.kill_at = None;
    // What each of them sent goes in their own name, whichever way they are connected.
    chaos.connect_by_token(PEOPLE[1]).await?;
    chaos.tell(&Command::SendWaiting).await?;
    chaos.come_to_rest().await?;
    chaos.tell(&Command::DisconnectToken(chaos.acme())).await?;
    chaos.connect_as(PEOPLE[0]).await?;
    chaos.tell(&Command::SendWaiting).await?;
    chaos.come_to_rest().await?;
    let standings = chaos.list().await?;
    keeper.abort();
    chaos.app.child.kill().await?;
    let stored = stored(&chaos.folder)?;
    Ok(chaos.count(&all, &standings, &stored))
}

/// A delivery, as the last run left it on disk.
struct Stored {
    words: String,
    account: String,
}

fn stored(folder: &TempDir) -> Result<HashMap<DeliveryId, Stored>> {
    let db = Connection::open(folder.path().join(FILE_NAME))?;
    let mut query = db.prepare("SELECT id, document, account_id FROM deliveries")?;
    let rows =
        query.query_map([], |row| Ok((DeliveryId(row.get(0)?), row.get::<_, String>(1)?, row.get(2)?)))?;
    rows.map(|row| {
        let (id, document, account) = row?;
        Ok((id, Stored { words: Document::parse(&document)?.text(), account }))
    })
    .collect()
}

/// The sandbox's clock runs as fast as the app's.
async fn keep_time(sandbox: Arc<Sandbox>, clock: FastClock) {
    let mut tick = tokio::time::interval(Duration::from_millis(2));
    loop {
        tick.tick().await;
        sandbox.clock().set(clock.now());
    }
}

fn start(sandbox: &Sandbox, folder: &TempDir, clock: FastClock) -> Result<Running> {
    let mut child = tokio::process::Command::new(std::env::current_exe()?)
        .arg("app")
        .env("SALLY_DATA_DIR", folder.path())
        .env("SALLY_CHAOS_SINCE", clock.origin().to_string())
        .envs(sandbox.environment())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()?;
    let input = child.stdin.take().context("it has an input")?;
    let output = BufReader::new(child.stdout.take().context("it has an output")?).lines();
    Ok(Running { child, input, output })
}

impl Chaos {
    /// Tells the app something. `None` if it was killed before it answered.
    async fn tell(&mut self, command: &Command) -> Result<Option<Answer>> {
        let line = serde_json::to_string(command)? + "\n";
        let answer = async {
            self.app.input.write_all(line.as_bytes()).await?;
            self.app.input.flush().await?;
            self.app.output.next_line().await
        };
        let deadline = async {
            match self.kill_at {
                Some(at) => tokio::time::sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            answer = answer => {
                let line = answer?.context("the app ended by itself")?;
                return Ok(Some(serde_json::from_str(&line)?));
            }
            () = deadline => {}
        }
        self.kill().await?;
        Ok(None)
    }

    /// SIGKILL, and a new start on the same folder and keyring.
    async fn kill(&mut self) -> Result<()> {
        self.app.child.kill().await?;
        self.kills += 1;
        self.app = start(&self.sandbox, &self.folder, self.clock)?;
        // Most lives are short, and some long enough for what is slow, such as a start with a large database.
        let longest = if self.dice.one_in(3) { 3_000 } else { 300 };
        self.kill_at = Some(Instant::now() + Duration::from_millis(30 + self.dice.roll(longest)));
        Ok(())
    }

    /// Logs in, again and again until it succeeds.
    async fn connect_as(&mut self, person: &str) -> Result<()> {
        ensure!(self.sandbox.log_in_as(person), "nobody is called {person}");
        let limit = Instant::now() + REST;
        loop {
            ensure!(Instant::now() < limit, "{person} cannot log in");
            let Some(Answer::Authorize(address)) = self.tell(&Command::Connect).await? else { continue };
            let callback = sandbox::browser::accept(&address).await?;
            if let Some(Answer::Connected(true)) = self.tell(&Command::Callback(callback)).await? {
                self.logins += 1;
                return Ok(());
            }
        }
    }

    fn acme(&self) -> OrganizationId {
        OrganizationId(self.sandbox.organizations()[0].cloud_id.clone())
    }

    /// Enters an API token, again and again until it is taken.
    async fn connect_by_token(&mut self, person: &str) -> Result<()> {
        ensure!(self.sandbox.log_in_as(person), "nobody is called {person}");
        let (email, site) = (self.sandbox.email(), self.sandbox.site_url("acme").context("a site")?);
        let kind = if self.dice.one_in(3) {
            TokenKind::Classic
        } else {
            TokenKind::Scoped(TOKEN_SCOPES.map(str::to_owned).to_vec())
        };
        let token = self.sandbox.make_token_of(&email, kind, None).context("a person")?;
        self.tokens.push(token.clone());
        let command = Command::ConnectToken { site, email, token };
        let limit = Instant::now() + REST;
        while !matches!(self.tell(&command).await?, Some(Answer::Connected(true))) {
            ensure!(Instant::now() < limit, "{person}'s token is not taken");
        }
        Ok(())
    }

    /// From now on everything goes wrong now and then.
    fn spoil(&mut self, seed: u64) {
        let of = |fault: Fault, method: &str, path: &str, probability: f64| {
            self.sandbox.order(fault.on(method, path).with_probability(probability));
        };
        for path in ["/pages", "/footer-comments"] {
            of(Fault::Delay(Duration::from_millis(20)), "POST", path, 0.3);
            of(Fault::ResetBefore, "POST", path, 0.08);
            of(Fault::ResetAfter, "POST", path, 0.1);
            of(Fault::LoseAnswer, "POST", path, 0.01);
            of(Fault::TooManyRequests(RetryAfter::Seconds(3)), "POST", path, 0.02);
            of(Fault::TooManyRequests(RetryAfter::Date(5)), "POST", path, 0.01);
            of(Fault::TooManyRequests(RetryAfter::Absent), "POST", path, 0.01);
            of(Fault::Fail { status: 500, committed: false }, "POST", path, 0.04);
            of(Fault::Fail { status: 502, committed: true }, "POST", path, 0.06);
            of(Fault::Garbage, "POST", path, 0.04);
            of(Fault::Truncate, "POST", path, 0.04);
        }
        for path in ["/content/", "/search", "/pages", "/footer-comments"] {
            of(Fault::ResetBefore, "GET", path, 0.1);
            of(Fault::Fail { status: 503, committed: false }, "GET", path, 0.1);
            of(Fault::Garbage, "GET", path, 0.05);
        }
        of(Fault::ResetAfter, "POST", "/oauth/token", 0.2);
        self.sandbox.set_index_lag(Duration::from_secs(5 + seed % 20));
        self.kill_at = Some(Instant::now() + Duration::from_millis(200));
    }

    /// A page, or a comment on a page of its own.
    fn something(&mut self, number: usize) -> Result<Sent> {
        let organization = self.acme();
        let words = format!("Words number {number} that somebody typed, and that must not be lost.");
        let title = format!("Delivery {number}");
        let destination = if self.dice.one_in(3) {
            let id = self.sandbox.add_page("acme", "ENG", &title).context("a page to comment on")?;
            Destination::Comment {
                organization,
                page: Page { id: PageId(id), title, space: "Engineering".to_owned() },
            }
        } else {
            if self.dice.one_in(40) {
                // Somebody has that title already.
                self.sandbox.add_page("acme", "ENG", &title).context("a page in the way")?;
            }
            let id = self.sandbox.space_id("acme", "ENG").context("a space")?;
            let space = Space { id: SpaceId(id), key: "ENG".to_owned(), name: "Engineering".to_owned() };
            Destination::NewPage { organization, space, parent: None, title }
        };
        Ok(Sent {
            destination,
            words,
            id: None,
            item: number,
            cancelled: false,
            replaced: false,
            forgotten: false,
        })
    }

    /// Sends as a person does, who finds their words in the dialog again if the app went away before they were stored.
    async fn send(&mut self, mut sent: Sent) -> Result<Sent> {
        loop {
            let command = Command::Send {
                item: sent.item,
                destination: sent.destination.clone(),
                words: sent.words.clone(),
            };
            match self.tell(&command).await? {
                Some(Answer::Stored(id)) => sent.id = Some(id),
                // The connection was lost, such as by a file that knows another account.
                Some(Answer::Refused(_)) => self.connect_as(PEOPLE[0]).await?,
                Some(other) => bail!("an answer to something else: {other:?}"),
                None => {
                    let title = sent.destination.page_title();
                    let all = self.list().await?;
                    sent.id = all.iter().find(|one| one.title == title).map(|one| one.id);
                }
            }
            if sent.id.is_some() {
                return Ok(sent);
            }
        }
    }

    async fn list(&mut self) -> Result<Vec<Standing>> {
        loop {
            if let Some(answer) = self.tell(&Command::List).await? {
                let Answer::All(all) = answer else { bail!("an answer to something else: {answer:?}") };
                return Ok(all);
            }
        }
    }

    /// What else happens in bad times.
    async fn meddle(&mut self, all: &mut Vec<Sent>) -> Result<()> {
        match self.dice.roll(64) {
            0 => self.sandbox.expire_access_tokens(),
            1 => {
                self.sandbox.go_offline().await;
                let pause = Duration::from_millis(20 + self.dice.roll(200));
                tokio::time::sleep(pause).await;
                self.sandbox.go_online().await?;
            }
            2 => self.sandbox.set_index_lag(Duration::from_secs(self.dice.roll(60))),
            3..=5 => {
                let recent = all.len().saturating_sub(1 + usize::try_from(self.dice.roll(5))?);
                let sent = &mut all[recent];
                if let (Some(id), true) = (sent.id, sent.counts()) {
                    sent.cancelled = self.cancel(id).await?;
                }
            }
            6 => {
                let at = usize::try_from(self.dice.roll(u64::try_from(all.len())?))?;
                if let (Some(id), true) = (all[at].id, all[at].counts()) {
                    self.tell(&Command::Nudge(id)).await?;
                }
            }
            7..=12 => tokio::time::sleep(Duration::from_millis(self.dice.roll(60))).await,
            13..=20 => self.edit(all).await?,
            21..=28 => self.create(all).await?,
            29 => {
                if self.dice.one_in(2) {
                    self.tell(&Command::Disconnect).await?;
                }
                let person = PEOPLE[usize::from(self.dice.one_in(2))];
                self.connect_as(person).await?;
            }
            30 => self.keep_older().await?,
            31 => self.put_older_back(all).await?,
            32 | 33 => {
                let person = PEOPLE[usize::from(self.dice.one_in(3))];
                self.connect_by_token(person).await?;
            }
            34 => {
                if let Some(token) = self.tokens.last() {
                    self.sandbox.revoke_token(token);
                }
            }
            35 => {
                self.tell(&Command::DisconnectToken(self.acme())).await?;
            }
            _ => {}
        }
        Ok(())
    }

    /// Edits something that was not sent yet, and closes the dialog: it goes on meanwhile.
    async fn edit(&mut self, all: &[Sent]) -> Result<()> {
        if self.editing.is_some() {
            return Ok(());
        }
        let of = all.len().saturating_sub(1 + usize::try_from(self.dice.roll(4))?);
        let sent = &all[of];
        let (Some(id), true) = (sent.id, sent.counts()) else { return Ok(()) };
        let words = format!("{} Edited.", sent.words);
        let command = Command::Edit { id, words: words.clone() };
        if let Some(Answer::Done(true)) = self.tell(&command).await? {
            self.editing = Some(Editing { of, words });
        }
        Ok(())
    }

    /// Opens the dialog again in which something was edited, and sends it.
    async fn create(&mut self, all: &mut Vec<Sent>) -> Result<()> {
        let Some(Editing { of, words }) = self.editing.take() else { return Ok(()) };
        let (item, destination) = (all[of].item, all[of].destination.clone());
        let known: HashSet<DeliveryId> = self.list().await?.iter().map(|one| one.id).collect();
        let answer = self.tell(&Command::Create { item, action: destination.action() }).await?;
        let new = match answer {
            Some(Answer::Stored(id)) => Some(id),
            Some(Answer::Refused(_)) => {
                self.told += 1;
                None
            }
            Some(other) => bail!("an answer to something else: {other:?}"),
            // Killed: what is new on the list took its place.
            None => self.list().await?.iter().map(|one| one.id).find(|id| !known.contains(id)),
        };
        if let Some(id) = new {
            all[of].replaced = true;
            let edited = Sent {
                destination,
                words,
                id: Some(id),
                item,
                cancelled: false,
                replaced: false,
                forgotten: false,
            };
            all.push(edited);
        }
        Ok(())
    }

    /// Keeps a copy of the files, as a backup does while the program is not running.
    async fn keep_older(&mut self) -> Result<()> {
        self.app.child.kill().await?;
        let older = tempfile::tempdir()?;
        backup::copy(self.folder.path(), older.path())?;
        self.older = Some(older);
        self.kill().await
    }

    /// Puts the copy in the place of the files: what was sent since must not be sent again.
    async fn put_older_back(&mut self, all: &mut [Sent]) -> Result<()> {
        let Some(older) = self.older.take() else { return Ok(()) };
        self.app.child.kill().await?;
        backup::put_back(older.path(), self.folder.path())?;
        self.kill().await?;
        self.restores += 1;
        self.editing = None;
        let listed: HashSet<DeliveryId> = self.list().await?.iter().map(|one| one.id).collect();
        for sent in all {
            // A person who puts an older file back loses what came after it; nothing of it may be doubled.
            sent.forgotten |= sent.id.is_none_or(|id| !listed.contains(&id));
        }
        Ok(())
    }

    /// Waits until few deliveries are on their way, for a while.
    async fn catch_up(&mut self) -> Result<()> {
        let limit = Instant::now() + BEHIND;
        while Instant::now() < limit {
            let all = self.list().await?;
            if all.iter().filter(|one| going(one)).count() <= 5 {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Ok(())
    }

    /// Takes a delivery back. Answers whether it is off the list.
    async fn cancel(&mut self, id: DeliveryId) -> Result<bool> {
        match self.tell(&Command::Cancel(id)).await? {
            Some(Answer::Done(done)) => Ok(done),
            Some(other) => bail!("an answer to something else: {other:?}"),
            None => Ok(!self.list().await?.iter().any(|one| one.id == id)),
        }
    }

    /// Waits until nothing goes on by itself any more.
    async fn come_to_rest(&mut self) -> Result<()> {
        let limit = Instant::now() + REST;
        loop {
            let all = self.list().await?;
            let count = all.iter().filter(|one| going(one)).count();
            if count == 0 {
                return Ok(());
            }
            ensure!(Instant::now() < limit, "{count} deliveries do not come to rest");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Compares what the app says with what Confluence has.
    fn count(&self, all: &[Sent], standings: &[Standing], stored: &HashMap<DeliveryId, Stored>) -> Report {
        let mut there: HashMap<&str, Vec<&str>> = HashMap::new();
        let (pages, comments) = (self.sandbox.pages(), self.sandbox.comments());
        let made = pages.iter().map(|page| (page.text.as_str(), page.author.as_str()));
        for (text, author) in made.chain(comments.iter().map(|one| (one.text.as_str(), one.author.as_str())))
        {
            there.entry(text).or_default().push(author);
        }
        let by_id: HashMap<DeliveryId, &Standing> = standings.iter().map(|one| (one.id, one)).collect();
        let mut report = Report {
            sent: 0,
            waiting: 0,
            lost: Vec::new(),
            doubled: Vec::new(),
            cancelled: 0,
            replaced: 0,
            forgotten: 0,
            kills: self.kills,
            posts: self.sandbox.count("POST", "/api/v2/"),
            told: self.told,
            logins: self.logins,
            tokens: self.tokens.len(),
            restores: self.restores,
        };
        for sent in all {
            let authors = there.get(sent.words.as_str()).map(Vec::as_slice).unwrap_or_default();
            let (title, copies) = (sent.destination.page_title(), authors.len());
            let stored = sent.id.and_then(|id| stored.get(&id));
            let standing = sent.id.and_then(|id| by_id.get(&id));
            if copies > 1 {
                report.doubled.push(format!("{title} is there {copies} times"));
            }
            match standing.map(|one| one.state.as_str()) {
                _ if sent.forgotten => report.forgotten += 1,
                _ if sent.replaced => {
                    report.replaced += 1;
                    if copies > 0 {
                        report.doubled.push(format!("{title} was replaced by an edit, and is there"));
                    }
                }
                _ if sent.cancelled => {
                    report.cancelled += 1;
                    if copies > 0 {
                        report.doubled.push(format!("{title} was cancelled, and is there"));
                    }
                }
                Some("sent") => {
                    report.sent += 1;
                    if copies == 0 {
                        report.lost.push(format!("{title} is sent, and not there"));
                    }
                    // As good as lost to who sent it.
                    if authors.iter().any(|author| stored.is_none_or(|stored| stored.account != **author)) {
                        report.lost.push(format!("{title} is there in another name"));
                    }
                }
                Some(state) => {
                    report.waiting += 1;
                    if stored.is_none_or(|stored| stored.words != sent.words) {
                        report.lost.push(format!("the words of {title} ({state}) are not there any more"));
                    }
                    // One that a person may send again must not be there; one that was not found may be.
                    if copies > 0 && state != "not_confirmed" {
                        report.doubled.push(format!("{title} may be sent again ({state}), and is there"));
                    }
                }
                None => report.lost.push(format!("{title} is not on the list")),
            }
        }
        report
    }
}
