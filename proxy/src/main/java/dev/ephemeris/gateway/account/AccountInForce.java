package dev.ephemeris.gateway.account;

import dev.ephemeris.config.Account;
import dev.ephemeris.gateway.custody.AccountCustody;

/**
 * An account behind the gateway.
 *
 * @param custody what the gateway holds for it
 */
public record AccountInForce(Account settings, Origin origin, AccountCustody custody) {

  public String name() {
    return settings.name();
  }
}
