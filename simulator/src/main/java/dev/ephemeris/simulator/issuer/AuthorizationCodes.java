package dev.ephemeris.simulator.issuer;

import java.time.Duration;
import java.time.InstantSource;

/** Authorization codes, each good for one exchange. Confined to the server's event loop. */
final class AuthorizationCodes {
  private static final Duration LIFETIME = Duration.ofMinutes(1);

  private sealed interface Code {
    record Fresh(AuthorizationRequest request, SignIn signIn) implements Code {}

    record Spent(String sid) implements Code {}
  }

  /** What an exchange came to. */
  sealed interface Exchange {
    record Exchanged(Authorization authorization) implements Exchange {}

    /**
     * Shown for the second time, so somebody else has it: that sign-in should end (RFC 6749
     * §4.1.2).
     */
    record Replayed(String sid) implements Exchange {}

    record Refused(String why) implements Exchange {}
  }

  private final Tickets<Code> codes;

  AuthorizationCodes(InstantSource clock) {
    codes = new Tickets<>(clock, LIFETIME);
  }

  String issue(AuthorizationRequest request, SignIn signIn) {
    return codes.issue(new Code.Fresh(request, signIn));
  }

  /** Uses the code up, whatever comes of it. */
  Exchange exchange(String code, Client client, String redirectUri, String verifier) {
    return codes
        .find(code)
        .map(
            found ->
                switch (found) {
                  case Code.Spent(var sid) -> new Exchange.Replayed(sid);
                  case Code.Fresh(var request, var signIn) -> {
                    codes.keep(code, new Code.Spent(signIn.sid()));
                    yield check(request, signIn, client, redirectUri, verifier);
                  }
                })
        .orElseGet(() -> new Exchange.Refused("The code is unknown or has expired"));
  }

  private static Exchange check(
      AuthorizationRequest request,
      SignIn signIn,
      Client client,
      String redirectUri,
      String verifier) {
    if (!request.client().clientId().equals(client.clientId())) {
      return new Exchange.Refused("The code was issued to another client");
    }
    if (!request.back().uri().equals(redirectUri)) {
      return new Exchange.Refused("redirect_uri differs from the authorization request's");
    }
    if (!request.challenge().isAnsweredBy(verifier)) {
      return new Exchange.Refused("code_verifier doesn't answer the code_challenge");
    }
    return new Exchange.Exchanged(
        new Authorization(signIn, client.clientId(), request.scope(), request.nonce()));
  }
}
