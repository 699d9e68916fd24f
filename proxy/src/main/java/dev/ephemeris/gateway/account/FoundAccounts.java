package dev.ephemeris.gateway.account;

import dev.ephemeris.config.AccountsWithin;
import dev.ephemeris.config.AzureScope;
import dev.ephemeris.gateway.custody.AzureAccount;
import dev.ephemeris.gateway.store.Database;
import dev.ephemeris.gateway.store.StoreException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds accounts in Azure by their tags, and writes into the store which there are. An account
 * whose tag is gone, or which is itself, isn't there any more once Azure has said so twice.
 *
 * <p>Looks are for one thread at a time; what is to be known of them is for all.
 */
public final class FoundAccounts {

  private static final Logger LOG = LoggerFactory.getLogger(FoundAccounts.class);

  /** Azure's lists are put together from what several regions know. */
  private static final int MISSED_BEFORE_GONE = 2;

  /** Whoever may write tags could fill a log with them. */
  private static final int MOST_NOTICES = 20;

  /** Of a tag's value, to be shown: anybody may write anything there. */
  private static final Pattern SHOWN = Pattern.compile("[A-Za-z0-9 ._-]{1,63}");

  private final List<AccountsWithin> places;
  private final Function<AzureScope, List<AzureAccount>> azure;
  private final KeptAccounts kept;
  private final InstantSource clock;

  /** How often in a row an account of the store wasn't listed. */
  private final Map<String, Integer> missed = new HashMap<>();

  private volatile List<String> notices = List.of();

  /**
   * @param azure lists the accounts in a scope, all of them; or fails
   */
  public FoundAccounts(
      List<AccountsWithin> places,
      Function<AzureScope, List<AzureAccount>> azure,
      KeptAccounts kept,
      InstantSource clock) {
    this.places = places.stream().filter(within -> within.tag().isPresent()).toList();
    this.azure = azure;
    this.kept = kept;
    this.clock = clock;
  }

  /** What whoever runs the gateway should know; none if all is well. */
  public List<String> notices() {
    return notices;
  }

  /** Asks Azure, and writes down what is otherwise than before. Blocks. */
  public void look() {
    List<String> told = new ArrayList<>();
    Map<String, Tagged> tagged = new HashMap<>();
    List<AzureScope> unknown = new ArrayList<>();
    for (AccountsWithin within : places) {
      try {
        for (AzureAccount account : azure.apply(within.scope())) {
          account
              .tag(within.tag().orElseThrow())
              .ifPresent(
                  environment -> {
                    if (within.admits(account.id(), environment)) {
                      tagged.putIfAbsent(
                          account.id().account().toLowerCase(Locale.ROOT),
                          new Tagged(account, environment));
                    } else {
                      told.add(notAmong(within, account, environment));
                    }
                  });
        }
      } catch (RuntimeException e) {
        unknown.add(within.scope());
        told.add(
            "Which accounts there are in "
                + within.scope()
                + " can't be found out; those that were found there stay. "
                + why(e));
      }
    }
    List<String> most = told.stream().limit(MOST_NOTICES).toList();
    if (!most.equals(notices)) {
      most.forEach(LOG::warn);
    }
    try {
      write(tagged, unknown);
      notices = most;
    } catch (StoreException e) {
      LOG.atWarn().addKeyValue("reason", e.getMessage()).log("found accounts can't be kept now");
    }
  }

  private record Tagged(AzureAccount account, String environment) {}

  private void write(Map<String, Tagged> tagged, List<AzureScope> unknown) {
    Map<String, KeptAccount> before = new HashMap<>();
    kept.all().await().forEach(account -> before.put(account.name(), account));
    tagged.forEach(
        (name, found) -> {
          Optional<KeptAccount> known = Optional.ofNullable(before.get(name));
          // What somebody has added is theirs until its time is over.
          if (known.filter(account -> account.origin() instanceof Origin.Added).isEmpty()) {
            KeptAccount now =
                new KeptAccount(
                    found.account().id(),
                    found.account().endpoint(),
                    found.environment(),
                    known
                        .map(KeptAccount::origin)
                        .orElseGet(() -> new Origin.Found(Database.kept(clock.instant()))));
            if (!known.equals(Optional.of(now))) {
              // Not in the place of one that somebody has added since it was looked up.
              boolean unused = kept.change(known, now).await();
            }
          }
        });
    Set<String> still = new HashSet<>();
    for (KeptAccount account : before.values()) {
      if (account.origin() instanceof Origin.Found
          && !tagged.containsKey(account.name())
          && unknown.stream().noneMatch(scope -> scope.contains(account.id()))) {
        int times = missed.merge(account.name(), 1, Integer::sum);
        if (times >= MISSED_BEFORE_GONE) {
          kept.forget(account).await();
        } else {
          still.add(account.name());
        }
      }
    }
    missed.keySet().retainAll(still);
  }

  private static String notAmong(AccountsWithin within, AzureAccount account, String environment) {
    return "Account “"
        + account.id().account()
        + "” in Azure has tag "
        + within.tag().orElseThrow()
        + (SHOWN.matcher(environment).matches() ? "=" + environment : "")
        + ", whose value isn't among the environments of accounts in "
        + within.scope()
        + ".";
  }

  static String why(RuntimeException failure) {
    return Objects.requireNonNullElse(failure.getMessage(), failure.getClass().getSimpleName())
        .lines()
        .findFirst()
        .orElse("");
  }
}
