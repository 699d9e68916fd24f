package dev.ephemeris.gateway.identity;

import dev.ephemeris.config.TrustedProxies;
import dev.ephemeris.config.TrustedProxies.ForwardedBy;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where a request comes from: the connection's other end, unless that is a trusted proxy. Then it
 * is whom that proxy heard from, and so on, as far as the proxies are trusted; what stands before
 * the first that isn't, anybody may have written.
 *
 * <p>Immutable and thread-safe.
 */
public final class ClientAddress {

  /** RFC 7239 §6, and as proxies write it in the older header: perhaps with a port. */
  private static final Pattern NODE =
      Pattern.compile(
          "(?<v4>[0-9]{1,3}(\\.[0-9]{1,3}){3})(:[0-9]{1,5})?"
              + "|\\[(?<v6>[0-9A-Fa-f:.]+)](:[0-9]{1,5})?"
              + "|(?<bare>[0-9A-Fa-f]*:[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*)");

  /** RFC 7239 §4: pairs of a name and a word or a text in quotes. */
  private static final Pattern PAIR =
      Pattern.compile(
          "\\s*(?<name>[!#$%&'*+.^_`|~0-9A-Za-z-]+)=(\"(?<quoted>[^\"\\\\]*)\""
              + "|(?<word>[!#$%&'*+.^_`|~0-9A-Za-z-]+))\\s*");

  private final Optional<TrustedProxies> proxies;

  public ClientAddress(Optional<TrustedProxies> proxies) {
    this.proxies = proxies;
  }

  /** What there is to know of a request's way. */
  public sealed interface Origin {

    /** It comes from there. */
    record Known(String address) implements Origin {}

    /**
     * A trusted proxy says something that can't be read. Whoever is let in by address must not be
     * taken for the proxy.
     */
    record Unreadable(String proxy) implements Origin {

      /** What to tell the caller: who set the proxies up is who can mend it. */
      public String reason() {
        return "the proxy in front of the gateway doesn't say in a way that can be read where the"
            + " request comes from; whoever runs the gateway finds “trustedProxies” in its"
            + " configuration";
      }
    }
  }

  /** Where this request comes from. */
  public Origin of(HttpServerRequest request) {
    SocketAddress real = request.connection().remoteAddress(true);
    SocketAddress told = request.connection().remoteAddress();
    return of(
        real == null ? null : real.hostAddress(),
        told == null ? null : told.hostAddress(),
        lines(request));
  }

  private List<String> lines(HttpServerRequest request) {
    return switch (proxies.map(TrustedProxies::header).orElse(ForwardedBy.NONE)) {
      case X_FORWARDED_FOR -> request.headers().getAll("x-forwarded-for");
      case FORWARDED -> request.headers().getAll("forwarded");
      case NONE -> List.of();
    };
  }

  /**
   * The same of what was found out.
   *
   * @param connection the other end of the connection
   * @param told what the PROXY protocol says, else the same
   * @param lines the values of the header, in their order
   */
  Origin of(@Nullable String connection, @Nullable String told, List<String> lines) {
    if (connection == null) {
      return new Origin.Known("unknown");
    }
    Optional<InetAddress> peer = literal(connection);
    if (peer.isEmpty() || !isTrusted(peer.get())) {
      return new Origin.Known(connection);
    }
    String hop = told == null ? connection : told;
    List<String> heard = hops(lines);
    for (int i = heard.size(); ; i--) {
      Optional<InetAddress> address = literal(hop);
      if (address.isEmpty()) {
        return new Origin.Unreadable(connection);
      }
      if (i == 0 || !isTrusted(address.get())) {
        return new Origin.Known(address.get().getHostAddress());
      }
      hop = heard.get(i - 1);
    }
  }

  private boolean isTrusted(InetAddress address) {
    return proxies.filter(trusted -> trusted.include(address)).isPresent();
  }

  /** From the first hop to the last; what can't be read is an empty text. */
  private List<String> hops(List<String> lines) {
    boolean rfc7239 =
        proxies.filter(trusted -> trusted.header() == ForwardedBy.FORWARDED).isPresent();
    List<String> hops = new ArrayList<>();
    for (String line : lines) {
      for (String element : line.split(",", -1)) {
        hops.add(rfc7239 ? forwardedFor(element) : node(element.strip()));
      }
    }
    return hops;
  }

  /**
   * The one {@code for} of an element. A comma in quotes makes its halves unreadable, as it should.
   */
  private static String forwardedFor(String element) {
    String found = "";
    for (String pair : element.split(";", -1)) {
      Matcher matcher = PAIR.matcher(pair);
      if (!matcher.matches()) {
        return "";
      }
      if (matcher.group("name").equalsIgnoreCase("for")) {
        if (!found.isEmpty()) {
          return "";
        }
        String value =
            matcher.group("quoted") == null ? matcher.group("word") : matcher.group("quoted");
        found = node(value);
        if (found.isEmpty()) {
          return "";
        }
      }
    }
    return found;
  }

  /** The address within, without a port; empty for anything else, a name too. */
  private static String node(String text) {
    Matcher matcher = NODE.matcher(text);
    if (!matcher.matches()) {
      return "";
    }
    for (String form : List.of("v4", "v6", "bare")) {
      if (matcher.group(form) != null) {
        return matcher.group(form);
      }
    }
    return "";
  }

  private static Optional<InetAddress> literal(String text) {
    try {
      return text.isEmpty() ? Optional.empty() : Optional.of(InetAddress.ofLiteral(text));
    } catch (IllegalArgumentException aName) {
      return Optional.empty();
    }
  }
}
