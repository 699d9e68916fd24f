package dev.ephemeris.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ephemeris.gateway.GatewayFixture;
import dev.ephemeris.gateway.cli.Terminal.Screen;
import dev.ephemeris.gateway.oauth.TestBrowser;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * {@code ephemeris login} by the gateway: with a browser on this machine, or with a code elsewhere.
 */
class GatewayLoginTest {

  private static GatewayFixture fixture;

  private final TestBrowser browser;
  private final Terminal terminal;

  GatewayLoginTest(@TempDir Path home) {
    browser = new TestBrowser(fixture.certificate());
    terminal = Terminal.at(fixture, home);
  }

  @BeforeAll
  static void start() throws Exception {
    fixture = new GatewayFixture();
  }

  @AfterAll
  static void stop() throws IOException {
    fixture.close();
  }

  @AfterEach
  void closeTheBrowser() {
    browser.close();
  }

  @Test
  void signsInWithABrowserOnThisMachine() {
    Screen login =
        terminal.browsing(page -> browser.allow(page, GatewayFixture.ALICE.subject())).run("login");

    assertThat(login.out()).isEqualTo("Signed in as Alice Ito (person corp:sub-alice).\n");
    assertThat(login.err())
        .contains("A browser opens. If it doesn't, open this in one on this machine:")
        .contains(fixture.gateway().api() + "/oauth/authorize?");
    assertThat(terminal.run("lease", GatewayFixture.ORDERS, "--role", "data-reader").exitCode())
        .isZero();
  }

  @Test
  void signsInWithACodeWhereThereIsNoBrowser() throws Exception {
    terminal.meanwhile(
        waiting ->
            browser.allow(
                fixture.gateway().api().resolve("/device?user_code=" + code()),
                GatewayFixture.ALICE.subject()));

    Screen login = terminal.run("login", "--no-browser");

    assertThat(login.out()).isEqualTo("Signed in as Alice Ito (person corp:sub-alice).\n");
  }

  /** What the command has printed. */
  private String code() {
    String shown = terminal.shown();
    int at = shown.indexOf("and enter ") + "and enter ".length();
    return shown.substring(at, at + "XXXX-XXXX".length());
  }

  @Test
  void keepsTheSignInAndRenewsIt() throws Exception {
    terminal.browsing(page -> browser.allow(page, GatewayFixture.ALICE.subject())).run("login");
    String kept = Files.readString(terminal.home().resolve("credentials.json"));

    for (int i = 1; i <= 3; i++) {
      terminal.ahead(Duration.ofMinutes(20L * i));
      assertThat(terminal.run("whoami").exitCode()).isZero();
    }

    assertThat(Files.readString(terminal.home().resolve("credentials.json"))).isNotEqualTo(kept);
    assertThat(terminal.everything()).doesNotContain("eph_s_").doesNotContain("eph_r_");
  }

  @Test
  void signsOut() {
    terminal.browsing(page -> browser.allow(page, GatewayFixture.ALICE.subject())).run("login");

    assertThat(terminal.run("logout").exitCode()).isZero();

    assertThat(terminal.run("whoami").exitCode()).isEqualTo(3);
  }

  /**
   * Another program on the machine, or a page in the browser, doesn't get itself signed in here.
   */
  @Test
  void takesNoAnswerToAQuestionThatItDidNotAsk() {
    Screen login =
        terminal
            .browsing(
                page -> {
                  String back = parameter(page, "redirect_uri");
                  assertThat(get(back + "?code=another&state=another")).isEqualTo(404);
                  assertThat(get(back.replace("/callback", "/other"))).isEqualTo(404);
                  assertThat(
                          get(
                              back
                                  + "?code=another&state="
                                  + parameter(page, "state")
                                  + "&iss=https://evil.example"))
                      .isEqualTo(200);
                })
            .run("login");

    assertThat(login.exitCode()).isNotZero();
    assertThat(login.err()).contains("Somebody else than " + fixture.gateway().api() + " answered");
  }

  private static String parameter(URI page, String name) {
    return TestBrowser.parameter(page, name);
  }

  private static int get(String uri) {
    try (HttpClient http = HttpClient.newHttpClient()) {
      return http.send(HttpRequest.newBuilder(URI.create(uri)).build(), BodyHandlers.discarding())
          .statusCode();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
