package dev.ephemeris.gateway.dataplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.StreamResetException;
import io.vertx.core.net.HostAndPort;
import io.vertx.core.net.PemTrustOptions;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same data plane over HTTP/2, where framing and host are said in other ways. */
class Http2Test {

  private static final String ORDERS = "/dbs/shop/colls/orders/docs";
  private static final int BODY_LIMIT = 200_000;

  private static final Vertx VERTX = Vertx.vertx();
  private static DataPlaneFixture fixture;
  private static RecordingUpstream upstream;
  private static HttpClient client;
  private static URI gateway;
  private static String authorization;

  /** What came back. */
  private record Answer(int status, HttpVersion version, String body) {}

  @BeforeAll
  static void start() throws Exception {
    fixture = new DataPlaneFixture("team-policy.yaml");
    upstream = fixture.recordingUpstream();
    gateway = fixture.gateway(steps -> steps, BODY_LIMIT, upstream.endpoint());
    client = client();
    authorization =
        URLEncoder.encode(
            fixture.lease("orders-prod:/", "owner").token().reveal(), StandardCharsets.UTF_8);
  }

  private static HttpClient client() {
    return VERTX.createHttpClient(
        new HttpClientOptions()
            .setSsl(true)
            .setUseAlpn(true)
            .setProtocolVersion(HttpVersion.HTTP_2)
            .setDefaultHost("localhost")
            .setDefaultPort(gateway.getPort())
            .setTrustOptions(
                new PemTrustOptions().addCertPath(fixture.certificate().authority().toString())));
  }

  @AfterAll
  static void stop() throws Exception {
    VERTX.close().await();
    fixture.close();
  }

  @BeforeEach
  void forget() {
    upstream.taken();
  }

  @Test
  void readsAndCreates() {
    Answer read = send(HttpMethod.GET, ORDERS + "/o1", request -> {}, "");
    Answer created =
        send(
            HttpMethod.POST,
            ORDERS,
            request -> request.putHeader("content-length", "8"),
            "{\"id\":1}");

    assertThat(read.version()).isEqualTo(HttpVersion.HTTP_2);
    assertThat(read.status()).isEqualTo(200);
    assertThat(created.status()).isEqualTo(200);
    List<RecordingUpstream.Sent> sent = upstream.taken();
    assertThat(sent).hasSize(2);
    assertThat(sent.getLast().body()).hasToString("{\"id\":1}");
  }

  /** Nothing in HTTP/2 announces a body. */
  @Test
  void readsABodyOfUnknownLength() {
    Answer created = send(HttpMethod.POST, ORDERS, request -> {}, "{\"id\":1}");

    assertThat(created.status()).isEqualTo(200);
    assertThat(upstream.taken())
        .singleElement()
        .satisfies(
            sent -> {
              assertThat(sent.body()).hasToString("{\"id\":1}");
              assertThat(sent.values("content-length")).containsExactly("8");
            });
  }

  @Test
  void refusesALongBodyAndGoesOnWithTheConnection() {
    for (String announced : List.of("", Integer.toString(BODY_LIMIT + 1))) {
      Answer refused =
          send(
              HttpMethod.POST,
              ORDERS,
              request -> {
                if (!announced.isEmpty()) {
                  request.putHeader("content-length", announced);
                }
              },
              "x".repeat(BODY_LIMIT + 1));
      assertThat(refused.status()).isEqualTo(413);
    }
    assertThat(upstream.taken()).isEmpty();
    assertThat(send(HttpMethod.GET, ORDERS + "/o1", request -> {}, "").status()).isEqualTo(200);
  }

  @Test
  void refusesWhatIsRefusedOtherwise() {
    for (String target :
        List.of(ORDERS + "/o1?x=1", ORDERS + "/..%2fo1", "/dbs//shop", "/addresses/?$x")) {
      assertThat(send(HttpMethod.GET, target, request -> {}, "").status()).isIn(400, 403);
    }
    assertThat(
            send(
                    HttpMethod.GET,
                    ORDERS + "/o1",
                    request -> request.putHeader("x-http-method", "DELETE"),
                    "")
                .status())
        .isEqualTo(400);
    assertThat(upstream.taken()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"other", "localhost:1", "orders-prod.localhost", "me@localhost"})
  void aHostBesidesTheAuthorityMustBeTheSame(String host) {
    // Vert.x ends such a stream as malformed (RFC 9113 §8.3.1).
    assertThatThrownBy(
            () ->
                send(
                    // Another's connection: nobody goes on with one on which streams are reset.
                    client(),
                    HttpMethod.GET,
                    ORDERS + "/o1",
                    request -> request.putHeader("host", host),
                    ""))
        .isInstanceOf(StreamResetException.class);
    assertThat(upstream.taken()).isEmpty();
  }

  @Test
  void theAuthorityMustBeTheGateways() {
    Answer answer =
        send(
            client(),
            HttpMethod.GET,
            ORDERS + "/o1",
            request -> request.authority(HostAndPort.create("other", 443)),
            "");

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.body()).contains("isn't known under the host name");
    assertThat(upstream.taken()).isEmpty();
  }

  private static Answer send(
      HttpMethod method, String target, Consumer<HttpClientRequest> change, String body) {
    return send(client, method, target, change, body);
  }

  private static Answer send(
      HttpClient by,
      HttpMethod method,
      String target,
      Consumer<HttpClientRequest> change,
      String body) {
    return by.request(method, target)
        .compose(
            request -> {
              request.putHeader("authorization", authorization);
              request.putHeader("x-ms-documentdb-partitionkey", "[\"c1\"]");
              change.accept(request);
              if (body.isEmpty()) {
                return request.send();
              }
              // The gateway may answer before it has read everything.
              if (request.headers().contains("content-length")) {
                request.write(Buffer.buffer(body));
              } else {
                request.setChunked(true).write(Buffer.buffer(body));
              }
              request.end();
              return request.response();
            })
        .compose(Http2Test::answer)
        .timeout(1, TimeUnit.MINUTES)
        .await();
  }

  private static io.vertx.core.Future<Answer> answer(HttpClientResponse response) {
    return response
        .body()
        .map(body -> new Answer(response.statusCode(), response.version(), body.toString()));
  }
}
