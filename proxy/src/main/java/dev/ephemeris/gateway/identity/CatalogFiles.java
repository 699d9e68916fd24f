package dev.ephemeris.gateway.identity;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.ephemeris.config.Issuer;
import dev.ephemeris.policy.Catalog;
import dev.ephemeris.policy.GroupRef;
import dev.ephemeris.policy.OwnedScope;
import dev.ephemeris.policy.PrincipalId;
import dev.ephemeris.policy.UserRef;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A catalog in Backstage's format, from YAML files: entities of {@code kind: User} and {@code kind:
 * Group}, and of any other kind that say with {@value #SCOPES} what of Cosmos DB they are; the rest
 * is passed over.
 *
 * <p>As in Backstage, membership is written from either side ({@code User.spec.memberOf}, {@code
 * Group.spec.members}), and a member of a group is a member of its parents ({@code
 * Group.spec.parent}, {@code Group.spec.children}). Unlike there, a reference to a Group that isn't
 * in the catalog is an error: whoever registered it later would be given what others expected to
 * mean somebody else.
 *
 * <p>Immutable: read once.
 */
public final class CatalogFiles implements GroupDirectory {

  private static final YAMLMapper YAML =
      YAMLMapper.builder(
              YAMLFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build())
          .build();

  /** The annotation of an entity that names scopes, one in a line: they are its owner's. */
  public static final String SCOPES = "ephemeris.dev/scopes";

  private final Map<PrincipalId, CatalogUser> users;
  private final List<Entity> entities;
  private final Catalog catalog;

  private CatalogFiles(
      Map<PrincipalId, CatalogUser> users, List<Entity> entities, Catalog catalog) {
    this.users = Map.copyOf(users);
    this.entities = List.copyOf(entities);
    this.catalog = catalog;
  }

  /** What a broken catalog says: the first problem, with its file and the line of the entity. */
  public static final class CatalogException extends Exception {
    CatalogException(String message) {
      super(message);
    }
  }

  /**
   * Reads a catalog from all of these files together.
   *
   * @param annotations by issuer name, the annotation of a User that holds its subject there
   */
  public static CatalogFiles read(List<Path> files, Map<String, String> annotations)
      throws CatalogException {
    List<CatalogSource> sources = new ArrayList<>();
    for (Path file : files) {
      try {
        sources.add(new CatalogSource(file.toString(), Files.readString(file)));
      } catch (IOException e) {
        throw new CatalogException(file + ": " + firstLine(e));
      }
    }
    return parse(sources, annotations);
  }

  /** The same from texts that were read already. */
  public static CatalogFiles parse(List<CatalogSource> sources, Map<String, String> annotations)
      throws CatalogException {
    List<Entity> entities = new ArrayList<>();
    for (CatalogSource source : sources) {
      entities.addAll(entities(source));
    }
    return of(entities, annotations);
  }

  /** A User, a Group or something with scopes, with where it stands for messages. */
  private record Entity(String kind, String namespace, String name, JsonNode json, String place) {

    String ref() {
      return kind + ":" + namespace + "/" + name;
    }

    /** What the annotation says; nothing if there is none. */
    String annotation(String name) {
      return json.path("metadata").path("annotations").path(name).asText();
    }

    List<String> refs(String field, String kindOfTarget) {
      JsonNode value = json.path("spec").path(field);
      List<String> refs = new ArrayList<>();
      if (value.isTextual()) {
        refs.add(qualified(value.textValue(), kindOfTarget));
      }
      value.forEach(item -> refs.add(qualified(item.asText(), kindOfTarget)));
      return refs;
    }

    /** A reference in full: Backstage takes the kind from the field, the namespace from here. */
    private String qualified(String ref, String kindOfTarget) {
      String text = ref.toLowerCase(Locale.ROOT);
      int colon = text.indexOf(':');
      String targetKind = colon < 0 ? kindOfTarget : text.substring(0, colon);
      String rest = text.substring(colon + 1);
      return targetKind + ":" + (rest.indexOf('/') < 0 ? namespace + "/" + rest : rest);
    }
  }

  private static List<Entity> entities(CatalogSource source) throws CatalogException {
    List<Entity> entities = new ArrayList<>();
    try (MappingIterator<JsonNode> documents =
        YAML.readerFor(JsonNode.class).readValues(source.text())) {
      while (documents.hasNext()) {
        String place =
            source.name() + ":" + documents.getParser().currentTokenLocation().getLineNr();
        JsonNode json = documents.next();
        String kind = json.path("kind").asText().toLowerCase(Locale.ROOT);
        JsonNode metadata = json.path("metadata");
        if (!kind.equals("user")
            && !kind.equals("group")
            && !metadata.path("annotations").has(SCOPES)) {
          continue;
        }
        String name = metadata.path("name").asText().toLowerCase(Locale.ROOT);
        if (name.isEmpty()) {
          throw new CatalogException(place + ": a " + kind + " has no metadata.name");
        }
        String namespace = metadata.path("namespace").asText("default").toLowerCase(Locale.ROOT);
        try {
          switch (kind) {
            case "group" -> new GroupRef(namespace, name);
            case "user" -> new UserRef(namespace, name);
            default -> {
              // what it is called decides nothing
            }
          }
        } catch (IllegalArgumentException e) {
          throw new CatalogException(place + ": " + e.getMessage());
        }
        entities.add(new Entity(kind, namespace, name, json, place));
      }
    } catch (RuntimeException | IOException e) {
      throw new CatalogException(source.name() + position(e) + ": " + firstLine(e));
    }
    return entities;
  }

  private static String position(Exception e) {
    Throwable cause = e instanceof RuntimeException && e.getCause() != null ? e.getCause() : e;
    return cause instanceof JsonProcessingException yaml && yaml.getLocation() != null
        ? ":" + yaml.getLocation().getLineNr() + ":" + yaml.getLocation().getColumnNr()
        : "";
  }

  private static String firstLine(Exception e) {
    Throwable cause = e instanceof RuntimeException && e.getCause() != null ? e.getCause() : e;
    return switch (cause) {
      case JsonProcessingException yaml -> "not YAML: " + syntax(yaml.getOriginalMessage());
      case java.nio.file.NoSuchFileException missing -> "there is no such file";
      default -> String.valueOf(cause.getMessage());
    };
  }

  /** What the parser says, without the lines of the file that it shows between, indented. */
  private static String syntax(String message) {
    return message
        .lines()
        .filter(line -> !line.isBlank() && !line.startsWith(" "))
        .collect(Collectors.joining(": "));
  }

  private static CatalogFiles of(List<Entity> entities, Map<String, String> annotations)
      throws CatalogException {
    Map<String, Entity> byRef = new HashMap<>();
    for (Entity entity : entities) {
      Entity other = byRef.put(entity.ref(), entity);
      if (other != null) {
        throw new CatalogException(
            entity.place() + ": " + entity.ref() + " is at " + other.place() + " too");
      }
    }
    Map<String, Set<String>> groupsAbove = groupsAbove(byRef);
    Map<PrincipalId, CatalogUser> users = new HashMap<>();
    Set<PrincipalId> claimedTwice = new HashSet<>();
    Map<String, Set<OwnedScope>> owned = owned(entities, byRef);
    Map<UserRef, Set<GroupRef>> members = new LinkedHashMap<>();
    Map<GroupRef, Set<GroupRef>> groupsOfGroups = new LinkedHashMap<>();
    for (Entity entity : entities) {
      Set<GroupRef> above = groups(closure(entity.ref(), groupsAbove));
      if (entity.kind().equals("group")) {
        groupsOfGroups.put(GroupRef.parse(entity.ref()), above);
      }
      if (!entity.kind().equals("user")) {
        continue;
      }
      UserRef ref = UserRef.parse(entity.ref());
      CatalogUser user =
          new CatalogUser(ref, above, Catalog.ownedBy(owned, Optional.of(ref), above));
      members.put(user.ref(), user.groups());
      for (PrincipalId id : subjects(entity, annotations)) {
        if (users.put(id, user) != null) {
          claimedTwice.add(id);
        }
      }
    }
    // Two Users that claim one subject: neither counts.
    users.keySet().removeAll(claimedTwice);
    return new CatalogFiles(users, entities, new Catalog(members, groupsOfGroups, owned));
  }

  /** By the reference of its owner, what there is to own. */
  private static Map<String, Set<OwnedScope>> owned(
      List<Entity> entities, Map<String, Entity> byRef) throws CatalogException {
    Map<String, Set<OwnedScope>> owned = new HashMap<>();
    for (Entity entity : entities) {
      for (String scope :
          entity.annotation(SCOPES).lines().filter(line -> !line.isBlank()).toList()) {
        for (String owner : entity.refs("owner", "group")) {
          if (!byRef.containsKey(owner)) {
            throw new CatalogException(
                entity.place()
                    + ": "
                    + entity.ref()
                    + " refers to "
                    + owner
                    + ", which isn't there");
          }
          try {
            owned
                .computeIfAbsent(owner, none -> new HashSet<>())
                .add(new OwnedScope(scope.strip()));
          } catch (IllegalArgumentException e) {
            throw new CatalogException(
                entity.place() + ": " + SCOPES + " of " + entity.ref() + ": " + e.getMessage());
          }
        }
      }
    }
    return owned;
  }

  /** For every User and Group, the Groups that it is directly in. */
  private static Map<String, Set<String>> groupsAbove(Map<String, Entity> byRef)
      throws CatalogException {
    Map<String, Set<String>> above = new HashMap<>();
    for (Entity entity : byRef.values()) {
      if (entity.kind().equals("user")) {
        for (String group : entity.refs("memberOf", "group")) {
          link(above, entity.ref(), group, entity, byRef);
        }
      } else if (entity.kind().equals("group")) {
        for (String parent : entity.refs("parent", "group")) {
          link(above, entity.ref(), parent, entity, byRef);
        }
        for (String child : entity.refs("children", "group")) {
          link(above, child, entity.ref(), entity, byRef);
        }
        for (String member : entity.refs("members", "user")) {
          link(above, member, entity.ref(), entity, byRef);
        }
      }
    }
    return above;
  }

  private static void link(
      Map<String, Set<String>> above,
      String member,
      String group,
      Entity written,
      Map<String, Entity> byRef)
      throws CatalogException {
    for (String ref : List.of(member, group)) {
      if (!byRef.containsKey(ref)) {
        throw new CatalogException(
            written.place() + ": " + written.ref() + " refers to " + ref + ", which isn't there");
      }
    }
    if (!group.startsWith("group:")) {
      throw new CatalogException(
          written.place() + ": " + written.ref() + ": " + group + " isn't a Group");
    }
    above.computeIfAbsent(member, ref -> new HashSet<>()).add(group);
  }

  /** Everything above, each once, so that a cycle ends. */
  private static Set<String> closure(String ref, Map<String, Set<String>> above) {
    Set<String> seen = new HashSet<>();
    Deque<String> open = new ArrayDeque<>(above.getOrDefault(ref, Set.of()));
    while (!open.isEmpty()) {
      String group = open.pop();
      if (seen.add(group)) {
        open.addAll(above.getOrDefault(group, Set.of()));
      }
    }
    return seen;
  }

  private static Set<GroupRef> groups(Set<String> refs) {
    Set<GroupRef> groups = new HashSet<>();
    refs.forEach(ref -> groups.add(GroupRef.parse(ref)));
    return groups;
  }

  private static List<PrincipalId> subjects(Entity user, Map<String, String> annotations) {
    List<PrincipalId> subjects = new ArrayList<>();
    annotations.forEach(
        (issuer, annotation) -> {
          String subject =
              annotation.equals(Issuer.ENTITY_REF) ? user.ref() : user.annotation(annotation);
          if (!subject.isBlank()) {
            subjects.add(new PrincipalId(issuer, subject));
          }
        });
    return subjects;
  }

  /**
   * By entity reference, what an annotation says of each entity that has it.
   *
   * @param kind {@code user} or {@code group}
   */
  public Map<String, String> annotated(String kind, String annotation) {
    return entities.stream()
        .filter(entity -> entity.kind().equals(kind))
        .filter(entity -> !entity.annotation(annotation).isBlank())
        .collect(
            Collectors.toUnmodifiableMap(Entity::ref, entity -> entity.annotation(annotation)));
  }

  /**
   * All Users, by ref, and Groups, as they are written; those too that are nobody to any issuer.
   */
  public Catalog catalog() {
    return catalog;
  }

  /** By whom a User is found, and the User; without those whom two Users claim to be. */
  public Map<PrincipalId, CatalogUser> users() {
    return users;
  }

  @Override
  public Optional<CatalogUser> find(PrincipalId principal) {
    return Optional.ofNullable(users.get(principal));
  }
}
