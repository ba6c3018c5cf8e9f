//! What is sent, and the dice that decide what.

use anyhow::{Context as _, Result};
use sally_core::domain::destination::{Destination, Page, Space};
use sally_core::domain::id::{DeliveryId, PageId, SpaceId};

use super::app::Command;
use super::run::Chaos;

/// Numbers that a seed determines (`SplitMix64`).
pub(super) struct Dice(pub(super) u64);

impl Dice {
    pub(super) fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % sides
    }

    pub(super) fn one_in(&mut self, sides: u64) -> bool {
        self.roll(sides) == 0
    }
}

/// Why something need not be there.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is to be there once, or to wait.
    Counts,
    Cancelled,
    /// An edit took its place.
    Replaced,
    /// An older file was put back, which does not know it, or not what became of it.
    Forgotten,
    /// Its row was made one that cannot be read.
    Unreadable,
}

/// Something that was sent, and must be there once.
pub(super) struct Sent {
    pub(super) destination: Destination,
    pub(super) words: String,
    pub(super) id: Option<DeliveryId>,
    /// About which item.
    pub(super) item: usize,
    pub(super) fate: Fate,
    /// The item as it is, on a page of its own.
    pub(super) quick: bool,
    /// Whether it is on the list since an older file was put back, which may not know that it was sent.
    pub(super) restored: bool,
}

impl Sent {
    /// Not stored yet.
    pub(super) fn new(item: usize, destination: Destination, words: String) -> Self {
        Self { destination, words, id: None, item, fate: Fate::Counts, quick: false, restored: false }
    }

    /// What sends it.
    pub(super) fn command(&self) -> Command {
        let (item, destination) = (self.item, self.destination.clone());
        if self.quick {
            Command::Quick { item, destination }
        } else {
            Command::Send { item, destination, words: self.words.clone() }
        }
    }

    /// Somebody took it off the list. Of what an older file brought back that does not say whether it is there.
    pub(super) fn taken_off(&mut self, fate: Fate) {
        self.fate = if self.restored { Fate::Forgotten } else { fate };
    }

    /// Whether it is to be there once, or to wait.
    pub(super) fn counts(&self) -> bool {
        self.fate == Fate::Counts
    }
}

/// What is being edited, in a dialog that was closed.
pub(super) struct Editing {
    /// Which of those that were sent.
    pub(super) of: usize,
    pub(super) words: String,
}

impl Chaos {
    /// A page, or a comment on a page of its own.
    pub(super) fn something(&mut self, number: usize) -> Result<Sent> {
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
        let is_comment = matches!(destination, Destination::Comment { .. });
        let quick = is_comment && self.dice.one_in(4);
        Ok(Sent { quick, ..Sent::new(number, destination, words) })
    }
}
