package dev.ephemeris.config;

import static dev.ephemeris.config.Configuration.require;

import dev.ephemeris.policy.yaml.Suggestion;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where the keys of an account come from; the gateway holds them in memory only.
 *
 * @param vault of {@link Kind#KEY_VAULT} where the vault is
 * @param primary of {@link Kind#KEY_VAULT} the name of the secret with the primary key
 * @param secondary the same of the secondary key
 * @param rotateEvery how often the gateway turns all keys over, after somebody has done so by
 *     command once; by command only if empty
 */
public record AccountKeys(
    Kind kind,
    Optional<Endpoint> vault,
    Optional<String> primary,
    Optional<String> secondary,
    Optional<Duration> rotateEvery) {

  /** Who keeps the keys. */
  public enum Kind {
    /** Azure Resource Manager, which made them. */
    RESOURCE_MANAGER,
    /** Azure Key Vault, where somebody has put them. */
    KEY_VAULT;

    /**
     * Reads a name as the file spells it.
     *
     * @throws IllegalArgumentException if it isn't one of these
     */
    public static Kind parse(String name) {
      return Suggestion.choose("kind", name, List.of(values()));
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** Every rotation is work for the account, and for whoever else reads its keys. */
  private static final Duration LEAST = Duration.ofDays(1);

  private static final Pattern SECRET = Pattern.compile("[A-Za-z0-9-]{1,127}");

  /**
   * @throws dev.ephemeris.policy.yaml.InvalidField (an IllegalArgumentException) naming what is
   *     malformed, missing, or isn't of this kind
   */
  public AccountKeys {
    boolean inVault = kind == Kind.KEY_VAULT;
    require(
        !inVault || (vault.isPresent() && primary.isPresent() && secondary.isPresent()),
        "expected vault, primary and secondary for kind key-vault",
        "kind");
    require(inVault || vault.isEmpty(), "expected a vault for kind key-vault only", "vault");
    require(inVault || primary.isEmpty(), "expected a secret for kind key-vault only", "primary");
    require(
        inVault || secondary.isEmpty(), "expected a secret for kind key-vault only", "secondary");
    require(
        primary.filter(name -> !isSecret(name)).isEmpty(),
        "expected the name of a secret: letters, digits and hyphens",
        "primary");
    require(
        secondary.filter(name -> !isSecret(name)).isEmpty(),
        "expected the name of a secret: letters, digits and hyphens",
        "secondary");
    require(
        primary.isEmpty() || !primary.equals(secondary),
        "the primary key is in this secret; expected another",
        "secondary");
    require(
        rotateEvery.filter(time -> time.compareTo(LEAST) < 0).isEmpty(),
        "expected a day at least, such as 30d",
        "rotateEvery");
  }

  /** Whether a secret of a key vault can be called so. */
  static boolean isSecret(String name) {
    return SECRET.matcher(name).matches();
  }
}
