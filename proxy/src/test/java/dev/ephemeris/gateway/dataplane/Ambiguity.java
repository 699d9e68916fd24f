package dev.ephemeris.gateway.dataplane;

import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What two servers could read in two ways, told without anything of the gateway's. It knows nothing
 * of operations; what it finds must not be forwarded, whatever it is.
 */
final class Ambiguity {

  /** Each of them makes a POST another operation. */
  private static final List<String> SELECTORS =
      List.of(
          "x-ms-documentdb-is-upsert",
          "x-ms-documentdb-isquery",
          "x-ms-cosmos-is-query-plan-request",
          "x-ms-cosmos-is-batch-request");

  /** Whose second value could be the one that counts. */
  private static final Set<String> ONCE =
      Set.of(
          "authorization",
          "content-type",
          "a-im",
          "if-match",
          "if-none-match",
          "x-ms-documentdb-partitionkey",
          "x-ms-documentdb-partitionkeyrangeid",
          "x-ms-continuation",
          "x-ms-start-epk",
          "x-ms-end-epk",
          "x-ms-cosmos-batch-atomic",
          "x-ms-documentdb-is-upsert",
          "x-ms-documentdb-isquery",
          "x-ms-cosmos-is-query-plan-request",
          "x-ms-cosmos-is-batch-request");

  private static final Set<String> OTHER_OPERATION =
      Set.of(
          "x-http-method",
          "x-http-method-override",
          "x-ms-cosmos-operation-type",
          "x-ms-cosmos-resource-type",
          "x-ms-cosmos-collection-truncate",
          "x-ms-documentdb-query",
          "x-ms-thinclient-proxy-operation-type");

  private static final Pattern IN_TARGET =
      Pattern.compile(
          "[?#\\\\;\\x00-\\x20\\x7f-\\xff]|//|%(2f|5c|3f|23|00|0d|0a|c0|ed)|%25(2f|5c|2e|23|3f)|%(?![0-9a-f]{2})"
              + "|/(\\.|%2e){1,2}(/|$)|[^/]/$",
          Pattern.CASE_INSENSITIVE);

  private static final ObjectMapper STRICT =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private Ambiguity() {}

  /** What is ambiguous about a request; empty if nothing is. */
  static Optional<String> of(HostileRequest request) {
    String target = request.target().strip();
    if (IN_TARGET.matcher(target).find()) {
      return Optional.of("target");
    }
    String[] segments = target.substring(1).split("/", -1);
    for (int i = 0; i < segments.length; i += 2) {
      if (!segments[i].matches("[a-z]*")) {
        return Optional.of("resource type " + segments[i]);
      }
    }
    Set<String> seen = new HashSet<>();
    seen.add("authorization");
    int selected = 0;
    boolean query = false;
    boolean queryType = false;
    for (Map.Entry<String, String> header : request.headers()) {
      String name = header.getKey().toLowerCase(Locale.ROOT);
      String value = header.getValue().strip();
      if (ONCE.contains(name) && !seen.add(name)) {
        return Optional.of("twice " + name);
      }
      if (OTHER_OPERATION.contains(name)) {
        return Optional.of(name);
      }
      if (SELECTORS.contains(name) && !value.equalsIgnoreCase("false")) {
        selected++;
        query |= name.contains("query");
      }
      queryType |=
          name.equals("content-type")
              && value.toLowerCase(Locale.ROOT).startsWith("application/query+json");
    }
    if (selected > 1) {
      return Optional.of("several operations");
    }
    if (query != queryType) {
      return Optional.of("a query by header or type alone");
    }
    boolean batch =
        request.headers().stream()
            .anyMatch(
                header ->
                    header.getKey().equalsIgnoreCase("x-ms-cosmos-is-batch-request")
                        && header.getValue().strip().equalsIgnoreCase("true"));
    return query || batch ? ofJson(request.body()) : Optional.empty();
  }

  private static Optional<String> ofJson(String body) {
    try {
      JsonNode read = STRICT.readTree(body.getBytes(StandardCharsets.ISO_8859_1));
      return read.isContainerNode() ? Optional.empty() : Optional.of("body of no members");
    } catch (IOException notStrictlyJson) {
      return Optional.of("body");
    }
  }
}
