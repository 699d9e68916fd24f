package dev.ephemeris.gateway.cli;

import java.net.URI;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "login",
    description = {
      "Signs you in to a gateway, in a browser on this or another machine.",
      "",
      "Where there is no browser, an address and a code are printed for one elsewhere.",
      "",
      "Your sign-in is kept in ~/.config/ephemeris (or $$EPHEMERIS_HOME), readable by you alone."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  ephemeris login --gateway https://gateway.example.com",
      "  ephemeris login --gateway https://localhost:8080 --ca demo-ca.pem --no-browser"
    })
final class Login implements Callable<Integer> {

  private final Surroundings surroundings;
  @Mixin private final Connection connection;
  @Mixin private final Output output = new Output();

  @Option(
      names = "--issuer",
      paramLabel = "NAME",
      description =
          "An issuer whose own tokens the gateway takes, to sign in there and not by the gateway.")
  private Optional<String> issuerName = Optional.empty();

  @Option(
      names = "--no-browser",
      description = "Open no browser: print an address, and a code to enter there, on any machine.")
  private boolean noBrowser;

  Login(Surroundings surroundings) {
    this.surroundings = surroundings;
    this.connection = new Connection(surroundings);
  }

  @Override
  public Integer call() throws Failure {
    URI gateway = gateway();
    Optional<Path> ca = connection.namedCa();
    Http http = Http.trusting(ca);
    GatewayClient client = GatewayClient.anonymous(http, gateway, surroundings.pause());
    Api.SignInOptions options = client.signInOptions().value();
    Surroundings.Browser browser = noBrowser ? new NoBrowser() : surroundings.browser();
    IssuerClient issuer;
    Tokens tokens;
    if (options.gateway().isPresent() && issuerName.isEmpty()) {
      output.err().println(Text.line("Signing in to " + gateway));
      Api.OwnSignIn own = options.gateway().get();
      issuer = IssuerClient.discover(http, own.issuer(), own.clientId());
      tokens =
          browser.isThere()
              ? new LoopbackSignIn(issuer, output.err()).complete(browser)
              : new DeviceSignIn(issuer, surroundings, output.err()).complete(browser);
    } else {
      Api.Issuer chosen = choose(options.issuers());
      output
          .err()
          .println(
              Text.line(
                  "Signing in to "
                      + gateway
                      + " by "
                      + chosen.name()
                      + " ("
                      + chosen.issuer()
                      + ")"));
      issuer = IssuerClient.discover(http, chosen.issuer(), chosen.clientId());
      tokens = new DeviceSignIn(issuer, surroundings, output.err()).complete(browser);
    }

    // Kept only if the gateway accepts it.
    Instant now = surroundings.now();
    Reply<Api.Me> me = client.as(tokens.accessToken()).me();
    connection
        .credentials()
        .keep(
            new SignIn(
                gateway.toString(),
                ca,
                issuer.name(),
                issuer.clientId(),
                tokens.accessToken(),
                tokens.refreshToken(),
                now.plus(tokens.lifetime())));
    output.print(me, it -> "Signed in as " + Whoami.name(it) + ".");
    return 0;
  }

  private URI gateway() throws Failure {
    return connection
        .namedGateway()
        .orElseThrow(
            () ->
                new Failure(
                    Failure.Kind.USAGE,
                    "Which gateway? Name it with --gateway URL or EPHEMERIS_GATEWAY."));
  }

  private Api.Issuer choose(List<Api.Issuer> issuers) throws Failure {
    List<Api.Issuer> candidates =
        issuers.stream()
            .filter(issuer -> issuerName.isEmpty() || issuer.name().equals(issuerName.get()))
            .toList();
    if (candidates.size() == 1) {
      return candidates.getFirst();
    }
    if (issuers.isEmpty()) {
      throw new Failure(Failure.Kind.REFUSED, "The gateway has no issuer at which people sign in.");
    }
    String names = issuers.stream().map(Api.Issuer::name).collect(Collectors.joining(", "));
    throw new Failure(
        Failure.Kind.USAGE, "Choose where to sign in with --issuer, one of: " + names);
  }
}
