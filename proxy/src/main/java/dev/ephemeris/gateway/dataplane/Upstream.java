package dev.ephemeris.gateway.dataplane;

import dev.ephemeris.config.Account.Identifiers;
import dev.ephemeris.config.Region;
import dev.ephemeris.cosmos.Address;
import dev.ephemeris.cosmos.CosmosHeaders;
import dev.ephemeris.cosmos.HttpDate;
import dev.ephemeris.cosmos.Operation;
import dev.ephemeris.cosmos.ResourceType;
import dev.ephemeris.cosmos.Verb;
import dev.ephemeris.gateway.custody.AccountConnection;
import dev.ephemeris.gateway.custody.UpstreamCredential.CredentialException;
import dev.ephemeris.gateway.custody.UpstreamCredential.Signature;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import java.net.URI;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * One Cosmos account: where it is and how requests to it are signed.
 *
 * <p>Confined to one event loop, which has its own connections.
 */
final class Upstream {

  private static final long ANSWER_WITHIN_MS = 70_000;

  private static final int UNAUTHORIZED = 401;

  private final DataPlane.Account account;

  /** The endpoints of its regions, by label. */
  private final Map<String, URI> regions;

  private final HttpClient client;
  private final InstantSource clock;
  private final RidDirectory rids;

  private long dateSecond = -1;
  private String date = "";

  Upstream(DataPlane.Account account, HttpClient client, InstantSource clock) {
    this.account = account;
    this.regions =
        account.regions().stream()
            .collect(Collectors.toMap(Region::label, region -> region.endpoint().uri()));
    this.client = client;
    this.clock = clock;
    this.rids = new RidDirectory(this);
  }

  String account() {
    return account.name();
  }

  /** What the journal has of keys and ids of its items. */
  Identifiers identifiers() {
    return account.identifiers();
  }

  RidDirectory rids() {
    return rids;
  }

  /** The labels of the regions that clients may choose. */
  Set<String> regions() {
    return regions.keySet();
  }

  /** Whether it has this region; that of its own endpoint it always has. */
  boolean isIn(Optional<String> region) {
    return region.isEmpty() || regions.containsKey(region.get());
  }

  /** Whether the gateway's own credential can do it at all. */
  boolean reaches(Operation operation) {
    return account.credential().reaches(operation);
  }

  /**
   * A request that is signed for this account, on a connection to it; not sent yet. Fails with
   * {@link CredentialException} if there is nothing to sign with.
   *
   * @param region one that it {@link #isIn}
   */
  Future<HttpClientRequest> request(
      Optional<String> region, Verb verb, ResourceType type, Address address) {
    return account
        .credential()
        .signature()
        .compose(signature -> request(region, verb, type, address, signature));
  }

  /**
   * Sends a request, and once more with another key of the account's if this one is refused: while
   * keys are turned over, not every node knows each of them at the same time. What is refused so
   * has had no effect.
   *
   * @param region one that it {@link #isIn}
   * @param sending completes the request and sends it; may be called twice
   */
  Future<HttpClientResponse> send(
      Optional<String> region,
      Verb verb,
      ResourceType type,
      Address address,
      Function<HttpClientRequest, Future<HttpClientResponse>> sending) {
    return account
        .credential()
        .signature()
        .compose(
            signature ->
                request(region, verb, type, address, signature)
                    .compose(sending)
                    .compose(
                        answer ->
                            answer.statusCode() == UNAUTHORIZED
                                ? again(region, verb, type, address, signature, answer, sending)
                                : Future.succeededFuture(answer)));
  }

  private Future<HttpClientResponse> again(
      Optional<String> region,
      Verb verb,
      ResourceType type,
      Address address,
      Signature refused,
      HttpClientResponse refusal,
      Function<HttpClientRequest, Future<HttpClientResponse>> sending) {
    refusal.pause();
    return account
        .credential()
        .insteadOf(refused)
        .otherwise(refused)
        .compose(
            other -> {
              if (other == refused) {
                // Once whoever gets it has begun to read it, as they do at once.
                Objects.requireNonNull(Vertx.currentContext())
                    .runOnContext(read -> refusal.resume());
                return Future.succeededFuture(refusal);
              }
              refusal.handler(unread -> {}).resume();
              return request(region, verb, type, address, other).compose(sending);
            });
  }

  private Future<HttpClientRequest> request(
      Optional<String> region, Verb verb, ResourceType type, Address address, Signature signature) {
    URI endpoint = region.map(regions::get).orElse(account.endpoint());
    return client
        .request(
            AccountConnection.request(endpoint, verb, address.path(type))
                .setIdleTimeout(ANSWER_WITHIN_MS))
        .map(
            request -> {
              // Signed only now: waiting for a connection must not make the date old.
              String now = date();
              request
                  .putHeader(CosmosHeaders.DATE, now)
                  .putHeader(
                      CosmosHeaders.AUTHORIZATION,
                      signature.authorization(verb, type, address.link(type), now))
                  .putHeader("accept", "application/json");
              return request;
            });
  }

  /** Closes its connections, each once what is under way on it has been answered. */
  void close() {
    var unused = client.shutdown(ANSWER_WITHIN_MS, TimeUnit.MILLISECONDS);
  }

  /** The date of now, made once a second. */
  private String date() {
    Instant now = clock.instant();
    if (now.getEpochSecond() != dateSecond) {
      dateSecond = now.getEpochSecond();
      date = HttpDate.format(now);
    }
    return date;
  }
}
