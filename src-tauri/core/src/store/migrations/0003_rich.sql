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

-- A delivery keeps the document that was to be sent; what a person edits again is that document.
ALTER TABLE deliveries DROP COLUMN description;
ALTER TABLE deliveries RENAME COLUMN body TO document;

-- A draft is about one item or several, so what it is kept under is no longer an item's id alone. Its plain text
-- becomes a document with a paragraph for each line.
ALTER TABLE drafts RENAME COLUMN item_id TO subject;
UPDATE drafts SET json = json_remove(json_set(json,
  '$.items', json_array(json ->> '$.item'),
  '$.document', json_object('version', 1, 'type', 'doc', 'content', json((
    WITH RECURSIVE lines (line, rest) AS (
      SELECT '', (json ->> '$.description') || char(10)
      UNION ALL
      SELECT substr(rest, 1, instr(rest, char(10)) - 1), substr(rest, instr(rest, char(10)) + 1)
        FROM lines WHERE rest <> '')
    SELECT json_group_array(json_object('type', 'paragraph', 'content',
             json_array(json_object('type', 'text', 'text', line))))
      FROM lines WHERE trim(line) <> '')))),
  '$.item', '$.description');

-- An item's words with the emphasis, code and links of its source: a document of one paragraph.
ALTER TABLE items ADD COLUMN formatted TEXT;

-- People who can be mentioned, because their account id is known.
CREATE TABLE people (
  account_id TEXT PRIMARY KEY,
  name       TEXT NOT NULL,
  used_at    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
