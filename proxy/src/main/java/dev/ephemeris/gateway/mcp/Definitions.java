package dev.ephemeris.gateway.mcp;

import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.ToolAnnotations;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.Map;

/** What {@code tools.json} says of the tools: it is written first, and what clients are shown. */
final class Definitions {

  private static final String FILE = "tools.json";

  private final Map<String, McpSchema.Tool> byName = new LinkedHashMap<>();

  private Definitions(JsonArray tools) {
    for (int i = 0; i < tools.size(); i++) {
      JsonObject tool = tools.getJsonObject(i);
      byName.put(tool.getString("name"), tool(tool));
    }
  }

  static Definitions published() {
    return new Definitions(new JsonArray(Resources.text(FILE)));
  }

  McpSchema.Tool of(String name) {
    McpSchema.Tool tool = byName.get(name);
    if (tool == null) {
      throw new IllegalStateException(FILE + " has no tool " + name);
    }
    return tool;
  }

  private static McpSchema.Tool tool(JsonObject tool) {
    JsonObject annotations = tool.getJsonObject("annotations");
    return McpSchema.Tool.builder(
            tool.getString("name"), tool.getJsonObject("inputSchema").getMap())
        .title(tool.getString("title"))
        .description(tool.getString("description"))
        .outputSchema(tool.getJsonObject("outputSchema").getMap())
        .annotations(
            ToolAnnotations.builder()
                .title(tool.getString("title"))
                .readOnlyHint(annotations.getBoolean("readOnlyHint"))
                .destructiveHint(annotations.getBoolean("destructiveHint"))
                .idempotentHint(annotations.getBoolean("idempotentHint"))
                .openWorldHint(annotations.getBoolean("openWorldHint"))
                .build())
        .build();
  }
}
