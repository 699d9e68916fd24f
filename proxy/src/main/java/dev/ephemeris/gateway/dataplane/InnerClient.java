package dev.ephemeris.gateway.dataplane;

import dev.ephemeris.cosmos.Address;
import dev.ephemeris.cosmos.CosmosHeaders;
import dev.ephemeris.cosmos.HttpDate;
import dev.ephemeris.cosmos.ResourceType;
import dev.ephemeris.gateway.credential.Withheld;
import dev.ephemeris.gateway.http.BoundedBody;
import dev.ephemeris.gateway.lease.LeaseToken;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.VertxException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.PemTrustOptions;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntSupplier;

/**
 * Asks the data plane from within the gateway, with a lease: what agents ask for by tools takes the
 * same steps as what comes from anywhere else, and nothing is let past one. It is heard at a
 * listener of its own on the loopback address, which lets in nobody else.
 *
 * <p>Thread-safe.
 */
public final class InnerClient {

  /** What the listener knows this client by, which makes one up at each start. */
  static final String SECRET = "x-ephemeris-inner";

  /** By this it knows what the gateway says itself from what the account says. */
  static final String OWN_WORDS = "x-ephemeris-own-words";

  /** For whom it asks: what rules say of addresses holds for theirs. */
  static final String ON_BEHALF = "x-forwarded-for";

  static final String LOOPBACK = "127.0.0.1";

  private static final long ANSWERED_WITHIN_MILLIS = 60_000;

  private static final int CONNECTIONS = 64;

  private final HttpClient client;
  private final String hostName;
  private final IntSupplier port;
  private final String secret;
  private final InstantSource clock;

  InnerClient(
      Vertx vertx,
      DataPlane.Settings settings,
      IntSupplier port,
      String secret,
      InstantSource clock) {
    this.client =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setSsl(true)
                // Not any certificate of that name, but this one.
                .setVerifyHost(false)
                .setTrustOptions(
                    new PemTrustOptions().addCertPath(settings.certificate().toString()))
                .setKeepAliveTimeout(30)
                .setDecompressionSupported(false),
            new PoolOptions().setHttp1MaxSize(CONNECTIONS));
    this.hostName = settings.hostNames().getFirst();
    this.port = port;
    this.secret = secret;
    this.clock = clock;
  }

  /**
   * A request as SDKs make it.
   *
   * @param type of what is asked for at the address
   * @param headers beside those that every request has
   * @param body JSON; empty for a read
   */
  public record Request(
      String account,
      Address address,
      ResourceType type,
      Map<String, String> headers,
      Optional<Buffer> body) {}

  /** What came back, whatever the status. */
  public record Answer(int status, MultiMap headers, Buffer body) {

    /** What it cost, in request units; 0 where the answer doesn't say. */
    public double requestCharge() {
      String charge = headers.get(CosmosHeaders.REQUEST_CHARGE);
      try {
        return charge == null ? 0 : Double.parseDouble(charge);
      } catch (NumberFormatException notANumber) {
        return 0;
      }
    }

    /** Whether the gateway itself says it, and not the account behind it. */
    public boolean isGateways() {
      return headers.contains(OWN_WORDS);
    }

    /** How many values looked like credentials, and aren't there. */
    public int withheld() {
      String number = headers.get(Withheld.HEADER);
      return number == null ? 0 : Integer.parseInt(number);
    }
  }

  /** An answer is longer than was asked for. */
  public static final class TooLongException extends VertxException {
    private static final long serialVersionUID = 1;

    TooLongException(int most) {
      super("the answer has more than " + most + " bytes", true);
    }
  }

  /**
   * Asks. The future fails with {@link TooLongException} if the answer has more than {@code most}
   * bytes, and with another exception if there is none.
   *
   * @param address of whom it is asked for
   */
  public Future<Answer> ask(LeaseToken lease, String address, Request request, int most) {
    RequestOptions options =
        new RequestOptions()
            .setMethod(request.body().isPresent() ? HttpMethod.POST : HttpMethod.GET)
            .setHost(LOOPBACK)
            .setPort(port.getAsInt())
            .setSsl(true)
            .setURI(request.address().path(request.type()))
            .setTimeout(ANSWERED_WITHIN_MILLIS)
            .setFollowRedirects(false)
            .putHeader(HttpHeaders.HOST, request.account() + "." + hostName)
            .putHeader(SECRET, secret)
            .putHeader(ON_BEHALF, address)
            .putHeader(CosmosHeaders.VERSION, CosmosHeaders.CURRENT_VERSION)
            .putHeader(CosmosHeaders.DATE, HttpDate.format(clock.instant()))
            .putHeader(
                CosmosHeaders.AUTHORIZATION,
                URLEncoder.encode(lease.reveal(), StandardCharsets.UTF_8));
    request.headers().forEach(options::putHeader);
    return client
        .request(options)
        .compose(asking -> request.body().map(asking::send).orElseGet(asking::send))
        .compose(
            response ->
                BoundedBody.of(response, most, () -> new TooLongException(most))
                    .map(body -> new Answer(response.statusCode(), response.headers(), body)));
  }
}
