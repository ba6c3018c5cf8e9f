-- Meetings and what they left behind. Identifiers are UUIDs, as their 16 bytes; times are milliseconds since 1970 in
-- UTC; days are ISO 8601; lists are JSON.
CREATE TABLE meetings (
  id           BLOB PRIMARY KEY,
  title        TEXT NOT NULL,
  held_at      INTEGER,          -- a moment, where the source names one
  held_on      TEXT,             -- a day without a time, where it names only that
  sort_at      INTEGER,          -- where it stands in the list; NULL for meetings without a date
  minutes      INTEGER,
  participants TEXT NOT NULL,
  recording    TEXT,
  source       TEXT NOT NULL,
  source_key   TEXT UNIQUE,      -- how the same meeting is known again when another file tells of it
  sample       INTEGER NOT NULL DEFAULT 0,
  imported_at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX meetings_in_order ON meetings (sort_at IS NULL DESC, sort_at DESC, id DESC);

CREATE TABLE items (
  id         BLOB PRIMARY KEY,
  meeting_id BLOB NOT NULL REFERENCES meetings (id) ON DELETE CASCADE,
  position   INTEGER NOT NULL,
  kind       TEXT NOT NULL CHECK (kind IN ('insight', 'decision', 'next_step', 'task')),
  text       TEXT NOT NULL,
  owner      TEXT,
  due_text   TEXT,
  due_date   TEXT,
  done       INTEGER NOT NULL,
  at_ms      INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX items_of_meeting ON items (meeting_id, position);

CREATE TABLE cues (
  meeting_id BLOB NOT NULL REFERENCES meetings (id) ON DELETE CASCADE,
  position   INTEGER NOT NULL,
  start_ms   INTEGER NOT NULL,
  end_ms     INTEGER NOT NULL,
  speaker    TEXT,
  text       TEXT NOT NULL,
  PRIMARY KEY (meeting_id, position)
) STRICT, WITHOUT ROWID;

-- One row for each meeting. Prefixes of two and three letters are indexed, since people search as they type.
CREATE VIRTUAL TABLE meeting_words USING fts5 (
  meeting_id UNINDEXED, title, participants, items,
  tokenize = "unicode61 remove_diacritics 2", prefix = '2 3'
);

-- The files that were imported, so that the same file again adds nothing. A file with several meetings has a
-- row for each.
CREATE TABLE imports (
  digest     TEXT NOT NULL,       -- SHA-256 of the file's bytes, in hexadecimal
  part       INTEGER NOT NULL,
  parts      INTEGER NOT NULL,
  meeting_id BLOB NOT NULL REFERENCES meetings (id) ON DELETE CASCADE,
  PRIMARY KEY (digest, part)
) STRICT, WITHOUT ROWID;

CREATE INDEX imports_of_meeting ON imports (meeting_id);
