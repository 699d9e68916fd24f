package dev.ephemeris.gateway.mint;

import dev.ephemeris.gateway.lease.Lease;
import io.vertx.core.Future;
import java.util.List;
import java.util.Optional;

/** The leases that roles are for. Thread-safe. */
interface HeldRoles {

  /**
   * Those in an account that are good now; fails if nobody knows.
   *
   * @return empty while the account is being put in force: it is known again at once
   */
  Future<Optional<List<Lease>>> upheld(String account);

  /** Ends a lease since what it was given for holds no more. */
  Future<Void> withdraw(Lease lease);
}
