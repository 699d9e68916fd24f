package dev.ephemeris.gateway.lease;

import dev.ephemeris.gateway.journal.Journal;
import dev.ephemeris.gateway.journal.JournalRecord.RootKeyAdded;
import dev.ephemeris.gateway.lease.RootKeyStates.Row;
import dev.ephemeris.gateway.store.Database;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The root keys that the configuration lists. The store has since when each derives, and which ones
 * are revoked: that holds although the configuration may still name them.
 */
final class ListedRootKeys implements RootKeyCustody {

  private final RootKeyStates states;
  private final List<RootKey> keys;
  private final Journal journal;
  private final InstantSource clock;

  ListedRootKeys(
      RootKeyStates states, RootKeyHome.Listed home, Journal journal, InstantSource clock) {
    this.states = states;
    this.keys = home.keys();
    this.journal = journal;
    this.clock = clock;
  }

  @Override
  public RootKeyRing open() throws RootKeyException {
    while (true) {
      Optional<RootKeyRing> opened = open(states.rows());
      if (opened.isPresent()) {
        return opened.get();
      }
    }
  }

  /** Empty if another gateway has changed what the store says meanwhile. */
  private Optional<RootKeyRing> open(List<Row> rows) throws RootKeyException {
    RootKey first = keys.getFirst();
    Instant revokedAt = ring(rows).revokedAt().get(first.kid());
    if (revokedAt != null) {
      throw new RootKeyException(
          "Root key “"
              + first.kid()
              + "”, the first of rootKeys, was revoked at "
              + revokedAt
              + ". Put one before it that wasn't, with a kid of its own.");
    }
    RootKeyRing ring = look(rows);
    Instant now = Database.kept(clock.instant());
    return states.transaction(
        handle -> {
          if (!RootKeyStates.isStill(handle, rows)) {
            return Optional.empty();
          }
          if (rows.stream()
              .noneMatch(row -> row.kid() == first.kid() && row.state().derivesAt().isPresent())) {
            if (!rows.isEmpty()) {
              journal.append(
                  new RootKeyAdded(
                      now, String.valueOf(first.kid()), now, RootKeyAdded.BY_CONFIGURATION));
            }
            RootKeyStates.keep(
                handle, RootKeyState.made(first.kid(), Optional.empty(), now), first);
          }
          // What an older one has sealed is good for as long as that is listed, and no longer.
          rows.stream()
              .filter(row -> row.isSealedBy(ring.verifying()))
              .forEach(row -> RootKeyStates.keep(handle, row.state(), first));
          // Those too that verify only: whoever moves them into a vault has them known there.
          for (RootKey older : keys.subList(1, keys.size())) {
            if (rows.stream().noneMatch(row -> row.kid() == older.kid())) {
              RootKeyStates.keep(handle, RootKeyState.unknown(older.kid()), first);
            }
          }
          return Optional.of(ring);
        });
  }

  @Override
  public RootKeyRing look(List<Row> rows) throws RootKeyException {
    RootKeyRing ring = ring(rows);
    for (Row row : rows) {
      if (isListed(row.kid()) && !row.isRevoked() && !row.isSealedBy(ring.verifying())) {
        throw new RootKeyException(RootKeyStates.isNotOurs(row.kid()));
      }
    }
    return ring;
  }

  private boolean isListed(char kid) {
    return keys.stream().anyMatch(key -> key.kid() == kid);
  }

  /** What says that it is revoked is, whoever says so: they had no other reason to. */
  private RootKeyRing ring(List<Row> rows) {
    Map<Character, Instant> revokedAt = new HashMap<>();
    rows.forEach(row -> row.state().revokedAt().ifPresent(at -> revokedAt.put(row.kid(), at)));
    return new RootKeyRing(
        keys.stream().filter(key -> !revokedAt.containsKey(key.kid())).toList(),
        Optional.empty(),
        keys.stream().filter(key -> revokedAt.containsKey(key.kid())).toList(),
        revokedAt);
  }

  @Override
  public RootKey sealing(RootKeyRing ring) {
    return ring.verifying().getFirst();
  }
}
