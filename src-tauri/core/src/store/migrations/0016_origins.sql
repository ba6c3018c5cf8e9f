-- The file or the server that an item came from, for people; NULL for what was added by hand or by an earlier version.
ALTER TABLE items ADD COLUMN origin TEXT;
