-- Accounts that came by themselves or were added, and aren't in the configuration; under a MAC, since whoever added a
-- row would have the gateway send its credentials to the endpoint. Of one that came by itself added_by and ends_at are
-- empty.
CREATE TABLE account (
  name TEXT NOT NULL PRIMARY KEY,
  resource_id TEXT NOT NULL,
  endpoint TEXT NOT NULL,
  environment TEXT NOT NULL,
  since INTEGER NOT NULL,
  added_by TEXT,
  ends_at INTEGER,
  mac BLOB NOT NULL
);
