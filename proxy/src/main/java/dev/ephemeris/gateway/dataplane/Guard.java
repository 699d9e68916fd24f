package dev.ephemeris.gateway.dataplane;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.ephemeris.cosmos.CosmosError;
import dev.ephemeris.cosmos.CosmosRequest;
import dev.ephemeris.cosmos.Verb;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.util.Optional;

/**
 * Reads the body up to a limit and refuses what it can't look into: binary forms of JSON, bodies
 * where there is none, queries that aren't what the service calls one.
 */
final class Guard implements Step {

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(200).build())
          .build();

  private final int limit;

  /**
   * @param limit the longest body that is let through, in bytes
   */
  Guard(int limit) {
    this.limit = limit;
  }

  @Override
  public Future<Verdict> take(Exchange exchange) {
    HttpServerRequest incoming = exchange.incoming();
    if (!RequestBody.isAnnounced(incoming)) {
      return exchange.request().operation().hasQueryBody()
          ? Verdict.refuse(CosmosError.badRequest("The query has no body."))
          : Verdict.PROCEED;
    }
    if (!takesBody(exchange.request().verb())) {
      return Verdict.refuse(
          CosmosError.badRequest(
              "A " + exchange.request().verb() + " has no body on the data plane."));
    }
    return RequestBody.read(incoming, limit)
        .map(body -> body.map(bytes -> check(exchange, bytes)).orElseGet(this::tooLong));
  }

  private Verdict check(Exchange exchange, Buffer body) {
    Optional<CosmosError> flaw = flaw(exchange.request(), body);
    if (flaw.isPresent()) {
      return new Verdict.Refuse(flaw.get());
    }
    exchange.body(body);
    return new Verdict.Proceed();
  }

  private static Optional<CosmosError> flaw(CosmosRequest request, Buffer body) {
    // CosmosBinary begins with 0x80, HybridRow with 0x81; the service would know them unasked.
    if (body.length() > 0 && body.getByte(0) < 0) {
      return Optional.of(
          CosmosError.badRequest(
              "The body isn't JSON text. .NET: switch binary encoding off"
                  + " (AZURE_COSMOS_BINARY_ENCODING_ENABLED=false)."));
    }
    if (request.operation().hasQueryBody() && !isQuery(body)) {
      return Optional.of(
          CosmosError.badRequest(
              "The body of a query is one JSON object with “query” and, if need be,"
                  + " “parameters”, each once."));
    }
    return Optional.empty();
  }

  private static boolean isQuery(Buffer body) {
    boolean query = false;
    try (JsonParser parser = JSON.createParser(body.getBytes())) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        return false;
      }
      while (parser.nextToken() == JsonToken.FIELD_NAME) {
        JsonToken value = parser.nextToken();
        switch (parser.currentName()) {
          case "query" -> {
            if (value != JsonToken.VALUE_STRING) {
              return false;
            }
            query = true;
          }
          case "parameters" -> {
            if (value != JsonToken.START_ARRAY) {
              return false;
            }
            parser.skipChildren();
          }
          default -> {
            return false;
          }
        }
      }
      return query && parser.nextToken() == null;
    } catch (IOException notJson) {
      return false;
    }
  }

  private Verdict tooLong() {
    return new Verdict.Refuse(
        CosmosError.tooLarge(
            "The body is longer than the " + limit + " bytes that this gateway takes."));
  }

  private static boolean takesBody(Verb verb) {
    return switch (verb) {
      case POST, PUT, PATCH -> true;
      case GET, HEAD, DELETE -> false;
    };
  }
}
