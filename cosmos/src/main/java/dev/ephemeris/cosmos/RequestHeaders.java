package dev.ephemeris.cosmos;

import java.util.List;
import java.util.Optional;

/**
 * The headers of a request that go upstream: only names that Ephemeris knows, each once, each with
 * a value of the form that the SDKs send.
 *
 * @param all in the order in which they came, names in lower case
 */
public record RequestHeaders(List<Header> all) {

  public record Header(String name, String value) {}

  public RequestHeaders {
    all = List.copyOf(all);
  }

  /** The value of a header by its lower-case name. */
  public Optional<String> get(String name) {
    for (Header header : all) {
      if (header.name.equals(name)) {
        return Optional.of(header.value);
      }
    }
    return Optional.empty();
  }
}
