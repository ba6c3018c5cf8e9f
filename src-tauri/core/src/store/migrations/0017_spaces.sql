-- What sort of space it is, as in domain::destination::SpaceKind.
ALTER TABLE spaces ADD COLUMN kind TEXT NOT NULL DEFAULT 'team';
-- Which spaces of an organization are kept, as in domain::destination::SpaceListing, and how many there are.
ALTER TABLE space_refreshes ADD COLUMN listing TEXT NOT NULL DEFAULT 'whole';
ALTER TABLE space_refreshes ADD COLUMN total INTEGER NOT NULL DEFAULT 0;
-- All spaces were kept, other people's own too: they are asked for anew, and those that are not seen then are gone.
UPDATE spaces SET seen = 0;
DELETE FROM space_refreshes;
