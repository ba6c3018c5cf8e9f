-- Sites that are connected by API tokens. The tokens themselves are in the keyring.
CREATE TABLE sites (
  organization TEXT PRIMARY KEY,
  json         TEXT NOT NULL
) STRICT, WITHOUT ROWID;
