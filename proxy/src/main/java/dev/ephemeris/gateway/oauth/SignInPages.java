package dev.ephemeris.gateway.oauth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.ephemeris.gateway.identity.Grants;
import dev.ephemeris.gateway.identity.Issuers;
import dev.ephemeris.gateway.identity.RelyingParty;
import dev.ephemeris.gateway.identity.Session;
import dev.ephemeris.gateway.identity.SessionTokens;
import dev.ephemeris.gateway.identity.SessionTokens.Browser;
import dev.ephemeris.gateway.identity.Sessions;
import dev.ephemeris.gateway.lease.Kills;
import dev.ephemeris.gateway.store.PageWanted;
import io.vertx.core.Future;
import io.vertx.ext.web.RoutingContext;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code /sign-in/…}: people sign in at their issuer, see where they are signed in, and sign out.
 */
final class SignInPages {

  private static final Logger LOG = LoggerFactory.getLogger(SignInPages.class);

  /** Pages of the gateway's own; anything else would lead somebody away from it. */
  private static final Pattern ONWARD =
      Pattern.compile(
          "/(oauth/authorize\\?[\\x21-\\x7E&&[^\\\\#]]{0,6000}|device(\\?user_code=[A-Z-]{0,9})?)?");

  private static final DateTimeFormatter READABLE =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);

  private static final Duration LONGEST_SESSION = Duration.ofDays(7);
  private static final int MOST_SIGNED_IN = 10_000;

  /** Of one's sessions that go on nobody has more. */
  private static final PageWanted NEWEST = new PageWanted(Optional.empty(), 200);

  private final RelyingParty issuersToSignInAt;
  private final Issuers issuers;
  private final SessionTokens tokens;
  private final Sessions sessions;
  private final Kills kills;
  private final Grants grants;
  private final Browsers browsers;
  private final Attempts attempts;
  private final Supplier<URI> apiUrl;
  private final InstantSource clock;

  /** By session, what its issuer takes for a hint at sign-out. In memory only. */
  private final Cache<String, String> idTokens =
      Caffeine.newBuilder().maximumSize(MOST_SIGNED_IN).expireAfterWrite(LONGEST_SESSION).build();

  SignInPages(
      RelyingParty issuersToSignInAt,
      Issuers issuers,
      SessionTokens tokens,
      Sessions sessions,
      Kills kills,
      Grants grants,
      Browsers browsers,
      Attempts attempts,
      Supplier<URI> apiUrl,
      InstantSource clock) {
    this.issuersToSignInAt = issuersToSignInAt;
    this.issuers = issuers;
    this.tokens = tokens;
    this.sessions = sessions;
    this.kills = kills;
    this.grants = grants;
    this.browsers = browsers;
    this.attempts = attempts;
    this.apiUrl = apiUrl;
    this.clock = clock;
  }

  /** Sends a browser to sign in, and then back to where it is. */
  static void signInFirst(RoutingContext context) {
    Answers.redirect(context, "/sign-in?onward=" + encoded(context.request().uri()));
  }

  /** {@code /sign-in}: at which issuer? */
  void choose(RoutingContext context) {
    String onward = onward(context);
    List<String> names = issuersToSignInAt.names();
    switch (names.size()) {
      case 0 ->
          Pages.message(
              context,
              404,
              "Nobody signs in here",
              "This gateway has no issuer at which people sign in by it. Whoever runs it finds"
                  + " “signIn” in its configuration.");
      case 1 -> Answers.redirect(context, at(names.getFirst(), onward, false));
      default ->
          Pages.choose(
              context,
              names.stream().map(name -> new Pages.Choice(name, at(name, onward, false))).toList());
    }
  }

  private static String at(String issuer, String onward, boolean again) {
    return "/sign-in/" + issuer + "?onward=" + encoded(onward) + (again ? "&again=yes" : "");
  }

  private static String onward(RoutingContext context) {
    return Parameters.of(context.queryParams())
        .flatMap(query -> query.get("onward"))
        .filter(path -> ONWARD.matcher(path).matches())
        .orElse("/");
  }

  /** {@code /sign-in/{issuer}}. */
  void begin(RoutingContext context) {
    String issuer = context.pathParam("issuer");
    boolean again =
        Parameters.of(context.queryParams()).filter(it -> it.says("again", "yes")).isPresent();
    issuersToSignInAt
        .begin(issuer, onward(context), again)
        .onSuccess(
            begun -> {
              if (begun.isEmpty()) {
                Pages.message(
                    context, 404, "No such issuer", "People don't sign in there by this gateway.");
                return;
              }
              browsers.remember(context, begun.get().remembered());
              Answers.redirect(context, begun.get().page().toString());
            })
        .onFailure(
            failure -> {
              LOG.atWarn()
                  .addKeyValue("issuer", issuer)
                  .addKeyValue("reason", failure.getMessage())
                  .log("nobody can sign in at an issuer that doesn't answer as it should");
              Pages.message(
                  context,
                  503,
                  "Not now",
                  "Issuer "
                      + issuer
                      + " doesn't answer as it should. Try again in a while; if that doesn't help,"
                      + " tell whoever runs this gateway.");
            });
  }

  /** {@code /sign-in/{issuer}/callback}: the issuer sent the browser back. */
  void end(RoutingContext context) {
    String issuer = context.pathParam("issuer");
    Optional<String> remembered = browsers.remembered(context);
    browsers.forget(context);
    issuersToSignInAt
        .end(issuer, remembered, context.queryParams())
        .onSuccess(
            outcome -> {
              switch (outcome) {
                case RelyingParty.Outcome.SignedIn signedIn -> enter(context, issuer, signedIn);
                case RelyingParty.Outcome.Refused(String reason) ->
                    refuse(context, issuer, "sign-in at " + issuer + " refused: " + reason, reason);
                case RelyingParty.Outcome.Unavailable(String reason) ->
                    Pages.message(
                        context,
                        503,
                        "Not now",
                        "Nobody can be signed in at the moment: " + reason + ".",
                        at(issuer, "/", false),
                        "Try again");
              }
            })
        .onFailure(context::fail);
  }

  /** With a session of its own, whatever the browser was before (session fixation). */
  private void enter(
      RoutingContext context, String issuer, RelyingParty.Outcome.SignedIn signedIn) {
    browsers
        .of(context)
        .compose(
            before ->
                before.isEmpty() ? Future.succeededFuture(false) : signOut(before.get().session()))
        .compose(done -> tokens.enter(signedIn.signIn(), Attempts.address(context)))
        .onSuccess(
            entered -> {
              switch (entered) {
                case SessionTokens.Entered.SignedIn(Session session, String token) -> {
                  idTokens.put(session.id(), signedIn.idToken());
                  browsers.signedIn(context, token);
                  Answers.redirect(context, signedIn.onward());
                }
                case SessionTokens.Entered.Refused(String reason) ->
                    refuse(
                        context,
                        issuer,
                        signedIn.signIn().principal() + " signs in: " + reason,
                        reason);
              }
            })
        .onFailure(context::fail);
  }

  private Future<Boolean> signOut(Session session) {
    idTokens.invalidate(session.id());
    return kills.signOut(session.id(), session.principal());
  }

  private void refuse(RoutingContext context, String issuer, String recorded, String reason) {
    if (attempts.failed(context, recorded)) {
      Pages.message(
          context,
          403,
          "You aren't signed in",
          "It didn't work: " + reason + ".",
          at(issuer, "/", true),
          "Sign in again");
    }
  }

  /** {@code /}: who is signed in, and where. */
  void account(RoutingContext context) {
    browsers
        .of(context)
        .compose(
            browser -> {
              if (browser.isEmpty()) {
                signInFirst(context);
                return Future.succeededFuture();
              }
              return sessions
                  .of(browser.get().session().principal(), NEWEST)
                  .onSuccess(all -> account(context, browser.get(), all.entries()));
            })
        .onFailure(context::fail);
  }

  private void account(RoutingContext context, Browser browser, List<Session> all) {
    Instant now = clock.instant();
    Pages.account(
        context,
        new Pages.Account(
            person(browser),
            browser.session().principal().toString(),
            readable(browser.session().endsAt()),
            all.stream()
                .filter(session -> session.state(now) == Session.State.ACTIVE)
                .map(session -> line(browser, session))
                .toList(),
            browsers.form("sign-out", browser, "")));
  }

  private Pages.Line line(Browser browser, Session session) {
    return new Pages.Line(
        session.client().equals(SessionTokens.BROWSER_CLIENT)
            ? "A browser"
            : session.client().isEmpty() ? "A client" : session.client(),
        session.address(),
        readable(session.startedAt()),
        session.id().equals(browser.session().id()),
        browsers.form("end", browser, session.id()));
  }

  /** A person as they and others know them. */
  String person(Browser browser) {
    String described = grants.describe(browser.signIn().identity());
    return browser.signIn().displayName() + " (" + described + ")";
  }

  static String readable(Instant instant) {
    return READABLE.format(instant);
  }

  /** {@code POST /sign-in/sessions}: ends another of one's sessions. */
  void endSession(RoutingContext context) {
    browsers.answer(
        context,
        "end",
        (browser, form, id) ->
            kills
                .signOut(id, browser.session().principal())
                .onSuccess(done -> Answers.redirect(context, "/")));
  }

  /** {@code POST /sign-out}: here, and then at the issuer if they like. */
  void signOut(RoutingContext context) {
    browsers.answer(
        context,
        "sign-out",
        (browser, form, nothing) -> {
          Optional<String> hint =
              Optional.ofNullable(idTokens.getIfPresent(browser.session().id()));
          String issuer = browser.session().principal().issuer();
          return signOut(browser.session())
              .compose(
                  done ->
                      issuersToSignInAt.signOut(
                          issuer, hint, URI.create(apiUrl.get() + "/signed-out")))
              .onSuccess(
                  there -> {
                    browsers.signedOut(context);
                    Pages.message(
                        context,
                        200,
                        "You are signed out",
                        "This browser's session has ended, with what it was given."
                            + there
                                .map(page -> " At " + issuer + " you are still signed in.")
                                .orElse(""),
                        there.map(URI::toString).orElse("/sign-in"),
                        there.map(page -> "Sign out of " + issuer + " too").orElse("Sign in"));
                  });
        });
  }

  /** {@code /signed-out}: the issuer sends people here when they have signed out there. */
  void signedOut(RoutingContext context) {
    Pages.message(
        context, 200, "You are signed out", "Here and at your issuer.", "/sign-in", "Sign in");
  }

  /**
   * {@code POST /sign-in/{issuer}/logout}: the issuer says that a sign-in has ended there (OpenID
   * Connect Back-Channel Logout 1.0 §2.5).
   */
  void loggedOutAtIssuer(RoutingContext context) {
    String issuer = context.pathParam("issuer");
    Optional<String> token =
        Parameters.of(context.request().formAttributes()).flatMap(form -> form.get("logout_token"));
    token
        .map(text -> issuers.logout(issuer, text))
        .orElseGet(
            () -> Future.succeededFuture(new Issuers.Logout.Refused("there is no logout token")))
        .compose(
            logout ->
                switch (logout) {
                  case Issuers.Logout.Said said ->
                      kills
                          .signedOutAt(issuer, said.token())
                          .onFailure(failure -> issuers.untold(issuer, said.token()))
                          .onSuccess(
                              ended ->
                                  context
                                      .response()
                                      .setStatusCode(200)
                                      .putHeader("cache-control", "no-store")
                                      .end());
                  case Issuers.Logout.Refused(String reason) -> {
                    if (attempts.failed(context, "logout at " + issuer + " refused: " + reason)) {
                      new OAuthError(OAuthError.Code.INVALID_REQUEST, reason).send(context);
                    }
                    yield Future.<Integer>succeededFuture();
                  }
                  case Issuers.Logout.Unavailable(String reason) -> {
                    new OAuthError(OAuthError.Code.TEMPORARILY_UNAVAILABLE, reason).send(context);
                    yield Future.<Integer>succeededFuture();
                  }
                })
        .onFailure(context::fail);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
