-- Finding among many meetings. A meeting's `seq` grows with the time it was held, so that the newest matches of a search
-- are its last rows and nothing has to be sorted. It is the minute times 4096, plus a number within that minute; meetings
-- without a date stand above 2^52.
ALTER TABLE meetings ADD COLUMN seq INTEGER NOT NULL DEFAULT 0;

WITH base AS (
  SELECT id, coalesce(sort_at / 60000 * 4096, 1 << 52) AS base FROM meetings
), numbered AS (
  SELECT id, base, row_number() OVER (ORDER BY base, id) AS number FROM base
), placed AS (
  -- Never the same number twice, however many meetings share a minute.
  SELECT id, number + max(base - number) OVER (ORDER BY number) AS seq FROM numbered
)
UPDATE meetings SET seq = placed.seq FROM placed WHERE placed.id = meetings.id;

CREATE UNIQUE INDEX meetings_by_seq ON meetings (seq);
DROP INDEX meetings_in_order;

-- How many meetings there are: counting them at each start would read them all.
CREATE TABLE library (
  one      INTEGER PRIMARY KEY CHECK (one = 1),
  meetings INTEGER NOT NULL
) STRICT;
INSERT INTO library SELECT 1, count(*) FROM meetings;
CREATE TRIGGER meeting_added AFTER INSERT ON meetings BEGIN UPDATE library SET meetings = meetings + 1; END;
CREATE TRIGGER meeting_removed AFTER DELETE ON meetings BEGIN UPDATE library SET meetings = meetings - 1; END;

CREATE INDEX deliveries_sent ON deliveries (meeting_id) WHERE state = 'sent';

-- What was done by hand. What an item was in its source is how the source's next telling of it is known again.
ALTER TABLE items ADD COLUMN edited_at INTEGER;   -- when a person last changed it, if one did
ALTER TABLE items ADD COLUMN source_kind TEXT;    -- NULL for one that a person added
ALTER TABLE items ADD COLUMN source_text TEXT;
UPDATE items SET source_kind = kind, source_text = text;

-- Items of the source that are not to come back: deleted, or merged into another.
CREATE TABLE removed_items (
  meeting_id BLOB NOT NULL REFERENCES meetings (id) ON DELETE CASCADE,
  kind       TEXT NOT NULL,
  text       TEXT NOT NULL,
  PRIMARY KEY (meeting_id, kind, text)
) STRICT, WITHOUT ROWID;

-- Meetings that a person deleted for good, and the files that they came in: nothing comes back by itself, only by an import
-- that a person asks for.
CREATE TABLE removed_meetings (
  source_key TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
CREATE TABLE removed_imports (
  digest TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

-- The words of a meeting, as the indexes read them. Names of kinds begin with a character for private use, which nobody
-- types and which is stripped from queries.
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

-- Two indexes without texts of their own: a small one of what stands in the list, and one of everything. A prefix of each
-- common length is a word of its own, since merging all words that begin with "th" takes too long while somebody types.
DROP TABLE meeting_words;
-- Items are found through their meetings.
DROP TABLE item_words;
CREATE VIRTUAL TABLE meeting_words USING fts5 (
  title, people, kinds, items, transcript,
  content = 'meeting_texts', content_rowid = 'seq', columnsize = 0,
  tokenize = "unicode61 remove_diacritics 2", prefix = '1 2 3 4 5 6 7'
);
CREATE VIRTUAL TABLE meeting_heads USING fts5 (
  title, people, kinds,
  content = 'meeting_texts', content_rowid = 'seq', columnsize = 0,
  tokenize = "unicode61 remove_diacritics 2", prefix = '1 2 3 4 5 6 7'
);
INSERT INTO meeting_words (rowid, title, people, kinds, items, transcript)
  SELECT seq, title, people, kinds, items, transcript FROM meeting_texts ORDER BY seq;
INSERT INTO meeting_heads (rowid, title, people, kinds)
  SELECT seq, title, people, kinds FROM meeting_texts ORDER BY seq;
