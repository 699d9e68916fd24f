package dev.ephemeris.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.gateway.journal.JournalEntry;
import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.journal.folder.JournalReader;
import dev.ephemeris.gateway.journal.folder.TestJournals;
import dev.ephemeris.gateway.journal.log.Checkpoint;
import dev.ephemeris.gateway.journal.log.Verification;
import dev.ephemeris.gateway.journal.log.VerifierKey;
import dev.ephemeris.simulator.cosmos.Effect;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A gateway under load is killed, again and again. What the account has seen of it is in the
 * journal, what the journal says was done the account has seen, and the log is whole.
 */
class KilledGatewayTest {

  private static final int CLIENTS = 16;

  private static final int BATCH = 20;

  /** More than the account sees between two kills. */
  private static final int EFFECTS_A_ROUND = 520;

  private final GatewayFixture fixture;
  private final HttpClient http;
  private final Path journal;
  private final List<VerifierKey> keys = List.of(TestJournals.verifierKey());
  private final AtomicInteger items = new AtomicInteger();
  private final Random random = new Random();

  /** Of the journal, which is read on from where it was read to; what was read stays as it is. */
  private final Map<String, String> activities = new HashMap<>();

  private final Set<String> creates = new HashSet<>();
  private final Map<String, Integer> outcomes = new HashMap<>();
  private long read;

  private Optional<Checkpoint> kept = Optional.empty();
  private Optional<Process> process = Optional.empty();

  KilledGatewayTest() throws Exception {
    fixture = new GatewayFixture();
    journal = fixture.folder().resolve("journal");
    http = HttpClient.newBuilder().sslContext(fixture.certificate().clientTls()).build();
  }

  @AfterEach
  void stop() throws Exception {
    process.ifPresent(Process::destroyForcibly);
    http.shutdownNow();
    fixture.close();
  }

  @Test
  void leavesNothingOffTheRecord() throws Exception {
    killed(8);
    assertThat(fixture.account().effects().size()).isGreaterThan(4_000);
  }

  @Test
  @Tag("full")
  void leavesNothingOffTheRecordHoweverOften() throws Exception {
    killed(100);
    assertThat(fixture.account().effects().size()).isGreaterThan(50_000);
  }

  private void killed(int times) throws Exception {
    String token = contributor();
    fixture.stopGateway();
    for (int round = 0; round < times; round++) {
      URI dataPlane = start();
      // What the one before had left is sealed, and what it was killed in has its end.
      verified();
      recorded();
      load(dataPlane, token);
      kept = Optional.of(Checkpoint.open(Files.readAllBytes(journal.resolve("checkpoint")), keys));
      kill();
    }
    URI unused = start();
    verified();
    recorded();
  }

  private String contributor() throws Exception {
    Path policy = fixture.folder().resolve("policy.yaml");
    Files.writeString(policy, Files.readString(policy).replace("data-reader", "data-contributor"));
    fixture.restart();
    return fixture.lease("data-contributor").path("token").textValue();
  }

  private URI start() throws IOException {
    Process started =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                GatewayProcess.class.getName(),
                fixture.folder().resolve("ephemeris.yaml").toString())
            .redirectError(fixture.folder().resolve("killed.log").toFile())
            .start();
    process = Optional.of(started);
    BufferedReader told = started.inputReader();
    String line = told.readLine();
    while (line != null && !line.startsWith("https://")) {
      line = told.readLine();
    }
    assertThat(line).as("the gateway has started").isNotNull();
    return URI.create(String.valueOf(line));
  }

  /** SIGKILL: nothing of it is left to tidy up. */
  private void kill() throws InterruptedException {
    Process running = process.orElseThrow();
    running.destroyForcibly();
    assertThat(running.waitFor(30, TimeUnit.SECONDS)).isTrue();
  }

  /** Many at once write and read until some effects are seen, and go on until it is killed. */
  private void load(URI dataPlane, String token) throws InterruptedException {
    int until = fixture.account().effects().size() + EFFECTS_A_ROUND + random.nextInt(200);
    for (int client = 0; client < CLIENTS; client++) {
      Thread unused = Thread.ofVirtual().start(() -> requests(dataPlane, token));
    }
    while (fixture.account().effects().size() < until) {
      Thread.sleep(25); // to look at them copies them all
    }
  }

  private void requests(URI dataPlane, String token) {
    try {
      while (true) {
        int item = items.incrementAndGet();
        HttpResponse<String> response =
            http.send(request(dataPlane, token, item), HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).as(response.body()).isIn(200, 201);
      }
    } catch (IOException | InterruptedException killed) {
      // as it is meant to be
    }
  }

  /** Of five, one reads, two write an item, and two a batch of them. */
  private static HttpRequest request(URI dataPlane, String token, int item) {
    boolean read = item % 5 == 0;
    HttpRequest.Builder request =
        HttpRequest.newBuilder(
                dataPlane.resolve("/dbs/shop/colls/orders/docs" + (read ? "/o1" : "")))
            .timeout(Duration.ofSeconds(20))
            .header("authorization", token)
            .header("x-ms-version", "2018-12-31")
            .header("x-ms-documentdb-partitionkey", "[\"c" + (read ? 1 : item) + "\"]");
    if (read) {
      return request.build();
    }
    if (item % 5 < 3) {
      return request.POST(HttpRequest.BodyPublishers.ofString(document(item, 0))).build();
    }
    String operations =
        IntStream.range(0, BATCH)
            .mapToObj(
                i -> "{\"operationType\":\"Create\",\"resourceBody\":" + document(item, i) + "}")
            .collect(Collectors.joining(",", "[", "]"));
    return request
        .header("x-ms-cosmos-is-batch-request", "true")
        .header("x-ms-cosmos-batch-atomic", "true")
        .POST(HttpRequest.BodyPublishers.ofString(operations))
        .build();
  }

  private static String document(int item, int part) {
    return "{\"id\":\"k%d-%d\",\"customerId\":\"c%d\"}".formatted(item, part, item);
  }

  private void verified() throws JournalException {
    Verification verification = Verification.of(journal, keys, kept, (index, entry) -> {});
    assertThat(verification).isInstanceOf(Verification.Intact.class);
  }

  /** Joins what the account has seen with the journal, by activity id. */
  private void recorded() throws JournalException {
    read = new JournalReader(journal).forEach(read, this::take);
    Set<String> seen =
        fixture.account().effects().stream().map(Effect::activityId).collect(Collectors.toSet());
    assertThat(difference(seen, new HashSet<>(activities.values())))
        .as("effects without a record")
        .isEmpty();
    Set<String> done =
        creates.stream()
            .filter(request -> Set.of(200, 201).contains(outcomes.getOrDefault(request, 0)))
            .map(activities::get)
            .collect(Collectors.toSet());
    assertThat(difference(done, seen)).as("records without an effect").isEmpty();
    assertThat(difference(outcomes.keySet(), activities.keySet())).isEmpty();
    assertThat(difference(activities.keySet(), outcomes.keySet()))
        .as("intents without an end")
        .isEmpty();
    List<String> failed = new ArrayList<>();
    outcomes.forEach(
        (request, status) -> {
          if (creates.contains(request) && status >= 300) {
            if (seen.contains(activities.get(request))) {
              failed.add(status + " " + request);
            }
          }
        });
    assertThat(failed).as("effects whose record says that they failed").isEmpty();
  }

  private void take(JournalEntry entry) {
    ObjectNode fields = entry.fields();
    String request = fields.path("requestId").asText();
    switch (entry.type()) {
      case "requestIntent" -> {
        assertThat(activities.put(request, fields.path("activityId").asText())).isNull();
        if (Set.of("CREATE_ITEM", "BATCH").contains(fields.path("operation").asText())) {
          creates.add(request);
        }
      }
      case "requestOutcome", "outcomeUnknown" ->
          assertThat(outcomes.put(request, fields.path("statusCode").asInt())).isNull();
      default -> {}
    }
  }

  private static <T> Set<T> difference(Set<T> all, Set<T> without) {
    Set<T> left = new HashSet<>(all);
    left.removeAll(without);
    return left;
  }
}
