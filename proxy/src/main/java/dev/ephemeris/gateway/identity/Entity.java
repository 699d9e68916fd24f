package dev.ephemeris.gateway.identity;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ephemeris.policy.GroupRef;
import dev.ephemeris.policy.UserRef;
import dev.ephemeris.policy.azure.EntraIds;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A User, a Group, or something of another kind that says which scopes or workloads it is, as
 * Backstage's catalog writes it, and as much of it as means something here. References are in full
 * and in lower case.
 *
 * @param kind in lower case
 * @param writtenName its name, in the case in which it is written
 * @param email of its profile
 * @param place where it stands, for messages
 */
record Entity(
    String kind,
    String namespace,
    String name,
    String writtenName,
    Optional<String> email,
    Map<String, String> annotations,
    List<String> memberOf,
    List<String> members,
    List<String> parent,
    List<String> children,
    List<String> owner,
    String place) {

  /** The annotation of an entity that names scopes, one in a line: they are its owner's. */
  static final String SCOPES = "ephemeris.dev/scopes";

  /**
   * The annotation of a Component that names the workloads that it is, {@code issuer:subject}, one
   * in a line.
   */
  static final String WORKLOADS = "ephemeris.dev/workload-identity";

  /** The annotation of a Component that says which object in Entra ID its workload is. */
  static final String OBJECT_ID = "ephemeris.dev/entra-object-id";

  /** Those that say which object in Entra ID somebody is. */
  static final List<String> OBJECT_IDS = List.of(EntraIds.USER_ID, OBJECT_ID);

  /** What makes an entity mean something that is neither a User nor a Group. */
  static final List<String> MEANING = List.of(SCOPES, WORKLOADS);

  static final String USER = "user";
  static final String GROUP = "group";

  Entity {
    annotations = Map.copyOf(annotations);
  }

  /** What JSON turns out to be. */
  sealed interface Read {

    record Of(Entity entity) implements Read {}

    /** Nothing that means anything here. */
    record PassedOver() implements Read {}

    /**
     * Meant as an entity, and none.
     *
     * @param what of it is wrong
     */
    record Broken(String what) implements Read {}
  }

  /** Reads whatever JSON there is. Never fails. */
  static Read read(JsonNode json, String place) {
    String kind = json.path("kind").asText().toLowerCase(Locale.ROOT);
    JsonNode metadata = json.path("metadata");
    if (!kind.equals(USER)
        && !kind.equals(GROUP)
        && MEANING.stream().noneMatch(metadata.path("annotations")::has)) {
      return new Read.PassedOver();
    }
    String writtenName = metadata.path("name").asText();
    String name = writtenName.toLowerCase(Locale.ROOT);
    if (name.isEmpty()) {
      return new Read.Broken("a " + kind + " has no metadata.name");
    }
    String namespace = metadata.path("namespace").asText("default").toLowerCase(Locale.ROOT);
    try {
      switch (kind) {
        case GROUP -> new GroupRef(namespace, name);
        case USER -> new UserRef(namespace, name);
        default -> {
          // what it is called decides nothing
        }
      }
    } catch (IllegalArgumentException e) {
      return new Read.Broken(String.valueOf(e.getMessage()));
    }
    Map<String, String> annotations = new TreeMap<>();
    metadata
        .path("annotations")
        .properties()
        .forEach(
            annotation -> annotations.put(annotation.getKey(), annotation.getValue().asText()));
    JsonNode spec = json.path("spec");
    return new Read.Of(
        new Entity(
            kind,
            namespace,
            name,
            writtenName,
            said(spec.path("profile").path("email")),
            annotations,
            refs(spec.path("memberOf"), namespace, GROUP),
            refs(spec.path("members"), namespace, USER),
            refs(spec.path("parent"), namespace, GROUP),
            refs(spec.path("children"), namespace, GROUP),
            refs(spec.path("owner"), namespace, GROUP),
            place));
  }

  private static Optional<String> said(JsonNode value) {
    return Optional.ofNullable(value.textValue()).filter(text -> !text.isBlank());
  }

  private static List<String> refs(JsonNode value, String namespace, String kindOfTarget) {
    List<String> refs = new ArrayList<>();
    if (value.isTextual()) {
      refs.add(qualified(value.textValue(), namespace, kindOfTarget));
    }
    value.forEach(item -> refs.add(qualified(item.asText(), namespace, kindOfTarget)));
    return List.copyOf(refs);
  }

  /** A reference in full: Backstage takes the kind from the field, the namespace from here. */
  private static String qualified(String ref, String namespace, String kindOfTarget) {
    String text = ref.toLowerCase(Locale.ROOT);
    int colon = text.indexOf(':');
    String targetKind = colon < 0 ? kindOfTarget : text.substring(0, colon);
    String rest = text.substring(colon + 1);
    return targetKind + ":" + (rest.indexOf('/') < 0 ? namespace + "/" + rest : rest);
  }

  /** The same with these annotations only, and without what isn't asked of its profile. */
  Entity with(Map<String, String> kept, Optional<String> keptEmail) {
    return new Entity(
        kind,
        namespace,
        name,
        writtenName,
        keptEmail,
        kept,
        memberOf,
        members,
        parent,
        children,
        owner,
        place);
  }

  String ref() {
    return kind + ":" + namespace + "/" + name;
  }

  boolean is(String wanted) {
    return kind.equals(wanted);
  }

  /** What the annotation says, if it says something. */
  Optional<String> annotation(String wanted) {
    return Optional.ofNullable(annotations.get(wanted)).filter(text -> !text.isBlank());
  }

  /** The scopes that it says it is, as they are written. */
  List<String> scopes() {
    return lines(SCOPES);
  }

  /** The workloads that it says it is, as they are written. */
  List<String> workloads() {
    return lines(WORKLOADS);
  }

  private List<String> lines(String annotation) {
    return annotation(annotation).stream()
        .flatMap(String::lines)
        .map(String::strip)
        .filter(line -> !line.isEmpty())
        .distinct()
        .toList();
  }
}
