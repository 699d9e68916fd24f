-- What a lease is at the account itself, as JSON; null in the proxy lane. It is under the MAC, at the end of what that
-- covers, so that rows from before it are as they were.
ALTER TABLE lease ADD COLUMN at_account TEXT;

CREATE INDEX lease_by_lane ON lease (lane, expires_at);

-- Permissions of Cosmos DB's own that the gateway made, and until when each is of use. It gives nobody anything: only
-- what bears the gateway's prefix is ever deleted by it.
CREATE TABLE cosmos_permission (
  account TEXT NOT NULL,
  database_name TEXT NOT NULL,
  user_id TEXT NOT NULL,
  permission_id TEXT NOT NULL,
  until INTEGER NOT NULL,
  PRIMARY KEY (account, database_name, user_id, permission_id)
);

CREATE INDEX cosmos_permission_by_until ON cosmos_permission (until);
