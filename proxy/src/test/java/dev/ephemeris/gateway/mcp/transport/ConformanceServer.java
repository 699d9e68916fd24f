package dev.ephemeris.gateway.mcp.transport;

import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpServerFeatures.SyncCompletionSpecification;
import io.modelcontextprotocol.server.McpServerFeatures.SyncPromptSpecification;
import io.modelcontextprotocol.server.McpServerFeatures.SyncResourceSpecification;
import io.modelcontextprotocol.server.McpServerFeatures.SyncResourceTemplateSpecification;
import io.modelcontextprotocol.server.McpServerFeatures.SyncToolSpecification;
import io.modelcontextprotocol.server.McpSyncServer;
import io.modelcontextprotocol.server.McpSyncServerExchange;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.AudioContent;
import io.modelcontextprotocol.spec.McpSchema.BlobResourceContents;
import io.modelcontextprotocol.spec.McpSchema.CallToolRequest;
import io.modelcontextprotocol.spec.McpSchema.CallToolResult;
import io.modelcontextprotocol.spec.McpSchema.CompleteResult;
import io.modelcontextprotocol.spec.McpSchema.Content;
import io.modelcontextprotocol.spec.McpSchema.CreateMessageRequest;
import io.modelcontextprotocol.spec.McpSchema.ElicitFormRequest;
import io.modelcontextprotocol.spec.McpSchema.ElicitResult;
import io.modelcontextprotocol.spec.McpSchema.EmbeddedResource;
import io.modelcontextprotocol.spec.McpSchema.GetPromptRequest;
import io.modelcontextprotocol.spec.McpSchema.GetPromptResult;
import io.modelcontextprotocol.spec.McpSchema.ImageContent;
import io.modelcontextprotocol.spec.McpSchema.LoggingLevel;
import io.modelcontextprotocol.spec.McpSchema.LoggingMessageNotification;
import io.modelcontextprotocol.spec.McpSchema.ProgressNotification;
import io.modelcontextprotocol.spec.McpSchema.Prompt;
import io.modelcontextprotocol.spec.McpSchema.PromptArgument;
import io.modelcontextprotocol.spec.McpSchema.PromptMessage;
import io.modelcontextprotocol.spec.McpSchema.PromptReference;
import io.modelcontextprotocol.spec.McpSchema.ReadResourceResult;
import io.modelcontextprotocol.spec.McpSchema.Resource;
import io.modelcontextprotocol.spec.McpSchema.ResourceTemplate;
import io.modelcontextprotocol.spec.McpSchema.Role;
import io.modelcontextprotocol.spec.McpSchema.SamplingMessage;
import io.modelcontextprotocol.spec.McpSchema.ServerCapabilities;
import io.modelcontextprotocol.spec.McpSchema.TextContent;
import io.modelcontextprotocol.spec.McpSchema.TextResourceContents;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import io.modelcontextprotocol.spec.McpStreamableServerTransportProvider;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;

/** The server whose tools, resources and prompts the protocol's conformance suite asks for. */
final class ConformanceServer {

  private static final Duration AWAY = Duration.ofMillis(300);

  private static final Map<String, Object> NOTHING = object(Map.of());

  /** A picture of one red pixel, and a sound of one sample. */
  private static final String PNG =
      "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==";

  private static final String WAV =
      "UklGRiYAAABXQVZFZm10IBAAAAABAAEAQB8AAAB9AAACABAAZGF0YQIAAAAAAA==";

  private ConformanceServer() {}

  static McpSyncServer on(McpStreamableServerTransportProvider transport) {
    return McpServer.sync(transport)
        .serverInfo("ephemeris-conformance", "1")
        .capabilities(
            ServerCapabilities.builder()
                .completions()
                .logging()
                .resources(true, false)
                .tools(false)
                .prompts(false)
                .build())
        .tools(tools())
        .resources(resources())
        .resourceTemplates(
            new SyncResourceTemplateSpecification(
                ResourceTemplate.builder("test://template/{id}/data", "a template")
                    .mimeType("application/json")
                    .build(),
                (exchange, request) -> {
                  String id = request.uri().replaceAll("test://template/(.+)/data", "$1");
                  return read(text(request.uri(), "application/json", "{\"id\":\"" + id + "\"}"));
                }))
        .prompts(prompts())
        .completions(
            new SyncCompletionSpecification(
                new PromptReference("test_prompt_with_arguments"),
                (exchange, request) ->
                    new CompleteResult(
                        new CompleteResult.CompleteCompletion(List.of("one"), 1, false))))
        .requestTimeout(Duration.ofSeconds(20))
        .build();
  }

  // --- tools -------------------------------------------------------------------------------------

  private static List<SyncToolSpecification> tools() {
    return List.of(
        says("test_simple_text", words("This is a simple text response for testing.")),
        says("test_image_content", ImageContent.builder(PNG, "image/png").build()),
        says("test_audio_content", AudioContent.builder(WAV, "audio/wav").build()),
        says(
            "test_embedded_resource",
            embedded("test://embedded-resource", "text/plain", "An embedded resource.")),
        says(
            "test_multiple_content_types",
            words("Multiple content types test:"),
            ImageContent.builder(PNG, "image/png").build(),
            embedded("test://mixed-content-resource", "application/json", "{\"test\":\"data\"}")),
        tool(
            "test_error_handling",
            NOTHING,
            (exchange, request) ->
                CallToolResult.builder()
                    .content(List.of(words("This tool intentionally returns an error for testing")))
                    .isError(true)
                    .build()),
        tool("test_tool_with_logging", NOTHING, ConformanceServer::log),
        tool("test_tool_with_progress", NOTHING, ConformanceServer::progress),
        tool(
            "test_sampling",
            object(Map.of("prompt", Map.of("type", "string"))),
            ConformanceServer::sample),
        tool(
            "test_elicitation",
            object(Map.of("message", Map.of("type", "string"))),
            elicits(
                request -> String.valueOf(request.arguments().get("message")),
                Map.of(
                    "username", Map.of("type", "string"),
                    "email", Map.of("type", "string")))),
        tool("test_elicitation_sep1034_defaults", NOTHING, elicits(r -> "Defaults", defaults())),
        tool("test_elicitation_sep1330_enums", NOTHING, elicits(r -> "Choose", choices())),
        tool("test_reconnection", NOTHING, ConformanceServer::reconnect),
        tool(
            "json_schema_2020_12_tool",
            Map.of(
                "$schema",
                McpSchema.JSON_SCHEMA_DIALECT_2020_12,
                "type",
                "object",
                "$defs",
                Map.of(
                    "address",
                    object(
                        Map.of(
                            "street", Map.of("type", "string"), "city", Map.of("type", "string")))),
                "properties",
                Map.of(
                    "name", Map.of("type", "string"), "address", Map.of("$ref", "#/$defs/address")),
                "additionalProperties",
                false),
            (exchange, request) -> said(words("ok"))));
  }

  private static CallToolResult log(McpSyncServerExchange exchange, CallToolRequest request) {
    for (String line :
        List.of("Tool execution started", "Tool processing data", "Tool execution completed")) {
      exchange.loggingNotification(
          LoggingMessageNotification.builder(LoggingLevel.INFO, line).build());
    }
    return said(words("logged"));
  }

  private static CallToolResult progress(McpSyncServerExchange exchange, CallToolRequest request) {
    Object token = request.meta().get("progressToken");
    for (double done : new double[] {0, 50, 100}) {
      exchange.progressNotification(ProgressNotification.builder(token, done).total(100.0).build());
    }
    return said(words("progressed"));
  }

  private static CallToolResult sample(McpSyncServerExchange exchange, CallToolRequest request) {
    String prompt = String.valueOf(request.arguments().get("prompt"));
    Object answer =
        exchange
            .createMessage(
                CreateMessageRequest.builder(
                        List.of(SamplingMessage.builder(Role.USER, words(prompt)).build()), 100)
                    .build())
            .content();
    return said(words("LLM response: " + (answer instanceof TextContent t ? t.text() : answer)));
  }

  private static BiFunction<McpSyncServerExchange, CallToolRequest, CallToolResult> elicits(
      Function<CallToolRequest, String> message, Map<String, Object> properties) {
    return (exchange, request) -> {
      ElicitResult answer =
          exchange.createElicitation(
              ElicitFormRequest.builder(message.apply(request), object(properties)).build());
      return said(
          words(
              "Elicitation completed: action="
                  + answer.action().name().toLowerCase(java.util.Locale.ROOT)
                  + ", content="
                  + answer.content()));
    };
  }

  /** SEP-1034: a form that is filled in already. */
  private static Map<String, Object> defaults() {
    return Map.of(
        "name", Map.of("type", "string", "default", "John Doe"),
        "age", Map.of("type", "integer", "default", 30),
        "score", Map.of("type", "number", "default", 95.5),
        "status",
            Map.of(
                "type", "string",
                "enum", List.of("active", "inactive", "pending"),
                "default", "active"),
        "verified", Map.of("type", "boolean", "default", true));
  }

  /** SEP-1330: choices of one and of many, with titles and without, and as they once were. */
  private static Map<String, Object> choices() {
    List<String> options = List.of("option1", "option2", "option3");
    List<Map<String, String>> titled =
        List.of(
            Map.of("const", "value1", "title", "First"),
            Map.of("const", "value2", "title", "Second"),
            Map.of("const", "value3", "title", "Third"));
    return Map.of(
        "untitledSingle", Map.of("type", "string", "enum", options),
        "titledSingle", Map.of("type", "string", "oneOf", titled),
        "legacyEnum",
            Map.of(
                "type", "string",
                "enum", List.of("opt1", "opt2", "opt3"),
                "enumNames", List.of("Option One", "Option Two", "Option Three")),
        "untitledMulti",
            Map.of("type", "array", "items", Map.of("type", "string", "enum", options)),
        "titledMulti", Map.of("type", "array", "items", Map.of("anyOf", titled)));
  }

  /** SEP-1699: the client is sent away, and finds the answer when it comes back. */
  private static CallToolResult reconnect(McpSyncServerExchange exchange, CallToolRequest request) {
    AnswerConnection.of(exchange.transportContext()).orElseThrow().release(AWAY);
    try {
      Thread.sleep(AWAY.toMillis() / 3);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return said(words("reconnected"));
  }

  private static SyncToolSpecification says(String name, Content... contents) {
    return tool(name, NOTHING, (exchange, request) -> said(contents));
  }

  private static SyncToolSpecification tool(
      String name,
      Map<String, Object> arguments,
      BiFunction<McpSyncServerExchange, CallToolRequest, CallToolResult> handler) {
    return SyncToolSpecification.builder()
        .tool(Tool.builder(name, arguments).description(name).build())
        .callHandler(handler)
        .build();
  }

  private static CallToolResult said(Content... contents) {
    return CallToolResult.builder().content(Arrays.asList(contents)).isError(false).build();
  }

  private static Map<String, Object> object(Map<String, Object> properties) {
    return Map.of(
        "type", "object", "properties", properties, "required", List.copyOf(properties.keySet()));
  }

  private static TextContent words(String text) {
    return TextContent.builder(text).build();
  }

  private static EmbeddedResource embedded(String uri, String type, String text) {
    return EmbeddedResource.builder(text(uri, type, text)).build();
  }

  private static TextResourceContents text(String uri, String type, String text) {
    return TextResourceContents.builder(uri, text).mimeType(type).build();
  }

  // --- resources ---------------------------------------------------------------------------------

  private static List<SyncResourceSpecification> resources() {
    return List.of(
        resource(
            "test://static-text",
            "text/plain",
            text(
                "test://static-text",
                "text/plain",
                "This is the content of the static text resource.")),
        resource(
            "test://static-binary",
            "image/png",
            BlobResourceContents.builder("test://static-binary", PNG)
                .mimeType("image/png")
                .build()),
        resource(
            "test://watched-resource",
            "text/plain",
            text("test://watched-resource", "text/plain", "A watched resource.")));
  }

  private static SyncResourceSpecification resource(
      String uri, String type, McpSchema.ResourceContents contents) {
    return new SyncResourceSpecification(
        Resource.builder(uri, uri).description(uri).mimeType(type).build(),
        (exchange, request) -> read(contents));
  }

  private static ReadResourceResult read(McpSchema.ResourceContents contents) {
    return ReadResourceResult.builder(List.of(contents)).build();
  }

  // --- prompts -----------------------------------------------------------------------------------

  private static List<SyncPromptSpecification> prompts() {
    return List.of(
        prompt(
            "test_simple_prompt",
            List.of(),
            arguments -> List.of(words("This is a simple prompt for testing."))),
        prompt(
            "test_prompt_with_arguments",
            List.of("arg1", "arg2"),
            arguments ->
                List.of(
                    words(
                        "Prompt with arguments: arg1='%s', arg2='%s'"
                            .formatted(arguments.get("arg1"), arguments.get("arg2"))))),
        prompt(
            "test_prompt_with_embedded_resource",
            List.of("resourceUri"),
            arguments ->
                List.of(
                    embedded(
                        String.valueOf(arguments.get("resourceUri")),
                        "text/plain",
                        "Embedded resource content for testing."),
                    words("Please process the embedded resource above."))),
        prompt(
            "test_prompt_with_image",
            List.of(),
            arguments ->
                List.of(
                    ImageContent.builder(PNG, "image/png").build(),
                    words("Please analyze the image above."))));
  }

  private static SyncPromptSpecification prompt(
      String name, List<String> arguments, Function<Map<String, Object>, List<Content>> says) {
    return new SyncPromptSpecification(
        Prompt.builder(name)
            .description(name)
            .arguments(
                arguments.stream()
                    .map(
                        argument ->
                            PromptArgument.builder(argument)
                                .description(argument)
                                .required(true)
                                .build())
                    .toList())
            .build(),
        (McpSyncServerExchange exchange, GetPromptRequest request) ->
            GetPromptResult.builder(
                    says
                        .apply(request.arguments() == null ? Map.of() : request.arguments())
                        .stream()
                        .map(content -> PromptMessage.builder(Role.USER, content).build())
                        .toList())
                .build());
  }
}
