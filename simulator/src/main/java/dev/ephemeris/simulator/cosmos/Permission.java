package dev.ephemeris.simulator.cosmos;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.cosmos.PartitionKey;
import java.util.Optional;

/**
 * What a user may do to a resource.
 *
 * @param resource a container's or item's link, as it was given
 * @param key what the resource is narrowed to
 * @param json as the service shows it, without a token
 */
record Permission(
    String id,
    String rid,
    PermissionMode mode,
    String resource,
    Optional<PartitionKey> key,
    ObjectNode json) {

  /**
   * Whether both are about the same: a user has one permission for that. By name and by RID are
   * two, as the SDKs' own tests make them.
   */
  boolean isForSameAs(Permission other) {
    return resource.equals(other.resource) && key.equals(other.key);
  }
}
