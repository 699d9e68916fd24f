package dev.ephemeris.gateway.oauth;

import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.TemplateOutput;
import gg.jte.output.StringOutput;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.Map;

/** What people see: plain forms, without script, that no other site can frame. */
final class Pages {

  private static final TemplateEngine TEMPLATES =
      TemplateEngine.createPrecompiled(
          null, ContentType.Html, Pages.class.getClassLoader(), "dev.ephemeris.gateway");

  private Pages() {}

  /** An issuer to sign in at. */
  record Choice(String name, String href) {}

  /**
   * What a person is asked to allow.
   *
   * @param vouched whether the client is one of the gateway's own
   * @param agent whether it comes as an agent, for which there are rules of its own
   * @param code that a device shows; empty if there is none
   * @param destination where the answer goes
   * @param until when it ends at the latest
   * @param action where the form goes
   */
  record Consent(
      String client,
      boolean vouched,
      boolean agent,
      String code,
      String address,
      String destination,
      String person,
      String until,
      String action,
      String form) {}

  /** One of a person's sessions. */
  record Line(String client, String address, String since, boolean here, String form) {}

  /** A person, and where they are signed in. */
  record Account(String person, String principal, String until, List<Line> sessions, String form) {}

  /** Says one thing. */
  static void message(RoutingContext context, int status, String title, String text) {
    message(context, status, title, text, "", "");
  }

  /** The same, with somewhere to go on. */
  static void message(
      RoutingContext context, int status, String title, String text, String link, String linkText) {
    send(
        context,
        status,
        "message.jte",
        Map.of("title", title, "text", text, "link", link, "linkText", linkText),
        "'self'");
  }

  static void choose(RoutingContext context, List<Choice> choices) {
    send(context, 200, "choose.jte", Map.of("choices", choices), "'self'");
  }

  /**
   * @param goesTo the origin that the answer is sent to, besides the gateway's own
   */
  static void consent(RoutingContext context, Consent consent, String goesTo) {
    send(context, 200, "consent.jte", Map.of("consent", consent), "'self' " + goesTo);
  }

  static void device(RoutingContext context, int status, String problem, String code) {
    send(context, status, "device.jte", Map.of("problem", problem, "code", code), "'self'");
  }

  static void account(RoutingContext context, Account account) {
    send(context, 200, "account.jte", Map.of("account", account), "'self'");
  }

  /** Without “no-referrer”: then browsers wouldn't say either where a form comes from. */
  private static void send(
      RoutingContext context,
      int status,
      String template,
      Map<String, Object> filledIn,
      String formAction) {
    TemplateOutput page = new StringOutput();
    TEMPLATES.render("oauth/" + template, filledIn, page);
    context
        .response()
        .setStatusCode(status)
        .putHeader("content-type", "text/html; charset=utf-8")
        .putHeader("cache-control", "no-store")
        .putHeader(
            "content-security-policy",
            "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none';"
                + " form-action "
                + formAction)
        .putHeader("x-content-type-options", "nosniff")
        .putHeader("x-frame-options", "DENY")
        .putHeader("referrer-policy", "same-origin")
        .end(page.toString());
  }
}
