-- For whom an agent acts; null for everybody else. Of a lease it is under the MAC, at the end of what that covers, so
-- that rows from before it are as they were.
ALTER TABLE session ADD COLUMN acts_for_issuer TEXT;
ALTER TABLE session ADD COLUMN acts_for_subject TEXT;
ALTER TABLE session ADD COLUMN acts_for_kind TEXT;
ALTER TABLE session ADD COLUMN acts_for_claims TEXT;
ALTER TABLE session ADD COLUMN acts_for_client TEXT;
-- The sessions of the tokens that the agent showed, theirs and its own: it ends with either.
ALTER TABLE session ADD COLUMN acts_for_session TEXT;
ALTER TABLE session ADD COLUMN own_session TEXT;

CREATE INDEX session_by_acted_for ON session (acts_for_issuer, acts_for_subject);
CREATE INDEX session_by_acts_for_session ON session (acts_for_session);
CREATE INDEX session_by_own_session ON session (own_session);

ALTER TABLE lease ADD COLUMN acts_for_issuer TEXT;
ALTER TABLE lease ADD COLUMN acts_for_subject TEXT;
ALTER TABLE lease ADD COLUMN acts_for_kind TEXT;
ALTER TABLE lease ADD COLUMN acts_for_claims TEXT;
ALTER TABLE lease ADD COLUMN acts_for_client TEXT;
ALTER TABLE lease ADD COLUMN acts_for_mfa_until INTEGER;
ALTER TABLE lease ADD COLUMN acts_for_session TEXT;
ALTER TABLE lease ADD COLUMN own_session TEXT;

CREATE INDEX lease_by_acted_for ON lease (acts_for_issuer, acts_for_subject);
CREATE INDEX lease_by_acts_for_session ON lease (acts_for_session);
CREATE INDEX lease_by_own_session ON lease (own_session);
