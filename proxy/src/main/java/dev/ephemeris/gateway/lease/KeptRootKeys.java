package dev.ephemeris.gateway.lease;

import static java.util.stream.Collectors.toUnmodifiableSet;

import dev.ephemeris.gateway.custody.Secret;
import dev.ephemeris.gateway.custody.VaultSecrets;
import dev.ephemeris.gateway.custody.VaultSecrets.VaultException;
import dev.ephemeris.gateway.journal.Journal;
import dev.ephemeris.gateway.journal.JournalRecord.RootKeyAdded;
import dev.ephemeris.gateway.lease.RootKeyStates.Row;
import dev.ephemeris.gateway.store.Database;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * The root keys that the gateway keeps in a vault by itself. The store names each with the version
 * of its secret, so that nothing else that is set under its name counts; all that it says is sealed
 * by the newest key.
 */
final class KeptRootKeys implements RootKeyCustody {

  private static final String KIDS = "abcdefghijklmnopqrstuvwxyz234567";

  private static final Comparator<RootKeyState> NEWEST_FIRST =
      Comparator.comparing(RootKeyState::since).reversed();

  private final RootKeyStates states;
  private final RootKeyHome.Kept home;
  private final Journal journal;
  private final InstantSource clock;

  /** What was read, and is to be had without the vault. */
  private final Map<Version, RootKey> held = new HashMap<>();

  private record Version(char kid, String version) {}

  KeptRootKeys(RootKeyStates states, RootKeyHome.Kept home, Journal journal, InstantSource clock) {
    this.states = states;
    this.home = home;
    this.journal = journal;
    this.clock = clock;
  }

  @Override
  public RootKeyRing open() throws RootKeyException, VaultException {
    List<Row> rows = states.rows();
    if (rows.isEmpty()) {
      try {
        begin();
      } catch (VaultException e) {
        if (states.rows().isEmpty()) {
          throw e;
        }
        // Another gateway was quicker, and a third one has disabled what it had made in vain.
      }
    } else {
      pin(rows);
    }
    RootKeyRing ring = look(states.rows());
    if (ring.newest(clock.instant()).isEmpty()) {
      throw new RootKeyException(
          "Each root key of the store is revoked; docs/keys.md says how to begin again.");
    }
    return ring;
  }

  /**
   * With nothing in the store: takes up what the vault has from a store before, or makes the first.
   * Of several only the newest lets anybody in; by the others the gateway knows its roles again.
   */
  private void begin() throws RootKeyException, VaultException {
    Instant now = Database.kept(clock.instant());
    List<VaultSecrets.Listed> named =
        home.vault().beginningWith(home.prefix()).stream()
            .filter(secret -> kid(secret).isPresent())
            .sorted(Comparator.comparing(VaultSecrets.Listed::createdAt).reversed())
            .toList();
    List<RootKeyState> found = new ArrayList<>();
    for (VaultSecrets.Listed secret : named) {
      if (secret.enabled()) {
        char kid = kid(secret).orElseThrow();
        RootKeyState state = RootKeyState.made(kid, Optional.of(read(kid, Optional.empty())), now);
        found.add(found.isEmpty() ? state : state.revoked(now));
      }
    }
    boolean isNew = found.isEmpty();
    if (isNew) {
      char kid =
          free(named.stream().flatMap(secret -> kid(secret).stream()).collect(toUnmodifiableSet()))
              .orElseThrow(
                  () ->
                      new RootKeyException(
                          "Each secret “"
                              + home.prefix()
                              + "…” of the key vault "
                              + home.vault()
                              + " is disabled. Choose another prefix for rootKeyVault."));
      found.add(RootKeyState.made(kid, Optional.of(make(kid)), now));
    }
    RootKeyState newest = found.getFirst();
    RootKey sealing = held(newest).orElseThrow();
    boolean ours =
        states.transaction(
            handle -> {
              if (!RootKeyStates.read(handle).isEmpty()) {
                return false;
              }
              if (isNew) {
                journal.append(added(newest, RootKeyAdded.BY_GATEWAY, now));
              }
              found.forEach(state -> RootKeyStates.keep(handle, state, sealing));
              return true;
            });
    if (isNew && !ours && states.rows().stream().noneMatch(row -> isOf(row, newest))) {
      // Another gateway was quicker, and not by taking up what this one had just made.
      disable(newest);
    }
  }

  private static boolean isOf(Row row, RootKeyState state) {
    return row.kid() == state.kid() && row.state().version().equals(state.version());
  }

  static RootKeyAdded added(RootKeyState state, String by, Instant now) {
    return new RootKeyAdded(now, String.valueOf(state.kid()), state.since(), by);
  }

  private Optional<Character> kid(VaultSecrets.Listed secret) {
    String kid = secret.name().substring(home.prefix().length());
    return kid.length() == 1 && KIDS.contains(kid) ? Optional.of(kid.charAt(0)) : Optional.empty();
  }

  /** The first kid that isn't taken. */
  static Optional<Character> free(Set<Character> taken) {
    return KIDS.chars().mapToObj(c -> (char) c).filter(kid -> !taken.contains(kid)).findFirst();
  }

  /**
   * What was listed in the configuration before, and is in the vault now under its name, stays from
   * now on what it is there. What isn't there isn't needed, unless it derives.
   */
  private void pin(List<Row> rows) throws RootKeyException, VaultException {
    char newest = newest(rows).kid();
    List<RootKeyState> pinned = new ArrayList<>();
    for (Row row : rows) {
      if (row.state().version().isEmpty() && !row.isRevoked()) {
        try {
          pinned.add(row.state().of(read(row.kid(), Optional.empty())));
        } catch (VaultException e) {
          if (!e.isMissing() || row.kid() == newest) {
            throw e;
          }
        }
      }
    }
    Optional<RootKey> sealing =
        pinned.stream().filter(state -> state.kid() == newest).findFirst().flatMap(this::held);
    if (sealing.isEmpty()) {
      return;
    }
    for (Row row : rows) {
      if (!row.isRevoked() && !row.isSealedBy(List.of(sealing.get()))) {
        throw new RootKeyException(RootKeyStates.isNotOurs(row.kid()));
      }
    }
    boolean kept =
        states.transaction(
            handle -> {
              if (!RootKeyStates.isStill(handle, rows)) {
                return false;
              }
              pinned.forEach(state -> RootKeyStates.keep(handle, state, sealing.get()));
              return true;
            });
    if (!kept) {
      // Another gateway has changed what the store says while the vault was asked.
      pin(states.rows());
    }
  }

  @Override
  public RootKeyRing look(List<Row> rows) throws RootKeyException, VaultException {
    Instant now = clock.instant();
    List<RootKey> verifying = new ArrayList<>();
    Optional<RootKeyRing.Next> next = Optional.empty();
    List<RootKey> revoked = new ArrayList<>();
    Map<Character, Instant> revokedAt = new HashMap<>();
    List<RootKey> sealing = List.of(key(newest(rows)));
    for (RootKeyState state : rows.stream().map(Row::state).sorted(NEWEST_FIRST).toList()) {
      if (state.revokedAt().isPresent()) {
        revokedAt.put(state.kid(), state.revokedAt().get());
        known(state).ifPresent(revoked::add);
      } else if (state.version().isPresent()) {
        RootKey key = key(state);
        if (state.since().isAfter(now)) {
          next = Optional.of(new RootKeyRing.Next(key, state.since()));
        } else {
          verifying.add(key);
        }
      }
    }
    for (Row row : rows) {
      if (!row.isRevoked() && !row.isSealedBy(sealing)) {
        throw new RootKeyException(RootKeyStates.isNotOurs(row.kid()));
      }
    }
    return new RootKeyRing(verifying, next, revoked, revokedAt);
  }

  /** The newest that isn't revoked, whether it derives already or not. */
  private static RootKeyState newest(List<Row> rows) throws RootKeyException {
    return rows.stream()
        .filter(row -> !row.isRevoked())
        .map(Row::state)
        .min(NEWEST_FIRST)
        .orElseThrow(
            () ->
                new RootKeyException(
                    "Each root key of the store is revoked; docs/keys.md says how to begin"
                        + " again."));
  }

  /** One that is needed. */
  private RootKey key(RootKeyState state) throws VaultException {
    String unused = read(state.kid(), state.version());
    return held(state).orElseThrow();
  }

  /** One that isn't needed by anybody but the roles that it has named. */
  private Optional<RootKey> known(RootKeyState state) {
    if (held(state).isEmpty() && state.disabledAt().isEmpty()) {
      try {
        return Optional.of(key(state));
      } catch (VaultException gone) {
        return Optional.empty();
      }
    }
    return held(state);
  }

  private Optional<RootKey> held(RootKeyState state) {
    return state.version().map(version -> held.get(new Version(state.kid(), version)));
  }

  /** Reads a key, unless it is held; its version. */
  private String read(char kid, Optional<String> version) throws VaultException {
    if (version.isPresent() && held.containsKey(new Version(kid, version.get()))) {
      return version.get();
    }
    VaultSecrets.Kept found = home.vault().read(home.secret(kid), version);
    hold(kid, found.version(), found.value());
    return found.version();
  }

  /** Makes a key, in the vault and here; its version. */
  String make(char kid) throws VaultException {
    Secret value = RootKey.random();
    String version = home.vault().put(home.secret(kid), value);
    hold(kid, version, value);
    return version;
  }

  private void hold(char kid, String version, Secret value) throws VaultException {
    held.put(new Version(kid, version), RootKey.of(kid, home.vault(), home.secret(kid), value));
  }

  RootKey made(RootKeyState state) {
    return Objects.requireNonNull(held(state).orElse(null), "it was made here");
  }

  /** From now on nobody reads it any more. */
  void disable(RootKeyState state) throws VaultException {
    if (state.version().isPresent()) {
      home.vault().disable(home.secret(state.kid()), state.version().get());
    }
  }

  @Override
  public RootKey sealing(RootKeyRing ring) {
    return ring.good().getFirst();
  }
}
