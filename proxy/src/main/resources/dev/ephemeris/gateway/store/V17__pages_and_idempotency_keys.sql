-- Lists are read a page at a time, the newest first: after a time, and an id among those of one time.
DROP INDEX lease_by_principal;
DROP INDEX lease_by_acted_for;
CREATE INDEX lease_by_principal ON lease (issuer, subject, issued_at DESC, id DESC);
CREATE INDEX lease_by_acted_for ON lease (acts_for_issuer, acts_for_subject, issued_at DESC, id DESC);
CREATE INDEX lease_by_time ON lease (issued_at DESC, id DESC);

DROP INDEX session_by_principal;
DROP INDEX session_by_acted_for;
CREATE INDEX session_by_principal ON session (issuer, subject, started_at DESC, id DESC);
CREATE INDEX session_by_acted_for ON session (acts_for_issuer, acts_for_subject, started_at DESC, id DESC);
CREATE INDEX session_by_time ON session (started_at DESC, id DESC);

DROP INDEX access_request_by_principal;
DROP INDEX access_request_by_acted_for;
CREATE INDEX access_request_by_principal ON access_request (issuer, subject, asked_at DESC, id DESC);
CREATE INDEX access_request_by_acted_for
  ON access_request (acts_for_issuer, acts_for_subject, asked_at DESC, id DESC);

DROP INDEX block_by_target;
CREATE INDEX block_by_target ON block (target_kind, target, at DESC, id DESC);
CREATE INDEX block_by_time ON block (at DESC, id DESC);

-- What was asked for with a key of the asker's, so that asking again does nothing again. The MAC covers all of it:
-- whoever wrote a row would have the gateway answer what they say. Times are microseconds since the epoch, UTC.
CREATE TABLE idempotency_key (
  -- a digest of who asked, for what, and their key, which isn't kept itself
  id         TEXT    NOT NULL PRIMARY KEY,
  issuer     TEXT    NOT NULL,
  subject    TEXT    NOT NULL,
  -- a digest of what was asked
  request    TEXT    NOT NULL,
  -- which try it is: a gateway that stopped in the middle of one doesn't come back to it
  attempt    INTEGER NOT NULL,
  started_at INTEGER NOT NULL,
  -- until when whoever tries may take
  until      INTEGER NOT NULL,
  -- what it has made, as JSON, kept together with that; and what was answered, without any credential
  effect     TEXT,
  outcome    TEXT,
  mac        BLOB    NOT NULL
);

CREATE INDEX idempotency_key_by_principal ON idempotency_key (issuer, subject);
CREATE INDEX idempotency_key_by_start ON idempotency_key (started_at);
