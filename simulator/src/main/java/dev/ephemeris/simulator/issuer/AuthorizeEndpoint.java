package dev.ephemeris.simulator.issuer;

import dev.ephemeris.simulator.issuer.OAuthError.Code;
import io.vertx.ext.web.RoutingContext;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;

/** {@code /authorize}: asks a person who they are and sends the browser back with a code. */
final class AuthorizeEndpoint {
  private static final Duration TIME_TO_CHOOSE = Duration.ofMinutes(10);

  private final URI issuer;
  private final DevelopmentIssuer.Settings settings;
  private final AuthorizationCodes codes;
  private final InstantSource clock;
  private final Tickets<AuthorizationRequest> forms;

  AuthorizeEndpoint(
      URI issuer,
      DevelopmentIssuer.Settings settings,
      AuthorizationCodes codes,
      InstantSource clock) {
    this.issuer = issuer;
    this.settings = settings;
    this.codes = codes;
    this.clock = clock;
    this.forms = new Tickets<>(clock, TIME_TO_CHOOSE);
  }

  /** The request that a client's redirect brings. */
  void ask(RoutingContext context, Parameters query) {
    switch (AuthorizationRequest.parse(query, settings::client)) {
      case AuthorizationRequest.Parsed.Untrusted(var why) ->
          Reply.page(context, 400, Page.message("This sign-in can’t start", why));
      case AuthorizationRequest.Parsed.Refused(var back, var error) -> refuse(context, back, error);
      case AuthorizationRequest.Parsed.Valid(var request) ->
          Reply.pageLeadingTo(
              context,
              request.back().origin(),
              Page.signIn(request.client().clientId(), forms.issue(request), settings.people()));
    }
  }

  /** The person's answer. */
  void answer(RoutingContext context, Parameters form) {
    form.get("form")
        .flatMap(forms::take)
        .ifPresentOrElse(
            request -> answer(context, request, form),
            () ->
                Reply.page(
                    context,
                    400,
                    Page.message(
                        "This form is no longer good",
                        "Go back to the application and sign in again.")));
  }

  private void answer(RoutingContext context, AuthorizationRequest request, Parameters form) {
    switch (SignInForm.read(form, settings, clock)) {
      case SignInForm.Cancelled() ->
          refuse(
              context, request.back(), new OAuthError(Code.ACCESS_DENIED, "The person cancelled"));
      case SignInForm.SignedIn(var signIn) ->
          send(context, request.back(), Map.of("code", codes.issue(request, signIn)));
    }
  }

  private void refuse(RoutingContext context, Return back, OAuthError error) {
    send(
        context,
        back,
        Map.of("error", error.code().value(), "error_description", error.description()));
  }

  private void send(RoutingContext context, Return back, Map<String, String> outcome) {
    var all = new LinkedHashMap<>(outcome);
    all.put("iss", issuer.toString()); // RFC 9207 §2
    Reply.redirect(context, back.with(all));
  }
}
