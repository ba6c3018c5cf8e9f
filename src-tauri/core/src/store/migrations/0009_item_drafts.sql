-- What was typed into the dialog that changes an item, or adds one, and not saved. The subject is the item, or the meeting
-- that one is added to; several can be made of what was said in one meeting.
CREATE TABLE item_drafts (
  subject    BLOB NOT NULL,
  said       TEXT NOT NULL, -- what the item is made of, if it is made of something that was said
  json       TEXT NOT NULL,
  changed_at INTEGER NOT NULL,
  PRIMARY KEY (subject, said)
) STRICT, WITHOUT ROWID;
