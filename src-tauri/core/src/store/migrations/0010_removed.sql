-- Of a meeting that was deleted for good, no words are kept: how its source knows it may hold its title, and is kept as a
-- SHA-256 digest, which is made beside this file; what a server's list says of it is forgotten.
ALTER TABLE removed_meetings RENAME TO removed_keys;
CREATE TABLE removed_meetings (
  digest BLOB PRIMARY KEY
) STRICT, WITHOUT ROWID;

UPDATE recordings SET entry = '{}', state = 'read'
  WHERE meeting_id IS NOT NULL AND meeting_id NOT IN (SELECT id FROM meetings);
