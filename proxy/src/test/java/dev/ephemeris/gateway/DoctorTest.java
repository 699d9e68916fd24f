package dev.ephemeris.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import dev.ephemeris.gateway.doctor.Finding;
import dev.ephemeris.gateway.doctor.Finding.State;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is found wrong with a gateway that isn't right, before it runs and while it does. */
class DoctorTest {

  private final GatewayFixture fixture;

  DoctorTest() throws Exception {
    fixture = new GatewayFixture();
  }

  @AfterEach
  void stop() throws IOException {
    fixture.close();
  }

  /** By its files, as if there were no gateway. */
  private List<Finding> findings() {
    List<Finding> findings = Doctor.examine(fixture.configuration(), fixture.clock());
    assertThat(findings.toString())
        .doesNotContain(GatewayFixture.ACCOUNT_KEY, GatewayFixture.ROOT_KEY);
    // That it is one of development is told, and goes for all of these.
    return findings.stream().filter(finding -> !finding.part().equals("configuration")).toList();
  }

  private Finding wrong(String part) {
    List<Finding> wrong =
        findings().stream().filter(finding -> finding.state() != State.OK).toList();
    assertThat(wrong).singleElement().extracting(Finding::part).isEqualTo(part);
    return wrong.getFirst();
  }

  /** What the gateway that runs says of itself. */
  private JsonNode report() throws Exception {
    return fixture
        .api("GET", "/v1/doctor", fixture.token(GatewayFixture.OPAL), "")
        .json()
        .path("findings");
  }

  private Optional<JsonNode> reported(String part) throws Exception {
    for (JsonNode finding : report()) {
      if (finding.path("part").textValue().equals(part)
          && !finding.path("state").textValue().equals("ok")) {
        return Optional.of(finding);
      }
    }
    return Optional.empty();
  }

  private static void until(Callable<Boolean> condition) throws Exception {
    for (int i = 0; i < 300 && !condition.call(); i++) {
      Thread.sleep(100);
    }
    assertThat(condition.call()).isTrue();
  }

  private void secret(String name, String text) throws IOException {
    fixture.write(name, text);
    mode(name, "rw-------");
  }

  private void mode(String name, String mode) throws IOException {
    Files.setPosixFilePermissions(
        fixture.folder().resolve(name), PosixFilePermissions.fromString(mode));
  }

  @Test
  void saysOfEachPartThatItIsRight() {
    assertThat(findings())
        .allMatch(finding -> finding.state() == State.OK)
        .extracting(Finding::part)
        .containsOnly(
            "certificate",
            "keys",
            "listeners",
            "issuer corp",
            "catalog",
            "policy",
            "store",
            "journal",
            "account orders-prod");
    assertThat(findings())
        .extracting(Finding::what)
        .contains(
            "It answers, with one key for signatures.",
            "People sign in by it, as client ephemeris-gateway.",
            "By issuer corp it has 2 Users.",
            fixture.account().endpoint() + " answers, and accepts the gateway's key.");
  }

  @Test
  void aDevelopmentIssuerIsNotForServe() {
    assertThat(Doctor.examine(fixture.configuration(), fixture.clock()))
        .first()
        .matches(finding -> finding.state() == State.PROBLEM)
        .extracting(Finding::what)
        .asString()
        .contains("is a development issuer");
  }

  @Test
  void anotherKeyThanTheAccountsIsNotAccepted() throws Exception {
    secret("account.key", GatewayFixture.ROOT_KEY);

    Finding wrong = wrong("account orders-prod");

    assertThat(wrong.what()).endsWith("doesn't accept the gateway's key (401).");
    assertThat(wrong.advice().orElseThrow()).contains("keyFile");
  }

  @Test
  void aKeyThatOthersMayReadIsNoKey() throws Exception {
    mode("root-a.key", "rw-r--r--");

    assertThat(wrong("keys").what())
        .contains("root-a.key can be read or changed by others: chmod 600 it.");
  }

  @Test
  void aClientSecretThatOthersMayReadIsNone() throws Exception {
    mode("client.secret", "rw-r--r--");

    assertThat(wrong("keys").what())
        .contains("client.secret can be read or changed by others: chmod 600 it.");
  }

  @Test
  void theIdentityForAccountsToComeIsRead() throws Exception {
    fixture.configure(
        text ->
            text.replace(
                "catalog:",
                """
                azure:
                  identity: { kind: managed }
                  accountsWithin:
                  - scope: /subscriptions/7f4c1f1a-3a5e-4b3f-9d0e-5c0f3b8e2a11
                    environments: [preview-*]
                    tag: env
                    identity: { kind: certificate, tenantId: t, clientId: c, certificate: previews.pem }
                catalog:\
                """));

    assertThat(wrong("keys").what()).contains("There is no file", "previews.pem");
  }

  /** With keys, and nowhere to sign in. */
  @Test
  void anIssuerAtWhichNobodyCanSignInIsTold() throws Exception {
    HttpServer keysOnly =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    String issuer = "http://127.0.0.1:" + keysOnly.getAddress().getPort();
    keysOnly.createContext(
        "/",
        exchange -> {
          String path = exchange.getRequestURI().getPath();
          byte[] answer =
              (path.equals("/keys")
                      ? fixture.issuer().publishedKeys().toString()
                      : "{\"issuer\":\"" + issuer + "\",\"jwks_uri\":\"" + issuer + "/keys\"}")
                  .getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    keysOnly.start();
    try {
      fixture.configure(text -> text.replaceFirst("issuer: http\\S+", "issuer: " + issuer));

      assertThat(wrong("issuer corp").what()).startsWith("Nobody can sign in by it");
    } finally {
      keysOnly.stop(0);
    }
  }

  @Test
  void anAccountThatTrustsAnotherAuthorityIsTold() throws Exception {
    fixture.configure(text -> text.replaceFirst("(?m)^ +caCertificate: .*\\n", ""));

    Finding wrong = wrong("account orders-prod");

    assertThat(wrong.what()).contains("The certificate of", "isn't accepted");
    assertThat(wrong.advice().orElseThrow()).contains("caCertificate");
  }

  @Test
  void anIssuerThatDoesNotAnswerIsTold() throws Exception {
    fixture.configure(
        text -> text.replaceFirst("issuer: http\\S+", "issuer: http://127.0.0.1:1/realms/corp"));

    Finding wrong = wrong("issuer corp");

    assertThat(wrong.what())
        .startsWith("No keys are to be had from http://127.0.0.1:1/realms/corp:");
    assertThat(wrong.advice().orElseThrow())
        .contains("“curl http://127.0.0.1:1/realms/corp/.well-known/openid-configuration”");
  }

  @Test
  void anIssuerThatNamesItselfOtherwiseIsTold() throws Exception {
    String issuer = fixture.issuer().issuer().toString();
    fixture.configure(text -> text.replace("issuer: " + issuer, "issuer: " + issuer + "/"));

    assertThat(wrong("issuer corp").what()).contains("its discovery document is another issuer's");
  }

  @Test
  void aCertificateEndsAndIsToldBefore() {
    fixture.clock().advance(Duration.ofDays(20));
    assertThat(findings())
        .anyMatch(
            finding ->
                finding.state() == State.WARNING
                    && finding.what().endsWith("in less than 14 days."));

    fixture.clock().advance(Duration.ofDays(11));
    assertThat(findings())
        .anyMatch(
            finding ->
                finding.state() == State.PROBLEM
                    && finding.what().startsWith("It has expired at "));
  }

  @Test
  void aCertificateIsForTheGatewaysNames() throws Exception {
    fixture.configure(text -> text.replace("[localhost]", "[localhost, gateway.example.com]"));

    assertThat(findings().stream().filter(finding -> finding.state() != State.OK))
        .extracting(finding -> finding.state() + " " + finding.what())
        .containsExactly(
            "problem It isn't for gateway.example.com.",
            "warning It isn't for orders-prod.gateway.example.com,"
                + " {lease}.lease.gateway.example.com.");
  }

  @Test
  void aPrivateKeyIsTheCertificates() throws Exception {
    Path other = Files.createDirectory(fixture.folder().resolve("other"));
    var another = dev.ephemeris.simulator.tls.LoopbackCertificate.create(other);
    fixture.configure(
        text -> text.replaceFirst("privateKey: \\S+", "privateKey: " + another.privateKey()));

    assertThat(wrong("certificate").what()).endsWith("isn't the certificate's.");
  }

  @Test
  void aPolicyThatIsWrongIsToldWithItsLine() throws Exception {
    fixture.write("policy.yaml", "apiVersion: ephemeris.dev/v1\nrules:\n  - name: x\n");

    assertThat(findings())
        .filteredOn(finding -> finding.state() != State.OK)
        .allMatch(finding -> finding.part().equals("policy and catalog"))
        .first()
        .extracting(Finding::what)
        .asString()
        .contains("policy.yaml:3:");
  }

  @Test
  void aCatalogThatNobodyIsFoundInIsTold() throws Exception {
    fixture.configure(text -> text.replace("example.com/subject", "example.com/login"));

    Finding wrong = wrong("catalog");

    assertThat(wrong.what())
        .isEqualTo("It has no User whom issuer corp could mean: none has “example.com/login”.");
  }

  @Test
  void aWorkloadOfAnIssuerThatThereIsNotIsTold() throws Exception {
    component("cluster-7:uid-1");

    assertThat(wrong("catalog").what())
        .isEqualTo("It names workloads of issuer cluster-7, which the configuration hasn't got.");
  }

  private void component(String identity) throws IOException {
    fixture.append(
        "org.yaml",
        """
        ---
        apiVersion: backstage.io/v1alpha1
        kind: Component
        metadata:
          name: orders-api
          annotations: { ephemeris.dev/workload-identity: "%s" }
        spec: { type: service, owner: team }
        """
            .formatted(identity));
  }

  @Test
  void whatTwoClaimIsTold() throws Exception {
    component("corp:sub-alice");

    assertThat(wrong("catalog").what())
        .contains("This doesn't count: ", "claim the subject of corp:sub-alice both");
  }

  @Test
  void aBackstageThatGivesNoAnswerIsTold() throws Exception {
    secret("backstage.token", "a-token");
    fixture.configure(
        text ->
            text.replaceFirst(
                "(?m)^catalog: .*$",
                "catalog: { backstage: { baseUrl: 'http://127.0.0.1:1/', tokenFile:"
                    + " backstage.token, origins: ['url:https://acme.example/org.yaml'] } }"));

    Finding wrong = wrong("catalog");

    assertThat(wrong.what()).contains("Backstage gives no answer since");
    assertThat(wrong.advice().orElseThrow()).contains("baseUrl");
  }

  @Test
  void anAddressThatIsTakenIsTold() throws Exception {
    int port = fixture.gateway().api().getPort();
    fixture.configure(text -> text.replace("api: { port: 0 }", "api: { port: " + port + " }"));

    assertThat(wrong("listeners").what()).contains("127.0.0.1:" + port, "the port is in use");
  }

  @Test
  void aStoreThatCannotBeWrittenIsTold() throws Exception {
    fixture.configure(text -> text.replace("file: ephemeris.db", "file: gone/ephemeris.db"));

    assertThat(wrong("store").what()).contains("There is no folder for", "gone/ephemeris.db");
  }

  @Test
  void changesNothing() throws Exception {
    fixture.configure(
        text ->
            text.replace("file: ephemeris.db", "file: new.db")
                .replace("folder: journal", "folder: new"));

    assertThat(findings()).allMatch(finding -> finding.state() == State.OK);
    assertThat(fixture.folder().resolve("new.db")).doesNotExist();
    assertThat(fixture.folder().resolve("new")).doesNotExist();
  }

  // --- a gateway that runs -----------------------------------------------------------------------

  @Test
  void aGatewayThatRunsSaysOfEachPartThatItIsRight() throws Exception {
    assertThat(report().findValuesAsText("state")).containsOnly("ok");
    assertThat(report().findValuesAsText("part"))
        .contains("certificate", "keys", "issuer corp", "catalog", "policy", "store", "journal")
        .contains("account orders-prod");
    assertThat(report().toString())
        .doesNotContain(GatewayFixture.ACCOUNT_KEY, GatewayFixture.ROOT_KEY);
  }

  @Test
  void itSaysWhatHasGoneWrongSince() throws Exception {
    mode("account.key", "rw-rw----");
    fixture.account().close().await();
    fixture.write("policy.yaml", "apiVersion: ephemeris.dev/v1\nrules:\n  - name: x\n");
    until(() -> reported("policy").isPresent());

    assertThat(reported("policy").orElseThrow().path("what").textValue())
        .contains("its files are refused: ", "policy.yaml:3:");
    assertThat(reported("keys").orElseThrow().path("what").textValue()).contains("account.key");
    assertThat(reported("account orders-prod").orElseThrow().path("state").textValue())
        .isEqualTo("problem");
    assertThat(reported("store")).isEmpty();
  }

  @Test
  void itSaysThatAnAccountIsInReportMode() throws Exception {
    fixture.configure(
        text -> text.replace("environment: prod\n", "environment: prod\n    mode: report\n"));
    fixture.restart();

    JsonNode told = reported("account orders-prod").orElseThrow();
    assertThat(told.path("state").textValue()).isEqualTo("warning");
    assertThat(told.path("what").textValue()).contains("report mode");
  }

  @Test
  void itIsNotForWhoeverIsNotGivenIt() throws Exception {
    assertThat(fixture.api("GET", "/v1/doctor", fixture.token(GatewayFixture.ALICE), "").status())
        .isEqualTo(403);
  }
}
