-- Rich text, and several items in one delivery.

CREATE TABLE delivery_items (
  delivery_id BLOB NOT NULL REFERENCES deliveries (id) ON DELETE CASCADE,
  position    INTEGER NOT NULL,
  item_id     BLOB NOT NULL,
  PRIMARY KEY (delivery_id, position)
) STRICT, WITHOUT ROWID;

CREATE INDEX delivery_items_by_item ON delivery_items (item_id, delivery_id);

INSERT INTO delivery_items (delivery_id, position, item_id) SELECT id, 0, item_id FROM deliveries;

DROP INDEX deliveries_of_item;
ALTER TABLE deliveries DROP COLUMN item_id;

-- What was plain text becomes a document of one paragraph. What is sent is made of the document.
ALTER TABLE deliveries DROP COLUMN body;
ALTER TABLE deliveries RENAME COLUMN description TO document;
UPDATE deliveries SET document = json_object('version', 1, 'type', 'doc', 'content', CASE
  WHEN trim(document) = '' THEN json_array()
  ELSE json_array(json_object('type', 'paragraph', 'content',
         json_array(json_object('type', 'text', 'text', document)))) END);

-- A draft is about one item, or about several of one meeting, whose id then stands for them.
ALTER TABLE drafts RENAME COLUMN item_id TO subject;
UPDATE drafts SET json = json_remove(json_set(json,
  '$.items', json_array(json ->> '$.item'),
  '$.document', json_object('version', 1, 'type', 'doc', 'content', CASE
    WHEN trim(json ->> '$.description') = '' THEN json_array()
    ELSE json_array(json_object('type', 'paragraph', 'content',
           json_array(json_object('type', 'text', 'text', json ->> '$.description')))) END)),
  '$.item', '$.description');

-- People who can be mentioned, because their account id is known.
CREATE TABLE people (
  account_id TEXT PRIMARY KEY,
  name       TEXT NOT NULL,
  used_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
