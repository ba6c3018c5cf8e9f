//! The command line.

use std::path::{Path, PathBuf};

use clap::Parser;

/// Sally Desktop carries the insights, decisions, next steps and tasks of your meetings into Confluence.
#[derive(Debug, Default, Parser)]
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

    /// Meetings to import, in the running instance if there is one: transcripts, notes and summaries of any tool. A
    /// sally: address that the browser came back with is taken too.
    #[arg(value_name = "FILE")]
    operands: Vec<PathBuf>,
}

const ENVIRONMENT: &str = "\
Environment:
  SALLY_DATA_DIR                 where the cache lies
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
        Self::try_parse_from(argv).unwrap_or_default()
    }

    /// The files among the operands, as seen from `folder`.
    pub(super) fn files(&self, folder: &Path) -> Vec<PathBuf> {
        let is_address = |operand: &PathBuf| operand.to_string_lossy().starts_with("sally:");
        self.operands.iter().filter(|operand| !is_address(operand)).map(|file| folder.join(file)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_seen_from_the_folder_of_the_start() {
        let argv = ["sally-desktop", "notes.md", "/tmp/a.json"].map(str::to_owned).to_vec();
        let folder = Path::new("/home/ada");
        assert_eq!(
            Arguments::of_second_start(argv).files(folder),
            [folder.join("notes.md"), PathBuf::from("/tmp/a.json")],
            "a second start may run in another folder"
        );
    }

    #[test]
    fn an_address_is_no_file() {
        let argv = ["sally-desktop", "sally://oauth/callback?code=x&state=y"].map(str::to_owned).to_vec();
        assert!(
            Arguments::of_second_start(argv).files(Path::new("/")).is_empty(),
            "the deep link plugin takes it"
        );
    }

    #[test]
    fn what_a_second_start_gets_wrong_is_ignored() {
        let argv = ["sally-desktop", "--no-such-option"].map(str::to_owned).to_vec();
        assert!(!Arguments::of_second_start(argv).samples, "the running instance goes on as it was");
    }
}
