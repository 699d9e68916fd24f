package dev.ephemeris.simulator.issuer;

import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.JWTClaimsSet;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A running OpenID Connect provider that lets anybody on this machine sign in as any of its people.
 *
 * <p>Its methods are safe for all threads. Keys and state live in memory and end with it.
 */
public final class DevelopmentIssuer {

  /**
   * What an issuer is started with.
   *
   * @param host a loopback address as a literal, for example {@code 127.0.0.1}; anything else is
   *     refused
   * @param port 0 for any free one
   * @param people who can be picked on the sign-in page
   * @param clients which applications may send them there
   * @param apiAudience the {@code aud} of access tokens
   * @param tokenLifetime how long access and ID tokens are good
   */
  public record Settings(
      String host,
      int port,
      List<Person> people,
      List<Client> clients,
      String apiAudience,
      Duration tokenLifetime) {

    /**
     * Throws {@link IllegalArgumentException} for a host that others can reach, or an id that two
     * share.
     */
    public Settings {
      people = List.copyOf(people);
      clients = List.copyOf(clients);
      if (!InetAddress.ofLiteral(host).isLoopbackAddress()) {
        throw new IllegalArgumentException(
            host + " is not a loopback address: this issuer asks for no password");
      }
      if (!tokenLifetime.isPositive()) {
        throw new IllegalArgumentException("The lifetime of tokens must be positive");
      }
      if (people.stream().map(Person::subject).distinct().count() < people.size()
          || clients.stream().map(Client::clientId).distinct().count() < clients.size()) {
        throw new IllegalArgumentException("Two people share a subject, or two clients an id");
      }
    }

    Optional<Client> client(String clientId) {
      return clients.stream().filter(client -> client.clientId().equals(clientId)).findFirst();
    }

    Optional<Person> person(String subject) {
      return people.stream().filter(person -> person.subject().equals(subject)).findFirst();
    }
  }

  private static final String SCOPE = "openid profile email";

  private final HttpServer server;
  private final URI issuer;
  private final Settings settings;
  private final SigningKeys keys;
  private final Tokens tokens;
  private final FaultyTokens faultyTokens;
  private final InstantSource clock;

  private DevelopmentIssuer(
      HttpServer server, Settings settings, SigningKeys keys, InstantSource clock) {
    this.server = server;
    this.issuer = URI.create("http://" + authority(settings.host(), server.actualPort()));
    this.settings = settings;
    this.keys = keys;
    this.tokens = new Tokens(issuer, settings.apiAudience(), settings.tokenLifetime(), keys, clock);
    this.faultyTokens = new FaultyTokens(tokens, keys, clock);
    this.clock = clock;
  }

  /** Starts an issuer by the system's clock. Fails if the port is taken. */
  public static Future<DevelopmentIssuer> start(Vertx vertx, Settings settings) {
    return start(vertx, settings, InstantSource.system());
  }

  /** Starts an issuer for which {@code clock} says what time it is. Fails if the port is taken. */
  public static Future<DevelopmentIssuer> start(
      Vertx vertx, Settings settings, InstantSource clock) {
    return vertx
        .executeBlocking(SigningKeys::new)
        .compose(keys -> listen(vertx, settings, keys, clock));
  }

  private static Future<DevelopmentIssuer> listen(
      Vertx vertx, Settings settings, SigningKeys keys, InstantSource clock) {
    // Empty until the port, which is part of the issuer's name, is known.
    var router = Router.router(vertx);
    // Without HTTP/2 each request has a Host header for the doorkeeper to look at.
    var options = new HttpServerOptions().setHttp2ClearTextEnabled(false);
    return vertx
        .createHttpServer(options)
        .requestHandler(router)
        .listen(settings.port(), settings.host())
        .map(
            server -> {
              var issuer = new DevelopmentIssuer(server, settings, keys, clock);
              new Endpoints(issuer.issuer, settings, keys, issuer.tokens, clock).addTo(router);
              return issuer;
            });
  }

  private static String authority(String host, int port) {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }

  /** The exact {@code iss} of its tokens; discovery is below it. */
  public URI issuer() {
    return issuer;
  }

  /**
   * An access token from a sign-in of its own, now and with two factors, as {@code /token} would
   * give it.
   *
   * @throws IllegalArgumentException if there is no such client
   */
  public String accessToken(Person person, String clientId) {
    return accessToken(person, clientId, claims -> {});
  }

  /**
   * As {@link #accessToken(Person, String)}, with other claims: an older {@code auth_time}, another
   * audience.
   */
  public String accessToken(Person person, String clientId, Consumer<JWTClaimsSet.Builder> change) {
    var claims = new JWTClaimsSet.Builder(tokens.accessClaims(authorize(person, clientId)));
    change.accept(claims);
    return tokens.sign(Tokens.ACCESS, claims.build());
  }

  /**
   * A client's own access token, as {@code client_credentials} would give it.
   *
   * @throws IllegalArgumentException if there is no such client
   */
  public String workloadToken(String clientId) {
    return tokens.sign(Tokens.ACCESS, tokens.workloadClaims(client(clientId)));
  }

  /**
   * A logout token for a client (OpenID Connect Back-Channel Logout 1.0 §2.4), which says nothing
   * of whom until {@code whom} does.
   *
   * @throws IllegalArgumentException if there is no such client
   */
  public String logoutToken(String clientId, Consumer<JWTClaimsSet.Builder> whom) {
    var claims = new JWTClaimsSet.Builder(tokens.logoutClaims(client(clientId)));
    whom.accept(claims);
    return tokens.sign(Tokens.LOGOUT, claims.build());
  }

  /**
   * A token that is good but for {@code fault}: no relying party may accept it.
   *
   * @throws IllegalArgumentException if there is no such client
   */
  public String faultyToken(TokenFault fault, Person person, String clientId) {
    return faultyTokens.make(fault, authorize(person, clientId));
  }

  /** The public halves of its keys, as they are published now. */
  public JWKSet publishedKeys() {
    return keys.published();
  }

  /**
   * Signs with a new key from now on. The one before it stays published until the next rotation.
   */
  public void rotateKeys() {
    keys.rotate();
  }

  /** Stops answering. */
  public Future<Void> close() {
    return server.close().onComplete(closed -> keys.giveBack());
  }

  private Authorization authorize(Person person, String clientId) {
    var signIn = SignIn.withTwoFactors(person, clock.instant());
    return new Authorization(signIn, client(clientId).clientId(), SCOPE, Optional.empty());
  }

  private Client client(String clientId) {
    return settings
        .client(clientId)
        .orElseThrow(() -> new IllegalArgumentException("There is no client " + clientId));
  }
}
