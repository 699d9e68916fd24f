package dev.ephemeris.gateway.account;

import dev.ephemeris.config.AccountsWithin;
import dev.ephemeris.config.ResourceId;
import dev.ephemeris.gateway.custody.AzureAccount;
import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.store.Database;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Accounts that somebody adds for a time, such as those of preview environments. Only where they
 * are in Azure is theirs to say, and only within what the configuration lets: where their data is,
 * Azure says, since that is where the gateway sends its credentials. Thread-safe.
 */
public final class AddedAccounts {

  private static final Logger LOG = LoggerFactory.getLogger(AddedAccounts.class);

  private final List<AccountsWithin> places;
  private final Function<ResourceId, Optional<AzureAccount>> azure;
  private final AccountsInForce accounts;
  private final InstantSource clock;

  /** What came of it. */
  public sealed interface Answer {

    /**
     * It is behind the gateway.
     *
     * @param isNew whether it wasn't before
     */
    record Taken(AccountInForce account, boolean isNew) implements Answer {}

    /** It is not any more. */
    record Gone() implements Answer {}

    /** Nothing was changed: what there is isn't what they saw any more. */
    record NotAsSeen() implements Answer {}

    /** Nothing was changed, and the answer will be the same again. */
    record Refused(String why) implements Answer {}

    /** There is none of that name. */
    record Unknown() implements Answer {}

    /** Azure doesn't tell now. */
    record Unavailable(String why) implements Answer {}
  }

  /**
   * @param azure what Azure says of an account; empty if it says that there is none
   */
  public AddedAccounts(
      List<AccountsWithin> places,
      Function<ResourceId, Optional<AzureAccount>> azure,
      AccountsInForce accounts,
      InstantSource clock) {
    this.places = places.stream().filter(within -> within.longest().isPresent()).toList();
    this.azure = azure;
    this.accounts = accounts;
    this.clock = clock;
  }

  /**
   * Adds one, or changes until when one is there, and its environment.
   *
   * @param by a principal
   * @param asSeen whether the accounts are what they decide on
   */
  public Future<Answer> add(
      ResourceId id, String environment, Instant endsAt, String by, BooleanSupplier asSeen) {
    return aside(() -> added(id, environment, Database.kept(endsAt), by, asSeen));
  }

  private Answer added(
      ResourceId id, String environment, Instant endsAt, String by, BooleanSupplier asSeen)
      throws JournalException {
    Optional<AccountsWithin> within =
        places.stream().filter(place -> place.admits(id, environment)).findFirst();
    if (within.isEmpty()) {
      return new Answer.Refused(
          "No azure.accountsWithin of the gateway's configuration lets anybody add "
              + id
              + " in environment “"
              + environment
              + "”. Ask whoever runs the gateway.");
    }
    Instant now = Database.kept(clock.instant());
    Duration longest = within.get().longest().orElseThrow();
    if (!endsAt.isAfter(now) || endsAt.isAfter(now.plus(longest))) {
      return new Answer.Refused(
          "It can be there until "
              + now.plus(longest)
              + " at the latest, and not until "
              + endsAt
              + ". Add it again before its time is over, if it is needed for longer.");
    }
    Optional<AzureAccount> found;
    try {
      found = azure.apply(id);
    } catch (RuntimeException e) {
      LOG.atWarn().addKeyValue("resourceId", id).setCause(e).log("an account can't be looked up");
      return new Answer.Unavailable(
          "Azure Resource Manager doesn't say whether there is such an account, or not to the"
              + " gateway: "
              + FoundAccounts.why(e));
    }
    if (found.isEmpty()) {
      return new Answer.Refused(
          "Azure knows no account "
              + id
              + " that is ready and speaks NoSQL. If it was made just now, try again when it is"
              + " ready.");
    }
    try {
      return accounts.add(
          new KeptAccount(
              found.get().id(),
              found.get().endpoint(),
              environment,
              new Origin.Added(by, now, endsAt)),
          by,
          asSeen);
    } catch (NotTakenException e) {
      return new Answer.Refused(e.getMessage());
    }
  }

  /**
   * Takes one away before its time is over, with its leases.
   *
   * @param by a principal
   * @param asSeen whether it is what they decide on
   */
  public Future<Answer> remove(String account, String by, BooleanSupplier asSeen) {
    return aside(() -> accounts.remove(account, by, asSeen));
  }

  /** On a thread that may wait. */
  private static Future<Answer> aside(Callable<Answer> work) {
    CompletableFuture<Answer> done = new CompletableFuture<>();
    Thread.ofVirtual()
        .name("accounts")
        .start(
            () -> {
              try {
                done.complete(work.call());
              } catch (Exception | LinkageError e) {
                done.completeExceptionally(e);
              }
            });
    Context caller = Vertx.currentContext();
    return caller == null
        ? Future.fromCompletionStage(done)
        : Future.fromCompletionStage(done, caller);
  }
}
