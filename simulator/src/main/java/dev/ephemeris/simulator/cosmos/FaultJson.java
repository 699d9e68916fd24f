package dev.ephemeris.simulator.cosmos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.PatternSyntaxException;

/**
 * Armed faults as the admin endpoint takes and shows them: {@code method} and {@code path} (all, if
 * absent), {@code times} (always, if absent), and one of {@code refuse}, {@code delayMs} and {@code
 * cut}.
 */
final class FaultJson {

  private static final Set<String> MEMBERS =
      Set.of("method", "path", "times", "refuse", "delayMs", "cut");
  private static final Set<String> REFUSAL =
      Set.of("status", "subStatus", "message", "retryAfterMs");

  private FaultJson() {}

  /** Reads one; throws {@link IllegalArgumentException} that says what is wrong with it. */
  static Faults.Armed read(JsonNode json) {
    onlyKnown(json, MEMBERS);
    RequestPattern on;
    try {
      on = RequestPattern.of(json.path("method").asText("*"), json.path("path").asText(".*"));
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException("path is no regular expression: " + e.getMessage(), e);
    }
    Optional<Integer> times =
        json.has("times") ? Optional.of(number(json, "times")) : Optional.empty();
    return new Faults.Armed(on, fault(json), times);
  }

  private static Fault fault(JsonNode json) {
    long kinds = Set.of("refuse", "delayMs", "cut").stream().filter(json::has).count();
    if (kinds != 1) {
      throw new IllegalArgumentException("a fault has one of refuse, delayMs and cut");
    }
    if (json.has("delayMs")) {
      return Fault.delayed(Duration.ofMillis(number(json, "delayMs")));
    }
    return json.has("cut") ? Fault.cut(moment(json.path("cut").asText())) : refusal(json);
  }

  private static Fault refusal(JsonNode json) {
    JsonNode refusal = json.path("refuse");
    if (refusal.isTextual()) {
      return switch (refusal.textValue()) {
        case "throttled" -> Fault.throttled(Duration.ofMillis(100));
        case "staleSession" -> Fault.staleSession();
        default ->
            throw new IllegalArgumentException(
                "refuse is throttled, staleSession or an object, not " + refusal.textValue());
      };
    }
    onlyKnown(refusal, REFUSAL);
    return new Fault.Refused(
        number(refusal, "status"),
        refusal.has("subStatus") ? number(refusal, "subStatus") : 0,
        refusal.path("message").asText("A fault was asked for."),
        refusal.has("retryAfterMs")
            ? Optional.of(Duration.ofMillis(number(refusal, "retryAfterMs")))
            : Optional.empty());
  }

  private static Fault.Moment moment(String name) {
    for (Fault.Moment moment : Fault.Moment.values()) {
      if (name(moment).equals(name)) {
        return moment;
      }
    }
    throw new IllegalArgumentException(
        "cut is beforeEffect, beforeAnswer, beforeBody, inBody or truncated, not " + name);
  }

  /** {@code BEFORE_EFFECT} as {@code beforeEffect}. */
  private static String name(Fault.Moment moment) {
    StringBuilder name = new StringBuilder();
    for (String word : moment.name().split("_", -1)) {
      String lower = word.toLowerCase(Locale.ROOT);
      name.append(
          name.isEmpty() ? lower : Character.toUpperCase(lower.charAt(0)) + lower.substring(1));
    }
    return name.toString();
  }

  private static int number(JsonNode json, String member) {
    JsonNode value = json.path(member);
    if (!value.isInt()) {
      throw new IllegalArgumentException(member + " is a whole number");
    }
    return value.intValue();
  }

  private static void onlyKnown(JsonNode json, Set<String> known) {
    if (!json.isObject()) {
      throw new IllegalArgumentException("a fault is a JSON object");
    }
    json.fieldNames()
        .forEachRemaining(
            name -> {
              if (!known.contains(name)) {
                throw new IllegalArgumentException(
                    "there is no member " + name + ": " + new TreeSet<>(known));
              }
            });
  }

  static ObjectNode write(Faults.Armed armed) {
    ObjectNode json = Json.object().put("method", armed.on().method());
    json.put("path", armed.on().path().pattern());
    armed.left().ifPresent(left -> json.put("times", left));
    switch (armed.fault()) {
      case Fault.Refused refused -> {
        ObjectNode refusal = json.putObject("refuse").put("status", refused.status());
        refusal.put("subStatus", refused.subStatus()).put("message", refused.message());
        refused.retryAfter().ifPresent(wait -> refusal.put("retryAfterMs", wait.toMillis()));
      }
      case Fault.Delayed(Duration by) -> json.put("delayMs", by.toMillis());
      case Fault.Cut(Fault.Moment moment) -> json.put("cut", name(moment));
    }
    return json;
  }
}
