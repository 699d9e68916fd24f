package dev.ephemeris.cosmos;

import java.util.Optional;

/** A kind of Cosmos resource, by the literal that names it in paths and signatures. */
public enum ResourceType {
  ACCOUNT(""),
  DATABASE("dbs"),
  CONTAINER("colls"),
  ITEM("docs"),
  PARTITION_KEY_RANGE("pkranges"),
  STORED_PROCEDURE("sprocs"),
  TRIGGER("triggers"),
  USER_DEFINED_FUNCTION("udfs"),
  CONFLICT("conflicts");

  private final String segment;

  ResourceType(String segment) {
    this.segment = segment;
  }

  /** The path segment and the second line of a string-to-sign; empty for the account. */
  public String segment() {
    return segment;
  }

  /** The kind of resource that lives in a container under this exact, lower-case literal. */
  static Optional<ResourceType> inContainer(String segment) {
    return switch (segment) {
      case "docs" -> Optional.of(ITEM);
      case "pkranges" -> Optional.of(PARTITION_KEY_RANGE);
      case "sprocs" -> Optional.of(STORED_PROCEDURE);
      case "triggers" -> Optional.of(TRIGGER);
      case "udfs" -> Optional.of(USER_DEFINED_FUNCTION);
      case "conflicts" -> Optional.of(CONFLICT);
      default -> Optional.empty();
    };
  }
}
