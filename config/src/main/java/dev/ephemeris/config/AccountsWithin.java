package dev.ephemeris.config;

import static dev.ephemeris.config.Configuration.require;

import dev.ephemeris.policy.EnvironmentPattern;
import dev.ephemeris.policy.Lane;
import dev.ephemeris.policy.yaml.Default;
import dev.ephemeris.policy.yaml.InvalidField;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Accounts that needn't be named one by one: those somewhere in Azure that say so by a tag, or that
 * somebody adds for a time.
 *
 * @param scope where in Azure they are
 * @param environments those that an account there may be in
 * @param tag an account there that has this tag comes by itself; the tag's value is its environment
 * @param longest an account there may be added by whoever the policy lets, for so long at most
 * @param lanes the lanes that each permits
 * @param identity what the gateway is to each, if it is somebody in Entra ID
 * @param keys where the keys of each come from, of kind resource-manager
 * @param caCertificate a PEM file with a certificate authority to trust for each, beside those that
 *     the Java runtime trusts
 */
public record AccountsWithin(
    AzureScope scope,
    List<EnvironmentPattern> environments,
    Optional<String> tag,
    Optional<Duration> longest,
    @Default("[proxy]") Set<Lane> lanes,
    Optional<EntraIdentity> identity,
    Optional<AccountKeys> keys,
    Optional<Path> caCertificate) {

  private static final Duration SHORTEST = Duration.ofHours(1);
  private static final Duration LONGEST = Duration.ofDays(90);

  /** Azure's own rule for names of tags. */
  private static final Pattern TAG = Pattern.compile("[^<>%&\\\\?/\\p{IsControl}]{1,512}");

  /**
   * @throws InvalidField (an IllegalArgumentException) naming what is malformed, or what no account
   *     could have
   */
  public AccountsWithin {
    require(!environments.isEmpty(), "expected at least one", "environments");
    environments = List.copyOf(environments);
    require(
        tag.isPresent() || longest.isPresent(),
        "how would an account come? expected tag, for those that have it, or longest, for those"
            + " that are added");
    require(
        tag.filter(name -> !TAG.matcher(name).matches()).isEmpty(),
        "expected the name of a tag: 1 to 512 characters other than < > % & \\ ? / and control"
            + " characters",
        "tag");
    require(
        longest
            .filter(time -> time.compareTo(SHORTEST) < 0 || time.compareTo(LONGEST) > 0)
            .isEmpty(),
        "expected a time from an hour to 90 days",
        "longest");
    require(
        identity.isPresent() || keys.isPresent(),
        "expected identity, or keys, to sign in to the accounts with");
    require(
        keys.filter(from -> from.kind() == AccountKeys.Kind.KEY_VAULT).isEmpty(),
        "secrets of a key vault are one account's; expected resource-manager",
        "keys",
        "kind");
    require(
        !lanes.contains(Lane.TOKEN) || keys.isPresent(),
        "resource tokens are made with the account's key; expected keys for lane token",
        "lanes");
    lanes = Set.copyOf(lanes);
    // What an account could never be is told now, and not when the first comes.
    Account unused =
        account(
            new ResourceId(scope.subscription(), scope.resourceGroup().orElse("any"), "an-account"),
            "any",
            Endpoint.parse("https://an-account.documents.azure.com/"),
            lanes,
            identity,
            keys,
            caCertificate);
  }

  /** Whether the account is where these are, and may be in this environment. */
  public boolean admits(ResourceId id, String environment) {
    return scope.contains(id)
        && environments.stream().anyMatch(pattern -> pattern.matches(environment));
  }

  /**
   * One of them, by its name in lower case, as Azure compares it.
   *
   * @throws InvalidField (an IllegalArgumentException) if it isn't where these are, can't be in
   *     this environment, or has no name that an account of ours can have
   */
  public Account account(ResourceId id, String environment, Endpoint endpoint) {
    require(scope.contains(id), "it isn't in " + scope, "resourceId");
    require(
        admits(id, environment),
        "accounts in " + scope + " aren't in environment " + environment,
        "environment");
    return account(id, environment, endpoint, lanes, identity, keys, caCertificate);
  }

  private static Account account(
      ResourceId id,
      String environment,
      Endpoint endpoint,
      Set<Lane> lanes,
      Optional<EntraIdentity> identity,
      Optional<AccountKeys> keys,
      Optional<Path> caCertificate) {
    String name = id.account().toLowerCase(Locale.ROOT);
    return new Account(
        name,
        environment,
        endpoint,
        lanes,
        identity,
        Optional.empty(),
        keys,
        Optional.of(new ResourceId(id.subscription(), id.resourceGroup(), name)),
        caCertificate,
        List.of(),
        Account.Mode.ENFORCE,
        new Account.Recording(Account.Identifiers.HASHED));
  }
}
