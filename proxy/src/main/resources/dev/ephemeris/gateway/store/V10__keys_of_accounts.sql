-- Where the keys of accounts are in their life, under a MAC; never the keys themselves. Without a step there is no
-- rotation under way.
CREATE TABLE account_key (
  account TEXT NOT NULL PRIMARY KEY,
  in_use TEXT NOT NULL,
  in_use_since INTEGER,
  rotated_at INTEGER,
  step TEXT,
  due_at INTEGER,
  started_at INTEGER,
  started_by TEXT,
  failure TEXT,
  mac BLOB NOT NULL
);

-- Which gateway sees to an account's keys, and for how long.
CREATE TABLE account_key_leader (
  account TEXT NOT NULL PRIMARY KEY,
  holder TEXT NOT NULL,
  until INTEGER NOT NULL
);
