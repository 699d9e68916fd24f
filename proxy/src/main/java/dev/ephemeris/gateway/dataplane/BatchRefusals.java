package dev.ephemeris.gateway.dataplane;

import dev.ephemeris.cosmos.CosmosError;
import dev.ephemeris.cosmos.JsonElements;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * The operations of a bulk request that were refused here.
 *
 * @param places where they stood in the request, from 0, ascending
 */
record BatchRefusals(List<Integer> places) {

  /** What the service answers when some operations failed. */
  static final int STATUS = 207;

  private static final byte[] RESULT =
      "{\"statusCode\":403,\"subStatusCode\":%d,\"requestCharge\":0}"
          .formatted(CosmosError.ACCESS_DENIED)
          .getBytes(StandardCharsets.UTF_8);

  BatchRefusals {
    places = List.copyOf(places);
  }

  /** The results of the whole request, of which these are those that went on. */
  Buffer into(List<byte[]> results) {
    List<byte[]> all = new ArrayList<>(places.size() + results.size());
    Iterator<byte[]> others = results.iterator();
    for (int i = 0; i < places.size() + results.size(); i++) {
      all.add(places.contains(i) ? RESULT : others.next());
    }
    return Buffer.buffer(JsonElements.join(all));
  }
}
