-- Addresses of their own under which organizations have their Confluence, each asked about once at a person's click.
CREATE TABLE own_addresses (
  address      TEXT PRIMARY KEY, -- as links begin, such as https://wiki.acme.example/
  organization TEXT NOT NULL
) STRICT, WITHOUT ROWID;
