package dev.ephemeris.gateway;

import static dev.ephemeris.gateway.GatewayFixture.ALICE;
import static dev.ephemeris.gateway.GatewayFixture.OPAL;
import static dev.ephemeris.gateway.GatewayFixture.ORDERS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.ephemeris.gateway.GatewayFixture.Reply;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A whole gateway that tells people; with a receiver of webhooks, and a chat that is none. */
class NotificationsTest {

  private static final byte[] KEY =
      "canary webhook key: 32 bytes at least".getBytes(StandardCharsets.UTF_8);
  private static final String SECRET = "whsec_" + Base64.getEncoder().encodeToString(KEY);
  private static final String CHAT_PATH = "/services/canary-of-an-incoming-webhook";
  private static final String PASSWORD = "canary smtp password + & %";

  private static final String POLICY =
      """
      apiVersion: ephemeris.dev/v1
      roles:
        order-operator: { actions: [readMetadata, items/read, items/replace] }
      rules:
        - name: the team reads orders
          for: { groups: [group:default/team] }
          role: data-reader
          scopes: ["orders-prod:/dbs/shop/colls/orders"]
          ttl: { default: 1h, max: 4h }
        - name: changes take a second pair of eyes
          for: { groups: [group:default/team] }
          role: order-operator
          scopes: ["orders-prod:/dbs/shop/colls/orders"]
          ttl: { default: 30m, max: 2h }
          approval: { from: [group:default/platform], expires: 2h, breakGlass: 15m }
          notify: [CHANNELS]
      """;

  private static final Vertx VERTX = Vertx.vertx();

  private record Got(String path, String id, String timestamp, String signature, String body) {}

  private static final BlockingQueue<Got> HOOK = new LinkedBlockingQueue<>();
  private static final BlockingQueue<Got> CHAT = new LinkedBlockingQueue<>();

  private static GatewayFixture fixture;

  @BeforeAll
  static void start() throws Exception {
    fixture = new GatewayFixture();
    fixture.plantSecretFile("hook.secret", SECRET);
    HttpServer server =
        VERTX
            .createHttpServer(
                new HttpServerOptions()
                    .setHost("127.0.0.1")
                    .setPort(0)
                    .setSsl(true)
                    .setKeyCertOptions(
                        new PemKeyCertOptions()
                            .addCertPath(fixture.certificate().certificate().toString())
                            .addKeyPath(fixture.certificate().privateKey().toString())))
            .requestHandler(
                request ->
                    request
                        .body()
                        .onSuccess(
                            body -> {
                              HOOK.add(
                                  new Got(
                                      request.path(),
                                      request.getHeader("webhook-id"),
                                      request.getHeader("webhook-timestamp"),
                                      request.getHeader("webhook-signature"),
                                      body.toString()));
                              request.response().setStatusCode(204).end();
                            }))
            .listen()
            .await();
    HttpServer chat =
        VERTX
            .createHttpServer(new HttpServerOptions().setHost("127.0.0.1").setPort(0))
            .requestHandler(
                request ->
                    request
                        .body()
                        .onSuccess(
                            body -> {
                              CHAT.add(new Got(request.path(), "", "", "", body.toString()));
                              // What it says of the URL must be nowhere, either.
                              request.response().setStatusCode(500).end(request.absoluteURI());
                            }))
            .listen()
            .await();
    fixture.plantSecretFile("chat.url", "http://127.0.0.1:" + chat.actualPort() + CHAT_PATH);
    fixture.plantSecretFile("smtp.password", PASSWORD);
    fixture.plant(
        "as RFC 4616 has it",
        Base64.getEncoder()
            .encodeToString(("\0ephemeris\0" + PASSWORD).getBytes(StandardCharsets.UTF_8)));
    fixture.plant("the path of the chat's URL", CHAT_PATH);
    NetServer mail = mailServer();
    fixture.configure(
        text ->
            text
                + """
                notifications:
                  channels:
                    - name: ops
                      webhook:
                        url: https://localhost:%d/hook
                        secret: { file: hook.secret }
                        caCertificate: %s
                    - { name: chat, slack: { url: { file: chat.url } } }
                    - { name: board, teams: { url: { file: chat.url } } }
                    - name: mail
                      email:
                        server: localhost
                        port: %d
                        tls: implicit
                        from: ephemeris@example.com
                        to: [dba@example.com]
                        username: ephemeris
                        password: { file: smtp.password }
                        caCertificate: %s
                """
                    .formatted(
                        server.actualPort(),
                        fixture.certificate().authority(),
                        mail.actualPort(),
                        fixture.certificate().authority()));
    toldBy("ops");
  }

  /** Refuses whoever signs in, with what they said. */
  private static NetServer mailServer() {
    return VERTX
        .createNetServer(
            new NetServerOptions()
                .setHost("127.0.0.1")
                .setPort(0)
                .setSsl(true)
                .setKeyCertOptions(
                    new PemKeyCertOptions()
                        .addCertPath(fixture.certificate().certificate().toString())
                        .addKeyPath(fixture.certificate().privateKey().toString())))
        .connectHandler(
            socket -> {
              socket.handler(
                  line ->
                      socket.write(
                          switch (line.toString().substring(0, 4)) {
                            case "EHLO" -> "250-here\r\n250 AUTH PLAIN\r\n";
                            case "AUTH" -> "535 no: " + line;
                            default -> "221 bye\r\n";
                          }));
              socket.write("220 here ESMTP\r\n");
            })
        .listen()
        .await();
  }

  @AfterAll
  static void stop() throws Exception {
    fixture.close();
    VERTX.close().await();
  }

  private static void toldBy(String channels) throws Exception {
    fixture.write("policy.yaml", POLICY.replace("CHANNELS", channels));
    fixture.restart();
  }

  private static Reply ask(String more) throws Exception {
    return fixture.api(
        "POST",
        "/v1/access-requests",
        fixture.token(ALICE),
        "{\"scope\":\""
            + ORDERS
            + "\",\"role\":\"order-operator\",\"reason\":\"a refund is stuck\""
            + more
            + "}");
  }

  private static Got next(BlockingQueue<Got> from) throws InterruptedException {
    return Objects.requireNonNull(from.poll(20, TimeUnit.SECONDS), "nothing arrives");
  }

  /** What arrives next, by its signature and its schema. */
  private static JsonNode told() throws Exception {
    Got got = next(HOOK);
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(KEY, "HmacSHA256"));
    assertThat(got.signature())
        .isEqualTo(
            "v1,"
                + Base64.getEncoder()
                    .encodeToString(
                        mac.doFinal(
                            (got.id() + "." + got.timestamp() + "." + got.body())
                                .getBytes(StandardCharsets.UTF_8))));
    JsonNode event = GatewayFixture.json(got.body());
    Schema schema =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(
                Gateway.class.getResourceAsStream(
                    "/dev/ephemeris/gateway/notify/event.v1.schema.json"));
    assertThat(schema.validate(got.body(), InputFormat.JSON)).as(got.body()).isEmpty();
    return event;
  }

  private static void awaitRecord(String type, String channel) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (System.nanoTime() < end
        && fixture.journal(type).stream()
            .noneMatch(sent -> sent.path("channel").asText().equals(channel))) {
      Thread.sleep(50);
    }
    assertThat(fixture.journal(type))
        .anyMatch(sent -> sent.path("channel").asText().equals(channel));
  }

  @Test
  void peopleAreToldOfRequestsAnswersLeasesAndBrokenGlass() throws Exception {
    toldBy("ops");
    String id = ask(",\"ticket\":\"OPS-17\"").json().at("/accessRequest/id").asText();
    JsonNode asked = told();
    assertThat(asked.path("type").asText()).isEqualTo("accessRequested");
    assertThat(asked.at("/data/accessRequestId").asText()).isEqualTo(id);
    assertThat(asked.at("/data/who").asText()).isEqualTo("user:default/alice");
    assertThat(asked.at("/data/ticket").asText()).isEqualTo("OPS-17");

    Reply approved =
        fixture.api(
            "POST",
            "/v1/access-requests/" + id + "/approvals",
            fixture.token(OPAL),
            "{\"comment\":\"fine\"}");
    assertThat(approved.status()).as(approved.body()).isEqualTo(200);
    JsonNode answered = told();
    assertThat(answered.path("type").asText()).isEqualTo("accessAnswered");
    assertThat(answered.at("/data/byWho").asText()).isEqualTo("user:default/opal");
    assertThat(answered.at("/data/comment").asText()).isEqualTo("fine");
    assertThat(answered.at("/data/state").asText()).isEqualTo("approved");

    Reply lease =
        fixture.api("POST", "/v1/access-requests/" + id + "/leases", fixture.token(ALICE), "");
    assertThat(lease.status()).as(lease.body()).isEqualTo(201);
    JsonNode issued = told();
    assertThat(issued.path("type").asText()).isEqualTo("leaseIssued");
    assertThat(issued.at("/data/leaseId").asText())
        .isEqualTo(lease.json().at("/lease/id").asText());
    assertThat(issued.at("/data/accessRequestId").asText()).isEqualTo(id);

    assertThat(ask(",\"breakGlass\":true").status()).isEqualTo(201);
    assertThat(List.of(told().path("type").asText(), told().path("type").asText()))
        .containsExactlyInAnyOrder("glassBroken", "leaseIssued");
    awaitRecord("notificationSent", "ops");
  }

  /** Chats and mail servers that fail: what they say, and their secrets, is in nothing kept. */
  @Test
  void whatFailsIsTriedAgainAndShowsNoSecret() throws Exception {
    toldBy("chat, board, mail");

    assertThat(ask("").status()).isEqualTo(201);
    Got first = next(CHAT);
    Got second = next(CHAT);

    assertThat(List.of(first.path(), second.path())).containsOnly(CHAT_PATH);
    fixture.clock().advance(Duration.ofHours(25));
    awaitRecord("notificationFailed", "chat");
    awaitRecord("notificationFailed", "board");
    awaitRecord("notificationFailed", "mail");
    assertThat(fixture.journal("notificationFailed"))
        .extracting(record -> record.path("reason").asText())
        .contains("the receiver answers 500", "the mail server refuses it with 535");
  }

  @Test
  void aPolicyThatTellsByAChannelThatIsNotThereIsRefused() throws Exception {
    assertThat(catchThrowable(() -> toldBy("ops, nowhere")))
        .hasStackTraceContaining(
            "The rule 'changes take a second pair of eyes' tells people by the channel 'nowhere',"
                + " which the configuration doesn't have under notifications; it has board, chat,"
                + " mail, ops.");

    toldBy("ops");
  }
}
