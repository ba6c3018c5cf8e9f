//! What fields say by their names, whoever wrote them down: a meeting's own in `head`, those of one item in `item`, and the
//! lists of items under a key in `lists`. Which name means what is said in [`names`](super::names) alone. The readers of
//! JSON and of notes use it, with front matter and the rows of tables for fields; the export asks what they will read.

pub(super) mod head;
pub(super) mod item;
pub(super) mod lists;
