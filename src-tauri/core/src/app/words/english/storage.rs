//! Of the database and the watched folder.

use crate::domain::problem::{Database, Folder};

use super::message;

pub(super) fn database(problem: &Database) -> String {
    match problem {
        Database::Newer => "The database was made by a newer version of Sally Desktop. Update the app; it was left as it \
                            is."
            .to_owned(),
        Database::Full => "The disk is full, so nothing could be saved. Free some space, then try again.".to_owned(),
        Database::ReadOnly { folder } => {
            format!("Sally Desktop cannot write in {folder}. Check the folder's permissions.")
        }
        Database::OnNetwork { folder, kind } => format!(
            "Sally Desktop cannot keep its data in {}, which is on a network ({kind}): a network does not keep the locks that \
             the data needs, and it would be damaged. Set SALLY_DATA_DIR to a folder on a disk of this computer, and start \
             Sally Desktop again.",
            folder.display()
        ),
        Database::Synchronised { folder, by } => format!(
            "Sally Desktop cannot keep its data in {}, which {by} synchronises: a copy that is made while the data is written \
             is damaged, and on another computer it would send everything once more. Set SALLY_DATA_DIR to a folder that is \
             not synchronised, and start Sally Desktop again.",
            folder.display()
        ),
        Database::Busy => "Another program is using Sally Desktop's database. Close it, then try again.".to_owned(),
        Database::Failed => "The database could not be read or written.".to_owned(),
        Database::Migration => {
            "The database could not be brought to this version of Sally Desktop. It was left as it is.".to_owned()
        }
        Database::Unreadable => "The database holds something that this version cannot read.".to_owned(),
        Database::Damaged { aside, from_copy } => {
            let rest = if *from_copy {
                "A copy of it took its place, which may be a day old."
            } else {
                "Sally Desktop started with an empty one; import your meetings again."
            };
            format!(
                "The database was damaged and could not be read. It was kept as “{}”. {rest} What was not sent yet is in the \
                 Outbox.",
                aside.display()
            )
        }
        Database::NotMoved { wanted, folder } => format!(
            "Sally Desktop's data could not be moved to “{}”, since another program holds it. It is used where it is, in \
             “{}”, and moved at a later start.",
            wanted.display(),
            folder.display()
        ),
        Database::Two { kept } => format!(
            "Two versions of Sally Desktop each had data of their own. What was used last is here; the other data was kept as \
             “{}”.",
            kept.display()
        ),
        Database::OlderCopy => "Sally Desktop's data is an older copy of itself, such as a backup that was put back or a \
                                copied machine. What was not sent in it may have been sent since: it is in the Outbox as Not \
                                confirmed. Items that were sent since may not say so."
            .to_owned(),
        Database::Ending => "Sally Desktop is ending.".to_owned(),
    }
}

pub(super) fn folder(problem: &Folder) -> String {
    match problem {
        Folder::Missing { folder } => {
            format!("There is no folder at “{}”. Choose another one.", folder.display())
        }
        Folder::Refused { folder } => format!(
            "The system does not let Sally Desktop watch “{}”. Choose another folder, on a disk of this computer.",
            folder.display()
        ),
        Folder::Gone => {
            "The watched folder is not there any more. It is watched again as soon as it is back.".to_owned()
        }
        Folder::Forgotten { because } => {
            format!("No folder is watched. {} Choose the folder again.", message(because))
        }
    }
}
