package dev.ephemeris.gateway.account;

import java.util.List;

/** All parts of the gateway that have to do with accounts. */
public interface Parts {

  /**
   * Has to do with these from now on, and with no others. Blocks; what isn't otherwise than before
   * goes on undisturbed. May be called again with the same, after it has failed.
   */
  void become(List<AccountInForce> accounts);

  /** Knows nothing any more of an account that isn't there, or is another that is called so. */
  void forget(String account);
}
