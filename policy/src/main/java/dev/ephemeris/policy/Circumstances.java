package dev.ephemeris.policy;

import java.net.InetAddress;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * When, from where and how something is asked for: what a rule's conditions are about. The policy
 * has no clock of its own.
 */
public interface Circumstances {

  Instant at();

  /** Where the request comes from, as far as that is known. */
  Optional<InetAddress> from();

  Standing standing();

  /**
   * Whether all that is asked for has this partition key, or one that begins with it.
   *
   * @param key its levels, all of them text
   */
  boolean isWithinKey(List<String> key);

  /** The address that a literal stands for; empty if it isn't one. Never looks up a name. */
  static Optional<InetAddress> address(String literal) {
    try {
      return Optional.of(InetAddress.ofLiteral(literal));
    } catch (IllegalArgumentException notALiteral) {
      return Optional.empty();
    }
  }

  /**
   * Circumstances that are known beforehand.
   *
   * @param key the partition key, as far as it is text, that all that is asked for begins with;
   *     empty if nothing holds it to one
   */
  record Given(Instant at, Optional<InetAddress> from, Standing standing, List<String> key)
      implements Circumstances {
    public Given {
      key = List.copyOf(key);
    }

    /** Without anything that depends on a lease. */
    public Given(Instant at, Optional<InetAddress> from) {
      this(at, from, Standing.NONE, List.of());
    }

    @Override
    public boolean isWithinKey(List<String> wanted) {
      return key.size() >= wanted.size() && key.subList(0, wanted.size()).equals(wanted);
    }
  }
}
