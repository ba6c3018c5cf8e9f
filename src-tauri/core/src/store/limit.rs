//! A database without room, for tests: `tests/chaos` fills it in a program that runs. A release build does not have it.

use super::{Error, Store, lock};

impl Store {
    /// Lets the file grow to so many pages and no further, or as far as it has grown already, as a full disk does.
    pub async fn limit_pages(&self, most: u32) -> Result<(), Error> {
        self.blocking(move |connections| {
            lock(&connections.writer).pragma_update(None, "max_page_count", most).map_err(Error::of)
        })
        .await
    }
}
