-- Words that were deleted for good are to be in no byte of the file. The indexes take out what they forget at once.
INSERT INTO meeting_words (meeting_words, rank) VALUES ('secure-delete', 1);
INSERT INTO meeting_heads (meeting_heads, rank) VALUES ('secure-delete', 1);

-- How far the file was swept. A file of an older version was never.
CREATE TABLE sweeps (
  one       INTEGER PRIMARY KEY CHECK (one = 1),
  deletions INTEGER NOT NULL, -- how often something was deleted for good
  swept     INTEGER NOT NULL, -- after how many of these the file was swept last
  copied_at INTEGER           -- in a copy of the file: when it was made
) STRICT;
INSERT INTO sweeps VALUES (1, 1, 0, NULL);

-- Whose words a draft is about, also when it is about several items, or about one that was removed since. What is about
-- nothing that is there can be opened by nobody. The second half is made beside this file.
ALTER TABLE drafts ADD COLUMN meeting_id BLOB;
ALTER TABLE item_drafts ADD COLUMN meeting_id BLOB;
CREATE INDEX drafts_of_meeting ON drafts (meeting_id);
CREATE INDEX item_drafts_of_meeting ON item_drafts (meeting_id);

-- The destination used last: for each series of meetings, and (an empty digest) for the person. The name of a series is the
-- words of a title, so a SHA-256 digest of it is kept, which is made beside this file; and of a page that was made, not its
-- title.
ALTER TABLE last_destinations RENAME TO named_destinations;
CREATE TABLE last_destinations (
  series  BLOB NOT NULL,
  action  TEXT NOT NULL CHECK (action IN ('create_page', 'add_comment')),
  json    TEXT NOT NULL,
  used_at INTEGER NOT NULL,
  PRIMARY KEY (series, action)
) STRICT, WITHOUT ROWID;
