//! What was said in a meeting, a stretch at a time: a transcript may have 200,000 lines.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::{Error, Library};
use crate::api::{FindInTranscript, ReadTranscript};
use crate::domain::meeting::Cue;
use crate::domain::problem::{Gone, Problem, Program};
use crate::store::{LookedIn, ReadTx};

/// Longest stretch, in lines.
const MAX_STRETCH_LEN: u32 = 500;

/// So many lines are looked through before others may read the database again.
const LINES_AT_ONCE: u32 = 5_000;

impl Library {
    /// Some lines of a transcript. None are beyond its end.
    pub(in crate::app) async fn read_transcript(&self, wanted: ReadTranscript) -> Result<Vec<Cue>, Error> {
        let ReadTranscript { meeting: id, offset, limit } = wanted;
        let limit = limit.min(MAX_STRETCH_LEN);
        let read = move |db: &ReadTx<'_>| {
            Ok((db.meetings().head(id)?, db.meetings().transcript(id, offset, limit)?))
        };
        let (meeting, lines) = self.0.store.read(read).await?;
        meeting.map(|_| lines).ok_or_else(|| Error::gone(Gone::Meeting))
    }

    /// The first line of a transcript with words that stand nowhere else in the meeting, counted from 0. A
    /// newer search takes the place of this one.
    pub(in crate::app) async fn find_in_transcript(
        &self,
        wanted: FindInTranscript,
    ) -> Result<Option<u32>, Error> {
        let FindInTranscript { meeting, query } = wanted;
        let query: Arc<str> = query.into();
        let search = self.0.searches.fetch_add(1, Ordering::Relaxed) + 1;
        let mut from = 0;
        loop {
            let query = Arc::clone(&query);
            let look =
                move |db: &ReadTx<'_>| db.meetings().look_in_transcript(meeting, &query, from, LINES_AT_ONCE);
            match self.0.store.read(look).await? {
                LookedIn::Found(line) => return Ok(Some(line)),
                LookedIn::All => return Ok(None),
                LookedIn::Until(line) => from = line,
            }
            if self.0.searches.load(Ordering::Relaxed) != search {
                return Err(Problem::Program(Program::Superseded).into());
            }
        }
    }
}
