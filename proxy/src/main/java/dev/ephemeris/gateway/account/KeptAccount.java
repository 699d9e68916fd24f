package dev.ephemeris.gateway.account;

import dev.ephemeris.config.Endpoint;
import dev.ephemeris.config.ResourceId;
import dev.ephemeris.gateway.store.Database;
import dev.ephemeris.gateway.store.RowSeal;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * An account that the store has, as the configuration doesn't list it.
 *
 * @param endpoint what Azure said that it is
 */
record KeptAccount(ResourceId id, Endpoint endpoint, String environment, Origin origin) {

  /**
   * @throws IllegalArgumentException for one that the configuration lists
   */
  KeptAccount {
    if (origin instanceof Origin.Configured) {
      throw new IllegalArgumentException("the configuration has it, and not the store");
    }
  }

  /** In lower case, as accounts' names are. */
  String name() {
    return id.account().toLowerCase(Locale.ROOT);
  }

  boolean hasEnded(Instant now) {
    return endsAt().filter(end -> !end.isAfter(now)).isPresent();
  }

  /** When it goes by itself, if it does. */
  Optional<Instant> endsAt() {
    return origin instanceof Origin.Added added ? Optional.of(added.endsAt()) : Optional.empty();
  }

  Optional<String> addedBy() {
    return origin instanceof Origin.Added added ? Optional.of(added.by()) : Optional.empty();
  }

  Instant since() {
    return switch (origin) {
      case Origin.Added added -> added.since();
      case Origin.Found found -> found.since();
      case Origin.Configured configured -> throw new IllegalStateException("never kept");
    };
  }

  byte[] canonical() {
    return RowSeal.row(
        "account",
        List.of(
            id.toString(),
            endpoint.toString(),
            environment,
            Long.toString(Database.micros(since())),
            addedBy().map(by -> "by " + by).orElse(""),
            endsAt().map(at -> Long.toString(Database.micros(at))).orElse("")));
  }
}
