package dev.ephemeris.simulator.issuer;

import io.vertx.core.MultiMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The parameters of one request, each given once. Immutable. */
record Parameters(Map<String, String> values) {

  Parameters {
    values = Map.copyOf(values);
  }

  /** Empty if a parameter is given twice, which no request may do (RFC 6749 §3.1 and §3.2). */
  static Optional<Parameters> parse(MultiMap given) {
    var values = new LinkedHashMap<String, String>();
    for (var entry : given) {
      if (values.put(entry.getKey(), entry.getValue()) != null) {
        return Optional.empty();
      }
    }
    return Optional.of(new Parameters(values));
  }

  /** A parameter without a value counts as omitted (RFC 6749 §3.1). */
  Optional<String> get(String name) {
    return Optional.ofNullable(values.get(name)).filter(value -> !value.isEmpty());
  }

  /** Names only: among the values are codes and secrets. */
  @Override
  public String toString() {
    return "Parameters" + values.keySet();
  }
}
