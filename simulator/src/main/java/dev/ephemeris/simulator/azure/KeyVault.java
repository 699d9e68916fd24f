package dev.ephemeris.simulator.azure;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Pattern;

/** Azure Key Vault, as far as secrets go. */
final class KeyVault implements Service {

  /** The latest one of azure-security-keyvault-secrets 4.11. */
  static final String API_VERSION = "2025-07-01";

  private static final String ACTION = "Microsoft.KeyVault/vaults/secrets/";
  private static final Pattern NAME = Pattern.compile("[0-9A-Za-z-]{1,127}");
  private static final int MOST_BYTES = 25 * 1024;
  private static final int PAGE = 25;

  private final Tenant tenant;
  private final Grants grants;
  private final List<Vault> vaults = new CopyOnWriteArrayList<>();

  KeyVault(Tenant tenant, Grants grants) {
    this.tenant = tenant;
    this.grants = grants;
    tenant.addResource(Vault.AUDIENCE);
  }

  void add(Vault vault) {
    vaults.add(vault);
  }

  /** Whether a host is a vault's, whether or not there is one. */
  static boolean isMeant(Call call) {
    return call.host().endsWith(Vault.SUFFIX);
  }

  @Override
  public List<String> audiences() {
    return List.of(Vault.AUDIENCE);
  }

  @Override
  public Answer answer(Call call, Bearer bearer) {
    var vault =
        vaults.stream().filter(one -> call.host().equals(one.name() + Vault.SUFFIX)).findFirst();
    if (vault.isEmpty()) {
      return Answer.notSimulated("a vault " + call.host());
    }
    if (!(bearer instanceof Bearer.Holder holder)) {
      return challenge(bearer);
    }
    if (!call.parameter("api-version").equals(Optional.of(API_VERSION))) {
      return Answer.error(
          400, "BadParameter", "The only api-version that is simulated is " + API_VERSION + ".");
    }
    return answer(call, vault.get(), holder);
  }

  private Answer answer(Call call, Vault vault, Bearer.Holder holder) {
    var path = call.path();
    var size = path.size();
    if (size == 0 || size > 3 || !path.getFirst().equals("secrets")) {
      return notSimulated(call);
    }
    var name = size > 1 ? path.get(1) : "";
    if (size > 1 && !NAME.matcher(name).matches()) {
      return badParameter("The request URI contains an invalid name: " + name);
    }
    return switch (call.method() + " " + size) {
      case "GET 1" ->
          may(holder, "readMetadata", vault, "")
              .orElseGet(() -> page(call, vault, vault.all(), false));
      case "GET 2" ->
          may(holder, "getSecret", vault, name)
              .orElseGet(() -> shown(vault, name, vault.latest(name)));
      case "PUT 2" -> may(holder, "setSecret", vault, name).orElseGet(() -> set(call, vault, name));
      case "GET 3" ->
          path.getLast().equals("versions")
              ? may(holder, "readMetadata", vault, name)
                  .orElseGet(() -> page(call, vault, vault.versions(name), true))
              : may(holder, "getSecret", vault, name)
                  .orElseGet(() -> shown(vault, name, vault.find(name, path.getLast())));
      case "PATCH 3" ->
          may(holder, "update", vault, name)
              .orElseGet(() -> change(call, vault, name, path.getLast()));
      default -> notSimulated(call);
    };
  }

  /** A disabled one isn't; what is expired or not valid yet is, as documented and reported. */
  private static Answer shown(Vault vault, String name, Optional<SecretVersion> found) {
    if (found.isEmpty()) {
      return notFound(name);
    }
    return found.get().isEnabled()
        ? Answer.of(200, found.get().withValue(vault.endpoint()))
        : forbidden("Operation get is not allowed on a disabled secret.", "SecretDisabled");
  }

  private static Answer set(Call call, Vault vault, String name) {
    var body = call.json().orElseGet(JsonObject::new);
    if (!(body.getValue("value") instanceof String value)) {
      return badParameter("The value of the secret is missing.");
    }
    if (value.length() > MOST_BYTES) {
      return badParameter("The secret's value is longer than " + MOST_BYTES + " bytes.");
    }
    var made =
        vault.add(
            name,
            value,
            Optional.ofNullable(body.getString("contentType")),
            tags(body),
            SecretVersion.Attributes.of(body));
    return Answer.of(200, made.withValue(vault.endpoint()));
  }

  private static Map<String, String> tags(JsonObject body) {
    var tags = new LinkedHashMap<String, String>();
    body.getJsonObject("tags", new JsonObject())
        .forEach(tag -> tags.put(tag.getKey(), String.valueOf(tag.getValue())));
    return tags;
  }

  private static Answer change(Call call, Vault vault, String name, String version) {
    var body = call.json().orElseGet(JsonObject::new);
    return vault
        .change(
            name,
            version,
            before ->
                before.with(
                    Optional.ofNullable(body.getString("contentType")).or(before::contentType),
                    body.containsKey("tags") ? tags(body) : before.tags(),
                    SecretVersion.Attributes.of(body).over(before.attributes())))
        .map(changed -> Answer.of(200, changed.described(vault.endpoint(), true)))
        .orElseGet(() -> notFound(name));
  }

  private static Answer page(Call call, Vault vault, List<SecretVersion> all, boolean withVersion) {
    var from = call.parameter("$skiptoken").map(Integer::parseInt).orElse(0);
    var size = call.parameter("maxresults").map(Integer::parseInt).orElse(PAGE);
    if (size < 1 || size > PAGE) {
      return badParameter("maxresults must be from 1 to " + PAGE + ".");
    }
    var value = new JsonArray();
    all.stream()
        .skip(from)
        .limit(size)
        .map(one -> one.described(vault.endpoint(), withVersion))
        .forEach(value::add);
    var page = JsonObject.of("value", value);
    if (from + size < all.size()) {
      page.put(
          "nextLink",
          vault.endpoint()
              + "/"
              + String.join("/", call.path())
              + "?api-version="
              + API_VERSION
              + "&$skiptoken="
              + (from + size)
              + "&maxresults="
              + size);
    }
    return Answer.of(200, page);
  }

  private Optional<Answer> may(Bearer.Holder holder, String what, Vault vault, String secret) {
    var action = ACTION + what + "/action";
    var resource = secret.isEmpty() ? vault.id() : vault.id() + "/secrets/" + secret;
    if (grants.allow(holder.objectId(), action, resource)) {
      return Optional.empty();
    }
    var caller =
        holder.applicationId().map(id -> "appid=" + id + ";").orElse("")
            + "oid="
            + holder.objectId()
            + ";iss="
            + tenant.issuer();
    return Optional.of(
        forbidden(
            "Caller is not authorized to perform action on resource.\r\n"
                + "If role assignments, deny assignments or role definitions were changed"
                + " recently, please observe propagation time.\r\n"
                + "Caller: "
                + caller
                + "\r\nAction: '"
                + action
                + "'\r\nResource: '"
                + resource
                + "'\r\nAssignment: (not found)\r\nDenyAssignmentId: null\r\nDecisionReason:"
                + " null \r\nVault: "
                + vault.name()
                + "\r\n",
            "ForbiddenByRbac"));
  }

  /** Tells clients where to get a token and for what, as they ask without one first. */
  private Answer challenge(Bearer bearer) {
    var why =
        switch (bearer) {
          case Bearer.Nothing() -> "AKV10000: Request is missing a Bearer or PoP token.";
          case Bearer.WrongAudience(var audience) ->
              "AKV10022: Invalid audience. Expected "
                  + Vault.AUDIENCE
                  + ", found: "
                  + audience
                  + ".";
          case Bearer.WrongTenant(var issuer) ->
              "AKV10032: Invalid issuer. Expected one of "
                  + tenant.issuer()
                  + ", found "
                  + issuer
                  + ".";
          case Bearer.Expired _, Bearer.Malformed _, Bearer.Holder _ ->
              "[TokenExpired] Error validating token: 'S2S12086'.";
        };
    return Answer.error(401, "Unauthorized", why)
        .with(
            "www-authenticate",
            "Bearer authorization=\""
                + tenant.authority()
                + tenant.id()
                + "\", resource=\""
                + Vault.AUDIENCE
                + "\"");
  }

  private static Answer forbidden(String message, String inner) {
    return Answer.of(
        403,
        JsonObject.of(
            "error",
            JsonObject.of(
                "code",
                "Forbidden",
                "message",
                message,
                "innererror",
                JsonObject.of("code", inner))));
  }

  private static Answer notFound(String name) {
    return Answer.error(
        404,
        "SecretNotFound",
        "A secret with (name/id) "
            + name
            + " was not found in this key vault. If you recently deleted this secret you may be"
            + " able to recover it using the correct recovery command.");
  }

  private static Answer badParameter(String message) {
    return Answer.error(400, "BadParameter", message);
  }

  private static Answer notSimulated(Call call) {
    return Answer.notSimulated(call.method() + " /" + String.join("/", call.path()));
  }
}
