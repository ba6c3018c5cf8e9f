-- Everything about sending: who is connected (never the tokens), where things can go, and what went there.
CREATE TABLE account (
  one  INTEGER PRIMARY KEY CHECK (one = 1),
  json TEXT NOT NULL
) STRICT;

CREATE TABLE settings (
  one  INTEGER PRIMARY KEY CHECK (one = 1),
  json TEXT NOT NULL
) STRICT;

CREATE TABLE spaces (
  organization TEXT NOT NULL,
  id           TEXT NOT NULL,
  key          TEXT NOT NULL,
  name         TEXT NOT NULL,
  name_folded  TEXT NOT NULL,    -- in lower case, for finding
  seen         INTEGER NOT NULL, -- the refresh that last saw it
  PRIMARY KEY (organization, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX spaces_by_name ON spaces (organization, name_folded);

CREATE TABLE space_refreshes (
  organization TEXT PRIMARY KEY,
  at           INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The destination used last: for each meeting series, and (series '') for the person.
CREATE TABLE last_destinations (
  series  TEXT NOT NULL,
  action  TEXT NOT NULL CHECK (action IN ('create_page', 'add_comment')),
  json    TEXT NOT NULL,
  used_at INTEGER NOT NULL,
  PRIMARY KEY (series, action)
) STRICT, WITHOUT ROWID;

CREATE TABLE recent_spaces (
  organization TEXT NOT NULL,
  space_id     TEXT NOT NULL,
  used_at      INTEGER NOT NULL,
  PRIMARY KEY (organization, space_id)
) STRICT, WITHOUT ROWID;

-- What is typed into a dialog and not sent yet.
CREATE TABLE drafts (
  item_id    BLOB NOT NULL,
  action     TEXT NOT NULL CHECK (action IN ('create_page', 'add_comment')),
  json       TEXT NOT NULL,
  changed_at INTEGER NOT NULL,
  PRIMARY KEY (item_id, action)
) STRICT, WITHOUT ROWID;

-- Items and meetings may be deleted while a delivery lives on: no foreign keys.
CREATE TABLE deliveries (
  id           BLOB PRIMARY KEY, -- UUIDv7: the order of sending
  item_id      BLOB NOT NULL,
  meeting_id   BLOB NOT NULL,
  organization TEXT NOT NULL,
  destination  TEXT NOT NULL,
  description  TEXT NOT NULL,
  body         TEXT NOT NULL,
  state        TEXT NOT NULL
               CHECK (state IN ('queued', 'sending', 'sent', 'waiting', 'needs_you', 'not_confirmed')),
  why          TEXT,             -- what the person was told, where the state is not the whole story
  url          TEXT,
  created_at   INTEGER NOT NULL,
  changed_at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX deliveries_of_item ON deliveries (item_id, id DESC);
CREATE INDEX deliveries_of_meeting ON deliveries (meeting_id);
CREATE INDEX deliveries_unsent ON deliveries (state, id) WHERE state <> 'sent';

-- A row is on disk before the first byte of a request leaves; one without an end was cut off.
CREATE TABLE attempts (
  id          INTEGER PRIMARY KEY,
  delivery_id BLOB NOT NULL,
  started_at  INTEGER NOT NULL,
  ended_at    INTEGER,
  outcome     TEXT
) STRICT;

CREATE INDEX attempts_of_delivery ON attempts (delivery_id, started_at);
