package dev.ephemeris.gateway.dataplane;

import java.util.Arrays;

/**
 * The kinds of ways around the gateway, each with attempts of its own in {@code bypasses.csv}; that
 * of framing in {@code framing.csv}. The list is closed, so that none can go without being missed.
 */
enum BypassFamily {
  // What a request names.
  RID_ADDRESSING("RID addressing"),
  PATH_NORMALISATION("path normalisation"),
  LETTER_CASE("letter case"),
  QUERY_STRINGS("query strings"),

  // What a request does.
  METHOD_OVERRIDE("method override"),
  OTHER_METHODS("other methods"),
  SELECTOR_STACKING("selector stacking"),
  HIDDEN_OPERATIONS("hidden operations"),
  SERVICE_HEADERS("headers of the service's own"),
  REVEALING_HEADERS("headers that reveal"),
  INTEGRATED_CACHE("integrated cache"),
  ACTIVITY_ID("activity ids"),
  TRIGGERS("triggers"),
  STORED_PROCEDURES("stored procedures"),
  BATCHES("batches"),
  UPSERT_AS_CREATE("upsert as create"),
  PATCH_AS_READ("patch as read"),
  CONFLICTS("conflicts"),
  CONTROL_PLANE("control plane"),

  // Out of one partition key.
  QUERY_TEXT("query text for a key"),
  FEEDS_AND_RANGES("feeds and ranges"),
  KEY_SPELLING("key spelling"),
  CONTINUATIONS("continuations"),

  // Out of the lease.
  OUTSIDE_THE_LEASE("outside the lease"),
  DENIED_BY_RULE("denied by a rule"),
  HIDDEN_NAMES("hidden names"),

  // Past the gateway.
  PAST_THE_GATEWAY("the way past the gateway"),
  SIDE_DOORS("side doors"),
  USERS_AND_PERMISSIONS("users and permissions"),

  // Without a credential that counts.
  UNAUTHENTICATED("unauthenticated"),
  FORGED_CREDENTIALS("forged credentials"),
  MISPLACED_CREDENTIALS("misplaced credentials"),

  // More than there may be.
  AMBIGUOUS_BODIES("ambiguous bodies"),
  OVERSIZED_BODIES("oversized bodies"),
  BUDGETS("budgets"),

  FRAMING("framing");

  private final String title;

  BypassFamily(String title) {
    this.title = title;
  }

  /** As the files and {@code docs/bypasses.md} call it. */
  String title() {
    return title;
  }

  static BypassFamily of(String title) {
    return Arrays.stream(values())
        .filter(family -> family.title.equals(title))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no family " + title));
  }
}
