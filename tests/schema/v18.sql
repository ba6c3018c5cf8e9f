CREATE TABLE account (
  one  INTEGER PRIMARY KEY CHECK (one = 1),
  json TEXT NOT NULL
) STRICT;

CREATE TABLE attempts (
  id          INTEGER PRIMARY KEY,
  delivery_id BLOB NOT NULL,
  started_at  INTEGER NOT NULL,
  ended_at    INTEGER,
  outcome     TEXT
, account_id TEXT NOT NULL DEFAULT '') STRICT;

CREATE INDEX attempts_of_delivery ON attempts (delivery_id, started_at);

CREATE TABLE cues (
  meeting_id BLOB NOT NULL REFERENCES meetings (id) ON DELETE CASCADE,
  position   INTEGER NOT NULL,
  start_ms   INTEGER NOT NULL,
  end_ms     INTEGER NOT NULL,
  speaker    TEXT,
  text       TEXT NOT NULL,
  PRIMARY KEY (meeting_id, position)
) STRICT, WITHOUT ROWID;

CREATE TABLE "deliveries" (
  id           BLOB PRIMARY KEY, -- UUIDv7: the order of sending
  meeting_id   BLOB NOT NULL,
  organization TEXT NOT NULL,
  destination  TEXT NOT NULL,
  document     TEXT NOT NULL,
  state        TEXT NOT NULL
               CHECK (state IN ('queued', 'sending', 'doubted', 'looking', 'sent', 'waiting', 'needs_you',
                                'not_confirmed')),
  why          TEXT,             -- what the person was told, where the state is not the whole story
  url          TEXT,
  remote_id    TEXT,             -- Confluence's identifier of what was made
  due_at       INTEGER,          -- not before this moment
  tries        INTEGER NOT NULL DEFAULT 0,
  created_at   INTEGER NOT NULL,
  changed_at   INTEGER NOT NULL
, account_id TEXT, account_name TEXT, asked_at INTEGER NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID;

CREATE INDEX deliveries_by_account ON deliveries (account_id) WHERE state <> 'sent';

CREATE INDEX deliveries_in_line ON deliveries (organization, id) WHERE state IN ('queued', 'waiting', 'doubted');

CREATE INDEX deliveries_made ON deliveries (remote_id) WHERE remote_id IS NOT NULL;

CREATE INDEX deliveries_of_meeting ON deliveries (meeting_id);

CREATE INDEX deliveries_sent ON deliveries (meeting_id) WHERE state = 'sent';

CREATE INDEX deliveries_unsent ON deliveries (state, id) WHERE state <> 'sent';

CREATE TABLE "delivery_items" (
  delivery_id BLOB NOT NULL REFERENCES "deliveries" (id) ON DELETE CASCADE,
  position    INTEGER NOT NULL,
  item_id     BLOB NOT NULL,
  PRIMARY KEY (delivery_id, position)
) STRICT, WITHOUT ROWID;

CREATE INDEX delivery_items_by_item ON delivery_items (item_id, delivery_id);

CREATE TABLE drafts (
  subject    BLOB NOT NULL,
  action     TEXT NOT NULL CHECK (action IN ('create_page', 'add_comment')),
  json       TEXT NOT NULL,
  changed_at INTEGER NOT NULL, meeting_id BLOB,
  PRIMARY KEY (subject, action)
) STRICT, WITHOUT ROWID;

CREATE INDEX drafts_of_meeting ON drafts (meeting_id);

CREATE TABLE imports (
  digest     TEXT NOT NULL,       -- SHA-256 of the file's bytes, in hexadecimal
  part       INTEGER NOT NULL,
  parts      INTEGER NOT NULL,
  meeting_id BLOB NOT NULL REFERENCES meetings (id) ON DELETE CASCADE,
  PRIMARY KEY (digest, part)
) STRICT, WITHOUT ROWID;

CREATE INDEX imports_of_meeting ON imports (meeting_id);

CREATE TABLE installation (
  one         INTEGER PRIMARY KEY CHECK (one = 1),
  id          BLOB NOT NULL,              -- made with the file
  number      INTEGER NOT NULL,
  in_keyring  INTEGER NOT NULL DEFAULT 0, -- whether the keyring has had it
  machine     BLOB,                       -- a digest of the machine's own id
  restored_at INTEGER                     -- when this file was found to be an older copy
) STRICT;

CREATE TABLE item_drafts (
  subject    BLOB NOT NULL,
  said       TEXT NOT NULL, -- what the item is made of, if it is made of something that was said
  json       TEXT NOT NULL,
  changed_at INTEGER NOT NULL, meeting_id BLOB,
  PRIMARY KEY (subject, said)
) STRICT, WITHOUT ROWID;

CREATE INDEX item_drafts_of_meeting ON item_drafts (meeting_id);

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
, formatted TEXT, edited_at INTEGER, source_kind TEXT, source_text TEXT, origin TEXT) STRICT, WITHOUT ROWID;

CREATE INDEX items_of_meeting ON items (meeting_id, position);

CREATE TABLE last_destinations (
  series  BLOB NOT NULL,
  action  TEXT NOT NULL CHECK (action IN ('create_page', 'add_comment')),
  json    TEXT NOT NULL,
  used_at INTEGER NOT NULL,
  PRIMARY KEY (series, action)
) STRICT, WITHOUT ROWID;

CREATE TABLE library (
  one      INTEGER PRIMARY KEY CHECK (one = 1),
  meetings INTEGER NOT NULL
) STRICT;

CREATE TRIGGER meeting_added AFTER INSERT ON meetings BEGIN UPDATE library SET meetings = meetings + 1; END;

CREATE VIRTUAL TABLE meeting_heads USING fts5 (
  title, people, kinds,
  content = 'meeting_texts', content_rowid = 'seq', columnsize = 0,
  tokenize = "unicode61 remove_diacritics 2", prefix = '1 2 3 4 5 6 7'
);

CREATE TABLE 'meeting_heads_config'(k PRIMARY KEY, v) WITHOUT ROWID;

CREATE TABLE 'meeting_heads_data'(id INTEGER PRIMARY KEY, block BLOB);

CREATE TABLE 'meeting_heads_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;

CREATE TRIGGER meeting_removed AFTER DELETE ON meetings BEGIN UPDATE library SET meetings = meetings - 1; END;

CREATE VIEW meeting_texts AS
  SELECT m.seq, m.title,
         -- As JSON, whose signs are no words. Not by json_each: an index cannot be checked against another virtual table.
         m.participants || (SELECT coalesce(group_concat(name, ' · '), '') FROM
            (SELECT owner AS name FROM items WHERE meeting_id = m.id AND owner IS NOT NULL
             UNION SELECT speaker FROM cues WHERE meeting_id = m.id AND speaker IS NOT NULL)) AS people,
         (SELECT coalesce(group_concat(char(57344) || replace(kind, '_', ''), ' '), '') FROM
            (SELECT DISTINCT kind FROM items WHERE meeting_id = m.id ORDER BY kind)) AS kinds,
         (SELECT coalesce(group_concat(text, ' · '), '') FROM
            (SELECT text FROM items WHERE meeting_id = m.id ORDER BY position)) AS items,
         -- With the notes: both are what was said, and not what came of it.
         (SELECT coalesce(group_concat(text, ' '), '') FROM
            (SELECT text FROM cues WHERE meeting_id = m.id ORDER BY position))
           || coalesce((SELECT ' ' || text FROM notes WHERE meeting_id = m.id), '') AS transcript
  FROM meetings m;

CREATE VIRTUAL TABLE meeting_words USING fts5 (
  title, people, kinds, items, transcript,
  content = 'meeting_texts', content_rowid = 'seq', columnsize = 0,
  tokenize = "unicode61 remove_diacritics 2", prefix = '1 2 3 4 5 6 7'
);

CREATE TABLE 'meeting_words_config'(k PRIMARY KEY, v) WITHOUT ROWID;

CREATE TABLE 'meeting_words_data'(id INTEGER PRIMARY KEY, block BLOB);

CREATE TABLE 'meeting_words_idx'(segid, term, pgno, PRIMARY KEY(segid, term)) WITHOUT ROWID;

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
, seq INTEGER NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX meetings_by_seq ON meetings (seq);

CREATE TABLE notes (
  meeting_id BLOB PRIMARY KEY REFERENCES meetings (id) ON DELETE CASCADE,
  text       TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE own_addresses (
  address      TEXT PRIMARY KEY, -- as links begin, such as https://wiki.acme.example/
  organization TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE people (
  account_id TEXT PRIMARY KEY,
  name       TEXT NOT NULL,
  used_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE reading (
  digest TEXT PRIMARY KEY, -- of its bytes, or of what a server's list says of it
  name   TEXT NOT NULL,    -- the file's, or the title of a server's recording; empty once it was told
  source TEXT NOT NULL CHECK (source IN ('file', 'server')),
  run    BLOB NOT NULL,    -- the run of the app that began to read it
  told   INTEGER NOT NULL  -- whether the person knows that it ended that run
) STRICT, WITHOUT ROWID;

CREATE TABLE recent_spaces (
  organization TEXT NOT NULL,
  space_id     TEXT NOT NULL,
  used_at      INTEGER NOT NULL,
  PRIMARY KEY (organization, space_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE recording_hosts (
  digest    BLOB PRIMARY KEY, -- SHA-256 of the host
  agreed_at INTEGER NOT NULL  -- milliseconds since 1970 in UTC
) STRICT, WITHOUT ROWID;

CREATE TABLE recordings (
  address    TEXT NOT NULL,
  key        TEXT NOT NULL,    -- the server's own identifier
  digest     TEXT NOT NULL,    -- of what the list says
  entry      TEXT NOT NULL,    -- what the list says, as JSON
  held_at    INTEGER,
  state      TEXT NOT NULL CHECK (state IN ('waiting', 'read', 'thin')), -- thin: read, and without a summary
  server     BLOB NOT NULL,    -- whose list has it, and whose token reads it
  meeting_id BLOB,
  PRIMARY KEY (address, key)
) STRICT, WITHOUT ROWID;

CREATE INDEX recordings_waiting ON recordings (server, held_at DESC) WHERE state = 'waiting';

CREATE TABLE removed_imports (
  digest TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

CREATE TABLE removed_items (
  meeting_id BLOB NOT NULL REFERENCES meetings (id) ON DELETE CASCADE,
  kind       TEXT NOT NULL,
  text       TEXT NOT NULL,
  PRIMARY KEY (meeting_id, kind, text)
) STRICT, WITHOUT ROWID;

CREATE TABLE removed_meetings (
  digest BLOB PRIMARY KEY
) STRICT, WITHOUT ROWID;

CREATE TABLE servers (
  id         BLOB PRIMARY KEY,
  address    TEXT NOT NULL,
  company    TEXT,
  remembered INTEGER NOT NULL, -- whether the keyring has the token
  trouble    TEXT,             -- why it has to be connected again, as the person was told
  synced_at  INTEGER,          -- when everything was read last
  listed_to  INTEGER           -- the newest recording of the last list that was read to its end
) STRICT, WITHOUT ROWID;

CREATE TABLE settings (
  one  INTEGER PRIMARY KEY CHECK (one = 1),
  json TEXT NOT NULL
) STRICT;

CREATE TABLE sites (
  organization TEXT PRIMARY KEY,
  json         TEXT NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE space_refreshes (
  organization TEXT PRIMARY KEY,
  at           INTEGER NOT NULL
, listing TEXT NOT NULL DEFAULT 'whole', total INTEGER NOT NULL DEFAULT 0) STRICT, WITHOUT ROWID;

CREATE TABLE spaces (
  organization TEXT NOT NULL,
  id           TEXT NOT NULL,
  key          TEXT NOT NULL,
  name         TEXT NOT NULL,
  name_folded  TEXT NOT NULL,    -- in lower case, for finding
  seen         INTEGER NOT NULL, kind TEXT NOT NULL DEFAULT 'team', -- the refresh that last saw it
  PRIMARY KEY (organization, id)
) STRICT, WITHOUT ROWID;

CREATE INDEX spaces_by_name ON spaces (organization, name_folded);

CREATE TABLE sweeps (
  one       INTEGER PRIMARY KEY CHECK (one = 1),
  deletions INTEGER NOT NULL, -- how often something was deleted for good
  swept     INTEGER NOT NULL, -- after how many of these the file was swept last
  copied_at INTEGER           -- in a copy of the file: when it was made
) STRICT;

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

CREATE TABLE watched_folder (
  one  INTEGER PRIMARY KEY CHECK (one = 1),
  json TEXT NOT NULL
) STRICT;
