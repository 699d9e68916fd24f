package dev.ephemeris.gateway.oauth;

import dev.ephemeris.gateway.identity.Audience;
import dev.ephemeris.gateway.identity.SessionTokens.Browser;
import dev.ephemeris.gateway.oauth.OAuthError.Code;
import io.vertx.core.Future;
import io.vertx.ext.web.RoutingContext;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** {@code /oauth/authorize}: asks a person whether a client may act for them (OAuth 2.1 §4.1). */
final class AuthorizeEndpoint {

  private static final String CONSENT = "consent";

  private final Clients clients;
  private final Codes codes;
  private final Browsers browsers;
  private final SignInPages people;
  private final Supplier<URI> apiUrl;
  private final Resources resources;
  private final Duration longest;
  private final InstantSource clock;

  AuthorizeEndpoint(
      Clients clients,
      Codes codes,
      Browsers browsers,
      SignInPages people,
      Supplier<URI> apiUrl,
      Duration longest,
      InstantSource clock) {
    this.clients = clients;
    this.codes = codes;
    this.browsers = browsers;
    this.people = people;
    this.apiUrl = apiUrl;
    this.resources = new Resources(apiUrl);
    this.longest = longest;
    this.clock = clock;
  }

  /** What a client sends a browser here with. */
  void ask(RoutingContext context) {
    Optional<Parameters> query = Parameters.of(context.queryParams());
    if (query.isEmpty()) {
      untrusted(context, "What sent you here says something twice.");
      return;
    }
    client(query.get())
        .compose(
            client ->
                switch (AuthorizationRequest.parse(query.get(), client, resources)) {
                  case AuthorizationRequest.Parsed.Untrusted(String why) -> {
                    untrusted(context, why);
                    yield Future.succeededFuture();
                  }
                  case AuthorizationRequest.Parsed.Refused(
                          String redirectUri,
                          Optional<String> state,
                          OAuthError error) -> {
                    if (client.orElseThrow().vouched()) {
                      Answers.redirect(context, refusal(redirectUri, state, error));
                    } else {
                      // RFC 9700 section 4.11.2: anybody may register an address, and nobody was
                      // asked yet whether they want to go there.
                      untrusted(
                          context,
                          "The application asked in a way that isn't understood here ("
                              + error.code().value()
                              + "): "
                              + error.description()
                              + ".");
                    }
                    yield Future.succeededFuture();
                  }
                  case AuthorizationRequest.Parsed.Valid(AuthorizationRequest request) ->
                      browsers
                          .of(context)
                          .onSuccess(
                              browser ->
                                  browser.ifPresentOrElse(
                                      it -> consent(context, it, client.orElseThrow(), request),
                                      () -> SignInPages.signInFirst(context)));
                })
        .onFailure(context::fail);
  }

  private Future<Optional<Client>> client(Parameters query) {
    return query
        .get("client_id")
        .map(clients::find)
        .orElseGet(() -> Future.succeededFuture(Optional.empty()));
  }

  private static void untrusted(RoutingContext context, String why) {
    Pages.message(context, 400, "This sign-in can't begin", why);
  }

  private void consent(
      RoutingContext context, Browser browser, Client client, AuthorizationRequest request) {
    URI destination = URI.create(request.redirectUri());
    String origin = destination.getScheme() + "://" + destination.getRawAuthority();
    boolean here = destination.getScheme().equals("http");
    Pages.consent(
        context,
        new Pages.Consent(
            client.name(),
            client.vouched(),
            request.audience() == Audience.MCP,
            "",
            Attempts.address(context) + ", this browser's address",
            here ? origin + ", a program on the machine of this browser" : origin,
            people.person(browser),
            SignInPages.readable(clock.instant().plus(longest)),
            "/oauth/authorize",
            browsers.form(CONSENT, browser, request.json())),
        origin);
  }

  /** The person's answer. */
  void answer(RoutingContext context) {
    browsers.answer(
        context,
        CONSENT,
        (browser, form, hidden) -> {
          AuthorizationRequest request = AuthorizationRequest.of(hidden);
          return form.says("answer", "allow")
              ? allow(context, browser, request)
              : deny(context, request);
        });
  }

  private Future<Void> allow(
      RoutingContext context, Browser browser, AuthorizationRequest request) {
    // It may have been taken away since the page was shown.
    return clients
        .find(request.clientId())
        .compose(
            client -> {
              if (client.filter(it -> it.redirectsTo(request.redirectUri())).isEmpty()) {
                Browsers.stale(context);
                return Future.succeededFuture();
              }
              return clients
                  .used(client.get())
                  .onSuccess(
                      done ->
                          Answers.redirect(
                              context,
                              AuthorizationRequest.answer(
                                  request.redirectUri(),
                                  request.state(),
                                  apiUrl.get(),
                                  Map.of("code", codes.issue(request, browser.signIn())))));
            });
  }

  private Future<Void> deny(RoutingContext context, AuthorizationRequest request) {
    Answers.redirect(
        context,
        refusal(
            request.redirectUri(),
            request.state(),
            new OAuthError(Code.ACCESS_DENIED, "The person said no")));
    return Future.succeededFuture();
  }

  private String refusal(String redirectUri, Optional<String> state, OAuthError error) {
    return AuthorizationRequest.answer(
        redirectUri,
        state,
        apiUrl.get(),
        Map.of("error", error.code().value(), "error_description", error.description()));
  }
}
