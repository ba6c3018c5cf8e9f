//! An item to send, for all that are not about items.

use anyhow::{Context as _, Result};
use sally_core::api::ListMeetings;
use sally_core::app::App;
use sally_core::domain::id::ItemId;

/// The first item of the newest of the sample meetings, which are imported unless they are there.
pub(crate) async fn sample_item(app: &App) -> Result<ItemId> {
    app.load_samples().await?;
    let list = app.list_meetings(ListMeetings { limit: 1, ..ListMeetings::default() }).await?;
    let meeting = app.open_meeting(list.rows.first().context("a meeting")?.id).await?;
    Ok(meeting.items.first().context("an item")?.id)
}
