package dev.ephemeris.gateway.cli;

import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/**
 * Which gateway, whose certificate to believe, and as whom: by option, else by environment, else by
 * the last sign-in.
 */
final class Connection {

  @Option(
      names = "--gateway",
      paramLabel = "URL",
      description = "The gateway's API; else $$EPHEMERIS_GATEWAY, else where you signed in last.")
  private Optional<String> gateway = Optional.empty();

  @Option(
      names = "--ca",
      paramLabel = "FILE",
      description =
          "PEM certificates to trust besides the system's; else $$EPHEMERIS_CA, else as at"
              + " sign-in.")
  private Optional<Path> ca = Optional.empty();

  private final Surroundings surroundings;
  private final Credentials credentials;

  Connection(Surroundings surroundings) {
    this.surroundings = surroundings;
    this.credentials = new Credentials(surroundings.directory());
  }

  Credentials credentials() {
    return credentials;
  }

  /** The gateway as the options or the environment name it. */
  Optional<URI> namedGateway() throws Failure {
    Optional<String> named = gateway.or(() -> surroundings.variable("EPHEMERIS_GATEWAY"));
    return named.isEmpty() ? Optional.empty() : Optional.of(origin(named.get()));
  }

  /** The CA file as the options or the environment name it. */
  Optional<Path> namedCa() {
    return ca.or(() -> surroundings.variable("EPHEMERIS_CA").map(Path::of))
        .map(Path::toAbsolutePath);
  }

  /** Whom to believe about the gateway, besides the system's authorities. */
  Optional<Path> ca() throws Failure {
    Optional<SignIn> signIn = credentials.find(address().toString());
    return namedCa().or(() -> signIn.flatMap(SignIn::ca));
  }

  /** The gateway's API for the user, whose token is renewed if it must be. */
  GatewayClient signedIn() throws Failure {
    return signedIn(Progress.ofThisProcess());
  }

  /** The same while something else has the terminal. */
  GatewayClient inBackground() throws Failure {
    return signedIn(Progress.NONE);
  }

  private GatewayClient signedIn(Progress progress) throws Failure {
    URI address = address();
    Optional<SignIn> signIn = credentials.find(address.toString());
    Http http = Http.trusting(ca(), progress);
    GatewayClient client = GatewayClient.anonymous(http, address, surroundings.pause());
    Optional<String> given = givenToken();
    return given.isPresent()
        ? client.asGiven(given.get())
        : client.as(freshToken(http, address, signIn));
  }

  /** What acts for the user as an agent, and where. */
  record Agent(URI gateway, Http http, AgentTokens tokens) {}

  /** The agent of this machine, by a token of its own. */
  Agent agent() throws Failure {
    URI address = address();
    Http http = Http.trusting(ca(), Progress.NONE);
    // By the gateway's own name: that is what its tokens are for.
    String own =
        GatewayClient.anonymous(http, address, surroundings.pause())
            .signInOptions()
            .value()
            .gateway()
            .map(Api.OwnSignIn::issuer)
            .orElseThrow(
                () ->
                    new Failure(
                        Failure.Kind.REFUSED,
                        "People don't sign in by this gateway itself, so that it gives agents no"
                            + " tokens: whoever runs it finds signIn in its configuration."));
    URI gateway = origin(own);
    IssuerClient issuer = IssuerClient.discover(http, own, AgentTokens.CLIENT);
    return new Agent(
        gateway,
        http,
        AgentTokens.begin(
            issuer,
            () -> exchanged(http, issuer, gateway.resolve("/mcp").toString()),
            surroundings));
  }

  private Tokens exchanged(Http http, IssuerClient issuer, String resource) throws Failure {
    URI address = address();
    Optional<String> given = givenToken();
    String person =
        given.isPresent()
            ? given.get()
            : freshToken(http, address, credentials.find(address.toString()));
    return switch (issuer.exchange(person, resource)) {
      case IssuerClient.Exchanged.Given(Tokens tokens) -> tokens;
      case IssuerClient.Exchanged.Refused(String reason) -> {
        // Who isn't signed in any more is told that; else it is the agent that isn't let in.
        Reply<Api.Me> unused = inBackground().me();
        throw new Failure(
            Failure.Kind.NOT_SIGNED_IN,
            "The gateway doesn't let this agent act for you: " + reason + ".");
      }
    };
  }

  /** The gateway's API for whoever it is. */
  GatewayClient anonymous() throws Failure {
    URI address = address();
    return GatewayClient.anonymous(Http.trusting(ca()), address, surroundings.pause());
  }

  /** Forgets the sign-in at the gateway, if one is kept. */
  void forget() throws Failure {
    credentials.forget(address().toString());
  }

  private Optional<String> givenToken() throws Failure {
    Optional<String> token = surroundings.variable("EPHEMERIS_TOKEN").map(String::strip);
    if (token.isPresent() && !BearerToken.isOne(token.get())) {
      throw new Failure(Failure.Kind.USAGE, "EPHEMERIS_TOKEN doesn't hold a bearer token.");
    }
    return token;
  }

  private URI address() throws Failure {
    Optional<URI> named = namedGateway();
    if (named.isPresent()) {
      return named.get();
    }
    Optional<String> current = credentials.currentGateway();
    if (current.isEmpty()) {
      throw new Failure(
          Failure.Kind.NOT_SIGNED_IN,
          "You aren't signed in to a gateway: ephemeris login --gateway URL");
    }
    return origin(current.get());
  }

  private String freshToken(Http http, URI address, Optional<SignIn> signIn) throws Failure {
    if (signIn.isPresent() && !signIn.get().expired(surroundings.now())) {
      return signIn.get().accessToken();
    }
    return credentials
        .change(address.toString(), kept -> renew(http, kept))
        .orElseThrow(
            () ->
                new Failure(
                    Failure.Kind.NOT_SIGNED_IN,
                    "You aren't signed in to "
                        + address
                        + ": ephemeris login --gateway "
                        + address))
        .accessToken();
  }

  private SignIn renew(Http http, SignIn signIn) throws Failure {
    if (!signIn.expired(surroundings.now())) {
      return signIn; // another process was faster
    }
    if (signIn.refreshToken().isEmpty()) {
      throw new Failure(
          Failure.Kind.NOT_SIGNED_IN, "Your sign-in has ended. Sign in again: ephemeris login");
    }
    Tokens tokens =
        IssuerClient.discover(http, signIn.issuer(), signIn.clientId())
            .refresh(signIn.refreshToken().get());
    return signIn.renewed(tokens, surroundings.now());
  }

  private static URI origin(String text) throws Failure {
    return SafeUri.parseOrigin(text)
        .orElseThrow(
            () ->
                new Failure(
                    Failure.Kind.USAGE,
                    "The gateway's URL must be https://host[:port] (http only on this machine),"
                        + " not '"
                        + text
                        + "'."));
  }
}
