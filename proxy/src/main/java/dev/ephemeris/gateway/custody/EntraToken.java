package dev.ephemeris.gateway.custody;

import com.azure.core.credential.AccessToken;
import com.azure.core.credential.TokenCredential;
import com.azure.core.credential.TokenRequestContext;
import com.azure.core.http.HttpClient;
import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import dev.ephemeris.config.EntraIdentity;
import dev.ephemeris.cosmos.Operation;
import dev.ephemeris.gateway.custody.SecretFile.SecretFileException;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An access token of an identity of the gateway's own, for one account; kept in memory, and got
 * anew before it ends. One request for it is under way at a time, and nobody waits for it while the
 * token that is there is good.
 */
public final class EntraToken implements UpstreamCredential {

  private static final Logger LOG = LoggerFactory.getLogger(EntraToken.class);

  /** Before its end, a token is got anew if its issuer doesn't say when; MSAL's own rule. */
  private static final Duration AHEAD = Duration.ofMinutes(5);

  /** A token that ends so soon may end on its way. */
  private static final Duration MARGIN = Duration.ofSeconds(30);

  /** From one attempt to the next, whether it failed or got a token that is to be renewed soon. */
  private static final Duration BETWEEN = Duration.ofSeconds(10);

  private static final long WAIT_SECONDS = 20;

  /** Every cloud's, for accounts whose own address Entra ID doesn't know as a resource. */
  private static final String ANY_ACCOUNT = "https://cosmos.azure.com/.default";

  private static final String UNKNOWN_RESOURCE = "AADSTS500011";

  private final String account;
  private final TokenCredential identity;
  private final InstantSource clock;

  /** Written under the monitor. */
  private volatile @Nullable Held held;

  /** Of the one thread that gets tokens. */
  private volatile String scope;

  // Guarded by the monitor.
  private @Nullable Promise<Held> underWay;
  private Instant notBefore = Instant.MIN;
  private @Nullable CredentialException failure;

  /** A token as it is sent. */
  private record Held(Future<Signature> signature, Instant renewAt, Instant goodUntil) {}

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
    this.account = account;
    this.identity = identity;
    this.clock = clock;
    this.scope = "https://" + endpoint.getHost() + "/.default";
  }

  @Override
  public Future<Signature> signature() {
    Held now = held;
    Instant at = clock.instant();
    if (now != null && at.isBefore(now.goodUntil())) {
      if (!at.isBefore(now.renewAt())) {
        renew(at);
      }
      return now.signature();
    }
    return here(renew(at)).compose(Held::signature);
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

  /** The token that is being got, by this call or an earlier one. */
  private synchronized Future<Held> renew(Instant at) {
    if (underWay != null) {
      return underWay.future();
    }
    if (at.isBefore(notBefore)) {
      if (failure != null) {
        return Future.failedFuture(failure);
      }
      Held now = held;
      if (now != null && at.isBefore(now.goodUntil())) {
        return Future.succeededFuture(now);
      }
    }
    Promise<Held> promise = Promise.promise();
    underWay = promise;
    Thread.ofVirtual().name("entra-token-" + account).start(() -> get(promise));
    return promise.future();
  }

  private void get(Promise<Held> promise) {
    Held got;
    try {
      got = hold(token());
    } catch (RuntimeException | LinkageError e) {
      CredentialException why = why(e);
      LOG.atWarn().addKeyValue("account", account).log(why.getMessage());
      done(null, why);
      promise.fail(why);
      return;
    }
    done(got, null);
    promise.complete(got);
  }

  private synchronized void done(@Nullable Held got, @Nullable CredentialException why) {
    held = got == null ? held : got;
    failure = why;
    notBefore = clock.instant().plus(BETWEEN);
    underWay = null;
  }

  private AccessToken token() {
    TokenRequestContext wanted = new TokenRequestContext().addScopes(scope);
    try {
      return identity.getTokenSync(wanted);
    } catch (RuntimeException e) {
      if (scope.equals(ANY_ACCOUNT) || !String.valueOf(e.getMessage()).contains(UNKNOWN_RESOURCE)) {
        throw e;
      }
      scope = ANY_ACCOUNT;
      return token();
    }
  }

  private Held hold(AccessToken token) {
    String header =
        URLEncoder.encode("type=aad&ver=1.0&sig=" + token.getToken(), StandardCharsets.UTF_8);
    Instant end = token.getExpiresAt().toInstant();
    OffsetDateTime advised = token.getRefreshAt();
    Duration half = Duration.between(clock.instant(), end).dividedBy(2);
    Instant renewAt = end.minus(half.compareTo(AHEAD) < 0 ? half : AHEAD);
    return new Held(
        Future.succeededFuture((verb, type, link, date) -> header),
        advised == null || advised.toInstant().isAfter(renewAt) ? renewAt : advised.toInstant(),
        end.minus(MARGIN));
  }

  /** In words only: what else Azure's libraries attach to a failure is theirs to choose. */
  private CredentialException why(Throwable failure) {
    List<String> reasons = new ArrayList<>();
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      String message = cause.getMessage();
      if (message != null && !message.isBlank()) {
        reasons.add(message.lines().findFirst().orElseThrow());
      }
    }
    return new CredentialException(
        "No token of Entra ID for account “"
            + account
            + "”: "
            + reasons.stream().distinct().collect(Collectors.joining(": ")));
  }

  /** The same on the event loop of the caller, who doesn't wait for ever. */
  private Future<Held> here(Future<Held> token) {
    Context context = Vertx.currentContext();
    return (context == null
            ? token
            : Future.fromCompletionStage(token.toCompletionStage(), context))
        .timeout(WAIT_SECONDS, TimeUnit.SECONDS)
        .recover(
            failure ->
                Future.failedFuture(
                    failure instanceof TimeoutException
                        ? new CredentialException(
                            "No token of Entra ID for account “"
                                + account
                                + "” within "
                                + WAIT_SECONDS
                                + " seconds.")
                        : failure));
  }
}
