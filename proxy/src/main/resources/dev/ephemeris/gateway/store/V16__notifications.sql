-- What people are still to be told of, by one channel each. The MAC covers id, channel, event and at; when it is tried
-- again is for the gateways that share the store. Times are microseconds since the epoch, UTC.
CREATE TABLE notification (
  id              TEXT    NOT NULL PRIMARY KEY,
  channel         TEXT    NOT NULL,
  -- JSON, as it is sent to webhooks
  event           TEXT    NOT NULL,
  at              INTEGER NOT NULL,
  -- how often it was sent
  attempts        INTEGER NOT NULL,
  -- until then, none takes it; while it is sent, that is some minutes ahead
  next_attempt_at INTEGER NOT NULL,
  mac             BLOB    NOT NULL
);

CREATE INDEX notification_by_next_attempt ON notification (next_attempt_at);
