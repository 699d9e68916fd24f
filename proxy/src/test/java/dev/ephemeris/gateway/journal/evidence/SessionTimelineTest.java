package dev.ephemeris.gateway.journal.evidence;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.gateway.journal.evidence.SessionTimeline.Event;
import dev.ephemeris.gateway.journal.evidence.SessionTimeline.Recorded;
import dev.ephemeris.gateway.journal.evidence.SessionTimeline.Request;
import dev.ephemeris.gateway.journal.evidence.SessionTimeline.Requests;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SessionTimelineTest {

  private static final Instant START = Instant.parse("2026-11-24T09:00:00Z");
  private static final String ORDERS = "orders-prod:/dbs/shop/colls/orders";

  @TempDir private Path folder = Path.of("");

  private final List<ObjectNode> records = new ArrayList<>();

  private int add(String type, Map<String, ?> fields) {
    Map<String, Object> all = new TreeMap<>(Map.of("at", START.plusSeconds(records.size())));
    all.putAll(fields);
    records.add(MemoryEntries.record(type, all));
    return records.size() - 1;
  }

  private int intent(String session, String request) {
    return add(
        "requestIntent",
        Map.of(
            "sessionId",
            session,
            "requestId",
            request,
            "leaseId",
            "abc",
            "scope",
            ORDERS,
            "actions",
            List.of("items/read")));
  }

  private int outcome(String request, int status) {
    return add("requestOutcome", Map.of("requestId", request, "statusCode", status));
  }

  private Optional<SessionTimeline> timeline(String session) throws Exception {
    MemoryEntries log = new MemoryEntries("log", records);
    try (EvidenceIndex index = EvidenceIndex.open(folder.resolve("index.db"), log)) {
      index.catchUp();
      return index.session(session);
    }
  }

  @Test
  void hasAllOfASessionInOrderAndNothingElse() throws Exception {
    int start = add("sessionStarted", Map.of("sessionId", "s-1"));
    add("sessionStarted", Map.of("sessionId", "s-2"));
    int lease = add("leaseIssued", Map.of("sessionId", "s-1", "leaseId", "abc"));
    add("leaseIssued", Map.of("sessionId", "s-2", "leaseId", "xyz"));
    int minted = add("tokenMinted", Map.of("leaseId", "abc"));
    int role = add("roleAssigned", Map.of("leaseIds", List.of("xyz", "abc")));
    add("roleAssigned", Map.of("leaseIds", List.of("xyz", "uvw")));
    int intent = intent("s-1", "r-1");
    int open = intent("s-1", "r-2");
    intent("s-2", "r-3");
    outcome("r-3", 500);
    outcome("r-1", 200);
    int renewed = add("leaseRenewed", Map.of("sessionId", "s-2", "leaseId", "abc"));
    int ended = add("sessionEnded", Map.of("sessionId", "s-1"));

    List<Event> events = timeline("s-1").orElseThrow().events();

    assertThat(events)
        .extracting(event -> (int) event.sequence())
        .containsExactly(start, lease, minted, role, intent, open, renewed, ended);
    assertThat(events.get(4))
        .isInstanceOfSatisfying(
            Request.class,
            request ->
                assertThat(request.outcome().orElseThrow().fields().path("statusCode").asInt())
                    .isEqualTo(200));
    assertThat(events.get(5))
        .isInstanceOfSatisfying(Request.class, request -> assertThat(request.outcome()).isEmpty());
    assertThat(events.getFirst()).isInstanceOf(Recorded.class);
  }

  @Test
  void tellsManyRequestsThatAreAlikeTogether() throws Exception {
    add("sessionStarted", Map.of("sessionId", "s-1"));
    int first = records.size();
    for (int i = 0; i < 500; i++) {
      intent("s-1", "r-" + i);
      if (i % 100 == 99) {
        add("outcomeUnknown", Map.of("requestId", "r-" + i));
      } else if (i % 100 != 98) {
        outcome("r-" + i, i % 10 == 0 ? 404 : 200);
      }
    }
    int last = records.size() - 2;

    SessionTimeline timeline = timeline("s-1").orElseThrow();

    assertThat(timeline.more()).isFalse();
    assertThat(timeline.events()).hasSize(2);
    assertThat(timeline.events().get(1))
        .isEqualTo(
            new Requests(
                Optional.of("abc"),
                Optional.of(ORDERS),
                List.of("items/read"),
                START.plusSeconds(first),
                START.plusSeconds(last),
                first,
                last,
                500,
                Map.of(200, 440L, 404, 50L),
                5));
  }

  @Test
  void thereIsNoneOfWhatIsntThere() throws Exception {
    add("sessionStarted", Map.of("sessionId", "s-1"));

    assertThat(timeline("s-2")).isEmpty();
  }
}
