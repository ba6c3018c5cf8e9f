//! The run: sends, spoils, kills, and counts at the end. Every choice comes from the seed; only when a kill falls between
//! two steps of the program does the machine decide.

use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use jiff::SignedDuration;
use sally_core::clock::Clock as _;
use sally_core::domain::id::{DeliveryId, OrganizationId};
use sandbox::{Options, Sandbox, TOKEN_SCOPES, TokenKind};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout};
use tokio::time::Instant;

use super::app::{Answer, Command, Standing};
use super::clock::{FastClock, machine};
use super::report::{Report, Troubles, stored};
use super::sent::{Dice, Editing, Sent};

/// How long everything may take to come to rest once the times are good again.
const REST: Duration = Duration::from_secs(120);

/// How long more deliveries wait for those before them.
const BEHIND: Duration = Duration::from_secs(10);

/// Whether a delivery goes on by itself.
fn going(one: &Standing) -> bool {
    ["queued", "held", "sending", "waiting", "checking"].contains(&one.state.as_str())
}

/// Who logs in.
pub(super) const PEOPLE: [&str; 2] = ["Ada Lovelace", "Grace Hopper"];

pub(super) struct Chaos {
    pub(super) sandbox: Arc<Sandbox>,
    /// The true time, which Confluence has too.
    pub(super) clock: FastClock,
    /// How far the machine's clock is ahead of it.
    pub(super) wrong: SignedDuration,
    pub(super) folder: TempDir,
    pub(super) dice: Dice,
    pub(super) app: Running,
    pub(super) kill_at: Option<Instant>,
    pub(super) kills: usize,
    pub(super) editing: Option<Editing>,
    /// A copy of the files as they were at a kill.
    pub(super) older: Option<TempDir>,
    pub(super) told: usize,
    pub(super) logins: usize,
    /// The API tokens that were entered; the last one is in use, unless it was revoked or disconnected.
    pub(super) tokens: Vec<String>,
    pub(super) restores: usize,
    pub(super) troubles: Troubles,
}

pub(super) struct Running {
    pub(super) child: Child,
    pub(super) input: ChildStdin,
    pub(super) output: Lines<BufReader<ChildStdout>>,
}

/// Sends so many deliveries in times that the seed makes bad.
pub(crate) async fn run(seed: u64, deliveries: usize) -> Result<Report> {
    let clock = FastClock::since(machine(), SignedDuration::ZERO);
    let sandbox = Arc::new(Sandbox::start(Options { seed, ..Options::default() }).await?);
    let keeper = tokio::spawn(keep_time(Arc::clone(&sandbox), clock.clone()));
    let folder = tempfile::tempdir()?;
    let app = start(&sandbox, &folder, &clock, SignedDuration::ZERO, None)?;
    let mut chaos = Chaos {
        sandbox,
        clock,
        wrong: SignedDuration::ZERO,
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
        troubles: Troubles::default(),
    };
    chaos.connect_as(PEOPLE[0]).await?;
    let mut all = Vec::new();
    chaos.spoil(seed);
    for number in 0..deliveries {
        let sent = chaos.something(number)?;
        let sent = if chaos.dice.one_in(24) { chaos.send_on_a_full_disk(sent).await? } else { sent };
        let sent = chaos.send(sent).await?;
        chaos.troubles.quick += usize::from(sent.quick);
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
    chaos.set_clock(SignedDuration::ZERO).await?;
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

/// The sandbox's clock runs as fast as the app's.
async fn keep_time(sandbox: Arc<Sandbox>, clock: FastClock) {
    let mut tick = tokio::time::interval(Duration::from_millis(2));
    loop {
        tick.tick().await;
        sandbox.clock().set(clock.now());
    }
}

/// Starts the app on a folder, if need be with so many bytes of room for each file that it writes.
pub(super) fn start(
    sandbox: &Sandbox,
    folder: &TempDir,
    clock: &FastClock,
    wrong: SignedDuration,
    room: Option<u64>,
) -> Result<Running> {
    let program = std::env::current_exe()?;
    let mut app = match room {
        None => tokio::process::Command::new(program),
        Some(bytes) => {
            let mut limited = tokio::process::Command::new("prlimit");
            // It says that the disk is full, as it should.
            limited.arg(format!("--fsize={bytes}:")).arg(program).stderr(Stdio::null());
            limited
        }
    };
    let mut child = app
        .arg("app")
        .env("SALLY_DATA_DIR", folder.path())
        .env("SALLY_CHAOS_SINCE", clock.origin().to_string())
        .env("SALLY_CHAOS_AHEAD", (clock.ahead() + wrong).as_secs().to_string())
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
    pub(super) async fn tell(&mut self, command: &Command) -> Result<Option<Answer>> {
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
    pub(super) async fn kill(&mut self) -> Result<()> {
        self.app.child.kill().await?;
        self.kills += 1;
        self.app = start(&self.sandbox, &self.folder, &self.clock, self.wrong, None)?;
        // Most lives are short, and some long enough for what is slow, such as a start with a large database.
        let longest = if self.dice.one_in(3) { 3_000 } else { 300 };
        self.kill_at = Some(Instant::now() + Duration::from_millis(30 + self.dice.roll(longest)));
        Ok(())
    }

    /// Logs in, again and again until it succeeds.
    pub(super) async fn connect_as(&mut self, person: &str) -> Result<()> {
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

    pub(super) fn acme(&self) -> OrganizationId {
        OrganizationId(self.sandbox.organizations()[0].cloud_id.clone())
    }

    /// Enters an API token, again and again until it is taken.
    pub(super) async fn connect_by_token(&mut self, person: &str) -> Result<()> {
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

    /// Sends as a person does, who finds their words in the dialog again if the app went away before they were stored.
    pub(super) async fn send(&mut self, mut sent: Sent) -> Result<Sent> {
        while sent.id.is_none() {
            match self.tell(&sent.command()).await? {
                Some(Answer::Stored(id)) => sent.id = Some(id),
                // The connection was lost, such as by a file that knows another account.
                Some(Answer::Refused(_)) => self.connect_as(PEOPLE[0]).await?,
                Some(other) => bail!("an answer to something else: {other:?}"),
                None => sent.id = self.find(&sent).await?,
            }
        }
        Ok(sent)
    }

    /// The delivery of something that was sent by a program that went away.
    pub(super) async fn find(&mut self, sent: &Sent) -> Result<Option<DeliveryId>> {
        let title = sent.destination.page_title();
        Ok(self.list().await?.iter().find(|one| one.title == title).map(|one| one.id))
    }

    pub(super) async fn list(&mut self) -> Result<Vec<Standing>> {
        loop {
            if let Some(answer) = self.tell(&Command::List).await? {
                let Answer::All(all) = answer else { bail!("an answer to something else: {answer:?}") };
                return Ok(all);
            }
        }
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
}
