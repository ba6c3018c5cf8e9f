//! Of the program, and of the desktop around it.

use crate::domain::problem::{Desktop, Program};

pub(super) fn program(problem: &Program) -> String {
    match problem {
        Program::Fault => "A part of Sally Desktop failed in the middle of its work. It goes on as far as it can; if this \
                           comes again, quit and start again, and please report it."
            .to_owned(),
        Program::Superseded => "A newer search took this one's place.".to_owned(),
        Program::FileNotWritten { why } => {
            format!("The file could not be written: {why}. Choose another place.")
        }
        Program::EndedReading { names, files, servers } => ended_reading(names, *files, *servers),
        Program::OutboxHeld => "Another copy of Sally Desktop has this data open, or somebody else on this computer holds \
                                its lock. Until that ends nothing is sent from here; what you send waits in the Outbox."
            .to_owned(),
        Program::NoTray => "This desktop shows no tray icons, so closing the window ends Sally Desktop. While it is open, the \
                            shortcut in Settings → General opens Quick send."
            .to_owned(),
    }
}

pub(super) fn desktop(problem: &Desktop) -> String {
    match problem {
        Desktop::ShortcutWithoutModifier { keys } => format!(
            "{keys} would be taken from every other program. Choose keys with Ctrl, Alt or Super, or a function key."
        ),
        Desktop::ShortcutTaken { keys } => format!(
            "{keys} cannot be had: another program has these keys, or the desktop keeps them for itself."
        ),
        Desktop::NoDataFolder => {
            "This desktop names no folder for the data of apps. Set SALLY_DATA_DIR to one.".to_owned()
        }
        Desktop::AutostartRefused => {
            "The desktop did not take the change of what starts at login.".to_owned()
        }
        Desktop::NoFileManager { folder } => {
            format!("This desktop has no program that shows folders. The log lies in “{}”.", folder.display())
        }
        Desktop::NoLog => "There is no log.".to_owned(),
    }
}

fn ended_reading(names: &[String], files: bool, servers: bool) -> String {
    let names: Vec<String> = names.iter().map(|name| format!("“{name}”")).collect();
    let (all, them) = match names.split_last() {
        Some((last, [])) => (last.clone(), "It is"),
        Some((last, others)) => (format!("{} and {last}", others.join(", ")), "They are"),
        None => return String::new(),
    };
    let mut ways = Vec::new();
    if files {
        ways.push("To try a file again, import it with “Import files…” or drop it on the window.");
    }
    if servers {
        ways.push("A meeting of a server is tried again by “Sync now”, or when it changes there.");
    }
    format!(
        "Sally Desktop ended while it was reading {all}. {them} left alone from now on. {}",
        ways.join(" ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ended_the_app_is_named_with_the_way_on() {
        let of = |names: &[&str], files, servers| {
            ended_reading(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>(), files, servers)
        };
        let one = of(&["a.md"], true, false);
        assert!(one.contains("reading “a.md”. It is left alone"), "{one}");
        assert!(one.contains("Import files…") && !one.contains("Sync now"), "{one}");
        let three = of(&["a.md", "b.vtt", "Weekly"], true, true);
        assert!(three.contains("“a.md”, “b.vtt” and “Weekly”. They are"), "{three}");
        assert!(three.contains("Import files…") && three.contains("Sync now"), "{three}");
    }
}
