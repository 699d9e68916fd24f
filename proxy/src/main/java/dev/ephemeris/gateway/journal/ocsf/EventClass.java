package dev.ephemeris.gateway.journal.ocsf;

/** The classes of OCSF that records are mapped to. */
enum EventClass {
  BASE_EVENT(0, "Base Event"),
  ACCOUNT_CHANGE(3001, "Account Change"),
  AUTHENTICATION(3002, "Authentication"),
  AUTHORIZE_SESSION(3003, "Authorize Session"),
  ENTITY_MANAGEMENT(3004, "Entity Management"),
  USER_ACCESS(3005, "User Access Management"),
  API_ACTIVITY(6003, "API Activity"),
  DATASTORE_ACTIVITY(6005, "Datastore Activity");

  private final int uid;
  private final String caption;

  EventClass(int uid, String caption) {
    this.uid = uid;
    this.caption = caption;
  }

  int uid() {
    return uid;
  }

  String caption() {
    return caption;
  }

  int category() {
    return uid / 1_000;
  }
}
