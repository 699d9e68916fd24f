package dev.ephemeris.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ephemeris.gateway.GatewayFixture;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The settings of clients that docs/agents.md has people copy are good as they stand. */
class AgentClientSettingsTest {

  private static final Pattern SETTINGS = Pattern.compile("```json\n(.*?)```", Pattern.DOTALL);

  @Test
  void startTheCommandOrNameTheDoor() throws IOException {
    int commands = 0;
    int doors = 0;
    for (JsonNode server : servers()) {
      if (server.has("command")) {
        assertThat(server.path("command").asText()).isEqualTo("ephemeris");
        List<String> arguments = new ArrayList<>();
        server.path("args").forEach(argument -> arguments.add(argument.asText()));
        assertThat(arguments).startsWith("mcp");
        // Throws if it knows any of them not.
        Ephemeris.commandLine().parseArgs(arguments.toArray(String[]::new));
        commands++;
      } else {
        assertThat(server.path("type").asText()).isEqualTo("http");
        assertThat(URI.create(server.path("url").asText()).getPath()).isEqualTo("/mcp");
        doors++;
      }
    }
    assertThat(commands).isEqualTo(2);
    assertThat(doors).isEqualTo(2);
  }

  /** By what clients call them: VS Code has no {@code mcpServers}. */
  private static List<JsonNode> servers() throws IOException {
    List<JsonNode> servers = new ArrayList<>();
    Matcher block = SETTINGS.matcher(Files.readString(Path.of("..", "docs", "agents.md")));
    while (block.find()) {
      JsonNode settings = GatewayFixture.json(block.group(1));
      JsonNode known =
          settings.has("servers") ? settings.path("servers") : settings.path("mcpServers");
      assertThat(known).as(settings.toString()).hasSize(1);
      known.forEach(servers::add);
    }
    return servers;
  }
}
