package dev.ephemeris.gateway.identity;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ephemeris.config.Origin;
import dev.ephemeris.config.UserField;
import dev.ephemeris.config.UserKey;
import dev.ephemeris.policy.Component;
import dev.ephemeris.policy.UserRef;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * What a Backstage said the last time that it was asked, and until when that counts.
 *
 * <p>Anybody may register entities there. One of another origin than the configuration's counts as
 * not there, before anything else is made of it; one that is broken grants nothing, and takes
 * nothing away from others.
 *
 * <p>Thread-safe: whoever asks Backstage writes, one after the other, and all read.
 */
public final class BackstageCatalog {

  /** The kinds that mean something, as Backstage is asked for them. */
  static final Set<String> KINDS = Set.of(Entity.USER, Entity.GROUP, "resource", "component");

  private static final String ORIGIN = "backstage.io/managed-by-origin-location";
  private static final int MOST_EXAMPLES = 5;

  private final List<Origin> origins;
  private final Map<String, UserKey> keys;
  private final Duration freshness;

  /** Written by whoever asks, before the answer that has it. */
  private Dated current;

  private volatile Answer answer;

  /**
   * Nobody yet, until Backstage says otherwise.
   *
   * @param keys by issuer name, how its people are found
   * @param freshness how long an answer counts
   */
  public BackstageCatalog(List<Origin> origins, Map<String, UserKey> keys, Duration freshness) {
    this.origins = List.copyOf(origins);
    this.keys = Map.copyOf(keys);
    this.freshness = freshness;
    String ofNobody = digest(List.of(), List.of());
    this.current = new Dated(EntityDirectory.of(List.of(), this.keys), ofNobody, Optional.empty());
    this.answer = new Answer(current, ofNobody, Optional.empty(), new Others(0, List.of()));
  }

  /**
   * One answer.
   *
   * @param digest of the entities that count, {@code sha256:} and hexadecimal digits: the same if
   *     nothing that means anything has changed
   * @param confirmedAt when Backstage last said so; empty if it never has
   */
  public record Answer(
      GroupDirectory directory, String digest, Optional<Instant> confirmedAt, Others others) {}

  /**
   * Entities that come from elsewhere.
   *
   * @param examples some of the places
   */
  public record Others(int count, List<String> examples) {
    public Others {
      examples = List.copyOf(examples);
    }
  }

  /** The last answer. */
  public Answer answer() {
    return answer;
  }

  /** Backstage has said this. Takes as long as its entities are many. */
  void take(Stream<JsonNode> items, Instant at) {
    List<Entity> entities = new ArrayList<>();
    List<Flaw> unreadable = new ArrayList<>();
    Set<String> elsewhere = new LinkedHashSet<>();
    int others = 0;
    for (JsonNode item : (Iterable<JsonNode>) items::iterator) {
      String origin = item.path("metadata").path("annotations").path(ORIGIN).asText();
      if (!KINDS.contains(item.path("kind").asText().toLowerCase(Locale.ROOT))) {
        continue;
      }
      if (origins.stream().noneMatch(allowed -> allowed.covers(origin))) {
        others++;
        if (elsewhere.size() < MOST_EXAMPLES) {
          elsewhere.add(printable(origin));
        }
        continue;
      }
      switch (Entity.read(item, origin)) {
        case Entity.Read.Of(Entity entity) -> entities.add(meant(entity));
        case Entity.Read.PassedOver passedOver -> {
          // something else of Backstage's
        }
        case Entity.Read.Broken(String what) -> unreadable.add(new Flaw.Broken(origin, what));
      }
    }
    String digest = digest(entities, unreadable);
    if (digest.equals(current.digest)) {
      current.confirmedAt = Optional.of(at);
    } else {
      current = new Dated(EntityDirectory.of(entities, keys, unreadable), digest, Optional.of(at));
    }
    answer =
        new Answer(current, digest, Optional.of(at), new Others(others, List.copyOf(elsewhere)));
  }

  /** Without what means nothing here, so that it isn't another answer if that changes. */
  private Entity meant(Entity entity) {
    Map<String, String> kept = new TreeMap<>();
    Stream.concat(
            keys.values().stream().flatMap(key -> key.field().annotation().stream()),
            Stream.concat(Entity.MEANING.stream(), Entity.OBJECT_IDS.stream()))
        .forEach(name -> entity.annotation(name).ifPresent(text -> kept.put(name, text)));
    boolean byEmail =
        keys.values().stream().anyMatch(key -> key.field() instanceof UserField.Email);
    return entity.with(kept, entity.email().filter(email -> byEmail));
  }

  /** A directory that counts as long as Backstage says the same, and some time after. */
  private final class Dated implements GroupDirectory {

    private final EntityDirectory entities;
    private final String digest;

    /** When Backstage last said this. Written by {@link #take} only. */
    private volatile Optional<Instant> confirmedAt;

    Dated(EntityDirectory entities, String digest, Optional<Instant> confirmedAt) {
      this.entities = entities;
      this.digest = digest;
      this.confirmedAt = confirmedAt;
    }

    @Override
    public Optional<CatalogUser> find(Identity who) {
      return entities.find(who);
    }

    @Override
    public Optional<Component> component(Identity who) {
      return entities.component(who);
    }

    @Override
    public boolean isUntold(Identity who) {
      return entities.isUntold(who);
    }

    @Override
    public Optional<UUID> objectId(Identity who) {
      return entities.objectId(who);
    }

    @Override
    public List<Linked> linked(UserRef user) {
      return entities.linked(user);
    }

    @Override
    public Optional<String> unavailable(Instant now) {
      // The same may have been said again after something else, and this one still be in force.
      Answer last = answer;
      Optional<Instant> said = last.digest().equals(digest) ? last.confirmedAt() : confirmedAt;
      if (said.isEmpty()) {
        return Optional.of(
            "Backstage's catalog, which says who is in which group, hasn't answered yet");
      }
      return now.isBefore(said.get().plus(freshness))
          ? Optional.empty()
          : Optional.of(
              "Backstage's catalog, which says who is in which group, hasn't answered since "
                  + said.get());
    }

    @Override
    public Found found() {
      return entities.found();
    }

    @Override
    public EntityDirectory everybody() {
      return entities;
    }

    @Override
    public List<String> notices() {
      return entities.notices().stream().map(BackstageCatalog::printable).toList();
    }
  }

  /** For a log: whoever registers an entity chooses what it is called. */
  private static String printable(String text) {
    String cut = text.length() > 200 ? text.substring(0, 200) + "…" : text;
    return cut.isEmpty() ? "(none)" : cut.replaceAll("\\p{Cntrl}", "?");
  }

  /** Of what they say, in whatever order they come; with lengths, so that nothing moves. */
  private static String digest(List<Entity> entities, List<Flaw> unreadable) {
    MessageDigest sha256;
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
    Stream.concat(
            entities.stream()
                .sorted(Comparator.comparing(Entity::ref).thenComparing(Entity::place))
                .flatMap(BackstageCatalog::parts),
            unreadable.stream().map(Flaw::text).sorted())
        .forEach(
            part -> {
              byte[] utf8 = part.getBytes(StandardCharsets.UTF_8);
              sha256.update((utf8.length + ":").getBytes(StandardCharsets.US_ASCII));
              sha256.update(utf8);
            });
    return "sha256:" + HexFormat.of().formatHex(sha256.digest());
  }

  private static Stream<String> parts(Entity entity) {
    Stream.Builder<String> parts = Stream.builder();
    parts.add(entity.ref()).add(entity.writtenName()).add(entity.place());
    parts.add(entity.email().map("email "::concat).orElse(""));
    new TreeMap<>(entity.annotations()).forEach((name, text) -> parts.add(name).add(text));
    for (List<String> refs :
        List.of(
            entity.memberOf(),
            entity.members(),
            entity.parent(),
            entity.children(),
            entity.owner())) {
      parts.add(String.valueOf(refs.size()));
      refs.forEach(parts::add);
    }
    return parts.build();
  }
}
