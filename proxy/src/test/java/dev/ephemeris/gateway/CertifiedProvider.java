package dev.ephemeris.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An issuer of another's making, and a certified one: npm's oidc-provider, in a Node process.
 * Whoever signs in there is who they say.
 */
public final class CertifiedProvider implements AutoCloseable {

  private final Process node;
  private final BufferedReader said;
  private final String issuer;

  /**
   * Starts it.
   *
   * @param authority what it believes certificates of: it tells the gateway of sign-outs
   */
  public CertifiedProvider(Path authority) throws IOException {
    ProcessBuilder provider =
        new ProcessBuilder(
                "node",
                "oidc-provider.mjs",
                "api://ephemeris",
                GatewayFixture.CLIENT,
                GatewayFixture.CLIENT_SECRET)
            .directory(Path.of("src", "test", "js").toFile())
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    provider.environment().put("NODE_EXTRA_CA_CERTS", authority.toString());
    node = provider.start();
    said = node.inputReader(StandardCharsets.UTF_8);
    String first = said.readLine();
    if (first == null) {
      throw new IOException("node has ended");
    }
    issuer = GatewayFixture.json(first).path("issuer").textValue();
  }

  /** Has a gateway sign people in here, from its next start on, and starts it anew. */
  public void serve(GatewayFixture fixture) throws Exception {
    fixture.configure(text -> text.replace(fixture.issuer().issuer().toString(), issuer));
    fixture.restart();
    node.outputWriter().write(fixture.gateway().api() + "\n");
    node.outputWriter().flush();
    assertThat(said.readLine()).isEqualTo("ready");
  }

  /** The exact iss of its tokens. */
  public String issuer() {
    return issuer;
  }

  /** The tokens of a device authorization that this person approved. */
  public JsonNode tokens(String subject) throws IOException, InterruptedException {
    try (HttpClient http = HttpClient.newHttpClient()) {
      JsonNode device =
          post(
              http,
              "/device/auth",
              "client_id=" + GatewayFixture.CLIENT + "&scope=openid+offline_access");
      approve(URI.create(device.path("verification_uri_complete").asText()), subject);
      return post(
          http,
          "/token",
          "grant_type=urn:ietf:params:oauth:grant-type:device_code&client_id="
              + GatewayFixture.CLIENT
              + "&device_code="
              + device.path("device_code").asText());
    }
  }

  private JsonNode post(HttpClient http, String path, String form)
      throws IOException, InterruptedException {
    return GatewayFixture.json(
        http.send(
                HttpRequest.newBuilder(URI.create(issuer + path))
                    .header("content-type", "application/x-www-form-urlencoded")
                    .POST(HttpRequest.BodyPublishers.ofString(form))
                    .build(),
                HttpResponse.BodyHandlers.ofString())
            .body());
  }

  /** Approves a device, as a person who fills in every form that they are shown. */
  public void approve(URI page, String subject) {
    new Person(subject).approve(page);
  }

  @Override
  public void close() throws IOException {
    node.outputWriter().close(); // at the end of its input, it ends
    node.onExit()
        .orTimeout(10, TimeUnit.SECONDS)
        .exceptionally(late -> node.destroyForcibly())
        .join();
  }

  private record Person(String name) {

    private static final Pattern FORM =
        Pattern.compile("<form[^>]*action=\"([^\"]+)\".*?</form>", Pattern.DOTALL);
    private static final Pattern INPUT = Pattern.compile("<input[^>]*>");
    private static final Pattern NAME = Pattern.compile(" name=\"([^\"]*)\"");
    private static final Pattern VALUE = Pattern.compile(" value=\"([^\"]*)\"");
    private static final int MOST_FORMS = 10;

    void approve(URI page) {
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
        String field = found(NAME, input.group());
        String value =
            switch (field) {
              case "login" -> name;
              case "password" -> "anything";
              default -> found(VALUE, input.group());
            };
        fields.add(field + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8));
      }
      return String.join("&", fields);
    }

    private static String found(Pattern pattern, String input) {
      Matcher matcher = pattern.matcher(input);
      return matcher.find() ? matcher.group(1) : "";
    }
  }
}
