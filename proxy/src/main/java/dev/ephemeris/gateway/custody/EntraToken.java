package dev.ephemeris.gateway.custody;

import com.azure.core.credential.AccessToken;
import com.azure.core.credential.TokenCredential;
import com.azure.core.credential.TokenRequestContext;
import com.azure.core.http.HttpClient;
import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import dev.ephemeris.config.EntraIdentity;
import dev.ephemeris.cosmos.Operation;
import dev.ephemeris.cosmos.ResourceType;
import dev.ephemeris.cosmos.Verb;
import dev.ephemeris.gateway.custody.SecretFile.SecretFileException;
import dev.ephemeris.policy.azure.Guid;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.util.Base64;
import java.util.Optional;
import java.util.UUID;

/** An access token of an identity of the gateway's own, for one account. */
public final class EntraToken implements UpstreamCredential {

  /** Before its end, a token is got anew if its issuer doesn't say when; MSAL's own rule. */
  private static final Duration AHEAD = Duration.ofMinutes(5);

  /** A token that ends so soon may end on its way. */
  private static final Duration MARGIN = Duration.ofSeconds(30);

  /** Every cloud's, for accounts whose own address Entra ID doesn't know as a resource. */
  private static final String ANY_ACCOUNT = "https://cosmos.azure.com/.default";

  private static final String UNKNOWN_RESOURCE = "AADSTS500011";

  private final TokenCredential identity;
  private final InstantSource clock;
  private final Renewed<Signature> token;

  /** Of the one thread that gets tokens. */
  private volatile String scope;

  /**
   * The identity that the configuration names. Asks for nothing yet.
   *
   * @param account its name, for log and errors
   * @param endpoint the account's, which tokens are for
   * @throws SecretFileException if there is a certificate and it can't be read
   */
  public static EntraToken of(
      String account, URI endpoint, EntraIdentity settings, InstantSource clock)
      throws SecretFileException {
    return of(account, endpoint, settings, new JdkHttpClientBuilder().build(), clock);
  }

  static EntraToken of(
      String account, URI endpoint, EntraIdentity settings, HttpClient http, InstantSource clock)
      throws SecretFileException {
    return new EntraToken(account, endpoint, EntraIdentities.of(settings, http), clock);
  }

  /**
   * @param account its name, for log and errors
   * @param endpoint the account's, which tokens are for
   * @param identity where they come from; may block, and is called by one thread at a time
   */
  EntraToken(String account, URI endpoint, TokenCredential identity, InstantSource clock) {
    this.identity = identity;
    this.clock = clock;
    this.scope = "https://" + endpoint.getHost() + "/.default";
    this.token =
        new Renewed<>(
            account, "token of Entra ID for account “" + account + "”", () -> got(get()), clock);
  }

  /** The header that every request has. */
  private record Bearing(String header, Optional<UUID> objectId) implements Signature {
    @Override
    public String authorization(Verb verb, ResourceType type, String link, String date) {
      return header;
    }

    @Override
    public String toString() {
      return "Bearing";
    }
  }

  @Override
  public Future<Signature> signature() {
    return token.value();
  }

  /**
   * Which object in Entra ID the identity is, if its token says so. For telling it from others
   * only: to whom a token isn't made out it is opaque, and nothing is let in for this.
   */
  public Future<Optional<UUID>> objectId() {
    return token
        .value()
        .map(held -> held instanceof Bearing bearing ? bearing.objectId() : Optional.empty());
  }

  /** There is one token, and it says itself how long it is good. */
  @Override
  public Future<Signature> insteadOf(Signature refused) {
    return Future.succeededFuture(refused);
  }

  /**
   * A token can do what Azure's data actions name; databases, containers, encryption keys, scripts
   * and throughput are Azure Resource Manager's then, also to read the latter two ({@code 403},
   * sub-status 5300).
   *
   * @see <a
   *     href="https://learn.microsoft.com/azure/cosmos-db/how-to-connect-role-based-access-control">
   *     Connect by role-based access control</a>
   */
  @Override
  public boolean reaches(Operation operation) {
    return switch (operation) {
      case CREATE_DATABASE,
          DELETE_DATABASE,
          CREATE_CONTAINER,
          REPLACE_CONTAINER,
          DELETE_CONTAINER,
          CREATE_CLIENT_ENCRYPTION_KEY,
          REPLACE_CLIENT_ENCRYPTION_KEY,
          LIST_SCRIPTS,
          QUERY_SCRIPTS,
          CREATE_SCRIPT,
          READ_SCRIPT,
          REPLACE_SCRIPT,
          DELETE_SCRIPT,
          LIST_OFFERS,
          QUERY_OFFERS,
          READ_OFFER,
          REPLACE_OFFER ->
          false;
      case READ_ACCOUNT,
          LIST_DATABASES,
          QUERY_DATABASES,
          READ_DATABASE,
          LIST_CONTAINERS,
          QUERY_CONTAINERS,
          READ_CONTAINER,
          READ_PARTITION_KEY_RANGES,
          LIST_CLIENT_ENCRYPTION_KEYS,
          QUERY_CLIENT_ENCRYPTION_KEYS,
          READ_CLIENT_ENCRYPTION_KEY,
          CREATE_ITEM,
          UPSERT_ITEM,
          READ_ITEM,
          REPLACE_ITEM,
          PATCH_ITEM,
          DELETE_ITEM,
          QUERY_ITEMS,
          QUERY_PLAN,
          BATCH,
          READ_ITEM_FEED,
          READ_CHANGE_FEED,
          QUERY_CHANGE_FEED,
          DELETE_PARTITION_KEY,
          EXECUTE_STORED_PROCEDURE,
          LIST_CONFLICTS,
          QUERY_CONFLICTS,
          READ_CONFLICT,
          DELETE_CONFLICT ->
          true;
    };
  }

  private AccessToken get() {
    TokenRequestContext wanted = new TokenRequestContext().addScopes(scope);
    try {
      return identity.getTokenSync(wanted);
    } catch (RuntimeException e) {
      if (scope.equals(ANY_ACCOUNT) || !String.valueOf(e.getMessage()).contains(UNKNOWN_RESOURCE)) {
        throw e;
      }
      scope = ANY_ACCOUNT;
      return get();
    }
  }

  private Renewed.Got<Signature> got(AccessToken token) {
    String header =
        URLEncoder.encode("type=aad&ver=1.0&sig=" + token.getToken(), StandardCharsets.UTF_8);
    Instant end = token.getExpiresAt().toInstant();
    OffsetDateTime advised = token.getRefreshAt();
    Duration half = Duration.between(clock.instant(), end).dividedBy(2);
    Instant renewAt = end.minus(half.compareTo(AHEAD) < 0 ? half : AHEAD);
    return new Renewed.Got<>(
        new Bearing(header, objectId(token.getToken())),
        advised == null || advised.toInstant().isAfter(renewAt) ? renewAt : advised.toInstant(),
        end.minus(MARGIN));
  }

  private static Optional<UUID> objectId(String token) {
    String[] parts = token.split("\\.", -1);
    try {
      return parts.length == 3
          ? Optional.ofNullable(
                  new JsonObject(Buffer.buffer(Base64.getUrlDecoder().decode(parts[1])))
                      .getString("oid"))
              .flatMap(Guid::parse)
          : Optional.empty();
    } catch (IllegalArgumentException | DecodeException | ClassCastException notAJwt) {
      return Optional.empty();
    }
  }
}
