package dev.ephemeris.gateway.journal.evidence;

import java.util.Locale;

/** What a text of the index is: the same text may be the name of an account and of a rule. */
enum Kind {
  TYPE,
  PERSON,
  ACCOUNT,
  SCOPE,
  /** All of an entry, each on a line. */
  ACTIONS,
  DECISION,
  RULE,
  SESSION,
  LEASE;

  /** As the index has it. */
  String stored() {
    return name().toLowerCase(Locale.ROOT);
  }
}
