package dev.ephemeris.gateway.lease;

import dev.ephemeris.policy.Approval;
import dev.ephemeris.policy.GroupRef;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Comparator;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * After whose approval a lease was given.
 *
 * @param requestId the access request that was approved, or for which the glass was broken
 * @param approvals as the rules had them then. Under a rule that wants another since, the lease is
 *     good for nothing
 */
public record Approved(String requestId, Set<Approval> approvals) {

  public Approved {
    if (approvals.isEmpty()) {
      throw new IllegalArgumentException("nobody's approval is none");
    }
    approvals = Set.copyOf(approvals);
  }

  /** As JSON, in one order. */
  String text() {
    return new JsonObject().put("request", requestId).put("approvals", json(approvals)).encode();
  }

  /**
   * @throws IllegalArgumentException if it isn't what {@link #text} makes
   */
  static Approved parse(String text) {
    try {
      JsonObject json = new JsonObject(text);
      return new Approved(
          Objects.requireNonNull(json.getString("request")),
          approvals(json.getJsonArray("approvals")));
    } catch (DecodeException
        | ClassCastException
        | NullPointerException
        | DateTimeParseException e) {
      throw new IllegalArgumentException("not an approval", e);
    }
  }

  static JsonArray json(Set<Approval> approvals) {
    JsonArray all = new JsonArray();
    approvals.stream()
        .sorted(Comparator.comparing(Approval::toString).thenComparing(Approval::expires))
        .map(Approved::json)
        .forEach(all::add);
    return all;
  }

  private static JsonObject json(Approval approval) {
    JsonObject json =
        new JsonObject()
            .put(
                "from",
                new JsonArray(approval.from().stream().map(GroupRef::toString).sorted().toList()))
            .put("count", approval.count())
            .put("expires", approval.expires().toString());
    approval.breakGlass().ifPresent(time -> json.put("breakGlass", time.toString()));
    return json;
  }

  static Set<Approval> approvals(JsonArray all) {
    return all.stream()
        .map(JsonObject.class::cast)
        .map(Approved::approval)
        .collect(Collectors.toUnmodifiableSet());
  }

  private static Approval approval(JsonObject json) {
    return new Approval(
        json.getJsonArray("from").stream()
            .map(group -> GroupRef.parse((String) group))
            .collect(Collectors.toUnmodifiableSet()),
        json.getInteger("count"),
        Duration.parse(json.getString("expires")),
        Optional.ofNullable(json.getString("breakGlass")).map(Duration::parse));
  }
}
