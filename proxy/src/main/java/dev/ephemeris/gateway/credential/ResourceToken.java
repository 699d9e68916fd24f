package dev.ephemeris.gateway.credential;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import java.util.Optional;

/**
 * A resource token, Cosmos DB's own or that of a lease: {@code type=resource&ver=1.0&sig=…}. What a
 * placeholder has behind {@code sig=} is neither.
 *
 * @param lease the id of the lease that it is of
 * @param secret enough of it to tell it from any other
 * @param end where in the text that is over
 */
public record ResourceToken(Optional<String> lease, String secret, int end) {

  /** The lease's id and its MAC; or the 16 bytes that Cosmos DB's have first. */
  private static final Pattern START =
      Pattern.compile(
          "(?i:&ver=1(?:\\.0)?&sig=)"
              + "(?:([a-z2-7]{27})(\\.[A-Za-z0-9_-]{43})|([A-Za-z0-9+/]{21}[AQgw]==;))");

  /** Of what stands at the beginning of a text, after {@code type=resource}. */
  public static Optional<ResourceToken> startOf(String text) {
    Matcher start = START.matcher(text);
    if (!start.lookingAt()) {
      return Optional.empty();
    }
    Optional<String> lease = Optional.ofNullable(start.group(1));
    return Optional.of(
        new ResourceToken(lease, start.group(lease.isPresent() ? 2 : 3), start.end()));
  }

  @Override
  public String toString() {
    return "ResourceToken[lease=" + lease + "]";
  }
}
