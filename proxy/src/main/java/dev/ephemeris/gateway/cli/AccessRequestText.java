package dev.ephemeris.gateway.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** An access request, for people. */
final class AccessRequestText {

  private final Surroundings surroundings;

  AccessRequestText(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  String of(Api.AccessRequest request) {
    return """
    Access request %s: %s
    who       %s
    wants     role %s (%s) on %s%s for %s, lane %s
    why       %s%s
    rule      %s
    approval  %s%s
    asked     %s%s%s\
    """
        .formatted(
            request.id(),
            request.state(),
            request.requester(),
            request.role(),
            String.join(", ", request.actions()),
            request.scope(),
            key(request.partitionKey()),
            time(request.ttlSeconds()),
            request.lane(),
            request.reason(),
            request.ticket().map(ticket -> " (" + ticket + ")").orElse(""),
            request.rule(),
            approvers(request),
            request.glassBroken() ? "; the glass was broken" : "",
            request.askedAt(),
            answers(request),
            next(request));
  }

  /** Who is to agree. */
  String approvers(Api.AccessRequest request) {
    return request.approvals().stream()
        .map(Api.Approval::described)
        .collect(Collectors.joining(" and "));
  }

  private static String key(Optional<JsonNode> key) {
    return key.map(levels -> ", partition key " + levels).orElse("");
  }

  static String time(long seconds) {
    return Durations.format(Duration.ofSeconds(seconds));
  }

  private static String answers(Api.AccessRequest request) {
    List<String> lines =
        request.answers().stream()
            .map(
                answer ->
                    "\nanswer    %s by %s at %s%s"
                        .formatted(
                            answer.verdict(),
                            answer.by(),
                            answer.at(),
                            answer.comment().map(": "::concat).orElse("")))
            .toList();
    Api.Agreed agreed = request.agreed();
    boolean less =
        agreed.ttlSeconds() < request.ttlSeconds()
            || !agreed.scope().equals(request.scope())
            || !agreed.partitionKey().equals(request.partitionKey());
    return String.join("", lines)
        + (less
            ? "\nagreed    on %s%s for %s"
                .formatted(agreed.scope(), key(agreed.partitionKey()), time(agreed.ttlSeconds()))
            : "");
  }

  private String next(Api.AccessRequest request) {
    return switch (request.state()) {
      case "waiting" -> "\nopen      until " + surroundings.ending(request.closesAt());
      case "approved" ->
          "\npick up   until "
              + surroundings.ending(request.closesAt())
              // Nobody does so for an agent.
              + (request.actsFor().isPresent()
                  ? ", by the agent that asked"
                  : ": ephemeris pick-up " + request.id());
      default -> request.leaseId().map("\nlease     "::concat).orElse("");
    };
  }
}
