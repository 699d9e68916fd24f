package dev.ephemeris.gateway.dataplane;

import dev.ephemeris.cosmos.CosmosError;

/** What is answered while the journal takes no record: nothing happens without one. */
final class JournalFault {

  static final CosmosError ERROR =
      CosmosError.unavailable(
          "The gateway's journal takes no records now, so no request is let through. Whoever runs"
              + " the gateway finds the cause in its log.");

  private JournalFault() {}
}
