package dev.ephemeris.gateway.oauth;

import dev.ephemeris.gateway.identity.Audience;
import dev.ephemeris.gateway.identity.FailedAttempts;
import dev.ephemeris.gateway.identity.SessionTokens.Browser;
import dev.ephemeris.gateway.oauth.OAuthError.Code;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * {@code /oauth/device} and {@code /device}: a command line on a machine without a browser shows a
 * code, which its person enters in one (RFC 8628). That is for the gateway's own command line
 * alone: whoever can make somebody enter a code gets in as them.
 */
final class DeviceEndpoint {

  private static final String PURPOSE = "device";

  private final Devices devices;
  private final Browsers browsers;
  private final SignInPages people;
  private final Attempts attempts;
  private final Supplier<URI> apiUrl;
  private final Duration longest;
  private final InstantSource clock;

  /** What begins rather than what fails, from one place: there may be as much of it. */
  private final FailedAttempts begun;

  DeviceEndpoint(
      Devices devices,
      Browsers browsers,
      SignInPages people,
      Attempts attempts,
      Supplier<URI> apiUrl,
      Duration longest,
      InstantSource clock) {
    this.devices = devices;
    this.browsers = browsers;
    this.people = people;
    this.attempts = attempts;
    this.apiUrl = apiUrl;
    this.longest = longest;
    this.clock = clock;
    this.begun = new FailedAttempts(clock);
  }

  /** §3.1, §3.2. */
  void authorize(RoutingContext context) {
    Optional<Parameters> form = Parameters.of(context.request().formAttributes());
    if (form.isEmpty()) {
      new OAuthError(Code.INVALID_REQUEST, "a parameter is there twice").send(context);
      return;
    }
    if (!form.get().says("client_id", Client.COMMAND_LINE.id())) {
      new OAuthError(Code.UNAUTHORIZED_CLIENT, "only the command line signs in by a code")
          .send(context);
      return;
    }
    if (!new Resources(apiUrl).isFor(Audience.API, form.get())) {
      new OAuthError(Code.INVALID_TARGET, "resource must be " + apiUrl.get()).send(context);
      return;
    }
    if (begun.failed(Attempts.address(context), Optional.empty())
        instanceof FailedAttempts.Answer.Slowed slowed) {
      OAuthError.slowed(context, slowed.waitSeconds(), "too many sign-ins begin there");
      return;
    }
    devices
        .begin(Client.COMMAND_LINE.id(), Attempts.address(context))
        .ifPresentOrElse(
            asking -> send(context, asking),
            () ->
                new OAuthError(
                        Code.TEMPORARILY_UNAVAILABLE, "too many sign-ins are waiting already")
                    .send(context));
  }

  private void send(RoutingContext context, Devices.Begun begun) {
    String page = apiUrl.get() + "/device";
    Answers.json(
        context,
        200,
        new JsonObject()
            .put("device_code", begun.deviceCode())
            .put("user_code", begun.asking().code().toString())
            .put("verification_uri", page)
            .put("verification_uri_complete", page + "?user_code=" + begun.asking().code())
            .put("expires_in", Devices.GOOD.toSeconds())
            .put("interval", Devices.INTERVAL.toSeconds()));
  }

  /** §3.3: what a person sees. */
  void ask(RoutingContext context) {
    Optional<String> typed =
        Parameters.of(context.queryParams()).flatMap(query -> query.get("user_code"));
    browsers
        .of(context)
        .onSuccess(
            browser -> {
              if (browser.isEmpty()) {
                SignInPages.signInFirst(context);
              } else if (typed.isEmpty()) {
                Pages.device(context, 200, "", "");
              } else {
                ask(context, browser.get(), typed.get());
              }
            })
        .onFailure(context::fail);
  }

  private void ask(RoutingContext context, Browser browser, String typed) {
    Optional<Devices.Asking> asking = UserCode.parse(typed).flatMap(devices::undecided);
    if (asking.isEmpty()) {
      if (attempts.failed(
          context, browser.session().principal() + " entered a code that nothing waits with")) {
        Pages.device(
            context,
            404,
            "No command line waits with this code. It may have waited for too long: begin again"
                + " there.",
            UserCode.parse(typed).map(UserCode::toString).orElse(""));
      }
      return;
    }
    Pages.consent(
        context,
        new Pages.Consent(
            Client.COMMAND_LINE.name(),
            Client.COMMAND_LINE.vouched(),
            false,
            asking.get().code().toString(),
            asking.get().address()
                + (asking.get().address().equals(Attempts.address(context))
                    ? ", as this browser does"
                    : ", and this browser from " + Attempts.address(context)),
            "the machine that shows the code",
            people.person(browser),
            SignInPages.readable(clock.instant().plus(longest)),
            "/device",
            browsers.form(PURPOSE, browser, asking.get().code().letters())),
        "");
  }

  /** The person's answer. */
  void answer(RoutingContext context) {
    browsers.answer(
        context,
        PURPOSE,
        (browser, form, hidden) -> {
          boolean allowed = form.says("answer", "allow");
          boolean waited =
              devices.decide(
                  new UserCode(hidden), allowed ? Optional.of(browser.signIn()) : Optional.empty());
          if (!waited) {
            Pages.message(
                context,
                404,
                "Nothing waits any more",
                "The command line has waited for too long. Begin again there.");
          } else if (allowed) {
            Pages.message(
                context,
                200,
                "Done",
                "The command line is signed in in a moment. You can close this page.");
          } else {
            Pages.message(context, 200, "Turned away", "The command line gets nothing.");
          }
          return Future.succeededFuture();
        });
  }
}
