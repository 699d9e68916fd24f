package dev.ephemeris.policy;

import java.net.InetAddress;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Those of an agent, and of whom it acts for, who signed in by themselves. */
record Acting(Circumstances own, Standing theirs) implements Circumstances {
  @Override
  public Instant at() {
    return own.at();
  }

  @Override
  public Optional<InetAddress> from() {
    return own.from();
  }

  @Override
  public Standing standing() {
    return own.standing();
  }

  @Override
  public boolean isWithinKey(List<String> key) {
    return own.isWithinKey(key);
  }

  @Override
  public Circumstances actedFor() {
    return new OfActedFor(this, theirs);
  }
}
