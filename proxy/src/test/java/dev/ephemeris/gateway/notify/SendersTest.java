package dev.ephemeris.gateway.notify;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.ephemeris.config.EmailAddress;
import dev.ephemeris.config.HostName;
import dev.ephemeris.config.Notifications;
import dev.ephemeris.config.Notifications.MailTls;
import dev.ephemeris.config.SecretSource;
import dev.ephemeris.config.SinkUrl;
import dev.ephemeris.gateway.lease.AccessAnswer;
import dev.ephemeris.gateway.lease.Notice;
import dev.ephemeris.simulator.tls.LoopbackCertificate;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.ServerSSLOptions;
import jakarta.mail.internet.MimeMessage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What arrives at real receivers: of webhooks and of mail. Those of Slack and Teams are stand-ins;
 * the real ones weren't tried.
 */
class SendersTest {

  private static final byte[] KEY =
      "a webhook's key of 32 bytes long".getBytes(StandardCharsets.UTF_8);
  private static final String SECRET = "whsec_" + Base64.getEncoder().encodeToString(KEY);
  private static final SecretSource SOURCE =
      new SecretSource(Optional.of(Path.of("s")), Optional.empty(), Optional.empty());
  private static final Instant NOW = Instant.parse("2026-11-24T09:05:00Z");

  private final Vertx vertx = Vertx.vertx();
  private final LoopbackCertificate certificate;

  SendersTest(@TempDir Path folder) throws Exception {
    certificate = LoopbackCertificate.create(folder);
  }

  @AfterEach
  void close() {
    vertx.close().await();
  }

  private static Notification asked(String reason) {
    return Samples.notification(Samples.asked(reason));
  }

  // --- webhooks ----------------------------------------------------------------------------------

  private WebhookSender webhook(String url, Optional<Path> ca, String secret) {
    return new WebhookSender(
        new Notifications.Webhook(SinkUrl.parse(url), SOURCE, ca),
        source -> secret,
        InstantSource.fixed(NOW));
  }

  /** As a receiver does it who has only read the specification. */
  private static boolean isSigned(Receiver.Got got) throws Exception {
    Mac mac = Mac.getInstance("HmacSHA256");
    mac.init(new SecretKeySpec(KEY, "HmacSHA256"));
    String signed =
        got.headers().get("webhook-id")
            + "."
            + got.headers().get("webhook-timestamp")
            + "."
            + got.body();
    return got.headers()
        .getOrDefault("webhook-signature", "")
        .equals(
            "v1,"
                + Base64.getEncoder()
                    .encodeToString(mac.doFinal(signed.getBytes(StandardCharsets.UTF_8))));
  }

  @Test
  void aWebhookIsSignedOverTls() throws Exception {
    try (Receiver receiver = new Receiver(vertx, Optional.of(certificate))) {
      webhook(receiver.url("/hook"), Optional.of(certificate.authority()), SECRET)
          .send(asked("a refund is stuck – ü"));

      Receiver.Got got = receiver.got.getFirst();
      assertThat(isSigned(got)).isTrue();
      assertThat(got.headers())
          .containsEntry("webhook-id", "msg_1")
          .containsEntry("webhook-timestamp", Long.toString(NOW.getEpochSecond()))
          .containsEntry("content-type", "application/json");
      assertThat(new JsonObject(got.body()).getJsonObject("data").getString("reason"))
          .isEqualTo("a refund is stuck – ü");
      assertThat(got.body()).doesNotContain("claim");
      assertThatExceptionOfType(UndeliveredException.class)
          .isThrownBy(
              () -> webhook(receiver.url("/hook"), Optional.empty(), SECRET).send(asked("x")))
          .withMessageContaining("SSLHandshakeException");
    }
  }

  /** What a receiver does that goes by docs/notifications.md. */
  private static final class Careful {
    private final Set<String> known = new HashSet<>();

    boolean believes(Receiver.Got got, Instant now) throws Exception {
      Instant sent = Instant.ofEpochSecond(Long.parseLong(got.headers().get("webhook-timestamp")));
      return isSigned(got)
          && Duration.between(sent, now).abs().compareTo(Duration.ofMinutes(5)) <= 0
          && known.add(got.headers().get("webhook-id"));
    }
  }

  private static Receiver.Got with(Receiver.Got got, String header, String value) {
    Map<String, String> headers = new HashMap<>(got.headers());
    headers.put(header, value);
    return new Receiver.Got(got.path(), headers, got.body());
  }

  @Test
  void whoeverSawAWebhookCannotSendItAgain() throws Exception {
    try (Receiver receiver = new Receiver(vertx, Optional.empty())) {
      webhook(receiver.url("/hook"), Optional.empty(), SECRET).send(asked("a refund is stuck"));
      Receiver.Got got = receiver.got.getFirst();
      String later = Long.toString(NOW.plusSeconds(3600).getEpochSecond());

      for (Receiver.Got changed :
          List.of(
              with(got, "webhook-id", "msg_2"),
              with(got, "webhook-timestamp", later),
              with(got, "webhook-signature", "v1,"),
              new Receiver.Got(
                  got.path(), got.headers(), got.body().replace("refund", "payment")))) {
        assertThat(new Careful().believes(changed, NOW)).isFalse();
        assertThat(new Careful().believes(changed, NOW.plusSeconds(3600))).isFalse();
      }
      assertThat(new Careful().believes(got, NOW.plusSeconds(301))).as("too old").isFalse();
      Careful careful = new Careful();
      assertThat(careful.believes(got, NOW.plusSeconds(299))).isTrue();
      assertThat(careful.believes(got, NOW.plusSeconds(299))).as("again").isFalse();
    }
  }

  @Test
  void nobodyIsFollowedElsewhere() {
    try (Receiver receiver = new Receiver(vertx, Optional.empty())) {
      assertThatExceptionOfType(UndeliveredException.class)
          .isThrownBy(
              () -> webhook(receiver.url("/moved"), Optional.empty(), SECRET).send(asked("x")))
          .withMessage("the receiver answers 307");
      assertThat(receiver.got).hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"hunter2", "whsec_hunter2", "whsec_!!", "whsec_aHVudGVyMg=="})
  void aWebhookHasAKeyThatIsOne(String secret) {
    assertThatExceptionOfType(UndeliveredException.class)
        .isThrownBy(() -> webhook("http://127.0.0.1:9/", Optional.empty(), secret).send(asked("x")))
        .withMessage("its secret isn't whsec_ and 24 to 64 bytes as Base64");
  }

  @Test
  void eventsAreAsTheirSchemaSays() throws Exception {
    var schema =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(Event.class.getResourceAsStream("event.v1.schema.json"));
    for (Notice notice :
        List.of(
            Samples.asked("r"),
            Samples.answered(AccessAnswer.Verdict.APPROVED, "c"),
            Samples.answered(AccessAnswer.Verdict.DENIED, "c"))) {
      assertThat(schema.validate(Samples.notification(notice).event(), InputFormat.JSON)).isEmpty();
    }
  }

  // --- chats -------------------------------------------------------------------------------------

  @Test
  void slackIsSentTextThatIsNoMarkup() throws Exception {
    try (Receiver slack = new Receiver(vertx, Optional.empty())) {
      new SlackSender(new Notifications.Slack(SOURCE), source -> slack.url("/services/T/B/secret"))
          .send(asked(Samples.HOSTILE));

      assertThat(slack.got.getFirst().path()).isEqualTo("/services/T/B/secret");
      JsonObject got = new JsonObject(slack.got.getFirst().body());
      assertThat(got.getString("text")).startsWith("Access requested: user:default/alice");
      assertThat(got.getJsonArray("blocks"))
          .hasSize(2)
          .allSatisfy(
              block ->
                  assertThat(((JsonObject) block).getJsonObject("text").getString("type"))
                      .isEqualTo("plain_text"));
      String body =
          got.getJsonArray("blocks").getJsonObject(1).getJsonObject("text").getString("text");
      assertThat(body)
          .contains(
              "Why: <!channel>",
              "\uFFFDno",
              "Rule: four eyes",
              "Ticket: OPS-17",
              "Open until: 2026-11-25T09:00:00Z",
              "\nephemeris approve ar-abc\n")
          .doesNotContain("\u202E");
    }
  }

  /** A title has names in it, which come from elsewhere, too. */
  @Test
  void slackReadsNoMentionInATitle() {
    JsonObject payload =
        SlackSender.payload(new Message("<!channel> & <https://evil|x>", List.of(), List.of()));

    assertThat(payload.getString("text"))
        .isEqualTo("&lt;!channel&gt; &amp; &lt;https://evil|x&gt;");
  }

  @Test
  void slackIsNotSentMoreThanItTakes() {
    JsonObject payload =
        SlackSender.payload(
            new Message(
                "t".repeat(500),
                List.of(new Message.Line("a", "v".repeat(5_000)), new Message.Line("b", "w")),
                List.of("c".repeat(5_000))));

    assertThat(payload.getJsonArray("blocks"))
        .extracting(block -> ((JsonObject) block).getJsonObject("text").getString("text").length())
        .containsExactly(150, 3_000);
  }

  @Test
  void teamsIsSentTextThatIsNoMarkdown() throws Exception {
    try (Receiver teams = new Receiver(vertx, Optional.empty())) {
      new TeamsSender(
              new Notifications.Teams(SOURCE), source -> teams.url("/workflows/1?sig=secret"))
          .send(
              Samples.notification(Samples.answered(AccessAnswer.Verdict.DENIED, Samples.HOSTILE)));

      assertThat(teams.got.getFirst().path()).isEqualTo("/workflows/1?sig=secret");
      JsonObject card =
          new JsonObject(teams.got.getFirst().body())
              .getJsonArray("attachments")
              .getJsonObject(0)
              .getJsonObject("content");
      assertThat(card.getString("type")).isEqualTo("AdaptiveCard");
      assertThat(card.getJsonArray("body"))
          .allSatisfy(
              block -> {
                assertThat(((JsonObject) block).getString("type")).isEqualTo("RichTextBlock");
                assertThat(((JsonObject) block).getJsonArray("inlines"))
                    .allSatisfy(
                        run ->
                            assertThat(((JsonObject) run).getString("type")).isEqualTo("TextRun"));
              });
      assertThat(card.encode())
          .contains(
              "Access denied: user:default/alice", "denied by user:default/bob (corp:sub-bob)")
          .contains("[x](https://evil.example)", "ephemeris requests ar-abc")
          .doesNotContain("\u202E");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://hooks.example.com/hunter2",
        "hunter2 hunter2",
        "https://hunter2@hooks.example.com/",
        "file:///hunter2"
      })
  void anIncomingWebhookIsAUrl(String url) {
    assertThatExceptionOfType(UndeliveredException.class)
        .isThrownBy(
            () -> new SlackSender(new Notifications.Slack(SOURCE), source -> url).send(asked("x")))
        .withMessage("its secret isn't the URL of an incoming webhook");
  }

  @Test
  void failuresDoNotTellTheUrl() {
    assertThatThrownBy(
            () ->
                new TeamsSender(
                        new Notifications.Teams(SOURCE), source -> "http://127.0.0.1:9/hunter2")
                    .send(asked("x")))
        .isInstanceOf(UndeliveredException.class)
        .hasMessage("the receiver doesn't answer: ConnectException")
        .hasNoCause();
  }

  // --- mail --------------------------------------------------------------------------------------

  private Notifications.Email mail(int port, MailTls tls, boolean signsIn) {
    return new Notifications.Email(
        new HostName("localhost"),
        port,
        tls,
        EmailAddress.parse("ephemeris@example.com"),
        List.of(EmailAddress.parse("dba@example.com"), EmailAddress.parse("ops@example.com")),
        signsIn ? Optional.of("ephemeris") : Optional.empty(),
        signsIn ? Optional.of(SOURCE) : Optional.empty(),
        tls == MailTls.NONE ? Optional.empty() : Optional.of(certificate.authority()));
  }

  private MailSender mailSender(int port, MailTls tls, boolean signsIn) {
    return new MailSender(vertx, mail(port, tls, signsIn), source -> "smtp hunter2");
  }

  private static GreenMail greenMail() {
    return new GreenMail(new ServerSetup(0, "127.0.0.1", ServerSetup.PROTOCOL_SMTP));
  }

  @Test
  void mailIsPlainTextWithHeadersOfOneLine() throws Exception {
    GreenMail server = greenMail();
    server.start();
    try {
      mailSender(server.getSmtp().getPort(), MailTls.NONE, false)
          .send(
              Samples.notification(
                  Samples.answered(AccessAnswer.Verdict.APPROVED, Samples.HOSTILE)));

      MimeMessage[] got = server.getReceivedMessages();
      assertThat(got).hasSize(2); // one for each of them
      assertThat(got[0].getSubject())
          .isEqualTo(
              "Access approved: user:default/alice, order-operator on"
                  + " orders-prod:/dbs/shop/colls/orders");
      assertThat(got[0].getHeader("Message-ID")).containsExactly("<msg_1@example.com>");
      assertThat(got[0].getHeader("Auto-Submitted")).containsExactly("auto-generated");
      assertThat(got[0].getContentType()).startsWith("text/plain");
      assertThat(got[0].getContent().toString())
          .contains("Comment: <!channel>", "ephemeris pick-up ar-abc", "Who: user:default/alice");
    } finally {
      server.stop();
    }
  }

  /** A name in the title that has a line break, as none comes from a catalog. */
  @Test
  void aSubjectBreaksNoHeader() throws Exception {
    GreenMail server = greenMail();
    server.start();
    try {
      Notification forged =
          new Notification(
              "msg_1",
              Samples.notification(Samples.asked("x")).channel(),
              new Event(who -> "eve\r\nBcc: eve@evil.example\r\n\r\nhello")
                  .of(Samples.asked("x"), Samples.AT)
                  .encode(),
              Samples.AT,
              1);
      mailSender(server.getSmtp().getPort(), MailTls.NONE, false).send(forged);

      MimeMessage got = server.getReceivedMessages()[0];
      assertThat(got.getHeader("Bcc")).isNull();
      assertThat(got.getSubject()).contains("eve\uFFFD\uFFFDBcc: eve@evil.example");
    } finally {
      server.stop();
    }
  }

  /** Whoever takes STARTTLS away on the wire is told nothing. */
  @Test
  void withoutStartTlsNothingIsSaid() {
    GreenMail server = greenMail();
    server.start();
    try {
      assertThatExceptionOfType(UndeliveredException.class)
          .isThrownBy(
              () ->
                  mailSender(server.getSmtp().getPort(), MailTls.STARTTLS, false).send(asked("x")))
          .withMessageStartingWith("the mail server");
      assertThat(server.getReceivedMessages()).isEmpty();
    } finally {
      server.stop();
    }
  }

  /** A server with TLS: after STARTTLS or at once; keeps what is said to it, and over what. */
  private NetServer tlsServer(boolean implicit, List<String> said) {
    PemKeyCertOptions key =
        new PemKeyCertOptions()
            .addCertPath(certificate.certificate().toString())
            .addKeyPath(certificate.privateKey().toString());
    return vertx
        .createNetServer(
            new NetServerOptions()
                .setHost("127.0.0.1")
                .setPort(0)
                .setSsl(implicit)
                .setKeyCertOptions(key))
        .connectHandler(
            socket -> {
              StringBuilder text = new StringBuilder();
              boolean[] inData = {false};
              socket.handler(
                  chunk -> {
                    text.append(chunk);
                    for (int end = text.indexOf("\r\n"); end >= 0; end = text.indexOf("\r\n")) {
                      String line = text.substring(0, end);
                      text.delete(0, end + 2);
                      said.add((socket.isSsl() ? "tls " : "plain ") + line);
                      if (inData[0]) {
                        if (line.equals(".")) {
                          inData[0] = false;
                          socket.write("250 taken\r\n");
                        }
                        continue;
                      }
                      switch (line.split(" ", 2)[0]) {
                        case "EHLO" ->
                            socket.write(
                                socket.isSsl()
                                    ? "250-here\r\n250 AUTH PLAIN\r\n"
                                    : "250-here\r\n250 STARTTLS\r\n");
                        case "STARTTLS" ->
                            socket.upgradeToSsl(
                                new ServerSSLOptions().setKeyCertOptions(key),
                                Buffer.buffer("220 go\r\n"));
                        case "AUTH" -> socket.write("235 welcome\r\n");
                        case "DATA" -> {
                          inData[0] = true;
                          socket.write("354 go on\r\n");
                        }
                        case "QUIT" -> socket.write("221 bye\r\n");
                        default -> socket.write("250 ok\r\n");
                      }
                    }
                  });
              socket.write("220 here ESMTP\r\n");
            })
        .listen()
        .await();
  }

  @ParameterizedTest
  @ValueSource(strings = {"STARTTLS", "IMPLICIT"})
  void thePasswordIsSaidOverTlsOnly(MailTls tls) throws Exception {
    List<String> said = new CopyOnWriteArrayList<>();
    NetServer server = tlsServer(tls == MailTls.IMPLICIT, said);

    mailSender(server.actualPort(), tls, true).send(asked("a refund is stuck"));

    assertThat(said).anyMatch(line -> line.startsWith("tls AUTH PLAIN"));
    assertThat(said).anyMatch(line -> line.startsWith("tls Why: a refund is stuck"));
    assertThat(said)
        .filteredOn(line -> line.startsWith("plain "))
        .allMatch(line -> line.startsWith("plain EHLO") || line.equals("plain STARTTLS"));
  }

  /** A certificate of somebody whom nobody trusts. */
  @Test
  void aServerThatIsNotTheOneIsToldNothing() {
    List<String> said = new CopyOnWriteArrayList<>();
    NetServer server = tlsServer(true, said);
    Notifications.Email settings = mail(server.actualPort(), MailTls.IMPLICIT, true);
    MailSender sender =
        new MailSender(
            vertx,
            new Notifications.Email(
                settings.server(),
                settings.port(),
                settings.tls(),
                settings.from(),
                settings.to(),
                settings.username(),
                settings.password(),
                Optional.empty()),
            source -> "smtp hunter2");

    assertThatExceptionOfType(UndeliveredException.class)
        .isThrownBy(() -> sender.send(asked("x")))
        .withMessageNotContaining("hunter2");
    assertThat(said).isEmpty();
  }
}
