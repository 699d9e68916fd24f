package dev.ephemeris.gateway.cli;

import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * A lease while something works with it: renewed ahead of its end, with the same secret, and ended
 * when nothing needs it any more. What goes wrong meanwhile is a line for people.
 *
 * <p>Confined to whoever calls it; one thread keeps it, and when that has ended another may end it.
 */
final class HeldLease {

  /** The clock is looked at this often: a machine that slept has lost time that no wait counts. */
  private static final Duration LOOK = Duration.ofSeconds(30);

  private final Connection connection;
  private final Surroundings surroundings;
  private final PrintWriter err;
  private final LeaseId id;
  private final Optional<Duration> ttl;

  /** The gateway's clock less this machine's. */
  private final Duration ahead;

  private final Duration life;

  private Instant end;
  private Instant renewAt;
  private boolean warned;

  /**
   * @param ttl how long it was asked for, and is each time
   */
  HeldLease(
      Api.Lease issued,
      Optional<Duration> ttl,
      Connection connection,
      Surroundings surroundings,
      PrintWriter err)
      throws Failure {
    this.connection = connection;
    this.surroundings = surroundings;
    this.err = err;
    this.id =
        LeaseId.parse(issued.id())
            .orElseThrow(
                () -> new Failure(Failure.Kind.UNREACHABLE, "The gateway's lease has no id."));
    this.ttl = ttl;
    this.ahead = Duration.between(surroundings.now(), issued.issuedAt());
    this.life = Duration.between(issued.issuedAt(), issued.expiresAt());
    this.end = issued.expiresAt();
    this.renewAt = ahead(end);
  }

  /** Renews it for as long as the policy lets it; returns when it has ended. */
  void keep() throws InterruptedException {
    while (now().isBefore(end)) {
      Instant next = renewAt.isBefore(end) ? renewAt : end;
      Duration wait = Duration.between(now(), next);
      surroundings.pause().sleep(wait.compareTo(LOOK) < 0 ? wait : LOOK);
      if (!now().isBefore(renewAt) && now().isBefore(end)) {
        renew();
      }
    }
  }

  private void renew() throws InterruptedException {
    try {
      end = connection.inBackground().renewLease(id, ttl).value().lease().expiresAt();
      renewAt = ahead(end);
      warned = false;
      if (Duration.between(now(), end).compareTo(life.multipliedBy(9).dividedBy(10)) < 0) {
        warn("can't be renewed past that: the rule or your session gives no more.");
        renewAt = end;
      }
    } catch (Failure e) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      warn("isn't renewed: " + e.line());
      // What the gateway refuses once it would refuse again; of all else the next try may be
      // better.
      renewAt = e.kind() == Failure.Kind.REFUSED ? end : now().plus(LOOK);
    }
  }

  private void warn(String why) {
    if (!warned) {
      err.println(
          "ephemeris: lease "
              + id
              + " ends "
              + surroundings.ending(end.minus(ahead))
              + ", and "
              + why);
    }
    warned = true;
  }

  /** Ends it, unless it has ended. */
  void end() {
    if (!now().isBefore(end)) {
      return;
    }
    try {
      connection.inBackground().revokeLease(id);
    } catch (Failure e) {
      err.println(
          "ephemeris: lease "
              + id
              + " isn't revoked, and ends "
              + surroundings.ending(end.minus(ahead))
              + ": "
              + e.line());
    }
    end = Instant.MIN;
  }

  /** Ahead of its end by a quarter of its life: time to sign in again, or to end one's work. */
  private Instant ahead(Instant of) {
    return of.minus(life.dividedBy(4));
  }

  private Instant now() {
    return surroundings.now().plus(ahead);
  }
}
