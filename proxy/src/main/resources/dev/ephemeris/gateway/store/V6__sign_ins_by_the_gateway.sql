-- Sessions from before it are ended, with their leases: what they are called at their issuers isn't known.
DELETE FROM lease;
DELETE FROM session;

-- What is kept of the claims of its token, JSON: by what its holder is found in the catalog.
ALTER TABLE session ADD COLUMN claims TEXT NOT NULL DEFAULT '{}';

-- What a session is called at its issuer: digests of issuer and sub, and of issuer and sid, so that it ends with
-- the issuer's.
ALTER TABLE session ADD COLUMN issuer_subject TEXT;
ALTER TABLE session ADD COLUMN issuer_session TEXT;

CREATE INDEX session_by_issuer_subject ON session (issuer_subject) WHERE issuer_subject IS NOT NULL;
CREATE INDEX session_by_issuer_session ON session (issuer_session) WHERE issuer_session IS NOT NULL;

-- What was signed out at an issuer: tokens that were made before don't begin a session any more.
CREATE TABLE signed_out (
  -- a digest, as in session
  what TEXT    NOT NULL PRIMARY KEY,
  at   INTEGER NOT NULL
);

-- The gateway's own tokens.
CREATE TABLE session_token (
  -- SHA-256, never the token
  hash       TEXT    NOT NULL PRIMARY KEY,
  session_id TEXT    NOT NULL REFERENCES session (id),
  purpose    TEXT    NOT NULL,
  client     TEXT    NOT NULL,
  -- whom the issuer vouched for, JSON
  sign_in    TEXT    NOT NULL,
  expires_at INTEGER NOT NULL,
  -- over all of the above: a row written by hand is nobody's token
  mac        BLOB    NOT NULL,
  -- of a refresh token, when it was traded; of a browser's, when it was shown last
  used_at    INTEGER
);

CREATE INDEX session_token_by_end ON session_token (expires_at);

-- Applications that registered themselves (RFC 7591).
CREATE TABLE oauth_client (
  id            TEXT    NOT NULL PRIMARY KEY,
  name          TEXT    NOT NULL,
  redirect_uris TEXT    NOT NULL,
  registered_at INTEGER NOT NULL,
  mac           BLOB    NOT NULL,
  used_at       INTEGER NOT NULL
);
