//! Hosts whose recordings the person lets the app open. Only their digests are kept: a host may be a word of a meeting that is
//! deleted for good.

use jiff::Timestamp;
use rusqlite::{Connection, params};

use super::Error;
use super::removed::digest;

/// Most hosts that are remembered. Whoever agrees to more is asked again about the oldest.
const MAX_HOSTS: u32 = 500;

/// Reads.
#[derive(Debug)]
pub struct RecordingHosts<'a>(pub(super) &'a Connection);

/// Writes.
#[derive(Debug)]
pub struct RecordingHostsMut<'a>(pub(super) &'a Connection);

impl RecordingHosts<'_> {
    /// Whether the person agreed to a host.
    pub fn is_agreed(&self, host: &str) -> Result<bool, Error> {
        self.0
            .prepare_cached("SELECT EXISTS (SELECT 1 FROM recording_hosts WHERE digest = ?)")
            .and_then(|mut query| query.query_row([digest(host)], |row| row.get(0)))
            .map_err(Error::of)
    }
}

impl RecordingHostsMut<'_> {
    /// Remembers that the person agreed to a host.
    pub fn agree(&self, host: &str, now: Timestamp) -> Result<(), Error> {
        self.0
            .execute(
                "INSERT OR REPLACE INTO recording_hosts (digest, agreed_at) VALUES (?, ?)",
                params![digest(host), now.as_millisecond()],
            )
            .map_err(Error::of)?;
        self.0
            .execute(
                "DELETE FROM recording_hosts WHERE digest NOT IN
                   (SELECT digest FROM recording_hosts ORDER BY agreed_at DESC LIMIT ?)",
                [MAX_HOSTS],
            )
            .map(|_| ())
            .map_err(Error::of)
    }
}

#[cfg(test)]
mod tests {
    use super::super::{FILE_NAME, scratch};
    use super::*;

    #[tokio::test]
    async fn a_host_is_remembered_without_its_name_and_not_without_end() {
        let (folder, store) = scratch();
        let is_agreed = |host: String| store.read(move |db| db.recording_hosts().is_agreed(&host));
        assert!(!is_agreed("media.example".to_owned()).await.unwrap(), "nobody was asked");
        store
            .write(|tx| {
                for number in 0..=MAX_HOSTS {
                    let at = Timestamp::from_second(number.into()).unwrap();
                    tx.recording_hosts_mut().agree(&format!("zqmedia{number}.example"), at)?;
                }
                Ok(())
            })
            .await
            .unwrap();
        for (number, expected) in [(0, false), (1, true), (MAX_HOSTS, true)] {
            assert_eq!(is_agreed(format!("zqmedia{number}.example")).await.unwrap(), expected, "{number}");
        }
        let db = Connection::open(folder.path().join(FILE_NAME)).unwrap();
        let count: u32 = db.query_row("SELECT count(*) FROM recording_hosts", [], |row| row.get(0)).unwrap();
        assert_eq!(count, MAX_HOSTS);
        for file in folder.path().read_dir().unwrap() {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            assert!(!bytes.windows(7).any(|part| part == b"zqmedia"), "no host is in a file");
        }
    }
}
