package dev.ephemeris.gateway.mcp;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ephemeris.gateway.GatewayFixture;
import dev.ephemeris.gateway.GatewayFixture.Reply;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** A plain client of the agents' door: each answer comes as JSON or as an event. */
public final class AgentClient {

  private final GatewayFixture fixture;
  private final String token;
  private final String session;
  private int id = 1;

  private AgentClient(GatewayFixture fixture, String token, String session) {
    this.fixture = fixture;
    this.token = token;
    this.session = session;
  }

  /** Tokens of the local agent's, for a person whose token this is. */
  public static Reply exchange(
      GatewayFixture fixture, String subjectToken, Map<String, String> more)
      throws IOException, InterruptedException {
    Map<String, String> form = new java.util.LinkedHashMap<>();
    form.put("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange");
    form.put("client_id", "ephemeris-mcp");
    form.put("subject_token", subjectToken);
    form.put("subject_token_type", "urn:ietf:params:oauth:token-type:access_token");
    form.put("resource", fixture.gateway().api() + "/mcp");
    form.putAll(more);
    form.values().removeIf(String::isEmpty);
    return fixture.send(
        HttpRequest.newBuilder(fixture.gateway().api().resolve("/oauth/token"))
            .header("content-type", "application/x-www-form-urlencoded")
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    form.entrySet().stream()
                        .map(
                            field ->
                                field.getKey()
                                    + "="
                                    + URLEncoder.encode(field.getValue(), StandardCharsets.UTF_8))
                        .collect(Collectors.joining("&")))));
  }

  public static AgentClient connect(GatewayFixture fixture, String token)
      throws IOException, InterruptedException {
    Reply begun =
        post(
            fixture,
            token,
            Optional.empty(),
            """
            {"jsonrpc": "2.0", "id": 0, "method": "initialize", "params": {"protocolVersion": "2025-11-25",
              "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}}
            """);
    if (begun.status() != 200) {
      throw new AssertionError(begun.status() + " " + begun.body());
    }
    AgentClient client = new AgentClient(fixture, token, begun.header("mcp-session-id"));
    Reply initialized =
        post(
            fixture,
            token,
            Optional.of(client.session),
            "{\"jsonrpc\": \"2.0\", \"method\": \"notifications/initialized\"}");
    if (initialized.status() != 202) {
      throw new AssertionError(initialized.status() + " " + initialized.body());
    }
    return client;
  }

  static Reply post(GatewayFixture fixture, String token, Optional<String> session, String message)
      throws IOException, InterruptedException {
    URI door = fixture.gateway().api().resolve("/mcp");
    HttpRequest.Builder request =
        HttpRequest.newBuilder(door)
            .header("content-type", "application/json")
            .header("accept", "application/json, text/event-stream")
            .POST(HttpRequest.BodyPublishers.ofString(message));
    if (!token.isEmpty()) {
      request.header("authorization", "Bearer " + token);
    }
    session.ifPresent(
        is -> request.header("mcp-session-id", is).header("mcp-protocol-version", "2025-11-25"));
    return fixture.send(request);
  }

  String session() {
    return session;
  }

  /** The result of a request. */
  JsonNode ask(String method, String params) throws IOException, InterruptedException {
    Reply reply =
        post(
            fixture,
            token,
            Optional.of(session),
            "{\"jsonrpc\": \"2.0\", \"id\": %d, \"method\": \"%s\", \"params\": %s}"
                .formatted(id++, method, params));
    if (reply.status() != 200) {
      throw new AssertionError(reply.status() + " " + reply.body());
    }
    String body = reply.body();
    if (!body.startsWith("{")) {
      body =
          body.lines()
              .filter(line -> line.startsWith("data:") && line.contains("\"jsonrpc\""))
              .map(line -> line.substring("data:".length()))
              .findFirst()
              .orElseThrow();
    }
    JsonNode message = GatewayFixture.json(body);
    if (!message.has("result")) {
      throw new AssertionError(message.toString());
    }
    return message.path("result");
  }

  /** What a tool answers. */
  JsonNode call(String tool, String arguments) throws IOException, InterruptedException {
    return ask("tools/call", "{\"name\": \"" + tool + "\", \"arguments\": " + arguments + "}");
  }

  /** The same, that it found. */
  public JsonNode found(String tool, String arguments) throws IOException, InterruptedException {
    JsonNode result = call(tool, arguments);
    if (result.path("isError").asBoolean()) {
      throw new AssertionError(result.toString());
    }
    return result.path("structuredContent");
  }

  /** The same, that it refused: why. */
  String refused(String tool, String arguments) throws IOException, InterruptedException {
    JsonNode result = call(tool, arguments);
    if (!result.path("isError").asBoolean() || result.has("structuredContent")) {
      throw new AssertionError(result.toString());
    }
    return result.at("/content/0/text").asText();
  }
}
