-- What is being read of what others wrote. A row is there before it is read and gone when it was, so one of an earlier run
-- that did not end as it should is of something that ended it.
CREATE TABLE reading (
  digest TEXT PRIMARY KEY, -- of its bytes, or of what a server's list says of it
  name   TEXT NOT NULL,    -- the file's, or the title of a server's recording; empty once it was told
  source TEXT NOT NULL CHECK (source IN ('file', 'server')),
  run    BLOB NOT NULL,    -- the run of the app that began to read it
  told   INTEGER NOT NULL  -- whether the person knows that it ended that run
) STRICT, WITHOUT ROWID;
