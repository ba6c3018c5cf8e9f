-- Hosts whose recordings the person lets the app open, each asked about once.
CREATE TABLE recording_hosts (
  digest    BLOB PRIMARY KEY, -- SHA-256 of the host
  agreed_at INTEGER NOT NULL  -- milliseconds since 1970 in UTC
) STRICT, WITHOUT ROWID;
