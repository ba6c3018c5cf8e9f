//! Opens addresses in the system's browser, or hands them to the program that `SALLY_BROWSER` names.

use std::io;
use std::process::{Command, Stdio};

use sally_core::app::Browser;
use tauri::AppHandle;
use tauri_plugin_opener::OpenerExt as _;
use url::Url;

pub(super) struct SystemBrowser {
    handle: AppHandle,
}

impl SystemBrowser {
    pub(super) fn new(handle: AppHandle) -> Self {
        Self { handle }
    }
}

impl Browser for SystemBrowser {
    fn open(&self, address: &Url) -> io::Result<()> {
        match std::env::var_os("SALLY_BROWSER").filter(|program| !program.is_empty()) {
            Some(program) => {
                let mut child = Command::new(program)
                    .arg(address.as_str())
                    .stdin(Stdio::null())
                    .stdout(Stdio::null())
                    .spawn()?;
                // Waited for in a thread of its own, so that it does not stay behind as a zombie.
                std::thread::spawn(move || child.wait());
                Ok(())
            }
            None => self.handle.opener().open_url(address.as_str(), None::<&str>).map_err(io::Error::other),
        }
    }
}
