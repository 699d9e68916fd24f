package dev.ephemeris.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ephemeris.simulator.issuer.Person;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A sign-in as {@code ephemeris login} does it (RFC 8628), with the person at the browser played
 * too: opens the page, picks the person.
 */
final class DeviceSignIn {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern FORM = Pattern.compile("name=\"form\" value=\"([^\"]+)\"");

  private final HttpClient http;
  private final URI issuer;

  DeviceSignIn(HttpClient http, URI issuer) {
    this.http = http;
    this.issuer = issuer;
  }

  /** The person's access token. */
  String signIn(Person person) throws IOException {
    JsonNode device =
        json(
            post(
                "/device_authorization",
                Map.of("client_id", DemoWorld.CLI_CLIENT, "scope", "openid profile")));
    pick(person, URI.create(device.path("verification_uri_complete").asText()));
    JsonNode token =
        json(
            post(
                "/token",
                Map.of(
                    "grant_type",
                    "urn:ietf:params:oauth:grant-type:device_code",
                    "client_id",
                    DemoWorld.CLI_CLIENT,
                    "device_code",
                    device.path("device_code").asText())));
    if (!token.hasNonNull("access_token")) {
      throw new IOException("The issuer gave no token: " + token.path("error").asText());
    }
    return token.path("access_token").asText();
  }

  private void pick(Person person, URI page) throws IOException {
    Matcher form = FORM.matcher(send(HttpRequest.newBuilder(page).build()).body());
    if (!form.find()) {
      throw new IOException("The issuer's page has no form.");
    }
    HttpResponse<String> answered =
        post("/device", Map.of("form", form.group(1), "person", person.subject()));
    if (answered.statusCode() != 200) {
      throw new IOException("The issuer didn't take the answer: " + answered.statusCode());
    }
  }

  private HttpResponse<String> post(String path, Map<String, String> form) throws IOException {
    return send(form(issuer.resolve(path), form).build());
  }

  /** A request that sends a form, as OAuth has them. */
  static HttpRequest.Builder form(URI to, Map<String, String> fields) {
    String body =
        fields.entrySet().stream()
            .map(e -> encode(e.getKey()) + "=" + encode(e.getValue()))
            .collect(Collectors.joining("&"));
    return HttpRequest.newBuilder(to)
        .header("content-type", "application/x-www-form-urlencoded")
        .POST(BodyPublishers.ofString(body));
  }

  private HttpResponse<String> send(HttpRequest request) throws IOException {
    try {
      return http.send(request, BodyHandlers.ofString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private static JsonNode json(HttpResponse<String> response) throws IOException {
    return JSON.readTree(response.body());
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
