-- Which root keys there are, under a MAC; never the keys themselves. Where the gateway keeps them in a key vault, the
-- version is that of the secret, whoever has set another since; and a revoked one has disabled_at once its secret can't
-- be read any more.
CREATE TABLE root_key (
  kid TEXT NOT NULL PRIMARY KEY,
  version TEXT,
  derives_at INTEGER,
  revoked_at INTEGER,
  disabled_at INTEGER,
  mac BLOB NOT NULL
);
