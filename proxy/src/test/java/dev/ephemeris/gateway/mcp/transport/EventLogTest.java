package dev.ephemeris.gateway.mcp.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class EventLogTest {

  private static final int MOST = 2000;

  /** As frames weigh at least this much, no more of them than these are kept. */
  private static final int LEAST_WEIGHT = 128;

  private static final int STREAMS = 3;

  /** Something that happens to one of the streams. */
  sealed interface Step {
    int stream();

    record Append(int stream, int size) implements Step {}

    record Connect(int stream) implements Step {}

    record Read(int stream, int events) implements Step {}

    record Disconnect(int stream) implements Step {}
  }

  @Provide
  Arbitrary<List<Step>> steps() {
    Arbitrary<Integer> stream = Arbitraries.integers().between(0, STREAMS - 1);
    Arbitrary<Integer> size = Arbitraries.integers().between(0, MOST - 200);
    Arbitrary<Integer> events = Arbitraries.integers().between(1, 5);
    return Arbitraries.<Step>oneOf(
            Combinators.combine(stream, size).as(Step.Append::new),
            Combinators.combine(stream, size.map(s -> s / 20)).as(Step.Append::new),
            stream.map(Step.Connect::new),
            Combinators.combine(stream, events).as(Step.Read::new),
            stream.map(Step.Disconnect::new))
        .list()
        .ofMaxSize(120);
  }

  /** Whatever happens, in whatever order. */
  @Property
  void everybodyReadsOnlyTheirStreamInOrderAndTheLogStaysSmall(@ForAll("steps") List<Step> steps) {
    EventLog log = new EventLog(MOST);
    List<EventStream> streams = new ArrayList<>();
    List<Connection> connections = new ArrayList<>();
    Map<String, Integer> taken = new HashMap<>();
    for (int i = 0; i < STREAMS; i++) {
      streams.add(log.open());
      connections.add(new Connection());
    }
    for (Step step : steps) {
      EventStream stream = streams.get(step.stream());
      Connection connection = connections.get(step.stream());
      switch (step) {
        case Step.Append(int number, int size) -> {
          String name = number + "/" + (stream.last + 1);
          boolean read = stream.connection != null;
          log.append(
              stream,
              Buffer.buffer("x".repeat(size)),
              false,
              () -> taken.merge(name, 1, (a, b) -> 2));
          if (!read) {
            assertThat(taken).as("nobody reads, so nobody waits").containsKey(name);
          }
        }
        case Step.Connect connect -> log.attach(stream, connection);
        case Step.Read(int number, int events) -> {
          for (int i = 0; i < events && stream.connection != null; i++) {
            connection.read(log, stream);
          }
        }
        case Step.Disconnect disconnect -> log.detach(stream, connection);
      }
      assertThat(streams.stream().mapToInt(EventLogTest::kept).sum()).isLessThanOrEqualTo(MOST);
      assertThat(streams.stream().mapToInt(s -> s.events.size()).sum())
          .isLessThanOrEqualTo(MOST / LEAST_WEIGHT);
      for (int i = 0; i < STREAMS; i++) {
        if (streams.get(i).connection == null) {
          assertThat(waiting(i, streams.get(i), taken)).as("who waits for nobody").isEmpty();
        }
      }
    }
    assertThat(taken.values()).as("told once").allMatch(times -> times == 1);
  }

  private static int kept(EventStream stream) {
    return stream.events.values().stream().mapToInt(event -> event.frame().length()).sum();
  }

  private static Set<String> waiting(int number, EventStream stream, Map<String, Integer> taken) {
    Set<String> waiting = new HashSet<>();
    for (long event = 1; event <= stream.last; event++) {
      waiting.add(number + "/" + event);
    }
    waiting.removeAll(taken.keySet());
    return waiting;
  }

  /** Reads on from where it was, over one connection after another. */
  private static final class Connection implements EventLog.Reader {

    private long seen;

    void read(EventLog log, EventStream stream) {
      switch (log.next(stream, this, seen)) {
        case EventLog.Next.Send(EventStream.Event event) -> {
          assertThat(event.stream()).isSameAs(stream);
          assertThat(event.number()).isEqualTo(++seen);
        }
        case EventLog.Next.BreakOff breakOff -> {
          assertThat(stream.events).doesNotContainKey(seen + 1);
          assertThat(stream.connection).isNull();
          // Whoever comes back now has missed something, and knows.
          seen = stream.last;
        }
        case EventLog.Next.Wait wait -> assertThat(seen).isEqualTo(stream.last);
        case EventLog.Next.Pause pause -> throw new AssertionError("nobody is sent away");
        case EventLog.Next.Close close -> throw new AssertionError("no stream has ended");
      }
    }

    @Override
    public void wake() {}
  }
}
