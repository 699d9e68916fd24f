package dev.ephemeris.policy;

/** A Backstage user, {@code user:default/ada}; in lower case. */
public record UserRef(String namespace, String name) {

  /**
   * @throws IllegalArgumentException if no user can be called so
   */
  public UserRef {
    EntityName valid = new EntityName(namespace, name);
    namespace = valid.namespace();
    name = valid.name();
  }

  /**
   * Reads {@code user:namespace/name}, or {@code user:name} for a user of the namespace {@code
   * default}.
   *
   * @throws IllegalArgumentException if it is no reference to a user
   */
  public static UserRef parse(String text) {
    return EntityName.parse("user", text)
        .map(name -> new UserRef(name.namespace(), name.name()))
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "'" + text + "' is not a user; expected one such as user:default/ada"));
  }

  /** {@code user:namespace/name}. */
  @Override
  public String toString() {
    return "user:" + namespace + "/" + name;
  }
}
