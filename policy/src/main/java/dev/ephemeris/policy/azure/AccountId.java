package dev.ephemeris.policy.azure;

import dev.ephemeris.policy.Scope;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where an account is in Azure: its resource id.
 *
 * @param resourceGroup in lower case, as Azure compares it without regard to case
 */
public record AccountId(UUID subscription, String resourceGroup, String account) {
  // Azure's naming rules: letters and digits of any script, '_', '-', '.', '(' and ')'.
  private static final Pattern RESOURCE_GROUP = Pattern.compile("[\\p{L}\\p{Nd}_().-]{1,90}");

  private static final Pattern FORM =
      Pattern.compile(
          "/(?i:subscriptions)/([^/]+)/(?i:resourceGroups)/([^/]+)"
              + "/(?i:providers/Microsoft\\.DocumentDB/databaseAccounts)/([^/]+)(/.*)?");

  private static final Pattern PATH = Pattern.compile("(?:/dbs/([^/]+)(?:/colls/([^/]+))?)?/?");

  /**
   * @throws IllegalArgumentException if Azure gives no such names
   */
  public AccountId {
    resourceGroup = resourceGroup.toLowerCase(Locale.ROOT);
    account = Scope.of(account.toLowerCase(Locale.ROOT)).account();
    if (!RESOURCE_GROUP.matcher(resourceGroup).matches()) {
      throw new IllegalArgumentException("'" + resourceGroup + "' can't be a resource group");
    }
  }

  /**
   * Reads {@code
   * /subscriptions/ID/resourceGroups/NAME/providers/Microsoft.DocumentDB/databaseAccounts/NAME}.
   *
   * @throws IllegalArgumentException for anything else
   */
  public static AccountId parse(String text) {
    Located located = Located.parse(text);
    if (!located.path().isEmpty()) {
      throw new IllegalArgumentException("'" + text + "' is more than the id of an account");
    }
    return located.account();
  }

  /** Something in an account: the account's id, and what follows it. */
  record Located(AccountId account, String path) {

    /**
     * @throws IllegalArgumentException if it doesn't begin with an account's id
     */
    static Located parse(String text) {
      Matcher matcher = FORM.matcher(text);
      Optional<UUID> subscription =
          matcher.matches() ? Guid.parse(matcher.group(1)) : Optional.empty();
      if (subscription.isEmpty()) {
        throw new IllegalArgumentException(
            ("'%s' is not the id of an account; expected"
                    + " /subscriptions/ID/resourceGroups/NAME/providers"
                    + "/Microsoft.DocumentDB/databaseAccounts/NAME")
                .formatted(text));
      }
      return new Located(
          new AccountId(subscription.get(), matcher.group(2), matcher.group(3)),
          Optional.ofNullable(matcher.group(4)).orElse(""));
    }
  }

  /**
   * The scope that Azure spells so, in full or from the account on ({@code /dbs/shop}).
   *
   * @throws IllegalArgumentException if it is none, or one of another account
   */
  public Scope scope(String text) {
    String path = text;
    if (text.regionMatches(true, 0, "/subscriptions/", 0, "/subscriptions/".length())) {
      Located located = Located.parse(text);
      if (!located.account().equals(this)) {
        throw new IllegalArgumentException("'" + text + "' is in another account");
      }
      path = located.path();
    }
    Matcher matcher = PATH.matcher(path);
    if (text.isEmpty() || !matcher.matches()) {
      throw new IllegalArgumentException("'" + text + "' is no scope of an account");
    }
    return new Scope(
        account, Optional.ofNullable(matcher.group(1)), Optional.ofNullable(matcher.group(2)));
  }

  /** A scope of this account as Azure spells it in full. */
  String in(Scope scope) {
    return this + path(scope);
  }

  /** What of a scope follows the account: nothing, {@code /dbs/shop}, … */
  public static String path(Scope scope) {
    return scope.database().map(name -> "/dbs/" + name).orElse("")
        + scope.container().map(name -> "/colls/" + name).orElse("");
  }

  /** As {@link #parse} reads it. */
  @Override
  public String toString() {
    return "/subscriptions/%s/resourceGroups/%s/providers/Microsoft.DocumentDB/databaseAccounts/%s"
        .formatted(subscription, resourceGroup, account);
  }
}
