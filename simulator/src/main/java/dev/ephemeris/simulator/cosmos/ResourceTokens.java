package dev.ephemeris.simulator.cosmos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.cosmos.CosmosHeaders;
import dev.ephemeris.cosmos.PartitionKey;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Mints resource tokens and decides what their holders may do. A token carries all that it grants:
 * nothing here ends it before its time. Its container is meant by RID, so that one made anew under
 * the same name isn't meant.
 */
final class ResourceTokens {

  /** How long before its start and after its end the service still takes a token. */
  static final Duration GRACE = Duration.ofMinutes(5);

  private static final Duration SHORTEST = Duration.ofSeconds(10);
  private static final Duration LONGEST = Duration.ofDays(1);
  private static final String ALGORITHM = "HmacSHA256";
  private static final int SIGNATURE_BYTES = 16;

  private final Account account;
  private final InstantSource clock;

  /** What ends all tokens that were minted before by such a key; empty if nothing does. */
  private Function<KeyKind, Optional<Instant>> ended = kind -> Optional.empty();

  /** Not one of the account's keys: tokens outlive these. */
  private final byte[] secret = new byte[32];

  ResourceTokens(Account account, InstantSource clock) {
    this.account = account;
    this.clock = clock;
    new SecureRandom().nextBytes(secret);
  }

  /** What a token grants. */
  private record Permission(
      PermissionMode mode,
      String containerRid,
      Optional<String> itemId,
      Optional<PartitionKey> key,
      Instant start,
      Instant end,
      Instant minted,
      KeyKind signer,
      Optional<Credential.ResourceToken.Source> source) {}

  void endWith(Function<KeyKind, Optional<Instant>> replaced) {
    ended = replaced;
  }

  /** What whoever showed this may have minted; nothing if it isn't one of the account's keys. */
  Mint signedBy(Credential shown) {
    return (mode, resource, key, lifetime, source) ->
        shown instanceof Credential.Key(KeyKind signer)
            ? mint(mode, resource, key, lifetime, source, signer)
            : Optional.empty();
  }

  /** Whether the service lets a token live that long: from ten seconds to a day. */
  static boolean canLast(Duration lifetime) {
    return lifetime.compareTo(SHORTEST) >= 0 && lifetime.compareTo(LONGEST) <= 0;
  }

  /** What makes tokens at one request. */
  interface Mint {

    /**
     * A new token, {@code type=resource&ver=1&sig=…;…;}; empty if there is no such container, or
     * the resource is neither a container nor an item.
     *
     * @param resource {@code dbs/…/colls/…}, or an item in it
     * @param lifetime see {@link #canLast}
     * @param source the permission that it is read from, if any
     */
    Optional<String> mint(
        PermissionMode mode,
        String resource,
        Optional<PartitionKey> key,
        Duration lifetime,
        Optional<Credential.ResourceToken.Source> source);
  }

  private Optional<String> mint(
      PermissionMode mode,
      String resource,
      Optional<PartitionKey> key,
      Duration lifetime,
      Optional<Credential.ResourceToken.Source> source,
      KeyKind signer) {
    List<String> path = ResourcePath.parse(resource).segments();
    boolean item = path.size() == 6 && path.get(4).equals("docs");
    if (!(path.size() == 4 || item) || !path.get(0).equals("dbs") || !path.get(2).equals("colls")) {
      return Optional.empty();
    }
    Instant now = clock.instant();
    return account
        .database(path.get(1))
        .flatMap(database -> database.container(path.get(3)))
        .map(
            container ->
                sealed(
                    new Permission(
                        mode,
                        container.rid(),
                        item ? Optional.of(path.get(5)) : Optional.empty(),
                        key,
                        now,
                        now.plus(lifetime),
                        now,
                        signer,
                        source)));
  }

  private String sealed(Permission permission) {
    ObjectNode content = Json.object().put("mode", permission.mode().name());
    content.put("container", permission.containerRid());
    permission.itemId().ifPresent(id -> content.put("item", id));
    permission.key().ifPresent(key -> content.put("key", key.header()));
    content.put("start", permission.start().getEpochSecond());
    content.put("end", permission.end().getEpochSecond());
    content.put("minted", permission.minted().toEpochMilli());
    content.put("signer", permission.signer().name());
    permission
        .source()
        .ifPresent(
            source ->
                content.put("user", source.userRid()).put("permission", source.permissionId()));
    byte[] bytes = Json.bytes(content);
    Base64.Encoder base64 = Base64.getEncoder();
    return "type=resource&ver=1&sig="
        + base64.encodeToString(mac(bytes))
        + ";"
        + base64.encodeToString(bytes)
        + ";";
  }

  /**
   * Why a call is refused that shows this token; empty if it isn't.
   *
   * @param signature what stands after {@code sig=}
   */
  Optional<Answer> refusal(String signature, Call call, CallKind kind) {
    Optional<Permission> permission = opened(signature);
    if (permission.isEmpty()) {
      return Optional.of(Refusals.wrongKey());
    }
    Permission held = permission.get();
    if (ended.apply(held.signer()).filter(held.minted()::isBefore).isPresent()) {
      return Optional.of(Refusals.wrongKey());
    }
    Instant now = clock.instant();
    if (now.isBefore(held.start().minus(GRACE)) || now.isAfter(held.end().plus(GRACE))) {
      return Optional.of(Refusals.notCurrent(held.start(), held.end(), now));
    }
    return kind == CallKind.READ_ACCOUNT || allows(held, call, kind)
        ? Optional.empty()
        : Optional.of(Refusals.insufficientPermissions());
  }

  /** Whose token it is, good or not for what is asked. */
  Credential credential(String signature) {
    return opened(signature)
        .<Credential>map(permission -> new Credential.ResourceToken(permission.source()))
        .orElseGet(Credential.Unknown::new);
  }

  private Optional<Permission> opened(String signature) {
    String[] parts = signature.split(";", -1);
    if (parts.length != 3 || !parts[2].isEmpty()) {
      return Optional.empty();
    }
    try {
      byte[] content = Base64.getDecoder().decode(parts[1]);
      return MessageDigest.isEqual(mac(content), Base64.getDecoder().decode(parts[0]))
          ? Json.parse(content).map(ResourceTokens::permission)
          : Optional.empty();
    } catch (IllegalArgumentException notBase64) {
      return Optional.empty();
    }
  }

  private static Permission permission(JsonNode content) {
    return new Permission(
        PermissionMode.valueOf(content.path("mode").textValue()),
        content.path("container").textValue(),
        Optional.ofNullable(content.path("item").textValue()),
        Optional.ofNullable(content.path("key").textValue()).flatMap(PartitionKey::parse),
        Instant.ofEpochSecond(content.path("start").longValue()),
        Instant.ofEpochSecond(content.path("end").longValue()),
        Instant.ofEpochMilli(content.path("minted").longValue()),
        KeyKind.valueOf(content.path("signer").textValue()),
        Optional.of(content)
            .filter(json -> json.has("user"))
            .map(
                json ->
                    new Credential.ResourceToken.Source(
                        json.path("user").textValue(), json.path("permission").textValue())));
  }

  private boolean allows(Permission held, Call call, CallKind kind) {
    Optional<Container> container =
        Target.of(call, account).container().filter(one -> one.rid().equals(held.containerRid()));
    if (container.isEmpty()) {
      return false;
    }
    return switch (kind) {
      // "Can be done with any child token", azure-cosmos says of reading the container.
      case READ_CONTAINER, READ_PARTITION_KEY_RANGES, READ_ADDRESSES -> true;
      case READ_ITEM ->
          isItem(held, call, container.get()) && hasKey(held, call, container.get(), kind);
      case REPLACE_ITEM, PATCH_ITEM, DELETE_ITEM ->
          held.mode() == PermissionMode.ALL
              && isItem(held, call, container.get())
              && hasKey(held, call, container.get(), kind);
      case QUERY_ITEMS, QUERY_PLAN, READ_ITEM_FEED, READ_CHANGE_FEED, READ_CONFLICT, READ_SCRIPT ->
          held.itemId().isEmpty() && hasKey(held, call, container.get(), kind);
      case CREATE_ITEM,
          UPSERT_ITEM,
          BATCH,
          DELETE_PARTITION_KEY,
          EXECUTE_STORED_PROCEDURE,
          DELETE_CONFLICT,
          WRITE_SCRIPT ->
          held.mode() == PermissionMode.ALL
              && held.itemId().isEmpty()
              && hasKey(held, call, container.get(), kind);
      default -> false;
    };
  }

  private static boolean isItem(Permission held, Call call, Container container) {
    if (held.itemId().isEmpty()) {
      return true;
    }
    String sent = call.path().segments().get(5);
    return call.path().isByRid()
        ? container.partitions().stream()
            .flatMap(partition -> partition.items().stream())
            .filter(item -> item.content().path("_rid").asText().equals(sent))
            .anyMatch(item -> item.id().equals(held.itemId().get()))
        : sent.equals(held.itemId().get());
  }

  /** Whether the call confines itself to the token's partition key, if it has one. */
  private static boolean hasKey(Permission held, Call call, Container container, CallKind kind) {
    if (held.key().isEmpty()) {
      return true;
    }
    List<PartitionKey.Component> granted = held.key().get().components();
    Optional<List<PartitionKey.Component>> sent =
        call.header(CosmosHeaders.PARTITION_KEY)
            .flatMap(PartitionKey::parse)
            .map(PartitionKey::components);
    return switch (kind) {
      // The first levels of a hierarchical key are enough for these, and only for these.
      case CREATE_ITEM, UPSERT_ITEM, READ_ITEM, REPLACE_ITEM, PATCH_ITEM, DELETE_ITEM ->
          sent.filter(key -> startsWith(key, granted)).isPresent();
      default ->
          sent.filter(granted::equals).isPresent()
              && granted.size() == container.definition().at("/partitionKey/paths").size();
    };
  }

  private static boolean startsWith(
      List<PartitionKey.Component> key, List<PartitionKey.Component> prefix) {
    return key.size() >= prefix.size() && key.subList(0, prefix.size()).equals(prefix);
  }

  private byte[] mac(byte[] content) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(secret, ALGORITHM));
      return Arrays.copyOf(mac.doFinal(content), SIGNATURE_BYTES);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + ALGORITHM, e);
    }
  }
}
