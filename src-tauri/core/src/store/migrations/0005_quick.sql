-- Quick send: items by their words, the targets at hand, and what the person was told once.

CREATE VIRTUAL TABLE item_words USING fts5 (
  item_id UNINDEXED, text, owner, meeting,
  tokenize = "unicode61 remove_diacritics 2", prefix = '2 3'
);

INSERT INTO item_words (item_id, text, owner, meeting)
  SELECT i.id, i.text, coalesce(i.owner, ''), m.title FROM items i JOIN meetings m ON m.id = i.meeting_id;

CREATE TABLE targets (
  key          TEXT PRIMARY KEY, -- the same for the same place
  organization TEXT NOT NULL,
  json         TEXT NOT NULL,
  used_at      INTEGER,          -- when something went there last
  favourite_at INTEGER           -- when it became a favourite, if it is one
) STRICT, WITHOUT ROWID;

CREATE TABLE told (
  what TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
