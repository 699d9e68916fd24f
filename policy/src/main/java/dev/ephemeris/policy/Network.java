package dev.ephemeris.policy;

import java.net.InetAddress;
import java.util.regex.Pattern;

/**
 * A range of addresses, {@code 10.1.0.0/16} or {@code 2001:db8::/32} (RFC 4632, RFC 4291 §2.3); one
 * address is a range of its own. Of IPv4 addresses that IPv6 carries (RFC 4291 §2.5.5.2) the one
 * within counts.
 */
public record Network(String text, InetAddress first, int bits) {

  /** Literals only: a name would be looked up, by whoever answers. */
  private static final Pattern FORM =
      Pattern.compile(
          "([0-9]{1,3}(?:\\.[0-9]{1,3}){3}|[0-9A-Fa-f:]*:[0-9A-Fa-f:.]*)(?:/([0-9]{1,3}))?");

  /**
   * Reads a range.
   *
   * @throws IllegalArgumentException if it isn't one, or has an address with bits beyond its prefix
   */
  public static Network parse(String text) {
    var matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      throw refusal(text);
    }
    InetAddress address;
    try {
      address = InetAddress.ofLiteral(matcher.group(1));
    } catch (IllegalArgumentException e) {
      throw refusal(text);
    }
    int width = address.getAddress().length * Byte.SIZE;
    int bits = matcher.group(2) == null ? width : Integer.parseInt(matcher.group(2));
    if (bits > width) {
      throw refusal(text);
    }
    Network network = new Network(text, address, bits);
    if (network.hasBitsBeyondPrefix()) {
      throw new IllegalArgumentException(
          "'%s' has an address within the range; expected its first one".formatted(text));
    }
    return network;
  }

  private static IllegalArgumentException refusal(String text) {
    return new IllegalArgumentException(
        "'%s' is not a range of addresses; expected one such as 10.1.0.0/16".formatted(text));
  }

  private boolean hasBitsBeyondPrefix() {
    byte[] address = first.getAddress();
    for (int bit = bits; bit < address.length * Byte.SIZE; bit++) {
      if ((address[bit / Byte.SIZE] >> (Byte.SIZE - 1 - bit % Byte.SIZE) & 1) != 0) {
        return true;
      }
    }
    return false;
  }

  /** Whether the address is one of the range; none of the other version is. */
  public boolean contains(InetAddress candidate) {
    byte[] own = first.getAddress();
    byte[] other = candidate.getAddress();
    if (own.length != other.length) {
      return false;
    }
    int whole = bits / Byte.SIZE;
    for (int i = 0; i < whole; i++) {
      if (own[i] != other[i]) {
        return false;
      }
    }
    int rest = bits % Byte.SIZE;
    return rest == 0 || (own[whole] ^ other[whole]) >> (Byte.SIZE - rest) == 0;
  }

  @Override
  public String toString() {
    return text;
  }
}
