-- A delivery belongs to the account that sends it: the one that tried it, or else the one that is connected.
ALTER TABLE deliveries ADD COLUMN account_id TEXT;   -- NULL where it is not known
ALTER TABLE deliveries ADD COLUMN account_name TEXT; -- NULL where it is not known
-- When a person last asked for it: by sending, trying again or sending it on.
ALTER TABLE deliveries ADD COLUMN asked_at INTEGER NOT NULL DEFAULT 0;

UPDATE deliveries SET
  asked_at = created_at,
  account_id = coalesce(
    (SELECT a.account_id FROM attempts a WHERE a.delivery_id = deliveries.id AND a.account_id <> ''
      ORDER BY a.started_at DESC LIMIT 1),
    (SELECT json ->> 'id' FROM account));
UPDATE deliveries SET account_name = coalesce(
  (SELECT json ->> 'name' FROM account WHERE json ->> 'id' = deliveries.account_id),
  (SELECT name FROM people WHERE people.account_id = deliveries.account_id));

CREATE INDEX deliveries_by_account ON deliveries (account_id) WHERE state <> 'sent';

-- What tells this file from an older copy of it: the number grows with each run and each day of a run, and the keyring has
-- it too.
CREATE TABLE installation (
  one         INTEGER PRIMARY KEY CHECK (one = 1),
  id          BLOB NOT NULL,              -- made with the file
  number      INTEGER NOT NULL,
  in_keyring  INTEGER NOT NULL DEFAULT 0, -- whether the keyring has had it
  machine     BLOB,                       -- a digest of the machine's own id
  restored_at INTEGER                     -- when this file was found to be an older copy
) STRICT;
