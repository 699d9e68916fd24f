package dev.ephemeris.gateway.oauth;

import io.vertx.core.MultiMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** What a request says, each of it once (OAuth 2.1 §3.1, §3.2.1). */
record Parameters(Map<String, String> said) {

  private static final int MOST = 50;
  private static final int MOST_CHARACTERS = 8192;

  Parameters {
    said = Map.copyOf(said);
  }

  /** Empty if something is there twice, or there is too much of it. */
  static Optional<Parameters> of(MultiMap all) {
    Map<String, String> said = new LinkedHashMap<>();
    for (Map.Entry<String, String> each : all) {
      boolean again = said.put(each.getKey(), each.getValue()) != null;
      if (again || said.size() > MOST || each.getValue().length() > MOST_CHARACTERS) {
        return Optional.empty();
      }
    }
    return Optional.of(new Parameters(said));
  }

  /** What it says there; nothing if that is empty (§3.1). */
  Optional<String> get(String name) {
    return Optional.ofNullable(said.get(name)).filter(value -> !value.isEmpty());
  }

  boolean says(String name, String value) {
    return value.equals(said.get(name));
  }
}
