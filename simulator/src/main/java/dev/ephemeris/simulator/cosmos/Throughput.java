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
    return isValid(number, 400, 100)
        ? new Manual(number.intValue())
        : new Refused(invalid("400", "100"));
  }

  private static Throughput autoscale(JsonNode number) {
    return isValid(number, 1000, 1000)
        ? new Autoscale(number.intValue())
        : new Refused(invalid("1000", "1000"));
  }

  private static boolean isValid(JsonNode number, int least, int step) {
    return number.canConvertToInt()
        && number.isIntegralNumber()
        && number.intValue() >= least
        && number.intValue() <= MAX
        && number.intValue() % step == 0;
  }

  private static Answer invalid(String least, String step) {
    return Answer.badRequest(
        "The offer should have valid throughput values between "
            + least
            + " and "
            + MAX
            + " inclusive in increments of "
            + step
            + ".");
  }

  /** As an offer's content has it. */
  default ObjectNode content() {
    ObjectNode content = Json.object();
    content.put("offerThroughput", perSecond());
    content.put("offerIsRUPerMinuteThroughputEnabled", false);
    if (this instanceof Autoscale(int maximum)) {
      content.putObject("offerAutopilotSettings").put("maxThroughput", maximum);
    }
    return content;
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
