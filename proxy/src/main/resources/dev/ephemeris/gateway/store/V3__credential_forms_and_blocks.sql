-- What is shown for a lease. Leases from before it are ended: their MAC doesn't cover it.
ALTER TABLE lease ADD COLUMN form TEXT NOT NULL DEFAULT 'LEASE_TOKEN';

-- One implicit lease for a session and account.
CREATE UNIQUE INDEX lease_of_own_token ON lease (session_id, scope) WHERE form = 'OWN_TOKEN';

CREATE TABLE block (
  id             TEXT    NOT NULL PRIMARY KEY,
  issuer         TEXT    NOT NULL,
  subject        TEXT    NOT NULL,
  kind           TEXT    NOT NULL,
  account        TEXT    NOT NULL,
  at             INTEGER NOT NULL,
  made_by_issuer TEXT    NOT NULL,
  made_by_subject TEXT   NOT NULL,
  lifted_at      INTEGER,
  mac            BLOB    NOT NULL
);

CREATE INDEX block_by_principal ON block (issuer, subject);
