package dev.ephemeris.simulator.azure;

import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** A version of a secret in a vault. Doesn't print its value. */
record SecretVersion(
    String name,
    String version,
    String value,
    Optional<String> contentType,
    Map<String, String> tags,
    Attributes attributes,
    Instant created,
    Instant updated) {

  private static final int RECOVERABLE_DAYS = 90;

  /**
   * What a client sets; seconds since 1970.
   *
   * @param enabled empty if nobody said so: then it is
   */
  record Attributes(Optional<Boolean> enabled, Optional<Long> notBefore, Optional<Long> expires) {

    static final Attributes NONE =
        new Attributes(Optional.empty(), Optional.empty(), Optional.empty());

    static Attributes of(JsonObject body) {
      var attributes = body.getJsonObject("attributes", new JsonObject());
      return new Attributes(
          Optional.ofNullable(attributes.getBoolean("enabled")),
          Optional.ofNullable(attributes.getLong("nbf")),
          Optional.ofNullable(attributes.getLong("exp")));
    }

    /** These, and of {@code before} what these say nothing of. */
    Attributes over(Attributes before) {
      return new Attributes(
          enabled.or(before::enabled),
          notBefore.or(before::notBefore),
          expires.or(before::expires));
    }
  }

  SecretVersion {
    tags = Map.copyOf(tags);
  }

  SecretVersion with(
      Optional<String> otherType, Map<String, String> otherTags, Attributes otherAttributes) {
    return new SecretVersion(
        name, version, value, otherType, otherTags, otherAttributes, created, updated);
  }

  SecretVersion updatedAt(Instant now) {
    return new SecretVersion(name, version, value, contentType, tags, attributes, created, now);
  }

  boolean isEnabled() {
    return attributes.enabled().orElse(true);
  }

  JsonObject withValue(URI vault) {
    return described(vault, true).put("value", value);
  }

  /** As lists and changes show it: all but the value. */
  JsonObject described(URI vault, boolean withVersion) {
    var times =
        new JsonObject()
            .put("enabled", isEnabled())
            .put("created", created.getEpochSecond())
            .put("updated", updated.getEpochSecond())
            .put("recoveryLevel", "Recoverable+Purgeable")
            .put("recoverableDays", RECOVERABLE_DAYS);
    attributes.notBefore().ifPresent(from -> times.put("nbf", from));
    attributes.expires().ifPresent(end -> times.put("exp", end));
    var json =
        new JsonObject()
            .put("id", vault + "/secrets/" + name + (withVersion ? "/" + version : ""))
            .put("attributes", times)
            .put("tags", new JsonObject(new LinkedHashMap<>(tags)));
    contentType.ifPresent(type -> json.put("contentType", type));
    return json;
  }

  @Override
  public String toString() {
    return "SecretVersion[" + name + "/" + version + "]";
  }
}
