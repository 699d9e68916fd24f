package dev.ephemeris.gateway.mint;

import dev.ephemeris.gateway.identity.Pace;
import dev.ephemeris.gateway.lease.DirectLane.Answer;
import dev.ephemeris.policy.PrincipalId;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Supplier;

/** How often a lane is asked for what it makes: by each principal, and in each account. */
final class LanePace {

  private static final Duration PER = Duration.ofMinutes(1);

  private final String what;
  private final Pace<PrincipalId> perPrincipal;
  private final Pace<String> perAccount;

  /**
   * @param what it makes, in the plural
   * @param mostOfPrincipal in a minute
   * @param mostInAccount in a minute
   */
  LanePace(String what, int mostOfPrincipal, int mostInAccount, InstantSource clock) {
    this.what = what;
    this.perPrincipal = new Pace<>(mostOfPrincipal, PER, clock);
    this.perAccount = new Pace<>(mostInAccount, PER, clock);
  }

  /** Goes on, and counts it, unless it is asked for too often. */
  <T> Future<Answer<T>> inTurn(
      PrincipalId principal, String account, Supplier<Future<Answer<T>>> goOn) {
    Duration wait = perPrincipal.wait(principal);
    if (wait.isZero()) {
      wait = perAccount.wait(account);
    }
    return wait.isZero()
        ? goOn.get()
        : Future.succeededFuture(
            new Answer.Busy<>(
                "Too many "
                    + what
                    + " were asked for in a minute, in account “"
                    + account
                    + "”. One is good for its whole time: keep it, and ask again in "
                    + Pace.seconds(wait)
                    + " s.",
                wait));
  }
}
