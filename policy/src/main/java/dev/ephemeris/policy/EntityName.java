package dev.ephemeris.policy;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a Backstage entity is called in its namespace.
 *
 * <p>Backstage compares entity references without regard to case, so they are kept in lower case.
 */
record EntityName(String namespace, String name) {
  // Backstage, KubernetesValidatorFunctions: 1 to 63 letters, digits, '-', '_' and '.'.
  private static final String PART = "[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?";
  private static final Pattern VALID_PART = Pattern.compile(PART);
  private static final Pattern REFERENCE =
      Pattern.compile("(?<kind>[a-z]+):((?<namespace>%1$s)/)?(?<name>%1$s)".formatted(PART));

  /**
   * @throws IllegalArgumentException if no entity can be called so
   */
  EntityName {
    namespace = namespace.toLowerCase(Locale.ROOT);
    name = name.toLowerCase(Locale.ROOT);
    if (!VALID_PART.matcher(namespace).matches() || !VALID_PART.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "'" + namespace + "/" + name + "' can't be a group or a user");
    }
  }

  /** Reads {@code kind:namespace/name}, or {@code kind:name} for the namespace {@code default}. */
  static Optional<EntityName> parse(String kind, String text) {
    Matcher matcher = REFERENCE.matcher(text.toLowerCase(Locale.ROOT));
    return matcher.matches() && kind.equals(matcher.group("kind"))
        ? Optional.of(
            new EntityName(
                Optional.ofNullable(matcher.group("namespace")).orElse("default"),
                matcher.group("name")))
        : Optional.empty();
  }

  /** {@code namespace/name}. */
  @Override
  public String toString() {
    return namespace + "/" + name;
  }
}
