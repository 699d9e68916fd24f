package dev.ephemeris.simulator.cosmos;

import dev.ephemeris.cosmos.CosmosHeaders;
import dev.ephemeris.cosmos.PartitionKey;
import java.util.Map;
import java.util.Optional;

/**
 * Whether what a client has seen is here. It always is, since there is one node, unless a token
 * says more than this account ever told.
 */
final class ReadSession {

  static final String NOT_AVAILABLE =
      "The read session is not available for the input session token. Learn more:"
          + " https://aka.ms/cosmosdb-tshoot404";

  private ReadSession() {}

  /** Why a call on items isn't answered for its session token; empty if it is. */
  static Optional<Answer> refusal(Call call, Container container) {
    Optional<String> sent = call.header(CosmosHeaders.SESSION_TOKEN);
    if (sent.isEmpty()) {
      return Optional.empty();
    }
    Optional<SessionToken> token = SessionToken.parse(sent.get());
    if (token.isEmpty()) {
      return Optional.of(
          Answer.badRequest("The session token provided '" + sent.get() + "' is invalid."));
    }
    return readsInSession(call) && isAhead(token.get(), call, container)
        ? Optional.of(Answer.failure(404, 1002, NOT_AVAILABLE))
        : Optional.empty();
  }

  /** Writes go to where all is known; the token is only checked for its form. */
  private static boolean readsInSession(Call call) {
    boolean reads =
        switch (CallKind.of(call)) {
          case READ_ITEM, QUERY_ITEMS, READ_ITEM_FEED, READ_CHANGE_FEED -> true;
          default -> false;
        };
    return reads
        && asks(call, "x-ms-consistency-level")
        && asks(call, "x-ms-cosmos-read-consistency-strategy");
  }

  /** Whether a header asks for what the account gives anyway: Session. */
  private static boolean asks(Call call, String header) {
    return call.header(header).map("session"::equalsIgnoreCase).orElse(true);
  }

  /** What was seen of partitions that the call doesn't ask is no matter. */
  private static boolean isAhead(SessionToken token, Call call, Container container) {
    return QueryScope.of(call, container) instanceof QueryScope.Part part
        && part.partitions().stream()
            .anyMatch(
                partition ->
                    token.entries().stream()
                        .filter(entry -> isOf(entry, partition))
                        .anyMatch(entry -> !container.reached(partition, entry)));
  }

  private static boolean isOf(SessionToken.Entry entry, PhysicalPartition partition) {
    return partition.id().equals(entry.rangeId()) || partition.parents().contains(entry.rangeId());
  }

  /** Clients learn from these failures too how far the partition is. */
  static Answer told(Call call, Container container, Answer answer) {
    if (answer instanceof Answer.Failure failure
        && (failure.status() == 404 || failure.status() == 409 || failure.status() == 412)
        && KeyHeader.read(call, container) instanceof KeyHeader.Given(PartitionKey key)) {
      PhysicalPartition partition = container.partition(container.keyDefinition().epk(key));
      return failure.with(
          Map.of(
              CosmosHeaders.SESSION_TOKEN, partition.sessionToken(),
              CosmosHeaders.PARTITION_KEY_RANGE_ID, partition.id(),
              CosmosHeaders.ALT_CONTENT_PATH, container.link(),
              CosmosHeaders.CONTENT_PATH, container.rid()));
    }
    return answer;
  }
}
