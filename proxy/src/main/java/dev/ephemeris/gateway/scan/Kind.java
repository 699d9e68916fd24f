package dev.ephemeris.gateway.scan;

/** What is found, how bad that is, and what replaces it. */
public enum Kind {
  CONNECTION_STRING(
      "connection-string",
      Severity.ERROR,
      "connection string with an account key",
      "rotate the key; then lane proxy, with the program's own identity or a lease, or lane rbac"
          + " for Direct mode"),
  ACCOUNT_KEY("account-key", Severity.ERROR, "account key", CONNECTION_STRING.instead),
  OTHER_API_KEY(
      "other-api-key",
      Severity.ERROR,
      "account key, with an endpoint of another API than NoSQL",
      "rotate the key; no lane carries this API, so keep the new one in a key vault"),
  PERHAPS_KEY(
      "perhaps-key",
      Severity.WARNING,
      "64 random bytes, perhaps an account key",
      "if it opens an account, as an account key; else mark the line with " + TextScan.MARKER),
  RESOURCE_TOKEN(
      "resource-token",
      Severity.WARNING,
      "resource token, which works for some hours",
      "lane token: 'ephemeris lease … --lane token' when the program starts"),
  LEASE_CONNECTION_STRING(
      "lease-connection-string",
      Severity.WARNING,
      "key of a lease, which works until the lease ends",
      "end it with 'ephemeris revoke'; 'ephemeris lease … --key' when the program starts"),
  LEASE_TOKEN(
      "lease-token",
      Severity.WARNING,
      "token of a lease, which works until the lease ends",
      "end it with 'ephemeris revoke'; 'ephemeris lease …' when the program starts"),
  KEY_CALL(
      "key-call",
      Severity.WARNING,
      "call that fetches account keys",
      "lane proxy, with the identity that makes this call, or lane rbac for Direct mode"),
  EMULATOR_KEY(
      "emulator-key",
      Severity.NOTE,
      "key of Microsoft's emulator, which is public",
      "nothing: it opens emulators only");

  /** A {@code NOTE} is told, and fails nothing. */
  public enum Severity {
    ERROR,
    WARNING,
    NOTE
  }

  private final String code;
  private final Severity severity;
  private final String what;
  private final String instead;

  Kind(String code, Severity severity, String what, String instead) {
    this.code = code;
    this.severity = severity;
    this.what = what;
    this.instead = instead;
  }

  public String code() {
    return code;
  }

  public Severity severity() {
    return severity;
  }

  public String what() {
    return what;
  }

  public String instead() {
    return instead;
  }

  public boolean fails() {
    return severity != Severity.NOTE;
  }
}
