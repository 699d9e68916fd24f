package dev.ephemeris.gateway.mcp;

import io.modelcontextprotocol.server.McpServerFeatures.AsyncResourceSpecification;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.ReadResourceResult;
import io.modelcontextprotocol.spec.McpSchema.TextResourceContents;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import reactor.core.publisher.Mono;

/** What agents can read about the gateway: pages of its documentation. */
final class Resources {

  private Resources() {}

  static List<AsyncResourceSpecification> all() {
    return List.of(
        page(
            "policy-cookbook",
            "Policy cookbook",
            "How rules are written, by questions that people have; each with a test."),
        page(
            "refusals",
            "What refusals mean",
            "Each reason for which something is refused, and what to do about it."));
  }

  private static AsyncResourceSpecification page(String name, String title, String description) {
    String uri = "ephemeris://docs/" + name;
    String text = text("docs/" + name + ".md");
    return new AsyncResourceSpecification(
        McpSchema.Resource.builder(uri, name)
            .title(title)
            .description(description)
            .mimeType("text/markdown")
            .size((long) text.getBytes(StandardCharsets.UTF_8).length)
            .build(),
        (exchange, request) ->
            Mono.just(
                ReadResourceResult.builder(
                        List.of(
                            TextResourceContents.builder(uri, text)
                                .mimeType("text/markdown")
                                .build()))
                    .build()));
  }

  /** A file beside this class. */
  static String text(String file) {
    try (InputStream page = Resources.class.getResourceAsStream(file)) {
      if (page == null) {
        throw new IllegalStateException(file + " isn't on the class path");
      }
      return new String(page.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(file + " can't be read", e);
    }
  }
}
