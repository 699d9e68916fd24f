package dev.ephemeris.gateway.oauth;

import dev.ephemeris.gateway.identity.Seal;
import dev.ephemeris.gateway.identity.SessionTokens;
import dev.ephemeris.gateway.identity.SessionTokens.Browser;
import io.vertx.core.Future;
import io.vertx.core.http.Cookie;
import io.vertx.core.http.CookieSameSite;
import io.vertx.ext.web.RoutingContext;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What browsers bring: the cookie that says who they are, and forms. A form counts only from the
 * browser that it was made for, from a page of the gateway's own.
 */
final class Browsers {

  /** RFC 6265bis §4.1.3.2: of this host alone, over TLS alone. */
  private static final String COOKIE = "__Host-ephemeris";

  private static final String SIGN_IN = "__Host-ephemeris-sign-in";

  private final SessionTokens tokens;
  private final Seal seal;
  private final Supplier<URI> apiUrl;

  Browsers(SessionTokens tokens, Seal seal, Supplier<URI> apiUrl) {
    this.tokens = tokens;
    this.seal = seal;
    this.apiUrl = apiUrl;
  }

  /** Who this browser is signed in as, if it is. */
  Future<Optional<Browser>> of(RoutingContext context) {
    return value(context, COOKIE)
        .map(tokens::browser)
        .orElseGet(() -> Future.succeededFuture(Optional.empty()));
  }

  void signedIn(RoutingContext context, String token) {
    set(context, COOKIE, token);
  }

  void signedOut(RoutingContext context) {
    take(context, COOKIE);
  }

  /** What it was given when it began to sign in. */
  Optional<String> remembered(RoutingContext context) {
    return value(context, SIGN_IN);
  }

  void remember(RoutingContext context, String text) {
    set(context, SIGN_IN, text);
  }

  void forget(RoutingContext context) {
    take(context, SIGN_IN);
  }

  /** What a form has hidden in it, for this browser and this purpose alone. */
  String form(String purpose, Browser browser, String text) {
    return seal.seal(text, about(purpose, browser));
  }

  /** What becomes of a form that a page of ours showed. */
  interface Answered {

    /**
     * Does it.
     *
     * @param hidden what was hidden in the form
     */
    Future<?> by(Browser browser, Parameters form, String hidden);
  }

  /** Takes a form, if this browser was shown it for this purpose, and sends it from there. */
  void answer(RoutingContext context, String purpose, Answered answered) {
    Optional<Parameters> form = Parameters.of(context.request().formAttributes());
    of(context)
        .compose(
            browser -> {
              Optional<String> hidden =
                  form.flatMap(said -> said.get("form"))
                      .filter(there -> isFromHere(context))
                      .flatMap(
                          there -> browser.flatMap(it -> seal.unseal(there, about(purpose, it))));
              if (browser.isEmpty() || hidden.isEmpty()) {
                stale(context);
                return Future.succeededFuture();
              }
              return answered.by(browser.get(), form.orElseThrow(), hidden.get());
            })
        .onFailure(context::fail);
  }

  /** A form that counts no more, or never did. */
  static void stale(RoutingContext context) {
    Pages.message(
        context,
        403,
        "This form counts no more",
        "You have signed in or out since it was shown, or another page sent it. Nothing was done.",
        "/",
        "Go on");
  }

  private static List<String> about(String purpose, Browser browser) {
    return List.of("form", purpose, browser.name());
  }

  /** Browsers say so themselves, where they aren't too old for it. */
  private boolean isFromHere(RoutingContext context) {
    String origin = context.request().getHeader("origin");
    String site = context.request().getHeader("sec-fetch-site");
    return (origin == null || origin.equals(apiUrl.get().toString()))
        && (site == null || site.equals("same-origin"));
  }

  private static Optional<String> value(RoutingContext context, String name) {
    return Optional.ofNullable(context.request().getCookie(name)).map(Cookie::getValue);
  }

  private static void set(RoutingContext context, String name, String value) {
    context.response().addCookie(cookie(name, value));
  }

  private static void take(RoutingContext context, String name) {
    context.response().addCookie(cookie(name, "").setMaxAge(0));
  }

  private static Cookie cookie(String name, String value) {
    return Cookie.cookie(name, value)
        .setPath("/")
        .setSecure(true)
        .setHttpOnly(true)
        // Lax, since the issuer sends the browser back here.
        .setSameSite(CookieSameSite.LAX);
  }
}
