package dev.ephemeris.gateway.identity;

import dev.ephemeris.config.ClaimPath;
import dev.ephemeris.config.Issuer;
import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The claims of a token whose signature is good, by where they are. */
record Claims(Map<String, Object> said) {

  /** Lists that are written as one text with spaces (RFC 6749 §3.3, Entra ID). */
  private static final Set<ClaimPath> SCOPES =
      Set.of(ClaimPath.parse("scope"), ClaimPath.parse("scp"));

  /** The last moment that a token can name: the end of the year 9999. */
  private static final long LAST = 253_402_300_799L;

  static Claims of(JsonObject token) {
    return new Claims(token.getMap());
  }

  /** The text there; empty if there is something else, or none. */
  Optional<String> text(ClaimPath path) {
    return at(path) instanceof String text && !text.isBlank()
        ? Optional.of(text)
        : Optional.empty();
  }

  Optional<String> text(String name) {
    return text(new ClaimPath(List.of(name)));
  }

  /** A NumericDate (RFC 7519 §2). */
  Optional<Instant> instant(String name) {
    return said.get(name) instanceof Number seconds
            && seconds.doubleValue() >= 0
            && seconds.doubleValue() <= LAST
        ? Optional.of(Instant.ofEpochSecond(seconds.longValue()))
        : Optional.empty();
  }

  /** What is there, one value or several, each as text; of anything else than words, nothing. */
  List<String> values(ClaimPath path) {
    List<String> values = new ArrayList<>();
    for (Object value : at(path) instanceof Collection<?> several ? several : single(at(path))) {
      switch (value) {
        case String text when SCOPES.contains(path) -> values.addAll(List.of(text.split(" ", -1)));
        case String text -> values.add(text);
        case Boolean truth -> values.add(truth.toString());
        case Integer number -> values.add(number.toString());
        case Long number -> values.add(number.toString());
        default -> {
          // no rule can mean it
        }
      }
    }
    return values.stream().filter(value -> !value.isBlank()).toList();
  }

  List<String> values(String name) {
    return values(new ClaimPath(List.of(name)));
  }

  /** Whether every one of these claims has one of its values. */
  boolean hold(Map<ClaimPath, Set<String>> wanted) {
    return wanted.keySet().stream()
        .allMatch(path -> holds(path, wanted.getOrDefault(path, Set.of())));
  }

  /** The first of these claims that has one of its values. */
  Optional<ClaimPath> anyOf(Map<ClaimPath, Set<String>> unwanted) {
    return unwanted.keySet().stream()
        .filter(path -> holds(path, unwanted.getOrDefault(path, Set.of())))
        .findFirst();
  }

  /** The first of these claims that has none of its values. */
  Optional<ClaimPath> missingOf(Map<ClaimPath, Set<String>> wanted) {
    return wanted.keySet().stream()
        .filter(path -> !holds(path, wanted.getOrDefault(path, Set.of())))
        .findFirst();
  }

  private boolean holds(ClaimPath path, Set<String> wanted) {
    List<String> values = values(path);
    return wanted.contains(Issuer.ANY_VALUE)
        ? !values.isEmpty()
        : values.stream().anyMatch(wanted::contains);
  }

  private static List<?> single(@Nullable Object value) {
    return value == null ? List.of() : List.of(value);
  }

  private @Nullable Object at(ClaimPath path) {
    Object found = said;
    for (String step : path.steps()) {
      found = found instanceof Map<?, ?> within ? within.get(step) : null;
    }
    return found;
  }
}
