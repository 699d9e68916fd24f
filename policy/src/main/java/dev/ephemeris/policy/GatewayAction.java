package dev.ephemeris.policy;

import static java.util.stream.Collectors.toUnmodifiableMap;

import dev.ephemeris.policy.yaml.Suggestion;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * One operation of Ephemeris itself, such as reading the audit trail: what a rule can allow beside
 * the {@link Action}s on accounts, which never include any of these.
 *
 * <p>The list is closed. What everybody may do with what is theirs isn't in it and can't be taken
 * from them by a rule.
 */
public enum GatewayAction {
  /** To see the leases of others. */
  LEASES_READ_ANY("leases/read-any"),
  /** To end the leases of others. */
  LEASES_REVOKE_ANY("leases/revoke-any"),
  /** To see what keeps others out. */
  BLOCKS_READ_ANY("blocks/read-any"),
  /** To lift blocks that somebody else made. */
  BLOCKS_LIFT_ANY("blocks/lift-any"),
  /** To see the sessions of others. */
  SESSIONS_READ("sessions/read"),
  /** To end the sessions and leases of others, so that they sign in again. */
  SESSIONS_KILL("sessions/kill"),
  /** To shut others out until somebody lets them in again. */
  PRINCIPALS_SUSPEND("principals/suspend"),
  /** To read the journal. */
  AUDIT_READ("audit/read"),
  /** To read every rule, and what it gives others. */
  POLICY_READ("policy/read"),
  /** To have the catalog read at once. */
  CATALOG_REFRESH("catalog/refresh"),
  /** To have the gateway examined, and read what is wrong with it. */
  DOCTOR_READ("doctor/read"),
  /** To see which accounts are behind the gateway, and why. */
  ACCOUNTS_READ("accounts/read"),
  /** To add accounts for a time, and to take away what was added. */
  ACCOUNTS_ADD("accounts/add"),
  /** To have accounts examined as Azure shows them, and read what is wrong with them. */
  ACCOUNTS_CHECK("accounts/check"),
  /** To change an account's keys. */
  ACCOUNTS_ROTATE("accounts/rotate"),
  /** To change all of an account's keys at once, as one may have leaked. */
  ACCOUNTS_PANIC("accounts/panic"),
  /** To see root keys, and to have leases derived from another. */
  ROOT_KEYS_ROTATE("root-keys/rotate"),
  /** To end all that was made by a root key. */
  ROOT_KEYS_REVOKE("root-keys/revoke"),
  /** To approve or refuse what others have asked for. */
  REQUESTS_DECIDE("requests/decide");

  /** What every name begins with, and no name of an {@link Action}. */
  private static final String PREFIX = "ephemeris/";

  private static final String ALL = PREFIX + "*";

  private static final Map<String, GatewayAction> BY_NAME =
      Arrays.stream(values())
          .collect(toUnmodifiableMap(action -> action.spelling, Function.identity()));

  private static final List<String> PATTERNS =
      Stream.concat(Arrays.stream(values()).map(action -> action.spelling), Stream.of(ALL))
          .toList();

  private final String spelling;

  GatewayAction(String operation) {
    this.spelling = PREFIX + operation;
  }

  /** Whether {@code pattern} is meant as one of these, rather than as an {@link Action}. */
  public static boolean isMeantBy(String pattern) {
    return pattern.startsWith(PREFIX);
  }

  /**
   * The actions that a policy means by {@code pattern}: one by its name, or with {@code
   * ephemeris/*} all there are, those of later versions too.
   *
   * @throws IllegalArgumentException for anything else, naming the nearest known name
   */
  public static Set<GatewayAction> matching(String pattern) {
    if (pattern.equals(ALL)) {
      return Collections.unmodifiableSet(EnumSet.allOf(GatewayAction.class));
    }
    return named(pattern)
        .<Set<GatewayAction>>map(Set::of)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "unknown action " + Suggestion.expected(pattern, PATTERNS)));
  }

  /** The action of that name, if it is one's. */
  public static Optional<GatewayAction> named(String name) {
    return Optional.ofNullable(BY_NAME.get(name));
  }

  /** All names, and the one wildcard: for suggestions. */
  static List<String> patterns() {
    return PATTERNS;
  }

  /** The name of the action whose first part somebody has left out. */
  static Optional<String> withPrefix(String pattern) {
    return named(PREFIX + pattern).map(GatewayAction::toString);
  }

  /** For example {@code ephemeris/audit/read}. */
  @Override
  public String toString() {
    return spelling;
  }
}
