//! What was said in a meeting, a stretch at a time: a transcript may have 200,000 lines.

use super::{Error, Library};
use crate::api::{FindInTranscript, ReadTranscript};
use crate::domain::meeting::Cue;
use crate::domain::problem::Gone;
use crate::store::ReadTx;

/// Longest stretch, in lines.
const MAX_STRETCH_LEN: u32 = 500;

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

    /// The first line of a transcript with words that stand nowhere else in the meeting, counted from 0.
    pub(in crate::app) async fn find_in_transcript(
        &self,
        wanted: FindInTranscript,
    ) -> Result<Option<u32>, Error> {
        let FindInTranscript { meeting, query } = wanted;
        let find = move |db: &ReadTx<'_>| db.meetings().first_said(meeting, &query);
        Ok(self.0.store.read(find).await?)
    }
}
