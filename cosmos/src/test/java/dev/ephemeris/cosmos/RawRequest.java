package dev.ephemeris.cosmos;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A request as it comes over the wire, in the notation of this module's tables. */
record RawRequest(String method, String target, List<Map.Entry<String, String>> headers) {

  private static final Pattern BETWEEN_HEADERS = Pattern.compile(";\\s+(?=[A-Za-z0-9-]+:)");

  RawRequest {
    headers = List.copyOf(headers);
  }

  /** Headers are written {@code name: value; name: value}, and {@code -} for none. */
  static RawRequest of(String method, String target, String headers) {
    List<Map.Entry<String, String>> lines = new ArrayList<>();
    if (!headers.equals("-")) {
      for (String line : BETWEEN_HEADERS.split(headers, -1)) {
        int colon = line.indexOf(':');
        lines.add(Map.entry(line.substring(0, colon).strip(), line.substring(colon + 1).strip()));
      }
    }
    return new RawRequest(method, target, lines);
  }

  /** What goes upstream, but for the signature, which covers nothing that isn't here. */
  static RawRequest rebuilt(CosmosRequest request) {
    List<Map.Entry<String, String>> lines = new ArrayList<>();
    request.headers().all().forEach(header -> lines.add(Map.entry(header.name(), header.value())));
    request
        .partitionKey()
        .ifPresent(key -> lines.add(Map.entry(CosmosHeaders.PARTITION_KEY, key.header())));
    return new RawRequest(request.verb().name(), request.path(), lines);
  }

  Parsed parse() {
    return CosmosRequest.parse(method, target, headers);
  }

  /** The headers in the notation of {@link #of}. */
  String headerLines() {
    return headers.isEmpty()
        ? "-"
        : headers.stream()
            .map(header -> header.getKey() + ": " + header.getValue())
            .collect(Collectors.joining("; "));
  }
}
