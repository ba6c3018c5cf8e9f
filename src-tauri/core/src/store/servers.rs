//! Servers that meetings come from, without their tokens.

use jiff::Timestamp;
use rusqlite::{Connection, Row, params};

use super::Error;
use crate::domain::id::ServerId;
use crate::domain::problem::Problem;

/// Reads.
#[derive(Debug)]
pub struct Servers<'a>(pub(super) &'a Connection);

/// Writes.
#[derive(Debug)]
pub struct ServersMut<'a>(pub(super) &'a Connection);

/// A server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    /// Which.
    pub id: ServerId,
    /// Where.
    pub address: String,
    /// Whose meetings, in the person's words.
    pub company: Option<String>,
    /// Whether the keyring has its token.
    pub remembered: bool,
    /// Why it has to be connected again.
    pub trouble: Option<Problem>,
    /// When everything was read last.
    pub synced_at: Option<Timestamp>,
    /// The newest recording of the last list that was read to its end.
    pub listed_to: Option<Timestamp>,
}

const COLUMNS: &str = "id, address, company, remembered, trouble, synced_at, listed_to";

fn server(row: &Row<'_>) -> rusqlite::Result<Server> {
    let moment = |ms: Option<i64>| ms.and_then(|ms| Timestamp::from_millisecond(ms).ok());
    // What a newer version was told is no reason to lose the server: the next sync is told again.
    let trouble: Option<String> = row.get(4)?;
    Ok(Server {
        id: ServerId(row.get(0)?),
        address: row.get(1)?,
        company: row.get(2)?,
        remembered: row.get(3)?,
        trouble: trouble.and_then(|trouble| serde_json::from_str(&trouble).ok()),
        synced_at: moment(row.get(5)?),
        listed_to: moment(row.get(6)?),
    })
}

impl Servers<'_> {
    /// All, in the order in which they were connected.
    pub fn all(&self) -> Result<Vec<Server>, Error> {
        self.0
            .prepare_cached(&format!("SELECT {COLUMNS} FROM servers ORDER BY id"))
            .and_then(|mut query| query.query_map([], server)?.collect())
            .map_err(Error::of)
    }
}

impl ServersMut<'_> {
    /// Keeps a server, in the place of the one with its id.
    pub fn put(&self, server: &Server) -> Result<(), Error> {
        let trouble = server.trouble.as_ref().map(serde_json::to_string).transpose()?;
        self.0
            .execute(
                &format!("INSERT OR REPLACE INTO servers ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)"),
                params![
                    server.id.0,
                    server.address,
                    server.company,
                    server.remembered,
                    trouble,
                    server.synced_at.map(Timestamp::as_millisecond),
                    server.listed_to.map(Timestamp::as_millisecond),
                ],
            )
            .map_err(Error::of)?;
        Ok(())
    }

    /// Records that a list was read to its end.
    pub fn listed(&self, id: ServerId, to: Timestamp) -> Result<(), Error> {
        self.0
            .execute(
                "UPDATE servers SET listed_to = max(coalesce(listed_to, ?1), ?1) WHERE id = ?2",
                params![to.as_millisecond(), id.0],
            )
            .map_err(Error::of)?;
        Ok(())
    }

    /// Records that everything was read.
    pub fn synced(&self, id: ServerId, at: Timestamp) -> Result<(), Error> {
        self.0
            .execute(
                "UPDATE servers SET synced_at = ?, trouble = NULL WHERE id = ?",
                params![at.as_millisecond(), id.0],
            )
            .map_err(Error::of)?;
        Ok(())
    }

    /// Records why a server has to be connected again.
    pub fn troubled(&self, id: ServerId, trouble: &Problem) -> Result<(), Error> {
        self.0
            .execute(
                "UPDATE servers SET trouble = ? WHERE id = ?",
                params![serde_json::to_string(trouble)?, id.0],
            )
            .map_err(Error::of)?;
        Ok(())
    }

    /// Forgets a server. Its meetings stay, and what it has is known.
    pub fn delete(&self, id: ServerId) -> Result<(), Error> {
        self.0.execute("DELETE FROM servers WHERE id = ?", [id.0]).map_err(Error::of)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::scratch;
    use super::*;
    use crate::domain::problem;

    const EXPIRED: Problem = Problem::Server(problem::Server::TokenExpired);

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    fn server(company: Option<&str>) -> Server {
        Server {
            id: ServerId::new(),
            address: "https://app.sally.io/mcp".to_owned(),
            company: company.map(str::to_owned),
            remembered: true,
            trouble: None,
            synced_at: None,
            listed_to: None,
        }
    }

    #[tokio::test]
    async fn a_server_stands_as_it_was_last_heard_of() {
        let (_folder, store) = scratch();
        let (acme, other) = (server(Some("Acme")), server(None));
        let (one, two) = (acme.clone(), other.clone());
        let all = || store.read(|db| db.servers().all());
        store
            .write(move |tx| {
                tx.servers_mut().put(&one)?;
                tx.servers_mut().put(&two)?;
                tx.servers_mut().troubled(one.id, &EXPIRED)
            })
            .await
            .unwrap();
        let troubled = Server { trouble: Some(EXPIRED), ..acme.clone() };
        assert_eq!(all().await.unwrap(), [troubled, other.clone()], "in the order of connecting");
        store
            .write(move |tx| {
                tx.servers_mut().synced(acme.id, at(5))?;
                tx.servers_mut().listed(acme.id, at(9))?;
                // A later list may end with an older recording, since the newest was deleted there.
                tx.servers_mut().listed(acme.id, at(7))
            })
            .await
            .unwrap();
        let there = all().await.unwrap().swap_remove(0);
        assert_eq!((there.synced_at, there.listed_to), (Some(at(5)), Some(at(9))));
        assert_eq!(there.trouble, None, "who was read has no trouble");
        store.write(move |tx| tx.servers_mut().delete(acme.id)).await.unwrap();
        assert_eq!(all().await.unwrap(), [other]);
    }

    #[tokio::test]
    async fn a_trouble_that_cannot_be_read_hides_no_server() {
        let (folder, store) = scratch();
        let acme = Server { trouble: Some(EXPIRED), ..server(Some("Acme")) };
        let kept = acme.clone();
        store.write(move |tx| tx.servers_mut().put(&kept)).await.unwrap();
        let db = Connection::open(folder.path().join(crate::store::FILE_NAME)).unwrap();
        db.execute("UPDATE servers SET trouble = '{\"newer\":true}'", []).unwrap();
        let there = store.read(|db| db.servers().all()).await.unwrap();
        assert_eq!(there, [Server { trouble: None, ..acme }]);
    }
}
