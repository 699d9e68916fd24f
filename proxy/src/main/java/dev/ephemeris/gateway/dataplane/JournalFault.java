package dev.ephemeris.gateway.dataplane;

import dev.ephemeris.cosmos.CosmosError;
import dev.ephemeris.gateway.metrics.Disposition;

/** What is answered while the journal takes no record: nothing happens without one. */
final class JournalFault {

  static final Verdict.Refuse REFUSAL =
      new Verdict.Refuse(
          Disposition.JOURNAL,
          CosmosError.unavailable(
              "The gateway's journal takes no records now, so no request is let through. Whoever"
                  + " runs the gateway finds the cause in its log."));

  private JournalFault() {}
}
