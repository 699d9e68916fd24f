package dev.ephemeris.gateway.credential;

/** What is withheld. Where two are seen in one place, it is called by the first of this list. */
enum Kind {
  RESOURCE_TOKEN("resource token"),
  LEASE_TOKEN("lease token"),
  GATEWAY_TOKEN("token of this gateway"),
  PRIVATE_KEY("private key"),
  JWT("JWT"),
  AWS_KEY("AWS access key"),
  GITHUB_TOKEN("GitHub token"),
  SLACK_TOKEN("Slack token"),
  GOOGLE_KEY("Google key"),
  STRIPE_KEY("Stripe key"),
  CLIENT_SECRET("client secret"),
  ACCOUNT_KEY("account key"),
  ACCESS_KEY("access key"),
  SAS_SIGNATURE("SAS signature"),
  BEARER_TOKEN("bearer token"),
  PASSWORD("password");

  private final String instead;

  Kind(String what) {
    this.instead = Withheld.MARK + what + "]";
  }

  /** What stands in its place. */
  String instead() {
    return instead;
  }
}
