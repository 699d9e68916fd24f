-- How sessions end before their time, and whom blocks keep out beside one principal. Sessions from before it
-- are ended, with their leases: what they were isn't known. Blocks from before it are gone.
DELETE FROM lease;
DELETE FROM session;

ALTER TABLE session ADD COLUMN kind TEXT NOT NULL DEFAULT '';
ALTER TABLE session ADD COLUMN ended_at INTEGER;
ALTER TABLE session ADD COLUMN ended_by TEXT;

CREATE INDEX session_by_principal ON session (issuer, subject, started_at DESC);
CREATE INDEX session_by_end ON session (ends_at);
CREATE INDEX lease_by_session ON lease (session_id);

DROP TABLE block;

CREATE TABLE block (
  id              TEXT    NOT NULL PRIMARY KEY,
  target_kind     TEXT    NOT NULL,
  target          TEXT    NOT NULL,
  -- where it keeps them out; null: everywhere
  account         TEXT,
  at              INTEGER NOT NULL,
  suspends        INTEGER NOT NULL,
  made_by_issuer  TEXT    NOT NULL,
  made_by_subject TEXT    NOT NULL,
  lifted_at       INTEGER,
  mac             BLOB    NOT NULL
);

CREATE INDEX block_by_target ON block (target_kind, target, at DESC);
