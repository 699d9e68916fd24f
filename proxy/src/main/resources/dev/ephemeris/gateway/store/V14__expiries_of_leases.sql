-- Until when it is on record which leases have come to the end of their time; no row before the first look.
CREATE TABLE lease_expiry (
  recorded_until INTEGER NOT NULL
);

CREATE INDEX lease_by_expiry ON lease (expires_at);
