package dev.ephemeris.gateway.journal.sink;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * What a sink is given of an entry: as it is configured to have it.
 *
 * @param log whose entry it is
 * @param sequence the entry's place in the log; with {@code log} it tells what was delivered twice
 * @param type the record's
 * @param at when it happened
 * @param ids what others may join it by, and it is found by, of what isn't redacted
 * @param json one object, without a line's end; nobody changes the bytes
 * @param withheld why it only says where the entry is, if so
 */
@SuppressWarnings("ArrayRecordComponent") // neither compared nor changed; copying would cost reads
record Delivery(
    String log,
    long sequence,
    String type,
    Instant at,
    Map<String, String> ids,
    byte[] json,
    Optional<String> withheld) {

  Delivery {
    ids = Map.copyOf(ids);
  }

  /** What its order counts for: its lease's, or its session's, or all of the log's. */
  String orderedBy() {
    String lease = ids.get("leaseId");
    String session = ids.get("sessionId");
    return lease != null ? lease : session != null ? session : log;
  }
}
