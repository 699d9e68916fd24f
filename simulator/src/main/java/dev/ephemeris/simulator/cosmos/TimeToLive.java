package dev.ephemeris.simulator.cosmos;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Optional;
import java.util.OptionalLong;

/** How long items live: {@code defaultTtl} of a container, {@code ttl} of an item, in seconds. */
final class TimeToLive {

  private static final int FOREVER = -1;

  private TimeToLive() {}

  /** Why a value can't be a time to live: it is a whole number from 1 on, or -1. */
  static Optional<Answer> refusal(String property, JsonNode value) {
    boolean valid =
        value.isMissingNode()
            || value.isNull()
            || (value.isIntegralNumber()
                && value.canConvertToInt()
                && (value.intValue() > 0 || value.intValue() == FOREVER));
    return valid
        ? Optional.empty()
        : Optional.of(
            Answer.badRequest(
                "The input "
                    + property
                    + " '"
                    + value
                    + "' is invalid. Ensure to provide a nonzero positive integer less than or"
                    + " equal to '2147483647', or '-1' which means never expire."));
  }

  /**
   * When an item ends, in seconds since 1970; empty if it doesn't. An item's own time counts only
   * where the container has one.
   */
  static OptionalLong end(JsonNode container, JsonNode item) {
    JsonNode byDefault = container.path("defaultTtl");
    if (!byDefault.isIntegralNumber()) {
      return OptionalLong.empty();
    }
    JsonNode own = item.path("ttl");
    int seconds = own.isIntegralNumber() ? own.intValue() : byDefault.intValue();
    return seconds == FOREVER
        ? OptionalLong.empty()
        : OptionalLong.of(item.path("_ts").longValue() + seconds);
  }
}
