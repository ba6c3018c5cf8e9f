//! Interprets named fields: those of a meeting in `head`, those of an item in `item`, and lists of items in `lists`. The
//! meaning of names is defined in [`names`](super::names). Used for JSON, front matter and table rows, and by the export to
//! check that a text survives the import.

pub(super) mod head;
pub(super) mod item;
pub(super) mod lists;
