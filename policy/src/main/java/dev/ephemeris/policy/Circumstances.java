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

  /**
   * Whether the lease was given after these agreed. Not so, unless somebody knows better.
   *
   * @param approval as a rule has it now
   */
  default boolean isApproved(Approval approval) {
    return false;
  }

  /**
   * The same for whom the caller acts for: what is known of their sign-in in the place of the
   * caller's. Nothing, unless somebody knows better, so that what asks for it doesn't hold.
   */
  default Circumstances actedFor() {
    return new OfActedFor(this, Standing.NONE);
  }

  /** The address that a literal stands for; empty if it isn't one. Never looks up a name. */
  static Optional<InetAddress> address(String literal) {
    try {
      return Optional.of(InetAddress.ofLiteral(literal));
    } catch (IllegalArgumentException notALiteral) {
      return Optional.empty();
    }
  }

  /**
   * Those of whom a caller acts for.
   *
   * @param caller the caller's, whose moment, address and key they are too
   */
  record OfActedFor(Circumstances caller, Standing standing) implements Circumstances {
    @Override
    public Instant at() {
      return caller.at();
    }

    @Override
    public Optional<InetAddress> from() {
      return caller.from();
    }

    @Override
    public boolean isWithinKey(List<String> key) {
      return caller.isWithinKey(key);
    }

    @Override
    public boolean isApproved(Approval approval) {
      return caller.isApproved(approval);
    }
  }

  /**
   * Circumstances that are known beforehand. What is said of the caller goes for whom they act for,
   * too.
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

    @Override
    public Circumstances actedFor() {
      return this;
    }
  }
}
