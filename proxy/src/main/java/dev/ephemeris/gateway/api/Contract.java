package dev.ephemeris.gateway.api;

import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.openapi.contract.MediaType;
import io.vertx.openapi.contract.OpenAPIContract;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The published contract of the API, {@code openapi.yaml}, as text and as what requests are held
 * to.
 */
final class Contract {

  private static final Set<String> ENTITY_TAGS =
      Set.of("#/components/parameters/IfMatch", "#/components/parameters/IfNoneMatch");

  /** To load it takes longer than all else of a start; nothing in it is of one gateway. */
  private static final AtomicReference<@Nullable OpenAPIContract> LOADED = new AtomicReference<>();

  private final String text;

  private Contract(String text) {
    this.text = text;
  }

  static Contract published() {
    try (InputStream file = Contract.class.getResourceAsStream("openapi.yaml")) {
      if (file == null) {
        throw new IllegalStateException("openapi.yaml isn't on the class path");
      }
      return new Contract(new String(file.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException("openapi.yaml can't be read", e);
    }
  }

  String text() {
    return text;
  }

  /**
   * The contract for Vert.x, which doesn't know every media type that answers here have, and takes
   * weak entity tags for broken JSON: {@link ETag} reads the headers that have any.
   */
  Future<OpenAPIContract> load(Vertx vertx) {
    OpenAPIContract loaded = LOADED.get();
    if (loaded != null) {
      return Future.succeededFuture(loaded);
    }
    try {
      Map<?, ?> document = new YAMLMapper().readValue(text, Map.class);
      return OpenAPIContract.from(vertx, new JsonObject(supported(document)))
          .onSuccess(LOADED::set);
    } catch (IOException e) {
      return Future.failedFuture(e);
    }
  }

  /** Whether a body's content is of types only that Vert.x doesn't know: its handler reads it. */
  private static boolean isUnknown(Object body) {
    return body instanceof Map<?, ?> definition
        && definition.get("content") instanceof Map<?, ?> content
        && supported(content).isEmpty();
  }

  private static List<?> withoutEntityTags(List<?> parameters) {
    return parameters.stream()
        .filter(
            parameter ->
                !(parameter instanceof Map<?, ?> referring
                    && ENTITY_TAGS.contains(String.valueOf(referring.get("$ref")))))
        .toList();
  }

  /** The same document without what vertx-openapi refuses to load, or would refuse to take. */
  private static Map<String, Object> supported(Map<?, ?> document) {
    Map<String, Object> copy = new LinkedHashMap<>();
    document.forEach(
        (key, value) -> {
          boolean unknownMediaType =
              key instanceof String name
                  && name.startsWith("application/")
                  && !MediaType.isMediaTypeSupported(name);
          if (unknownMediaType || (key.equals("requestBody") && isUnknown(value))) {
            return;
          }
          copy.put(
              String.valueOf(key),
              switch (value) {
                case Map<?, ?> inner -> supported(inner);
                case List<?> parameters when key.equals("parameters") ->
                    withoutEntityTags(parameters);
                case null, default -> value;
              });
        });
    return copy;
  }
}
