package dev.ephemeris.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ephemeris.gateway.GatewayFixture;
import dev.ephemeris.gateway.oauth.TestBrowser;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.CookieManager;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The gateway and its command line beside an issuer of another's making, and a certified one: npm's
 * oidc-provider, in a Node process.
 */
class CertifiedProviderTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String SUBJECT = GatewayFixture.ALICE.subject();

  private final Process node;
  private final String issuer;
  private final GatewayFixture fixture;
  private final Terminal terminal;

  CertifiedProviderTest(@TempDir Path home) throws Exception {
    fixture = new GatewayFixture();
    ProcessBuilder provider =
        new ProcessBuilder(
                "node",
                "oidc-provider.mjs",
                "api://ephemeris",
                GatewayFixture.CLIENT,
                GatewayFixture.CLIENT_SECRET)
            .directory(Path.of("src", "test", "js").toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    // It tells the gateway of sign-outs, and has to believe its certificate.
    provider.environment().put("NODE_EXTRA_CA_CERTS", fixture.certificate().authority().toString());
    node = provider.start();
    BufferedReader said = node.inputReader(StandardCharsets.UTF_8);
    String first = said.readLine();
    if (first == null) {
      throw new IOException("node has ended");
    }
    issuer = JSON.readTree(first).path("issuer").textValue();
    fixture.configure(text -> text.replace(fixture.issuer().issuer().toString(), issuer));
    fixture.restart();
    node.outputWriter().write(fixture.gateway().api() + "\n");
    node.outputWriter().flush();
    assertThat(said.readLine()).isEqualTo("ready");
    terminal = Terminal.at(fixture, home).browsing(page -> new Person(SUBJECT).signIn(page));
  }

  @AfterEach
  void stop() throws IOException {
    fixture.close();
    node.outputWriter().close(); // at the end of its input, it ends
    node.onExit()
        .orTimeout(10, TimeUnit.SECONDS)
        .exceptionally(late -> node.destroyForcibly())
        .join();
  }

  @Test
  void signsInByDeviceCodeAndWorksWithWhatItGets() throws Exception {
    Terminal.Screen login = terminal.run("login", "--issuer", "corp");

    assertThat(login.err()).contains("Open      " + issuer + "/device\n");
    assertThat(login.out()).contains("Signed in as").contains("corp:" + SUBJECT);
    assertThat(terminal.run("whoami", "-o", "json").json().at("/groups/0").asText())
        .isEqualTo("group:default/team");
    JsonNode lease =
        terminal.run("lease", GatewayFixture.ORDERS, "--role", "data-reader", "-o", "json").json();
    assertThat(fixture.readOrder(lease.path("token").asText()).status()).isEqualTo(200);
  }

  /** Its refresh tokens are good once (OAuth 2.1 §4.3.1); the command line keeps the newest. */
  @Test
  void renewsTheSignInAgainAndAgain() throws Exception {
    terminal.run("login", "--issuer", "corp");

    for (int i = 1; i <= 3; i++) {
      // Past the end of the last access token, by the clock of the command line alone.
      terminal.ahead(Duration.ofMinutes(6L * i));
      assertThat(terminal.run("whoami").exitCode()).isZero();
    }
  }

  /** In a browser, at the gateway, by the provider; and out again. */
  @Test
  void signsPeopleInAndOutByTheGateway() throws Exception {
    try (TestBrowser browser = new TestBrowser(fixture.certificate())) {
      Terminal.Screen login = terminal.browsing(page -> browser.allow(page, SUBJECT)).run("login");

      assertThat(login.err()).contains("A browser opens");
      assertThat(login.out()).as(login.err()).contains("Signed in as").contains("corp:" + SUBJECT);
      assertThat(terminal.run("whoami").exitCode()).isZero();
      terminal.ahead(Duration.ofMinutes(20));
      assertThat(terminal.run("whoami").exitCode()).as("renewed").isZero();

      TestBrowser.Page account = browser.open(fixture.gateway().api().resolve("/"));
      TestBrowser.Page out = browser.submit(account, "/sign-out", "x", "y");
      // At the provider, which asks, and then tells the gateway by the back channel.
      TestBrowser.Page asked = browser.open(URI.create(out.link("/session/end")));
      TestBrowser.Page done = browser.submit(asked, "/session/end/confirm", "logout", "yes");

      assertThat(done.uri()).isEqualTo(fixture.gateway().api().resolve("/signed-out"));
      assertThat(terminal.run("whoami").exitCode()).isEqualTo(3);
      assertThat(fixture.journal("sessionEnded"))
          .extracting(record -> record.path("by").asText())
          .contains("issuer corp");
    }
  }

  @Test
  void takesItsAccessTokensForAccessTokensOnly() throws Exception {
    JsonNode tokens = tokens();
    String access = tokens.path("access_token").asText();

    assertThat(fixture.api("GET", "/v1/me", access, "").status()).isEqualTo(200);
    assertThat(fixture.api("GET", "/v1/me", tokens.path("id_token").asText(), "").status())
        .isEqualTo(401);
    assertThat(fixture.api("GET", "/v1/me", tokens.path("refresh_token").asText(), "").status())
        .isEqualTo(401);
    assertThat(fixture.readOrder("type=aad&ver=1.0&sig=" + access).status()).isEqualTo(401);
  }

  /** The tokens of a device authorization that somebody approved. */
  private JsonNode tokens() throws Exception {
    try (HttpClient http = HttpClient.newHttpClient()) {
      JsonNode device =
          post(
              http,
              "/device/auth",
              "client_id=" + GatewayFixture.CLIENT + "&scope=openid+offline_access");
      new Person(SUBJECT).signIn(URI.create(device.path("verification_uri_complete").asText()));
      return post(
          http,
          "/token",
          "grant_type=urn:ietf:params:oauth:grant-type:device_code&client_id="
              + GatewayFixture.CLIENT
              + "&device_code="
              + device.path("device_code").asText());
    }
  }

  private JsonNode post(HttpClient http, String path, String form) throws Exception {
    return JSON.readTree(
        http.send(
                HttpRequest.newBuilder(URI.create(issuer + path))
                    .header("content-type", "application/x-www-form-urlencoded")
                    .POST(HttpRequest.BodyPublishers.ofString(form))
                    .build(),
                HttpResponse.BodyHandlers.ofString())
            .body());
  }

  /** Somebody who fills in every form that they are shown, until there are no more. */
  private record Person(String name) {

    private static final Pattern FORM =
        Pattern.compile("<form[^>]*action=\"([^\"]+)\".*?</form>", Pattern.DOTALL);
    private static final Pattern INPUT = Pattern.compile("<input[^>]*>");
    private static final Pattern NAME = Pattern.compile(" name=\"([^\"]*)\"");
    private static final Pattern VALUE = Pattern.compile(" value=\"([^\"]*)\"");
    private static final int MOST_FORMS = 10;

    void signIn(URI page) {
      try (HttpClient browser =
          HttpClient.newBuilder()
              .cookieHandler(new CookieManager())
              .followRedirects(HttpClient.Redirect.NORMAL)
              .build()) {
        String shown = show(browser, HttpRequest.newBuilder(page));
        for (int i = 0; i < MOST_FORMS; i++) {
          Matcher form = FORM.matcher(shown);
          if (!form.find()) {
            assertThat(shown).contains("Sign-in Success");
            return;
          }
          shown =
              show(
                  browser,
                  HttpRequest.newBuilder(page.resolve(form.group(1)))
                      .header("content-type", "application/x-www-form-urlencoded")
                      .POST(HttpRequest.BodyPublishers.ofString(filledIn(form.group()))));
        }
        throw new IllegalStateException("there are forms without end");
      } catch (IOException e) {
        throw new IllegalStateException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
    }

    private static String show(HttpClient browser, HttpRequest.Builder request)
        throws IOException, InterruptedException {
      return browser.send(request.build(), HttpResponse.BodyHandlers.ofString()).body();
    }

    private String filledIn(String form) {
      List<String> fields = new ArrayList<>();
      Matcher input = INPUT.matcher(form);
      while (input.find()) {
        String name = found(NAME, input.group());
        String value =
            switch (name) {
              case "login" -> this.name;
              case "password" -> "anything";
              default -> found(VALUE, input.group());
            };
        fields.add(name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8));
      }
      return String.join("&", fields);
    }

    private static String found(Pattern pattern, String input) {
      Matcher matcher = pattern.matcher(input);
      return matcher.find() ? matcher.group(1) : "";
    }
  }
}
