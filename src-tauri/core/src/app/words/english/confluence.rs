//! Of what Confluence answered, and of links to it.

use crate::domain::id::PageId;
use crate::domain::problem::{Barred, Confluence, Content, Link, Target, TitleClash};

pub(super) fn confluence(problem: &Confluence) -> String {
    match problem {
        Confluence::Unreachable => "Confluence cannot be reached. Check the network connection.".to_owned(),
        Confluence::Foreign => {
            "This network answers in the place of Confluence, such as with a page to sign in. Nothing was sent. Open a \
             page in your browser, and do what the network asks for."
                .to_owned()
        }
        Confluence::NotAdmitted => {
            "This organization does not let your account use Confluence. Ask an administrator, or choose another \
             organization."
                .to_owned()
        }
        Confluence::Lost => "The connection broke before Confluence answered.".to_owned(),
        Confluence::Trouble { status } => format!("Confluence has trouble at the moment (status {status})."),
        Confluence::Unreadable => "Confluence answered something that cannot be understood.".to_owned(),
        Confluence::RateLimited { .. } => "Confluence asks to slow down.".to_owned(),
        Confluence::ScopeMissing => {
            "The connection lacks a permission that this needs. Reconnect and accept all permissions; \
                                     if it stays so, the registered Atlassian app lacks them."
                .to_owned()
        }
        Confluence::Denied => "It does not exist in Confluence, or your account may not use it.".to_owned(),
        Confluence::PlaceDenied(target) => {
            let (what, place) = match target {
                Target::Page { space, parent: Some(parent), .. } => {
                    ("create a page", format!("below “{parent}” in {space}"))
                }
                Target::Page { space, parent: None, .. } => ("create a page", format!("in {space}")),
                Target::Comment { page } => ("comment", format!("on “{page}”")),
            };
            format!(
                "Confluence does not let you {what} {place}: it is gone, or your account may not do that there."
            )
        }
        Confluence::ReadOnly { page } => format!("You may read “{page}”, but not comment on it."),
        Confluence::Barred { space, barred } => match barred {
            Barred::NoPages => format!("You may read the space “{space}”, but not create pages in it."),
            Barred::NoComments => format!("You may read the space “{space}”, but not comment on its pages."),
            Barred::Archived => format!("The space “{space}” is archived, so nothing can be added to it."),
            Barred::Gone => format!("The space “{space}” is gone, or your account may no longer see it."),
        },
        Confluence::TitleTaken { clash: Some(clash) } => {
            let TitleClash { space, title, .. } = &**clash;
            format!("{space} already has a page titled “{title}”. It may be archived.")
        }
        Confluence::TitleTaken { clash: None } => "The space already has a page with this title.".to_owned(),
        Confluence::Unconvertible => {
            "Confluence could not take this text, not even with plain lists. Simplify it, and try again."
                .to_owned()
        }
        Confluence::TooLarge => "The description is larger than Confluence takes.".to_owned(),
        Confluence::Blocked => {
            "An administrator of your organization keeps apps away from this space.".to_owned()
        }
        Confluence::NetworkRefused => {
            "Your organization takes requests to Confluence only from networks that it lists, and \
                                       this one is not among them."
                .to_owned()
        }
        Confluence::Refused { reason } => format!("Confluence refused it: {reason}"),
    }
}

pub(super) fn link(problem: &Link) -> String {
    match problem {
        Link::Foreign { site } => format!("This page belongs to {site}, which is not connected."),
        Link::OwnAddress { site } => format!(
            "{site} is no address of Atlassian. If it is your organization's own address of Confluence, it can be asked once whose \
             it is."
        ),
        Link::NotAPage(content) => match content {
            Content::Space => "This is the link of a space, not of a page.",
            Content::BlogPost => "This is the link of a blog post, not of a page.",
            Content::Whiteboard => "This is the link of a whiteboard, not of a page.",
            Content::Database => "This is the link of a database, not of a page.",
            Content::Folder => "This is the link of a folder. Pages can be made in it, but it takes no comments.",
            Content::Draft => "This page is a draft. Publish it in Confluence first.",
            Content::Share => {
                "Only Confluence can tell where this link leads. Open it in your browser, and paste the address that it \
                 shows then."
            }
            Content::Comment => "This is the link of a comment, not of a page.",
            Content::Attachment => "This is the link of a file, not of a page.",
            Content::Archived => "This page is archived. Restore it in Confluence first.",
            Content::Trashed => "This page is in the trash. Restore it in Confluence first.",
            Content::Other => "This link does not lead to a page.",
        }
        .to_owned(),
        Link::Missing { organization, space } => {
            let space = space.as_ref().map_or_else(String::new, |key| format!(" ({key})"));
            format!(
                "This page was not found in {organization}{space}. It may be new, a draft, archived, in the trash, or closed to your account."
            )
        }
    }
}

/// A folder whose name nobody tells.
pub(in crate::app) fn folder(id: &PageId) -> String {
    format!("Folder {id}")
}
