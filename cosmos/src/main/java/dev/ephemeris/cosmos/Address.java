package dev.ephemeris.cosmos;

import java.util.Locale;
import java.util.Optional;

/**
 * The resource that a request names: the account, a database, a container, or one thing in a
 * container, beside the containers of a database, or beside the databases.
 *
 * <p>Built by {@link CosmosRequest#parse} from decoded segments, or by the factories; either way
 * every name has passed {@link PathSegment}'s checks, so {@link #path} can't be misread upstream. A
 * database whose name reads as a RID has no address by name: the service would take it for the RID.
 *
 * @param child the name of an item, script, conflict or client encryption key, or the RID of an
 *     offer; empty for a feed
 * @param addressing whether the parts are names or the service's RIDs
 */
public record Address(
    Optional<String> database,
    Optional<String> container,
    Optional<String> child,
    Addressing addressing) {

  /** How the parts of an address are to be read. */
  public enum Addressing {
    NAME,
    RID
  }

  public Address {
    if (container.isPresent() && database.isEmpty()) {
      throw new IllegalArgumentException("an address has no part without the part that holds it");
    }
    database.ifPresent(PathSegment::requireValid);
    container.ifPresent(PathSegment::requireValid);
    child.ifPresent(PathSegment::requireValid);
    if (database.filter(Rid::isDatabase).isPresent() != (addressing == Addressing.RID)) {
      throw new IllegalArgumentException(
          "a database's RID addresses by RID, and no other name of a database does");
    }
  }

  public static Address account() {
    return named(Optional.empty(), Optional.empty(), Optional.empty());
  }

  public static Address database(String database) {
    return named(Optional.of(database), Optional.empty(), Optional.empty());
  }

  public static Address container(String database, String container) {
    return named(Optional.of(database), Optional.of(container), Optional.empty());
  }

  public static Address child(String database, String container, String child) {
    return named(Optional.of(database), Optional.of(container), Optional.of(child));
  }

  public static Address clientEncryptionKey(String database, String key) {
    return named(Optional.of(database), Optional.empty(), Optional.of(key));
  }

  /** Whether a database may have this name: it is one, and doesn't read as a RID. */
  public static boolean canNameDatabase(String name) {
    return PathSegment.isValid(name) && !Rid.isDatabase(name);
  }

  /** An offer, which only has a RID. */
  public static Address offer(String rid) {
    return named(Optional.empty(), Optional.empty(), Optional.of(rid));
  }

  private static Address named(
      Optional<String> database, Optional<String> container, Optional<String> child) {
    return new Address(database, container, child, Addressing.NAME);
  }

  /**
   * The request path for a resource of this type here, percent-encoded (RFC 3986): only unreserved
   * characters stay as they are, so that no server on the way can read it in another way.
   */
  public String path(ResourceType type) {
    StringBuilder path = new StringBuilder(64);
    database.ifPresent(name -> PathSegment.encode(path.append("/dbs/"), name));
    container.ifPresent(name -> PathSegment.encode(path.append("/colls/"), name));
    if (isFeedOrChild(type)) {
      path.append('/').append(type.segment());
    }
    child.ifPresent(name -> PathSegment.encode(path.append('/'), name));
    return path.isEmpty() ? "/" : path.toString();
  }

  /**
   * The resource link that a master-key signature covers: decoded, without slashes around it; of a
   * RID address only the last RID, in lower case.
   */
  public String link(ResourceType type) {
    if (type == ResourceType.OFFER) {
      return child.orElse("").toLowerCase(Locale.ROOT);
    }
    return switch (addressing) {
      case NAME -> nameLink(type);
      case RID -> child.or(this::container).or(this::database).orElse("").toLowerCase(Locale.ROOT);
    };
  }

  private String nameLink(ResourceType type) {
    StringBuilder link = new StringBuilder(64);
    database.ifPresent(name -> link.append("dbs/").append(name));
    container.ifPresent(name -> link.append("/colls/").append(name));
    child.ifPresent(name -> link.append('/').append(type.segment()).append('/').append(name));
    return link.toString();
  }

  /** Whether the path goes on with the type's literal after the parts named so far. */
  private boolean isFeedOrChild(ResourceType type) {
    return switch (type) {
      case ACCOUNT -> false;
      case DATABASE -> database.isEmpty();
      case CONTAINER -> container.isEmpty();
      case CLIENT_ENCRYPTION_KEY,
          ITEM,
          PARTITION_KEY_RANGE,
          STORED_PROCEDURE,
          TRIGGER,
          USER_DEFINED_FUNCTION,
          CONFLICT,
          USER,
          PERMISSION,
          PARTITION_KEY,
          OFFER ->
          true;
    };
  }

  /** As people write it: {@code /dbs/shop/colls/orders}, names decoded. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(64);
    database.ifPresent(name -> text.append("/dbs/").append(name));
    container.ifPresent(name -> text.append("/colls/").append(name));
    child.ifPresent(name -> text.append('/').append(name));
    return text.isEmpty() ? "/" : text.toString();
  }
}
