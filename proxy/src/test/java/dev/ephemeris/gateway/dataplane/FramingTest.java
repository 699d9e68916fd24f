package dev.ephemeris.gateway.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ephemeris.gateway.lease.Issuance;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Where one request ends and the next begins: as one server sees it or not at all. */
class FramingTest {

  private static DataPlaneFixture fixture;
  private static RecordingUpstream upstream;
  private static URI gateway;
  private static Issuance.Issued owner;
  private static String headers;

  /** A row of the file. */
  record Message(
      String what, String bytes, int status, int forwarded, String stoppedBy, String without) {

    boolean isRefused() {
      return forwarded == 0;
    }

    @Override
    public String toString() {
      return what;
    }
  }

  @BeforeAll
  static void start() throws Exception {
    fixture = new DataPlaneFixture("team-policy.yaml");
    upstream = fixture.recordingUpstream();
    gateway = fixture.gateway(steps -> steps, 20_000, upstream.endpoint());
    owner = fixture.lease("orders-prod:/", "owner");
    headers =
        "Authorization: "
            + URLEncoder.encode(owner.token().reveal(), StandardCharsets.UTF_8)
            + "\r\nUser-Agent: attempt"
            + "\r\nx-ms-documentdb-partitionkey: [\"c1\"]";
  }

  @AfterAll
  static void stop() throws Exception {
    fixture.close();
  }

  static List<Message> messages() throws IOException {
    try (InputStream file = FramingTest.class.getResourceAsStream("framing.csv")) {
      return new String(file.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> !line.isBlank() && !line.startsWith("#"))
          .map(line -> Arrays.stream(line.split("\\|", -1)).map(String::strip).toList())
          .map(
              cells ->
                  new Message(
                      cells.get(0),
                      cells.get(1),
                      Integer.parseInt(cells.get(2)),
                      Integer.parseInt(cells.get(3)),
                      cells.get(4),
                      cells.get(5)))
          .toList();
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("messages")
  void isReadAsOneRequestOrNone(Message message) throws Exception {
    upstream.taken();

    String answers = send(gateway, bytes(message.bytes(), gateway));

    List<RecordingUpstream.Sent> sent = upstream.taken();
    assertThat(firstStatus(answers)).as(answers).isEqualTo(message.status());
    assertThat(sent).as(answers).hasSize(message.forwarded());
    // One answer, or further refusals of what followed on the connection.
    assertThat(Stream.of(answers.split("HTTP/[0-9.]+ (?!100)", -1)).skip(2))
        .allMatch(further -> further.startsWith("400"));
    if (message.status() >= 400) {
      boolean ours = answers.contains("\"message\"");
      assertThat(ours ? "gateway" : "parser").as(answers).isEqualTo(message.stoppedBy());
    }
    for (RecordingUpstream.Sent request : sent) {
      assertThat(request.values("x-ms-documentdb-is-upsert")).isEmpty();
      assertThat(request.values("upgrade")).isEmpty();
      assertThat(request.values("expect")).isEmpty();
      assertThat(request.values("transfer-encoding")).isEmpty();
      assertThat(request.body().toString()).isIn("", "{\"id\":1}");
    }
  }

  static List<Message> stoppedByStep() throws IOException {
    return messages().stream().filter(message -> !message.without().equals("-")).toList();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("stoppedByStep")
  void isForwardedWithoutItsStep(Message message) throws Exception {
    UnaryOperator<List<Step>> careless = UnaryOperator.identity();
    for (String step : message.without().split("\\+", -1)) {
      UnaryOperator<List<Step>> before = careless;
      UnaryOperator<List<Step>> without =
          CarelessSteps.without(step, fixture.client(), upstream.endpoint(), owner.lease());
      careless = steps -> without.apply(before.apply(steps));
    }
    URI other = fixture.gateway(careless, 20_000, upstream.endpoint());
    upstream.taken();

    String answers = send(other, bytes(message.bytes(), other));

    assertThat(upstream.taken()).as(answers).isNotEmpty();
  }

  private static int firstStatus(String answers) {
    return Stream.of(answers.split("\r\n", -1))
        .filter(line -> line.startsWith("HTTP/"))
        .map(line -> Integer.parseInt(line.split(" ", -1)[1]))
        .filter(status -> status != 100)
        .findFirst()
        .orElse(0);
  }

  /** All that comes back until the server closes, or has nothing more to say for a while. */
  private static String send(URI gateway, byte[] message) throws Exception {
    ByteArrayOutputStream answers = new ByteArrayOutputStream();
    try (Socket socket =
        fixture
            .certificate()
            .clientTls()
            .getSocketFactory()
            .createSocket(gateway.getHost(), gateway.getPort())) {
      socket.setSoTimeout(10_000);
      socket.getOutputStream().write(message);
      socket.getOutputStream().flush();
      byte[] buffer = new byte[8192];
      for (int read = socket.getInputStream().read(buffer);
          read >= 0;
          read = socket.getInputStream().read(buffer)) {
        answers.write(buffer, 0, read);
        // There is an answer: what else comes, comes now.
        socket.setSoTimeout(300);
      }
    } catch (SocketTimeoutException nothingMore) {
      // The connection would go on.
    }
    return answers.toString(StandardCharsets.ISO_8859_1);
  }

  private static byte[] bytes(String written, URI gateway) {
    String text =
        written
            .replace("\\r", "\r")
            .replace("\\n", "\n")
            .replace("\\t", "\t")
            .replace("\\0", "\0")
            .replace("\\xE9", "\u00e9")
            .replace("AUTH", headers)
            .replace("HOST", gateway.getRawAuthority())
            .replace("LONG", "x".repeat(12_000));
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
