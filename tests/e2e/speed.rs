//! How fast the window is where it has most to do: the dialog of a meeting with hundreds of items, and keys in a long
//! description. Only what happened is asserted, never how long it took: times go into lines such as `typing_ms=9`,
//! which `cargo xtask bench` reads. They are measured in the page, so that the driver's ways are not in them.
//!
//! Longer than 400 lines: one table of what is measured, with the scripts that measure it in the page.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

use crate::clipboard::Clipboard;
use crate::desk;
use crate::locator::{LIMIT, Locator, Want};
use crate::outline::outline;
use crate::session::Session;
use crate::window::Window;

const PAGE: &str = "Create a page in Confluence";
const TITLE: &str = "Annual review of the harbour";

/// Items of each of the four kinds.
const OF_EACH: usize = 125;

/// How often each dialog is opened; the median counts.
const RUNS: usize = 9;

/// Words in the long description.
const WORDS: usize = 5_000;

/// Pause between two keys: nobody types faster, and each key is over before the next.
const BETWEEN_KEYS: Duration = Duration::from_millis(30);

/// How long a frame is shown on a screen that shows sixty a second, in milliseconds.
const FRAME: f64 = 1000.0 / 60.0;

/// What is typed in the middle of the text, and at its end.
const IN_THE_MIDDLE: &str = "zebra crews agreed that the longest pier opens before the ice goes and that \
                             nobody waits for the lamps any more than they have to";
const AT_THE_END: &str = "quorum found that every ship which calls in winter pays for the light that it \
                          sees and for the hands that keep it";

/// Waits for the next click in the page, and then for the frame in which the editor of the dialog that it opened has
/// been laid out with the given words in it and can be written in: `opening` is then how many milliseconds it took.
const WATCH_OPENING: &str = r"
const [words] = arguments;
window.opening = null;
const EDITOR = '[role=dialog] [role=textbox][contenteditable=true]';
const begun = ({ timeStamp }) => {
  for (const kind of ['pointerup', 'click']) removeEventListener(kind, begun, true);
  const look = () => {
    const text = document.querySelector(EDITOR);
    if (!text?.textContent.includes(words)) return requestAnimationFrame(look);
    // After the frame, which begins with this call; what is then not laid out yet is paid for, too.
    setTimeout(() => {
      text.getBoundingClientRect();
      window.opening = performance.now() - timeStamp;
    });
  };
  requestAnimationFrame(look);
};
for (const kind of ['pointerup', 'click']) addEventListener(kind, begun, true);
";

/// Puts the cursor into the paragraph in the middle of the text.
const GO_TO_THE_MIDDLE: &str = r"
const text = document.querySelector('[role=dialog] [role=textbox]');
const blocks = [...text.children];
const paragraph = blocks.slice(blocks.length / 2).find((block) => block.localName === 'p');
const node = document.createTreeWalker(paragraph, NodeFilter.SHOW_TEXT).nextNode();
paragraph.scrollIntoView({ block: 'center' });
getSelection().collapse(node, Math.floor(node.length / 2));
";

/// From here on `typing` holds for each key how many milliseconds the page was busy with it, with what, and when it was
/// shown. Busy: from the key until the page is free again, with the text changed and laid out, and once more for the
/// frame that shows it.
const WATCH_TYPING: &str = r"
const text = document.querySelector('[role=dialog] [role=textbox]');
const typing = { busy: [], script: [], layout: [], frame: [], shown: [] };
window.typing = typing;
// A message comes as soon as the page is free; a timer may come later.
const free = (then) => {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => (port1.close(), then());
  port2.postMessage(null);
};
const key = ({ timeStamp }) => {
  const from = performance.now();
  free(() => {
    const changed = performance.now();
    text.getBoundingClientRect();
    const laid = performance.now();
    // Frames are asked for only where there is one to come: asking for all would keep the screen at work.
    requestAnimationFrame(() => {
      const frame = performance.now();
      free(() => {
        const shown = performance.now();
        typing.busy.push(laid - from + shown - frame);
        typing.script.push(changed - from);
        typing.layout.push(laid - changed);
        typing.frame.push(shown - frame);
        typing.shown.push(shown - timeStamp);
      });
    });
  });
};
addEventListener('keydown', key, true);
typing.end = () => removeEventListener('keydown', key, true);
";

#[tokio::test]
async fn dialogs_of_a_long_meeting() -> Result<()> {
    let session = desk::desktop()?;
    let sandbox = desk::sandbox().await?;
    let file = session.path("long.json");
    fs::write(&file, serde_json::to_vec(&long_meeting())?)?;
    let app = desk::app(&session, &sandbox, &[&file.to_string_lossy()]).await?;
    desk::connect(&session, &app).await?;
    let window = app.window();
    let steps = app.steps("The dialogs of a meeting with 500 items");
    desk::open_meeting(window, TITLE).await?;
    let (first, last) = (words("Decision", 1), words("Task", OF_EACH));
    let one = steps
        .step("Hover an item and choose “Create a page in Confluence”", async {
            let item = desk::item(window, "Decisions", &first);
            let mut seen = Opening::default();
            for _ in 0..RUNS {
                item.hover().await?;
                item.get("button", "Confluence").click().await?;
                let choice = window.get("menuitem", PAGE);
                seen.open(&session, window, &choice, &first).await?;
                let dialog = window.get("dialog", PAGE);
                dialog.get("button", "Cancel").click().await?;
                dialog.wait_for(Want::Gone).await?;
            }
            Ok(seen)
        })
        .await?;
    let all = steps
        .step("Send meeting…, all items, “Create a page in Confluence”", async {
            window.get("button", "Send meeting…").click().await?;
            let choice = window.get("dialog", "Send meeting");
            choice.get("checkbox", "All items").focus().await?;
            window.press("Space").await?;
            choice.get("status", "500 of 500 items chosen").wait_for(Want::There).await?;
            let mut seen = Opening::default();
            for run in 1..=RUNS {
                seen.open(&session, window, &choice.get("button", PAGE), &last).await?;
                if run < RUNS {
                    window.get("dialog", PAGE).get("button", "Cancel").click().await?;
                    choice.wait_for(Want::There).await?;
                }
            }
            Ok(seen)
        })
        .await?;
    steps
        .step("All items are in the text, and it takes keys", async {
            let text = window.get("dialog", PAGE).get("textbox", "Description");
            let lines = outline(&text.html().await?);
            for kind in ["Insight", "Decision", "Next step", "Task"] {
                for number in 1..=OF_EACH {
                    let words = words(kind, number);
                    let there = lines.iter().any(|line| line.contains(&words));
                    ensure!(there, "“{words}” is in the text");
                }
            }
            text.focus().await?;
            window.press("Control+Home").await?;
            text.type_text("Written first. ").await?;
            text.wait_for(Want::Says("Written first. ")).await
        })
        .await?;
    steps.tell(&format!("one item of many: {}", one.told()?));
    steps.tell(&format!("all of them: {}", all.told()?));
    println!("dialog_open_ms={:.1}", Times::of(one.took)?.median);
    println!("dialog_open_all_ms={:.1}", Times::of(all.took)?.median);
    Ok(())
}

#[tokio::test]
async fn keys_in_a_long_description() -> Result<()> {
    let session = desk::desktop()?;
    let sandbox = desk::sandbox().await?;
    let app = desk::connected_app(&session, &sandbox).await?;
    let window = app.window();
    let steps = app.steps("Keys in a long description");
    let decision = desk::item(window, "Decisions", &desk::sample().decision);
    let dialog = desk::open_dialog(window, &decision, PAGE).await?;
    let text = dialog.get("textbox", "Description");
    steps
        .step("Notes of 5,000 words are pasted", async {
            let _copied = Clipboard::of_text(&session, &notes()).await?;
            text.fill("").await?;
            window.press("Control+v").await?;
            text.wait_for(Want::Says("The last of the notes.")).await?;
            let words = text.value().await?.split_whitespace().count();
            ensure!(words >= WORDS, "{words} words are in the text");
            let lines = outline(&text.html().await?);
            for block in ["## ", "- ", "1. ", "[ ] ", "[x] "] {
                let count = lines.iter().filter(|line| line.starts_with(block)).count();
                ensure!(count > 5, "“{block}” begins {count} lines");
            }
            window.screenshot("speed-notes").await.map(drop)
        })
        .await?;
    let middle = steps
        .step("Keys in the middle of the text", async {
            text.focus().await?;
            window.execute(GO_TO_THE_MIDDLE, vec![]).await?;
            typing(&session, window, &text, IN_THE_MIDDLE).await
        })
        .await?;
    let end = steps
        .step("Keys at its end", async {
            text.focus().await?;
            window.press("Control+End").await?;
            typing(&session, window, &text, AT_THE_END).await
        })
        .await?;
    steps.tell(&format!("in the middle: {middle}"));
    steps.tell(&format!("at the end: {end}"));
    println!("typing_ms={:.1}", middle.busy.most.max(end.busy.most));
    Ok(())
}

/// What something took each time, in milliseconds.
struct Times {
    median: f64,
    /// All but one in a hundred are within this.
    most: f64,
    worst: f64,
}

impl Times {
    fn of(mut times: Vec<f64>) -> Result<Self> {
        times.sort_by(f64::total_cmp);
        let at = |percent: usize| times.get((times.len() * percent / 100).min(times.len() - 1)).copied();
        let worst = times.last().copied().context("something was measured")?;
        Ok(Self { median: at(50).unwrap_or(worst), most: at(99).unwrap_or(worst), worst })
    }
}

impl std::fmt::Display for Times {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "median {:.0} ms, 99 % within {:.0} ms, worst {:.0} ms", self.median, self.most, self.worst)
    }
}

/// What was seen while keys were pressed.
struct Typing {
    busy: Times,
    /// What the page was busy with: the parts of `busy`.
    script: Times,
    layout: Times,
    frame: Times,
    /// From a key until it was shown.
    shown: Times,
    /// How long the page's thread was on a processor for a key, with all that came of it later.
    own: Times,
    /// How long it waited for one, while other programs had them.
    waited: Times,
    /// How many frames went by without a key that could have been in them.
    dropped: f64,
}

impl std::fmt::Display for Typing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { busy, script, layout, frame, shown, own, waited, dropped } = self;
        write!(f, "busy {busy} (medians: script {:.0}, layout {:.0}, ", script.median, layout.median)?;
        writeln!(f, "frame {:.0}); shown after {shown}; {dropped:.0} frames dropped", frame.median)?;
        write!(f, "      on a processor: {own}; in wait for one: {waited}")
    }
}

/// The thread of the page that does everything: script, layout, and what comes of keys. The system counts how long it
/// was on a processor and how long it waited for one, which tells a slow page from a busy machine.
struct PageThread(PathBuf);

/// Milliseconds since its start.
struct Spent {
    own: f64,
    waited: f64,
}

impl PageThread {
    /// The one on this desktop.
    fn of(session: &Session) -> Result<Self> {
        let home = format!("HOME={}\0", session.path("home").display());
        for entry in fs::read_dir("/proc")? {
            let process = entry?.path();
            // Other processes come and go, and some are not ours to look into.
            let read = |name: &str| fs::read(process.join(name)).unwrap_or_default();
            let is_page = read("comm").starts_with(b"WebKitWebProces");
            if is_page && String::from_utf8_lossy(&read("environ")).contains(&home) {
                return Ok(Self(process.join("schedstat")));
            }
        }
        bail!("no process of a page was found on this desktop")
    }

    /// The file of a process tells of its first thread (Linux, Documentation/scheduler/sched-stats.rst).
    fn spent(&self) -> Result<Spent> {
        let text = fs::read_to_string(&self.0).context("the page has ended")?;
        let mut numbers = text.split_whitespace().map(str::parse::<f64>);
        let mut next = || numbers.next().context("the system does not count")?.context("not a number");
        Ok(Spent { own: next()? / 1e6, waited: next()? / 1e6 })
    }
}

/// What was seen while a dialog was opened again and again, in milliseconds.
#[derive(Default)]
struct Opening {
    took: Vec<f64>,
    /// How long the page's thread was on a processor, up to a moment after the dialog was there.
    own: Vec<f64>,
    /// How long it waited for one in that time.
    waited: Vec<f64>,
}

impl Opening {
    /// Clicks what opens the dialog, and waits until the words are in it.
    async fn open(
        &mut self,
        session: &Session,
        window: &Window,
        choice: &Locator,
        words: &str,
    ) -> Result<()> {
        choice.wait_for(Want::Enabled).await?;
        // What the step before left to do belongs to that one.
        tokio::time::sleep(Duration::from_millis(300)).await;
        window.execute(WATCH_OPENING, vec![json!(words)]).await?;
        let thread = PageThread::of(session)?;
        let before = thread.spent()?;
        choice.click().await?;
        let deadline = Instant::now() + LIMIT;
        loop {
            // Asked rarely, so that the question does not get into the answer.
            tokio::time::sleep(Duration::from_millis(500)).await;
            let after = thread.spent()?;
            if let Some(took) = window.execute("return window.opening", vec![]).await?.as_f64() {
                self.took.push(took);
                self.own.push(after.own - before.own);
                self.waited.push(after.waited - before.waited);
                return Ok(());
            }
            ensure!(Instant::now() < deadline, "no dialog with “{words}” opened");
        }
    }

    fn told(&self) -> Result<String> {
        let [took, own, waited] = [&self.took, &self.own, &self.waited].map(|times| Times::of(times.clone()));
        Ok(format!("{}\n      on a processor: {}; in wait for one: {}", took?, own?, waited?))
    }
}

/// Types where the cursor is, key by key, and answers what was measured.
async fn typing(session: &Session, window: &Window, text: &Locator, words: &str) -> Result<Typing> {
    let thread = PageThread::of(session)?;
    let (mut own, mut waited) = (Vec::new(), Vec::new());
    // What the step before left to do belongs to that one.
    tokio::time::sleep(Duration::from_secs(1)).await;
    window.execute(WATCH_TYPING, vec![]).await?;
    for letter in words.chars() {
        let before = thread.spent()?;
        window.press(&letter.to_string()).await?;
        tokio::time::sleep(BETWEEN_KEYS).await;
        let after = thread.spent()?;
        own.push(after.own - before.own);
        waited.push(after.waited - before.waited);
    }
    text.wait_for(Want::Says(words)).await?;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let seen = window.execute("window.typing.end(); return window.typing", vec![]).await?;
    let times = |name: &str| -> Result<Vec<f64>> {
        let list = seen[name].as_array().with_context(|| format!("{name} was not measured"))?;
        ensure!(list.len() == words.len(), "{} of {} keys were seen", list.len(), words.len());
        Ok(list.iter().filter_map(Value::as_f64).collect())
    };
    let shown = times("shown")?;
    // A key is in the next frame at best, which is up to one frame away.
    let dropped = shown.iter().map(|shown| (shown / FRAME - 1.0).floor().max(0.0)).sum();
    Ok(Typing {
        busy: Times::of(times("busy")?)?,
        script: Times::of(times("script")?)?,
        layout: Times::of(times("layout")?)?,
        frame: Times::of(times("frame")?)?,
        shown: Times::of(shown)?,
        own: Times::of(own)?,
        waited: Times::of(waited)?,
        dropped,
    })
}

fn words(kind: &str, number: usize) -> String {
    format!("{kind} {number:03}: the crew repairs the lamps of the east pier before the ice comes")
}

/// A meeting with many items of each kind, as other programs export one.
fn long_meeting() -> Value {
    let each = |kind: &'static str| (1..=OF_EACH).map(move |number| words(kind, number));
    let owned = |text: String| json!({ "text": text, "owner": "Grace", "due": "2026-11-20" });
    json!({
        "title": TITLE,
        "date": "2026-11-10",
        "insights": each("Insight").collect::<Vec<_>>(),
        "decisions": each("Decision").collect::<Vec<_>>(),
        "next_steps": each("Next step").collect::<Vec<_>>(),
        "action_items": each("Task").map(owned).collect::<Vec<_>>(),
    })
}

/// Notes in Markdown, with the blocks that notes have.
fn notes() -> String {
    let sentence = "The crew of the **east** pier repairs the lamps before the ice comes, and `Grace` writes to the \
                    port about [the plan](https://example.com/plan) of the year. ";
    let mut notes = String::new();
    for topic in 1.. {
        let _ = write!(notes, "## Topic {topic} of the review\n\n{sentence}{sentence}\n\n{sentence}\n\n");
        for number in 1..=4 {
            let _ = writeln!(notes, "- Point {number}: {sentence}");
        }
        let _ = write!(notes, "\n1. First, {sentence}\n2. Then the port answers.\n\n");
        let _ = write!(notes, "- [ ] Ask Ada: {sentence}\n- [x] Order the lamps\n\n{sentence}\n\n");
        // The signs of blocks are no words, and are counted here all the same.
        if notes.split_whitespace().count() > WORDS * 11 / 10 {
            break;
        }
    }
    notes.push_str("The last of the notes.\n");
    notes
}
