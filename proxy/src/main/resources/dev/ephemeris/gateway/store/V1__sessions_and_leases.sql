-- Times are microseconds since the epoch, UTC.

CREATE TABLE session (
  id         TEXT    NOT NULL PRIMARY KEY,
  -- what makes two tokens the same sign-in at an issuer; a digest, never the token
  sign_in    TEXT    NOT NULL UNIQUE,
  issuer     TEXT    NOT NULL,
  subject    TEXT    NOT NULL,
  client     TEXT    NOT NULL,
  address    TEXT    NOT NULL,
  started_at INTEGER NOT NULL,
  ends_at    INTEGER NOT NULL
);

CREATE TABLE lease (
  id         TEXT    NOT NULL PRIMARY KEY,
  session_id TEXT    NOT NULL REFERENCES session (id),
  issuer     TEXT    NOT NULL,
  subject    TEXT    NOT NULL,
  kind       TEXT    NOT NULL,
  scope      TEXT    NOT NULL,
  role       TEXT    NOT NULL,
  actions    TEXT    NOT NULL,
  lane       TEXT    NOT NULL,
  rule       TEXT    NOT NULL,
  issued_at  INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  hard_end   INTEGER NOT NULL,
  revision   INTEGER NOT NULL,
  revoked_at INTEGER,
  -- over all of the above with a key that isn't here: a row changed by hand is no lease
  mac        BLOB    NOT NULL
);

CREATE INDEX lease_by_principal ON lease (issuer, subject, issued_at DESC);
