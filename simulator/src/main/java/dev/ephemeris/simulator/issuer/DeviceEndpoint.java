package dev.ephemeris.simulator.issuer;

import dev.ephemeris.simulator.issuer.OAuthError.Code;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.net.URI;
import java.time.InstantSource;
import java.util.Optional;

/**
 * {@code /device_authorization} for the device, {@code /device} for the person who lets it in (RFC
 * 8628).
 */
final class DeviceEndpoint {
  private final URI issuer;
  private final DevelopmentIssuer.Settings settings;
  private final DeviceRequests devices;
  private final InstantSource clock;
  private final Tickets<UserCode> forms;

  DeviceEndpoint(
      URI issuer,
      DevelopmentIssuer.Settings settings,
      DeviceRequests devices,
      InstantSource clock) {
    this.issuer = issuer;
    this.settings = settings;
    this.devices = devices;
    this.clock = clock;
    this.forms = new Tickets<>(clock, DeviceRequests.LIFETIME);
  }

  /** Gives a device its two codes. */
  Answer begin(Client client, Parameters form) {
    if (!client.may(GrantType.DEVICE_CODE)) {
      return new OAuthError(Code.UNAUTHORIZED_CLIENT, "This client may not use device codes");
    }
    var begun = devices.begin(client, form.get("scope").orElse(""));
    var page = issuer + "/device";
    return new Answer.Success(
        JsonObject.of(
            "device_code", begun.deviceCode(),
            "user_code", begun.userCode().toString(),
            "verification_uri", page,
            "verification_uri_complete", page + "?user_code=" + begun.userCode(),
            "expires_in", DeviceRequests.LIFETIME.toSeconds(),
            "interval", DeviceRequests.INTERVAL.toSeconds()));
  }

  /**
   * Asks for a code or, with one, for the person. Even a code from a link is shown: RFC 8628
   * §3.3.1.
   */
  void ask(RoutingContext context, Parameters query) {
    var typed = query.get("user_code");
    var code = typed.flatMap(UserCode::parse);
    var client = code.flatMap(devices::waiting);
    if (code.isPresent() && client.isPresent()) {
      var formToken = forms.issue(code.get());
      Reply.page(
          context,
          200,
          Page.confirmDevice(client.get().clientId(), code.get(), formToken, settings.people()));
    } else {
      Reply.page(context, 200, Page.enterCode(problemWith(typed)));
    }
  }

  private static Html problemWith(Optional<String> typed) {
    return typed.isPresent()
        ? Page.problem("No device waits for that code. It may have expired, or been used.")
        : Html.NONE;
  }

  /** The person's answer. */
  void answer(RoutingContext context, Parameters form) {
    var code = form.get("form").flatMap(forms::take);
    if (code.isEmpty()) {
      Reply.page(
          context,
          400,
          Page.enterCode(Page.problem("That form is no longer good. Enter the code again.")));
      return;
    }
    var answered =
        switch (SignInForm.read(form, settings, clock)) {
          case SignInForm.Cancelled() -> devices.deny(code.get());
          case SignInForm.SignedIn(var signIn) -> devices.approve(code.get(), signIn);
        };
    Reply.page(
        context,
        200,
        answered
            ? Page.message("That’s all", "You can close this page and go back to your device.")
            : Page.message(
                "Too late",
                "The code has expired, or somebody has answered it. Start over on your device."));
  }
}
