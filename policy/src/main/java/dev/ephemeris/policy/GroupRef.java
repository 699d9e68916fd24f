package dev.ephemeris.policy;

/** A Backstage group, {@code group:default/orders-team}; in lower case. */
public record GroupRef(String namespace, String name) {

  /**
   * @throws IllegalArgumentException if no group can be called so
   */
  public GroupRef {
    EntityName valid = new EntityName(namespace, name);
    namespace = valid.namespace();
    name = valid.name();
  }

  /**
   * Reads {@code group:namespace/name}, or {@code group:name} for a group of the namespace {@code
   * default}.
   *
   * @throws IllegalArgumentException if it is no reference to a group
   */
  public static GroupRef parse(String text) {
    return EntityName.parse("group", text)
        .map(name -> new GroupRef(name.namespace(), name.name()))
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "'"
                        + text
                        + "' is not a group; expected one such as group:default/orders-team"));
  }

  /** {@code group:namespace/name}. */
  @Override
  public String toString() {
    return "group:" + namespace + "/" + name;
  }
}
