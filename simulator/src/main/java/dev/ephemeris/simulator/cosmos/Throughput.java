package dev.ephemeris.simulator.cosmos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** Provisioned request units a second, manual or with a maximum up to which they scale. */
sealed interface Throughput {

  record Manual(int requestUnits) implements Throughput {}

  record Autoscale(int maximum) implements Throughput {}

  record Refused(Answer answer) implements Throughput {}

  int MAX = 1_000_000;

  /** What manual throughput is a multiple of, and from where on. */
  int STEP = 100;

  int LEAST_MANUAL = 400;

  /** What a maximum is a multiple of, and from where on. */
  int AUTOSCALE_STEP = 1000;

  /** What the headers of a request that makes a database or container ask for. */
  static Optional<Throughput> asked(Call call) {
    Optional<String> autoscale = call.header("x-ms-cosmos-offer-autopilot-settings");
    if (autoscale.isPresent()) {
      JsonNode settings =
          Json.parse(autoscale.get().getBytes(StandardCharsets.UTF_8)).orElse(Values.UNDEFINED);
      return Optional.of(autoscale(settings.path("maxThroughput")));
    }
    return call.header("x-ms-offer-throughput")
        .map(text -> Json.parse(text.getBytes(StandardCharsets.UTF_8)))
        .map(number -> manual(number.orElse(Values.UNDEFINED)));
  }

  /** What an offer's content says. */
  static Throughput of(JsonNode content) {
    JsonNode settings = content.path("offerAutopilotSettings");
    return settings.isObject()
        ? autoscale(settings.path("maxThroughput"))
        : manual(content.path("offerThroughput"));
  }

  private static Throughput manual(JsonNode number) {
    return isValid(number, LEAST_MANUAL, STEP)
        ? new Manual(number.intValue())
        : new Refused(invalid(LEAST_MANUAL, STEP));
  }

  private static Throughput autoscale(JsonNode number) {
    return isValid(number, AUTOSCALE_STEP, AUTOSCALE_STEP)
        ? new Autoscale(number.intValue())
        : new Refused(invalid(AUTOSCALE_STEP, AUTOSCALE_STEP));
  }

  private static boolean isValid(JsonNode number, int least, int step) {
    return number.canConvertToInt()
        && number.isIntegralNumber()
        && number.intValue() >= least
        && number.intValue() <= MAX
        && number.intValue() % step == 0;
  }

  private static Answer invalid(int least, int step) {
    return Answer.badRequest(
        "The offer should have valid throughput values between "
            + least
            + " and "
            + MAX
            + " inclusive in increments of "
            + step
            + ".");
  }

  /**
   * What replaces it when an offer is put with this content. Between manual and autoscale a header
   * is needed, and the service picks the number ("Replace an Offer" of its REST reference).
   */
  default Throughput replacement(Call call, JsonNode content) {
    boolean forAutoscale = content.path("offerAutopilotSettings").isObject();
    return switch (this) {
      case Refused refused -> refused;
      case Manual(int requestUnits) -> {
        if (call.flag("x-ms-cosmos-migrate-offer-to-autopilot") && !forAutoscale) {
          int steps = (requestUnits + AUTOSCALE_STEP - 1) / AUTOSCALE_STEP;
          yield new Autoscale(steps * AUTOSCALE_STEP);
        }
        yield forAutoscale
            ? unasked(
                "x-ms-cosmos-migrate-offer-to-autopilot must be supplied and offercontent must not"
                    + " contain autopilotSettings for migration from manual throughput to"
                    + " autoscale.")
            : of(content);
      }
      case Autoscale(int maximum) -> {
        if (call.flag("x-ms-cosmos-migrate-offer-to-manual-throughput") && forAutoscale) {
          yield new Manual(maximum);
        }
        yield forAutoscale
            ? of(content)
            : unasked(
                "x-ms-cosmos-migrate-offer-to-manual-throughput must be supplied and offercontent"
                    + " must contain autopilotSettings for migration from autoscale to manual"
                    + " throughput.");
      }
    };
  }

  private static Refused unasked(String why) {
    return new Refused(Answer.badRequest("Message: {\"Errors\":[\"" + why + "\"]}"));
  }

  /** As an offer's content has it; autoscale throughput is shown at rest, at a tenth. */
  default ObjectNode content() {
    ObjectNode content = Json.object();
    content.put("offerThroughput", this instanceof Autoscale ? perSecond() / 10 : perSecond());
    content.put("offerIsRUPerMinuteThroughputEnabled", false);
    if (this instanceof Autoscale(int maximum)) {
      content.putObject("offerAutopilotSettings").put("maxThroughput", maximum);
    }
    return content;
  }

  /** The least that can be asked for in its place. */
  default int least() {
    return this instanceof Autoscale ? AUTOSCALE_STEP : LEAST_MANUAL;
  }

  /** How many request units a second can be used at most. */
  default int perSecond() {
    return switch (this) {
      case Manual(int requestUnits) -> requestUnits;
      case Autoscale(int maximum) -> maximum;
      case Refused _ -> throw new IllegalStateException("refused");
    };
  }
}
