//! What is being read of what others wrote, and what ended the app when it was read, or was given up.

use rusqlite::{Connection, params};
use uuid::Uuid;

use super::Error;

/// Reads.
#[derive(Debug)]
pub struct BeingRead<'a>(pub(super) &'a Connection);

/// Writes.
#[derive(Debug)]
pub struct BeingReadMut<'a>(pub(super) &'a Connection);

/// Where something that is read comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A file.
    File,
    /// A server.
    Server,
}

/// Something that ended the app when it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Culprit {
    /// The file's name, or the title of a server's recording.
    pub name: String,
    /// Where it comes from.
    pub source: Source,
}

impl BeingRead<'_> {
    /// What ended an earlier run and was not told yet, if the last run did not end as it should.
    pub fn untold(&self, run: Uuid) -> Result<Vec<Culprit>, Error> {
        self.0
            .prepare_cached(
                "SELECT name, source = 'server' FROM reading WHERE run <> ? AND NOT told ORDER BY name",
            )
            .and_then(|mut query| {
                query
                    .query_map([run], |row| {
                        let source = if row.get(1)? { Source::Server } else { Source::File };
                        Ok(Culprit { name: row.get(0)?, source })
                    })?
                    .collect()
            })
            .map_err(Error::of)
    }
}

impl BeingReadMut<'_> {
    /// Notes that something is about to be read in this run. Answers whether it may be: what ended an earlier run, or was
    /// given up, is only read where it is to be tried `again`.
    pub fn begin(&self, run: Uuid, digest: &str, what: &Culprit, again: bool) -> Result<bool, Error> {
        let source = match what.source {
            Source::File => "file",
            Source::Server => "server",
        };
        let changed = self
            .0
            .prepare_cached(
                "INSERT INTO reading (digest, name, source, run, told) VALUES (?1, ?2, ?3, ?4, 0)
                 ON CONFLICT DO UPDATE SET name = excluded.name, run = excluded.run, told = 0
                 WHERE ?5 OR run = excluded.run",
            )
            .and_then(|mut put| put.execute(params![digest, what.name, source, run, again]))
            .map_err(Error::of)?;
        Ok(changed > 0)
    }

    /// It was read, whatever came of it.
    pub fn end(&self, digest: &str) -> Result<(), Error> {
        self.overwrite("DELETE FROM reading WHERE digest = ?", params![digest])
    }

    /// It was given up. No run reads it by itself, and the person was told: it is known by its digest alone from now on.
    pub fn give_up(&self, digest: &str) -> Result<(), Error> {
        let no_run = Uuid::nil();
        self.overwrite(
            "UPDATE reading SET run = ?, told = 1, name = '' WHERE digest = ?",
            params![no_run, digest],
        )
    }

    /// The last run ended as it should, so nothing that it was reading ended it.
    pub fn acquit(&self, run: Uuid) -> Result<(), Error> {
        self.overwrite("DELETE FROM reading WHERE run <> ? AND NOT told", [run])
    }

    /// The person was told what ended earlier runs. It is known by its digest alone from now on.
    pub fn told(&self, run: Uuid) -> Result<(), Error> {
        self.overwrite("UPDATE reading SET told = 1, name = '' WHERE run <> ?", [run])
    }

    /// A name may be that of a meeting that is deleted for good later, so nothing is left of what is not kept.
    fn overwrite(&self, sql: &str, params: impl rusqlite::Params) -> Result<(), Error> {
        let before: i64 =
            self.0.pragma_query_value(None, "secure_delete", |row| row.get(0)).map_err(Error::of)?;
        let set = |how: i64| self.0.pragma_update(None, "secure_delete", how).map_err(Error::of);
        set(1)?;
        let done = self.0.execute(sql, params).map_err(Error::of);
        set(before)?;
        done.map(|_| ())
    }
}

#[cfg(test)]
mod tests {
    use super::super::scratch;
    use super::*;

    #[tokio::test]
    async fn what_ended_a_run_is_left_alone_in_the_next_ones() {
        let (_folder, store) = scratch();
        let run = [1, 2, 3].map(Uuid::from_u128);
        let file = |name: &str| Culprit { name: name.to_owned(), source: Source::File };
        let work = store.write(move |tx| {
            let (reading, noted) = (tx.being_read(), tx.being_read_mut());
            assert!(noted.begin(run[0], "good", &file("good.md"), false)?);
            assert!(noted.begin(run[0], "good", &file("copy.md"), false)?, "the same bytes twice at once");
            noted.end("good")?;
            assert!(noted.begin(run[0], "bad", &file("bad.md"), false)?);
            assert_eq!(reading.untold(run[0])?, [], "it is still being read");

            assert_eq!(reading.untold(run[1])?, [file("bad.md")], "the run after that one finds it");
            noted.told(run[1])?;
            assert_eq!(reading.untold(run[1])?, [], "and says so once");
            assert!(!noted.begin(run[1], "bad", &file("bad.md"), false)?, "it is not read by itself");
            noted.acquit(run[1])?;
            assert!(!noted.begin(run[2], "bad", &file("bad.md"), false)?, "however that run ended");

            assert!(noted.begin(run[1], "bad", &file("bad.md"), true)?, "it is read for a person who asks");
            assert_eq!(reading.untold(run[2])?, [file("bad.md")], "who is told if that ends the app again");
            assert!(noted.begin(run[2], "bad", &file("bad.md"), true)?);
            noted.end("bad")?;
            assert!(noted.begin(run[2], "bad", &file("bad.md"), false)?, "once it was read it is as others");
            noted.acquit(run[0])?;
            assert_eq!(reading.untold(run[0])?, [], "what a run that ended well was reading did not end it");
            Ok(())
        });
        work.await.unwrap();
    }

    #[tokio::test]
    async fn no_name_is_left_of_what_was_read_or_told() {
        let (folder, store) = scratch();
        let file = |name: &str| Culprit { name: name.to_owned(), source: Source::File };
        let (read, told) = (file("the-merger-that-was-read.md"), file("the-merger-that-ended-it.md"));
        let begin = store.write(move |tx| {
            tx.being_read_mut().begin(Uuid::from_u128(1), "1", &read, false)?;
            tx.being_read_mut().begin(Uuid::from_u128(1), "2", &told, false)
        });
        begin.await.unwrap();
        // Into the file itself.
        store.erase(|_| Ok(())).await.unwrap();
        let left = || {
            let all = std::fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().path());
            all.filter(|path| String::from_utf8_lossy(&std::fs::read(path).unwrap()).contains("the-merger"))
                .count()
        };
        assert_eq!(left(), 1, "it is on disk while it is read");
        store.write(|tx| tx.being_read_mut().end("1")).await.unwrap();
        store.write(|tx| tx.being_read_mut().told(Uuid::from_u128(2))).await.unwrap();
        store.erase(|_| Ok(())).await.unwrap();
        assert_eq!(left(), 0);
    }
}
