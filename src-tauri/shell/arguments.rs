//! The command line. People name files by their paths, and desktops by their addresses; both mean the same.

use std::path::{Path, PathBuf};

use clap::Parser;
use url::Url;

/// Sally Desktop carries the insights, decisions, next steps and tasks of your meetings into Confluence.
#[derive(Debug, Default, Parser)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an option of the command line, or says what was given"
)]
#[command(name = "sally-desktop", version, after_help = ENVIRONMENT)]
pub(crate) struct Arguments {
    /// Load the sample meetings.
    #[arg(long)]
    pub(super) samples: bool,

    /// Open Quick send, in the running instance if there is one. For the desktop's own keyboard settings.
    #[arg(long)]
    pub(super) quick_send: bool,

    /// Start without a window, in the tray.
    #[arg(long)]
    pub(super) minimized: bool,

    /// Meetings to import, in the running instance if there is one: transcripts, notes and summaries of any tool, by path
    /// or file: address. A sally: address that the browser came back with is taken too.
    #[arg(value_name = "FILE")]
    operands: Vec<PathBuf>,

    /// An address of the app's own is opened. The deep link plugin takes it.
    #[arg(skip)]
    pub(super) by_own_address: bool,
}

/// How the addresses begin that the deep link plugin takes.
const OWN: &str = "sally:";

const ENVIRONMENT: &str = "\
Environment:
  SALLY_DATA_DIR                 the data folder
  SALLY_ATLASSIAN_CLIENT_ID      the Atlassian app's client id
  SALLY_ATLASSIAN_CLIENT_SECRET  the Atlassian app's secret
  SALLY_ATLASSIAN_REDIRECT_URI   sally://oauth/callback (default), an https relay page, or
                                 http://127.0.0.1:PORT/callback
  SALLY_ATLASSIAN_AUTH_URL       default https://auth.atlassian.com; another one only on this machine
  SALLY_ATLASSIAN_API_URL        default https://api.atlassian.com; another one only on this machine
  SALLY_BROWSER                  program that gets addresses instead of the system's browser
  SALLY_LOG                      what to log on standard error, such as info or sally_core=debug";

impl Arguments {
    /// The arguments of a second start, which reach the instance that runs. What it does not understand is
    /// ignored: the second start has told its person already.
    pub(super) fn of_second_start(argv: Vec<String>) -> Self {
        Self::try_parse_from(argv).unwrap_or_default().alone()
    }

    /// The arguments of this start. Where they cannot be understood, the program says so and ends.
    pub(crate) fn of_this_start() -> Self {
        Self::parse().alone()
    }

    /// Where an address of the app's own is opened, nothing else is asked for: a program that hands over an address of a
    /// stranger without quoting it would let the stranger add operands and options.
    fn alone(self) -> Self {
        let is_own = |operand: &PathBuf| {
            operand.to_string_lossy().get(..OWN.len()).is_some_and(|start| start.eq_ignore_ascii_case(OWN))
        };
        if self.operands.iter().any(is_own) { Self { by_own_address: true, ..Self::default() } } else { self }
    }

    /// What the operands name, as seen from `folder`.
    pub(super) fn opened(&self, folder: &Path) -> Opened {
        let mut opened = Opened::default();
        for operand in &self.operands {
            match operand.to_str().and_then(scheme_of) {
                Some(_) => match operand.to_str().and_then(path_of) {
                    Some(path) => opened.files.push(path),
                    None => opened.refused.push(operand.to_string_lossy().into_owned()),
                },
                None => opened.files.push(folder.join(operand)),
            }
        }
        opened
    }
}

/// What somebody wants to have opened.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Opened {
    /// Files of this machine.
    pub(super) files: Vec<PathBuf>,
    /// Addresses that lead to none.
    pub(super) refused: Vec<String>,
}

/// The scheme of an address. A path has none: `C:` and a name with a colon in it are no schemes.
fn scheme_of(operand: &str) -> Option<&str> {
    let (scheme, rest) = operand.split_once(':')?;
    let is_scheme =
        scheme.len() > 1 && scheme.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c));
    let is_address = rest.starts_with("//") || (scheme == "file" && rest.starts_with('/'));
    (is_scheme && is_address).then_some(scheme)
}

/// The path in a `file:` address of this machine.
fn path_of(address: &str) -> Option<PathBuf> {
    let url = Url::parse(address).ok().filter(|url| url.scheme() == "file")?;
    // Another system would have written them as a part of the name, or of a page.
    let is_whole = url.query().is_none() && url.fragment().is_none();
    is_whole.then(|| url.to_file_path().ok()).flatten()
}

/// The same for addresses that the system hands over while the app runs.
#[cfg(target_os = "macos")]
pub(super) fn opened_by_system(urls: &[Url]) -> Opened {
    let mut opened = Opened::default();
    for url in urls.iter().filter(|url| url.scheme() != "sally") {
        match path_of(url.as_str()) {
            Some(path) => opened.files.push(path),
            None => opened.refused.push(url.to_string()),
        }
    }
    opened
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(operands: &[&str]) -> Opened {
        let argv = ["sally-desktop"].iter().chain(operands).map(|&word| word.to_owned()).collect();
        Arguments::of_second_start(argv).opened(Path::new("/home/ada"))
    }

    fn files(paths: &[&str]) -> Opened {
        Opened { files: paths.iter().map(PathBuf::from).collect(), refused: Vec::new() }
    }

    #[test]
    fn files_are_seen_from_the_folder_of_the_start() {
        assert_eq!(
            opened(&["notes.md", "/tmp/a.json"]),
            files(&["/home/ada/notes.md", "/tmp/a.json"]),
            "a second start may run in another folder"
        );
    }

    #[test]
    fn an_address_is_no_file() {
        assert_eq!(
            opened(&["sally://oauth/callback?code=x&state=y"]),
            Opened::default(),
            "the deep link plugin takes it"
        );
    }

    #[test]
    fn beside_an_address_of_the_apps_own_nothing_is_taken() {
        for address in ["sally:x", "SALLY://oauth/callback?code=x&state=y"] {
            for beside in
                [&[r"\\evil\share\a.md"][..], &["--samples", "--quick-send"], &["/tmp/a.md", "b.md"]]
            {
                for operands in [[&[address], beside].concat(), [beside, &[address]].concat()] {
                    let argv =
                        ["sally-desktop"].iter().chain(&operands).map(|&word| word.to_owned()).collect();
                    let arguments = Arguments::of_second_start(argv);
                    assert_eq!(arguments.opened(Path::new("/home/ada")), Opened::default(), "{operands:?}");
                    assert!(!arguments.samples && !arguments.quick_send, "{operands:?}");
                    assert!(arguments.by_own_address, "{operands:?}");
                }
            }
        }
        assert_eq!(opened(&["sally.md"]), files(&["/home/ada/sally.md"]), "a name that only begins so");
    }

    #[cfg(unix)]
    #[test]
    fn addresses_of_files_are_read_as_the_desktop_writes_them() {
        assert_eq!(
            opened(&[
                "file:///tmp/Notes%20of%20M%C3%BCller%20100%25.md",
                "file://localhost/tmp/a%23b%3Fc.json",
                "file:/tmp/short.md",
            ]),
            files(&["/tmp/Notes of Müller 100%.md", "/tmp/a#b?c.json", "/tmp/short.md"])
        );
        let latin = opened(&["file:///tmp/M%FCller.md"]).files;
        assert_eq!(
            std::os::unix::ffi::OsStrExt::as_bytes(latin[0].as_os_str()),
            b"/tmp/M\xFCller.md",
            "a name of an old system keeps its bytes"
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_path_stays_as_it_is() {
        let names = ["/tmp/100%25.md", "/tmp/file:a.md", "/tmp/a#b?.md"];
        assert_eq!(opened(&names), files(&names));
        let seen_from_there =
            ["file:notes.md", "10:30 notes.md", "a%20b.md"].map(|name| format!("/home/ada/{name}"));
        assert_eq!(
            opened(&["file:notes.md", "10:30 notes.md", "a%20b.md"]),
            files(&seen_from_there.each_ref().map(String::as_str))
        );
    }

    #[test]
    fn what_leads_elsewhere_is_refused_by_its_name() {
        let elsewhere = [
            "file://nas/share/notes.md",
            "file:///tmp/notes.md?x",
            "file:///tmp/notes.md#top",
            "smb://nas/notes.md",
            "https://example.com/notes.md",
        ];
        let Opened { files, refused } = opened(&elsewhere);
        if cfg!(windows) {
            assert_eq!(refused, elsewhere[1..], "a share is a path there: {files:?}");
        } else {
            assert_eq!((files, refused), (Vec::new(), elsewhere.map(str::to_owned).to_vec()));
        }
    }

    #[test]
    fn what_a_second_start_gets_wrong_is_ignored() {
        let argv = ["sally-desktop", "--no-such-option"].map(str::to_owned).to_vec();
        assert!(!Arguments::of_second_start(argv).samples, "the running instance goes on as it was");
    }
}
