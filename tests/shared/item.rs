//! Items to send, for all that are not about items.

use anyhow::{Context as _, Result, ensure};
use sally_core::api::ListMeetings;
use sally_core::app::App;
use sally_core::domain::id::ItemId;

/// The items of the newest of the sample meetings, which are imported unless they are there; at least one.
pub(crate) async fn sample_items(app: &App) -> Result<Vec<ItemId>> {
    app.load_samples().await?;
    let list = app.list_meetings(ListMeetings { limit: 1, ..ListMeetings::default() }).await?;
    let meeting = app.open_meeting(list.rows.first().context("a meeting")?.id).await?;
    let items: Vec<ItemId> = meeting.items.iter().map(|item| item.id).collect();
    ensure!(!items.is_empty(), "the meeting has no items");
    Ok(items)
}
