package dev.ephemeris.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpSyncClient;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Collectors;

/** An agent at its door, with the protocol's own client. */
final class Copilot implements AutoCloseable {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final McpSyncClient client;

  /**
   * Connects.
   *
   * @param token of the agent's, for that door
   */
  Copilot(URI api, String token) {
    client =
        McpClient.sync(
                HttpClientStreamableHttpTransport.builder(api.toString())
                    .endpoint("/mcp")
                    .addHttpRequestCustomizer(
                        (request, method, uri, body, context) ->
                            request.header("authorization", "Bearer " + token))
                    .build())
            .requestTimeout(Duration.ofSeconds(30))
            .build();
    client.initialize();
  }

  /**
   * What a tool answered.
   *
   * @param content as data; missing, if it refused
   * @param text the same, for those who only read
   */
  record Told(boolean isError, JsonNode content, String text) {}

  Told call(String tool, Map<String, Object> arguments) {
    CallToolResult result =
        client.callTool(CallToolRequest.builder(tool).arguments(arguments).build());
    return new Told(
        Boolean.TRUE.equals(result.isError()),
        JSON.valueToTree(result.structuredContent()),
        result.content().stream()
            .filter(TextContent.class::isInstance)
            .map(content -> ((TextContent) content).text())
            .collect(Collectors.joining(" ")));
  }

  /** Whether it may do nothing here any more. */
  boolean isOut() {
    try {
      client.ping();
      return false;
    } catch (RuntimeException refused) {
      return true;
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
