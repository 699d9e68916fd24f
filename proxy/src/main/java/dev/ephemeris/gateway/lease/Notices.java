package dev.ephemeris.gateway.lease;

import dev.ephemeris.policy.Channel;
import java.util.Set;
import org.jdbi.v3.core.Handle;

/** Tells people of leases and access requests. */
public interface Notices {

  /** For nobody. */
  Notices NOBODY = (handle, channels, notice) -> {};

  /**
   * Has it told by these channels, once the caller's transaction is kept; never if it isn't. Short:
   * the telling itself is done later, and again until it arrives.
   *
   * @param channels as rules name them
   */
  void tell(Handle handle, Set<Channel> channels, Notice notice);
}
