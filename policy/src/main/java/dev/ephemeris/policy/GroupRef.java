package dev.ephemeris.policy;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A Backstage group, {@code group:default/orders-team}.
 *
 * <p>Backstage compares entity references without regard to case, so they are kept in lower case.
 */
public record GroupRef(String namespace, String name) {
  // Backstage, KubernetesValidatorFunctions: 1 to 63 letters, digits, '-', '_' and '.'.
  private static final String PART = "[a-z0-9]([a-z0-9._-]{0,61}[a-z0-9])?";
  private static final Pattern VALID_PART = Pattern.compile(PART);
  private static final Pattern REFERENCE =
      Pattern.compile("group:((?<namespace>%1$s)/)?(?<name>%1$s)".formatted(PART));

  public GroupRef {
    namespace = namespace.toLowerCase(Locale.ROOT);
    name = name.toLowerCase(Locale.ROOT);
    if (!VALID_PART.matcher(namespace).matches() || !VALID_PART.matcher(name).matches()) {
      throw new IllegalArgumentException("'" + namespace + "/" + name + "' can't be a group");
    }
  }

  /**
   * Reads {@code group:namespace/name}, or {@code group:name} for a group of the namespace {@code
   * default}.
   *
   * @throws IllegalArgumentException if it is no reference to a group
   */
  public static GroupRef parse(String text) {
    Matcher matcher = REFERENCE.matcher(text.toLowerCase(Locale.ROOT));
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "'" + text + "' is not a group; expected one such as group:default/orders-team");
    }
    return new GroupRef(
        Optional.ofNullable(matcher.group("namespace")).orElse("default"), matcher.group("name"));
  }

  /** {@code group:namespace/name}. */
  @Override
  public String toString() {
    return "group:" + namespace + "/" + name;
  }
}
