-- The outbox acts by itself: when it does next, how often it did in vain, and what it made. The table is made anew,
-- since the states that a CHECK lists cannot be changed.
CREATE TABLE deliveries_new (
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
) STRICT, WITHOUT ROWID;

INSERT INTO deliveries_new (id, meeting_id, organization, destination, document, state, why, url, created_at, changed_at)
  SELECT id, meeting_id, organization, destination, document, state, why, url, created_at, changed_at FROM deliveries;

-- Its rows go with the deliveries that are dropped.
CREATE TABLE delivery_items_new (
  delivery_id BLOB NOT NULL REFERENCES deliveries_new (id) ON DELETE CASCADE,
  position    INTEGER NOT NULL,
  item_id     BLOB NOT NULL,
  PRIMARY KEY (delivery_id, position)
) STRICT, WITHOUT ROWID;

INSERT INTO delivery_items_new SELECT * FROM delivery_items;
DROP TABLE delivery_items;
DROP TABLE deliveries;
ALTER TABLE deliveries_new RENAME TO deliveries;
ALTER TABLE delivery_items_new RENAME TO delivery_items;

CREATE INDEX delivery_items_by_item ON delivery_items (item_id, delivery_id);
CREATE INDEX deliveries_of_meeting ON deliveries (meeting_id);
CREATE INDEX deliveries_in_line ON deliveries (organization, id) WHERE state IN ('queued', 'waiting', 'doubted');
CREATE INDEX deliveries_unsent ON deliveries (state, id) WHERE state <> 'sent';
CREATE INDEX deliveries_made ON deliveries (remote_id) WHERE remote_id IS NOT NULL;

-- What an attempt is known again by when its answer was lost.
ALTER TABLE attempts ADD COLUMN account_id TEXT NOT NULL DEFAULT '';
