-- Servers that meetings come from; the same one may be there for several companies. Their tokens are in the keyring.
CREATE TABLE servers (
  id         BLOB PRIMARY KEY,
  address    TEXT NOT NULL,
  company    TEXT,
  remembered INTEGER NOT NULL, -- whether the keyring has the token
  trouble    TEXT,             -- why it has to be connected again, as the person was told
  synced_at  INTEGER,          -- when everything was read last
  listed_to  INTEGER           -- the newest recording of the last list that was read to its end
) STRICT, WITHOUT ROWID;

-- What those servers have. A row stays when its server is disconnected, and when its meeting is deleted, so that
-- neither comes back as new. An address, not a server's id, since the same server may be connected again.
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

-- What a source wrote and nothing understood, as it came.
CREATE TABLE notes (
  meeting_id BLOB PRIMARY KEY REFERENCES meetings (id) ON DELETE CASCADE,
  text       TEXT NOT NULL
) STRICT, WITHOUT ROWID;
