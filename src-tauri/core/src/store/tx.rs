//! What one transaction reads and writes: the tables, each by its own type.

use std::ops::Deref;

use rusqlite::Connection;

use super::items::Items;

/// The tables, for reading.
#[derive(Debug)]
pub struct ReadTx<'a>(pub(super) &'a Connection);

/// The tables, for writing, within the transaction of [`Store::write`](super::Store::write). Reads see what was written before.
///
/// ```
/// use sally_core::domain::settings::Settings;
/// use sally_core::store::Store;
///
/// # tokio::runtime::Builder::new_current_thread().build()?.block_on(async {
/// # let folder = tempfile::tempdir()?;
/// let store = Store::open(folder.path())?.store;
/// store.write(|tx| tx.settings_mut().put(&Settings::default())).await?;
///
/// let chosen = store.read(|db| db.settings().get()).await?;
/// assert_eq!(chosen, Some(Settings::default()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct WriteTx<'a>(pub(super) ReadTx<'a>);

impl<'a> Deref for WriteTx<'a> {
    type Target = ReadTx<'a>;

    fn deref(&self) -> &ReadTx<'a> {
        &self.0
    }
}

macro_rules! tables {
    ($($table:ident / $table_mut:ident: $module:ident::$read:ident / $write:ident, $doc:literal);* $(;)?) => {
        $(use super::$module::{$read, $write};)*
        impl<'a> ReadTx<'a> {$(
            #[doc = $doc]
            pub fn $table(&self) -> $read<'a> {
                $read(self.0)
            }
        )*}
        impl<'a> WriteTx<'a> {$(
            #[doc = concat!($doc, " For writing.")]
            pub fn $table_mut(&self) -> $write<'a> {
                $write(self.0.0)
            }
        )*}
    };
}

impl<'a> ReadTx<'a> {
    /// Items of all meetings. They are written with their meetings.
    pub fn items(&self) -> Items<'a> {
        Items(self.0)
    }
}

tables! {
    meetings / meetings_mut: meetings::Meetings / MeetingsMut, "Meetings with their items and transcripts.";
    imports / imports_mut: imports::Imports / ImportsMut, "Files that were imported.";
    being_read / being_read_mut: reading::BeingRead / BeingReadMut, "What is being read of what others wrote.";
    notes / notes_mut: notes::Notes / NotesMut, "Notes of meetings that nothing understood.";
    servers / servers_mut: servers::Servers / ServersMut, "Servers that meetings come from.";
    recordings / recordings_mut: recordings::Recordings / RecordingsMut, "What those servers have.";
    recording_hosts / recording_hosts_mut: recording_hosts::RecordingHosts / RecordingHostsMut,
        "Hosts whose recordings may be opened.";
    own_addresses / own_addresses_mut: own_addresses::OwnAddresses / OwnAddressesMut,
        "Organizations' own addresses.";
    spaces / spaces_mut: spaces::Spaces / SpacesMut, "Cached spaces.";
    people / people_mut: people::People / PeopleMut, "People who can be mentioned.";
    settings / settings_mut: settings::Settings / SettingsMut, "Settings, the watched folder, and what was told once.";
    account / account_mut: account::Account / AccountMut, "The connected account.";
    drafts / drafts_mut: drafts::Drafts / DraftsMut, "What was typed and not sent or saved.";
    targets / targets_mut: targets::Targets / TargetsMut, "Where things can go at once.";
    sites / sites_mut: sites::Sites / SitesMut, "Sites that are connected by API tokens.";
    deliveries / deliveries_mut: deliveries::Deliveries / DeliveriesMut, "Deliveries.";
    installations / installations_mut: installation::Installations / InstallationsMut, "Which file this is.";
    attempts / attempts_mut: attempts::Attempts / AttemptsMut, "Attempts at delivering.";
}
