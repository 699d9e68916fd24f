package dev.ephemeris.gateway.mcp.transport;

import dev.ephemeris.gateway.identity.Digest;
import dev.ephemeris.gateway.identity.RandomText;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * The sessions that there are, each with its caller's. They are found by a digest over the caller
 * and the id together: with somebody else's id there is nothing to find, and how long that takes
 * tells nothing of who has what. Thread-safe.
 */
final class OpenSessions {

  private record Key(Name caller, String digest) {
    static Key of(Caller caller, String sessionId) {
      return new Key(Name.of(caller), Digest.of(caller.id(), sessionId));
    }
  }

  private record Name(String id, String whose) {
    static Name of(Caller caller) {
      return new Name(caller.id(), caller.whose());
    }
  }

  private final Limits limits;
  private final Map<Key, McpSession> sessions = new HashMap<>();

  /** By caller, how many are being initialized. */
  private final Map<Name, Integer> coming = new HashMap<>();

  OpenSessions(Limits limits) {
    this.limits = limits;
  }

  /** What became of the wish for another session. */
  sealed interface Place {

    /**
     * There is one: it is to be {@linkplain #take taken} or {@linkplain #giveUp given up}.
     *
     * @param displaced of those on the same account the session that was unused for longest, if it
     *     had to make room; it is to be ended
     */
    record Free(Optional<McpSession> displaced) implements Place {}

    record None(Refusal refusal) implements Place {}
  }

  synchronized Place reserve(Caller caller) {
    List<Map.Entry<Key, McpSession>> own =
        sessions.entrySet().stream()
            .filter(entry -> entry.getKey().caller().whose().equals(caller.whose()))
            .toList();
    Optional<Map.Entry<Key, McpSession>> displaced = Optional.empty();
    if (own.size() + coming(name -> name.whose().equals(caller.whose()))
        >= limits.sessionsPerPerson()) {
      displaced =
          own.stream()
              .filter(entry -> !entry.getValue().isInUse())
              .min(Comparator.comparing(entry -> entry.getValue().lastUsed()));
      if (displaced.isEmpty()) {
        return new Place.None(
            Refusal.tooMany("You have too many sessions, and all are in use: end one."));
      }
      sessions.remove(displaced.get().getKey());
    }
    if (sessions.size() + coming(name -> true) >= limits.sessions()) {
      return new Place.None(
          Refusal.unavailable("The gateway has as many MCP sessions as it takes: try later."));
    }
    coming.merge(Name.of(caller), 1, Integer::sum);
    return new Place.Free(displaced.map(Map.Entry::getValue));
  }

  private int coming(Predicate<Name> which) {
    return coming.entrySet().stream()
        .filter(entry -> which.test(entry.getKey()))
        .mapToInt(Map.Entry::getValue)
        .sum();
  }

  /**
   * Keeps a session in the place that was reserved.
   *
   * @return the id by which its caller, and nobody else, finds it; empty if the caller's sessions
   *     have all been ended meanwhile
   */
  synchronized Optional<String> take(Caller caller, McpSession session) {
    if (!coming.containsKey(Name.of(caller))) {
      return Optional.empty();
    }
    giveUp(caller);
    String id = RandomText.make();
    sessions.put(Key.of(caller, id), session);
    return Optional.of(id);
  }

  synchronized void giveUp(Caller caller) {
    coming.computeIfPresent(Name.of(caller), (name, number) -> number == 1 ? null : number - 1);
  }

  synchronized Optional<McpSession> find(Caller caller, String sessionId) {
    return Optional.ofNullable(sessions.get(Key.of(caller, sessionId)));
  }

  synchronized Optional<McpSession> remove(Caller caller, String sessionId) {
    return Optional.ofNullable(sessions.remove(Key.of(caller, sessionId)));
  }

  synchronized List<McpSession> removeOver(Instant now) {
    return removeWhere(entry -> entry.getValue().isOver(now));
  }

  synchronized List<McpSession> removeAllOf(String callerId) {
    coming.keySet().removeIf(name -> name.id().equals(callerId));
    return removeWhere(entry -> isOf(entry, callerId));
  }

  synchronized List<McpSession> removeAll() {
    coming.clear();
    return removeWhere(entry -> true);
  }

  synchronized List<McpSession> all() {
    return List.copyOf(sessions.values());
  }

  private List<McpSession> removeWhere(Predicate<Map.Entry<Key, McpSession>> which) {
    List<McpSession> removed = new ArrayList<>();
    sessions
        .entrySet()
        .removeIf(
            entry -> {
              boolean goes = which.test(entry);
              if (goes) {
                removed.add(entry.getValue());
              }
              return goes;
            });
    return removed;
  }

  private static boolean isOf(Map.Entry<Key, McpSession> entry, String callerId) {
    return entry.getKey().caller().id().equals(callerId);
  }
}
