package dev.ephemeris.gateway.dataplane;

import dev.ephemeris.cosmos.Address;
import dev.ephemeris.cosmos.CosmosHeaders;
import dev.ephemeris.cosmos.HttpDate;
import dev.ephemeris.cosmos.MasterKey;
import dev.ephemeris.cosmos.ResourceType;
import dev.ephemeris.cosmos.Verb;
import io.vertx.core.Future;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.net.URI;
import java.time.Instant;
import java.time.InstantSource;

/**
 * One Cosmos account: where it is and how requests to it are signed.
 *
 * <p>Confined to one event loop, which has its own connections.
 */
final class Upstream {

  private static final long ANSWER_WITHIN_MS = 70_000;

  private final String account;
  private final URI endpoint;
  private final MasterKey key;
  private final HttpClient client;
  private final InstantSource clock;
  private final RidDirectory rids;

  private long dateSecond = -1;
  private String date = "";

  Upstream(String account, URI endpoint, MasterKey key, HttpClient client, InstantSource clock) {
    this.account = account;
    this.endpoint = endpoint;
    this.key = key;
    this.client = client;
    this.clock = clock;
    this.rids = new RidDirectory(this);
  }

  String account() {
    return account;
  }

  RidDirectory rids() {
    return rids;
  }

  /** A request that is signed for this account, on a connection to it; not sent yet. */
  Future<HttpClientRequest> request(Verb verb, ResourceType type, Address address) {
    int port = endpoint.getPort();
    RequestOptions options =
        new RequestOptions()
            .setMethod(HttpMethod.valueOf(verb.name()))
            .setHost(endpoint.getHost())
            .setPort(port < 0 ? 443 : port)
            .setSsl(true)
            .setURI(address.path(type))
            .setIdleTimeout(ANSWER_WITHIN_MS);
    return client
        .request(options)
        .map(
            request -> {
              // Signed only now: waiting for a connection must not make the date old.
              String now = date();
              request
                  .putHeader(CosmosHeaders.DATE, now)
                  .putHeader(
                      CosmosHeaders.AUTHORIZATION,
                      key.authorization(verb, type, address.link(type), now))
                  .putHeader("accept", "application/json");
              return request;
            });
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
