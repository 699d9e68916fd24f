package dev.ephemeris.simulator.cosmos;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * {@code /addresses}: where Direct mode would find the replicas. Nothing listens there; a client
 * that gets this answer through a proxy has been shown the way around it.
 */
final class Addresses {

  private Addresses() {}

  static Answer answer(Call call) {
    if (!call.method().equals("GET")) {
      return Answer.methodNotAllowed();
    }
    ObjectNode addresses = Json.object().put("_rid", "").put("_count", 1);
    addresses
        .putArray("Addresss") // as the service spells it
        .addObject()
        .put("isPrimary", true)
        .put("protocol", "rntbd")
        .put("logicalUri", "rntbd://localhost/apps/simulator/services/1/partitions/1/replicas/1p/")
        .put(
            "physcialUri", // as the service spells it
            "rntbd://localhost:14000/apps/simulator/services/1/partitions/1/replicas/1p/")
        .put("partitionIndex", "1")
        .put("partitionKeyRangeId", "0");
    return Answer.of(200, addresses);
  }
}
