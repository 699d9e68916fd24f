package dev.ephemeris.gateway.oauth;

import dev.ephemeris.gateway.identity.ClientAddress;
import dev.ephemeris.gateway.identity.FailedAttempts;
import dev.ephemeris.gateway.journal.Journal;
import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.journal.JournalRecord;
import io.vertx.core.Handler;
import io.vertx.ext.web.RoutingContext;
import java.time.InstantSource;
import java.util.Optional;

/** From where requests come, and what becomes of those that fail: recorded, and slowed. */
final class Attempts implements Handler<RoutingContext> {

  private static final String ADDRESS = "address";

  private final ClientAddress from;
  private final FailedAttempts failures;
  private final Journal journal;
  private final InstantSource clock;

  Attempts(ClientAddress from, Journal journal, InstantSource clock) {
    this.from = from;
    this.failures = new FailedAttempts(clock);
    this.journal = journal;
    this.clock = clock;
  }

  /** Refuses what comes from nobody knows where. */
  @Override
  public void handle(RoutingContext context) {
    switch (from.of(context.request())) {
      case ClientAddress.Origin.Known(String address) -> {
        context.put(ADDRESS, address);
        context.next();
      }
      case ClientAddress.Origin.Unreadable unreadable ->
          new OAuthError(OAuthError.Code.INVALID_REQUEST, unreadable.reason()).send(context);
    }
  }

  /** From where this one comes; only behind this handler. */
  static String address(RoutingContext context) {
    String address = context.get(ADDRESS);
    if (address == null) {
      throw new IllegalStateException("this route isn't behind the attempts");
    }
    return address;
  }

  /**
   * Records that one has failed.
   *
   * @return whether it is answered as ever; if not, it has been told to come again later
   */
  boolean failed(RoutingContext context, String reason) {
    String address = address(context);
    switch (failures.failed(address, Optional.empty())) {
      case FailedAttempts.Answer.Slowed slowed -> {
        OAuthError.slowed(
            context,
            slowed.waitSeconds(),
            "too many failed attempts; come again in " + slowed.waitSeconds() + " s");
        return false;
      }
      case FailedAttempts.Answer.AsEver asEver -> {
        try {
          journal.append(
              new JournalRecord.AuthenticationFailed(
                  clock.instant(), "api", address, Optional.empty(), asEver.recorded(reason)));
          return true;
        } catch (JournalException e) {
          context.fail(e);
          return false;
        }
      }
    }
  }
}
