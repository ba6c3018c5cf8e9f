//! Which file this is: what tells it from an older copy of itself. One row, made when it is first asked for.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, params};
use uuid::Uuid;

use super::Error;

/// Reads.
#[derive(Debug)]
pub struct Installations<'a>(pub(super) &'a Connection);

/// Writes.
#[derive(Debug)]
pub struct InstallationsMut<'a>(pub(super) &'a Connection);

/// What the file says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Installation {
    /// The same for all copies of a file.
    pub id: Uuid,
    /// Grows with each run, and each day of one.
    pub number: u64,
    /// Whether the keyring has had the number.
    pub in_keyring: bool,
    /// A digest of the id of the machine that ran it last, where it has one.
    pub machine: Option<[u8; 32]>,
    /// When it was found to be an older copy, if it ever was.
    pub restored_at: Option<Timestamp>,
}

impl Installations<'_> {
    /// What the file says of itself; `None` before its first run.
    pub fn get(&self) -> Result<Option<Installation>, Error> {
        self.0
            .query_row("SELECT id, number, in_keyring, machine, restored_at FROM installation", [], |row| {
                let restored_at: Option<i64> = row.get(4)?;
                Ok(Installation {
                    id: row.get(0)?,
                    number: row.get(1)?,
                    in_keyring: row.get(2)?,
                    machine: row.get(3)?,
                    restored_at: restored_at.and_then(|ms| Timestamp::from_millisecond(ms).ok()),
                })
            })
            .optional()
            .map_err(Error::of)
    }
}

impl InstallationsMut<'_> {
    /// Keeps what the file says of itself.
    pub fn put(&self, installation: &Installation) -> Result<(), Error> {
        self.0
            .execute(
                "INSERT OR REPLACE INTO installation (one, id, number, in_keyring, machine, restored_at)
                 VALUES (1, ?, ?, ?, ?, ?)",
                params![
                    installation.id,
                    installation.number,
                    installation.in_keyring,
                    installation.machine,
                    installation.restored_at.map(Timestamp::as_millisecond)
                ],
            )
            .map_err(Error::of)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::scratch;
    use super::*;

    #[tokio::test]
    async fn what_a_file_says_of_itself_comes_back() {
        let (_folder, store) = scratch();
        assert_eq!(
            store.read(|db| db.installations().get()).await.unwrap(),
            None,
            "nothing before its first run"
        );
        let mut said = Installation {
            id: Uuid::from_u128(7),
            number: 1,
            in_keyring: false,
            machine: None,
            restored_at: None,
        };
        for _ in 0..2 {
            let put = said.clone();
            store.write(move |tx| tx.installations_mut().put(&put)).await.unwrap();
            assert_eq!(store.read(|db| db.installations().get()).await.unwrap(), Some(said.clone()));
            said = Installation {
                number: 9,
                in_keyring: true,
                machine: Some([3; 32]),
                restored_at: Some(Timestamp::UNIX_EPOCH),
                ..said
            };
        }
    }
}
