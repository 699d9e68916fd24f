package dev.ephemeris.cosmos;

import java.util.Optional;

/** A kind of Cosmos resource, by the literals that name it in paths and signatures. */
public enum ResourceType {
  ACCOUNT(""),
  DATABASE("dbs"),
  CONTAINER("colls"),
  /** What items are encrypted with, itself encrypted by a key that the account hasn't got. */
  CLIENT_ENCRYPTION_KEY("clientencryptionkeys"),
  ITEM("docs"),
  PARTITION_KEY_RANGE("pkranges"),
  STORED_PROCEDURE("sprocs"),
  TRIGGER("triggers"),
  USER_DEFINED_FUNCTION("udfs"),
  CONFLICT("conflicts"),
  /** The throughput of a database or container, beside all of them in the account. */
  OFFER("offers"),
  /** Whom Cosmos DB itself knows in a database. No request of a client's names one. */
  USER("users"),
  /** What a user's resource tokens are for. No request of a client's names one. */
  PERMISSION("permissions"),
  /** All items of a logical partition, which only a command knows. Signed as their container. */
  PARTITION_KEY("operations/partitionkeydelete", "colls");

  private final String segment;
  private final String signedAs;

  ResourceType(String segment) {
    this(segment, segment);
  }

  ResourceType(String segment, String signedAs) {
    this.segment = segment;
    this.signedAs = signedAs;
  }

  /** What stands in the path; empty for the account. */
  public String segment() {
    return segment;
  }

  /** The second line of a string-to-sign; empty for the account. */
  public String signedAs() {
    return signedAs;
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
