-- Leases that wait for others to agree. What counts is in body, JSON, under the MAC with id and revision; the other
-- columns are for finding it. Times are microseconds since the epoch, UTC.
CREATE TABLE access_request (
  id               TEXT    NOT NULL PRIMARY KEY,
  issuer           TEXT    NOT NULL,
  subject          TEXT    NOT NULL,
  acts_for_issuer  TEXT,
  acts_for_subject TEXT,
  asked_at         INTEGER NOT NULL,
  -- until when it goes on; null: until somebody has looked at it
  closes_at        INTEGER,
  revision         INTEGER NOT NULL,
  body             TEXT    NOT NULL,
  mac              BLOB    NOT NULL
);

CREATE INDEX access_request_by_principal ON access_request (issuer, subject, asked_at DESC);
CREATE INDEX access_request_by_acted_for ON access_request (acts_for_issuer, acts_for_subject);
CREATE INDEX access_request_by_end ON access_request (closes_at);

-- After whose approval a lease was given, as JSON; null if it took none. It is under the MAC, at the end of what that
-- covers, so that rows from before it are as they were.
ALTER TABLE lease ADD COLUMN approved TEXT;
