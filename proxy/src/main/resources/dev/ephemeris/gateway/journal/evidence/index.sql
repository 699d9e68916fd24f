-- What entries are looked for by. Made of the journal, and thrown away when this changes.
-- Requests and activities, of which each entry may have others, are kept as digests: a fifth of the room.
-- Times are nanoseconds since 1970; an hour is so many since then.
DROP TABLE IF EXISTS state;
DROP TABLE IF EXISTS term;
DROP TABLE IF EXISTS entry;
DROP TABLE IF EXISTS lease_of_role;
DROP TABLE IF EXISTS hour;
DROP TABLE IF EXISTS tally;
DROP TABLE IF EXISTS used;

-- Up to where it is, of which log: one row.
CREATE TABLE state (log TEXT NOT NULL, next INTEGER NOT NULL, last_digest TEXT NOT NULL);

-- Text that comes again and again, by what it is. How many entries have it says what to look by.
CREATE TABLE term (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  text TEXT NOT NULL,
  entries INTEGER NOT NULL,
  UNIQUE (kind, text)
);

CREATE TABLE entry (
  sequence INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  type INTEGER NOT NULL,
  person INTEGER,
  acts_for INTEGER,
  by_whom INTEGER,
  account INTEGER,
  scope INTEGER,
  actions INTEGER,
  decision INTEGER,
  rule INTEGER,
  session INTEGER,
  lease INTEGER,
  request INTEGER,
  activity INTEGER,
  status INTEGER
);
CREATE INDEX entry_type ON entry (type);
CREATE INDEX entry_person ON entry (person) WHERE person IS NOT NULL;
CREATE INDEX entry_acts_for ON entry (acts_for) WHERE acts_for IS NOT NULL;
CREATE INDEX entry_by_whom ON entry (by_whom) WHERE by_whom IS NOT NULL;
CREATE INDEX entry_account ON entry (account) WHERE account IS NOT NULL;
CREATE INDEX entry_scope ON entry (scope) WHERE scope IS NOT NULL;
CREATE INDEX entry_actions ON entry (actions) WHERE actions IS NOT NULL;
CREATE INDEX entry_decision ON entry (decision) WHERE decision IS NOT NULL;
CREATE INDEX entry_session ON entry (session) WHERE session IS NOT NULL;
CREATE INDEX entry_lease ON entry (lease) WHERE lease IS NOT NULL;
CREATE INDEX entry_request ON entry (request) WHERE request IS NOT NULL;
CREATE INDEX entry_activity ON entry (activity) WHERE activity IS NOT NULL;

-- A role may be held by many leases.
CREATE TABLE lease_of_role (lease INTEGER, sequence INTEGER, PRIMARY KEY (lease, sequence)) WITHOUT ROWID;

-- Between which sequences the entries of an hour are: times of a log nearly go up, not quite.
CREATE TABLE hour (hour INTEGER PRIMARY KEY, first INTEGER NOT NULL, last INTEGER NOT NULL);

-- How many there were in an hour; 0 for what they don't have.
CREATE TABLE tally (
  hour INTEGER,
  type INTEGER,
  decision INTEGER,
  status INTEGER,
  entries INTEGER NOT NULL,
  PRIMARY KEY (hour, type, decision, status)
) WITHOUT ROWID;

-- When what was given was last taken or used; 0 for what there isn't.
CREATE TABLE used (
  type INTEGER,
  person INTEGER,
  acts_for INTEGER,
  rule INTEGER,
  scope INTEGER,
  actions INTEGER,
  at INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  times INTEGER NOT NULL,
  PRIMARY KEY (type, person, acts_for, rule, scope, actions)
) WITHOUT ROWID;
