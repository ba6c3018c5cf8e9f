-- The folder that is watched for meetings. Apart from the settings, which the window hands over whole.
CREATE TABLE watched_folder (
  one  INTEGER PRIMARY KEY CHECK (one = 1),
  json TEXT NOT NULL
) STRICT;
