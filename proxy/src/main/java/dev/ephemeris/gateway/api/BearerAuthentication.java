package dev.ephemeris.gateway.api;

import dev.ephemeris.gateway.identity.Audience;
import dev.ephemeris.gateway.identity.Authentication;
import dev.ephemeris.gateway.identity.BearerTokens;
import dev.ephemeris.gateway.identity.ClientAddress;
import dev.ephemeris.gateway.identity.FailedAttempts;
import dev.ephemeris.gateway.identity.Pace;
import dev.ephemeris.gateway.journal.Journal;
import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.journal.JournalRecord;
import dev.ephemeris.policy.PrincipalId;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.AuthenticationHandler;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets nobody past without an accepted token (RFC 6750), but to the few paths that the contract
 * opens to everybody. Refusals are recorded.
 */
final class BearerAuthentication implements AuthenticationHandler {

  private static final Logger LOG = LoggerFactory.getLogger(BearerAuthentication.class);
  private static final String CALLER = "caller";

  private static final String ADDRESS = "address";

  private final Set<String> openPaths;
  private final ClientAddress from;
  private final FailedAttempts failures;
  private final BearerTokens tokens;
  private final Audience audience;
  private final Supplier<String> metadata;
  private final Journal journal;
  private final InstantSource clock;
  private final int mostPerMinute;
  private final Pace<PrincipalId> pace;

  /**
   * @param audience what tokens have to be for
   * @param mostPerMinute how many requests one principal may make; all agents together for one that
   *     they act for
   * @param metadata where clients learn how to get a token (RFC 9728 §5.1)
   */
  BearerAuthentication(
      Set<String> openPaths,
      ClientAddress from,
      FailedAttempts failures,
      BearerTokens tokens,
      Audience audience,
      int mostPerMinute,
      Supplier<String> metadata,
      Journal journal,
      InstantSource clock) {
    this.openPaths = Set.copyOf(openPaths);
    this.from = from;
    this.failures = failures;
    this.tokens = tokens;
    this.audience = audience;
    this.metadata = metadata;
    this.journal = journal;
    this.clock = clock;
    this.mostPerMinute = mostPerMinute;
    this.pace = new Pace<>(mostPerMinute, Duration.ofMinutes(1), clock);
  }

  /** Who is calling; only behind this handler. */
  static Authentication.Accepted caller(RoutingContext context) {
    Authentication.Accepted caller = context.get(CALLER);
    if (caller == null) {
      throw new IllegalStateException("this route isn't behind the authentication");
    }
    return caller;
  }

  @Override
  public void handle(RoutingContext context) {
    if (openPaths.contains(context.request().path())) {
      context.next();
      return;
    }
    switch (from.of(context.request())) {
      case ClientAddress.Origin.Known(String address) -> context.put(ADDRESS, address);
      case ClientAddress.Origin.Unreadable unreadable -> {
        Problem.malformed("Refused: " + unreadable.reason() + ".").send(context);
        return;
      }
    }
    List<String> headers = context.request().headers().getAll(HttpHeaders.AUTHORIZATION);
    if (headers.isEmpty()) {
      refuse(context, Optional.empty(), "there is no token");
      return;
    }
    Optional<String> token = headers.size() == 1 ? bearer(headers.getFirst()) : Optional.empty();
    if (token.isEmpty()) {
      refuse(context, Optional.empty(), "the authorization header isn't one “Bearer” and a token");
      return;
    }
    tokens
        .authenticate(token.get(), audience, address(context))
        .onSuccess(
            result -> {
              switch (result) {
                case Authentication.Accepted accepted -> {
                  Duration wait = pace.wait(onWhoseAccount(accepted));
                  if (wait.isZero()) {
                    context.put(CALLER, accepted);
                    context.next();
                  } else {
                    tooMany(context, wait);
                  }
                }
                case Authentication.Rejected(String reason) ->
                    refuse(
                        context,
                        BearerTokens.claimed(token.get()),
                        "the token isn't accepted: " + reason);
                case Authentication.Unavailable(String part, String reason) -> {
                  LOG.atWarn().addKeyValue("part", part).log(reason);
                  Problem.unavailable("Your token can't be checked now: " + reason + ".")
                      .send(context);
                }
              }
            })
        .onFailure(context::fail);
  }

  /** Many have the same agent: none of them is kept waiting by what it does for another. */
  private static PrincipalId onWhoseAccount(Authentication.Accepted caller) {
    return caller
        .actsFor()
        .map(whom -> whom.principal().id())
        .orElseGet(() -> caller.principal().id());
  }

  private static Optional<String> bearer(String header) {
    // RFC 9110 §11.1: the scheme's name is case-insensitive.
    if (!header.regionMatches(true, 0, "Bearer ", 0, "Bearer ".length())) {
      return Optional.empty();
    }
    String token = header.substring("Bearer ".length()).strip();
    return token.isEmpty() || token.indexOf(' ') >= 0 || token.indexOf(',') >= 0
        ? Optional.empty()
        : Optional.of(token);
  }

  private void tooMany(RoutingContext context, Duration wait) {
    long seconds = Pace.seconds(wait);
    context.response().putHeader("retry-after", Long.toString(seconds));
    Problem.busy(
            "You have asked for more than "
                + mostPerMinute
                + " things in a minute. Ask again in "
                + seconds
                + " s.")
        .send(context);
  }

  private void refuse(RoutingContext context, Optional<String> claimed, String reason) {
    switch (failures.failed(address(context), claimed)) {
      case FailedAttempts.Answer.Slowed slowed -> {
        context.response().putHeader("retry-after", Long.toString(slowed.waitSeconds()));
        Problem.of(
                429,
                "too-many-failures",
                "too many failed attempts",
                "You aren't signed in to Ephemeris, and neither were too many attempts before this"
                    + " one. Sign in with “ephemeris login”, and come again in "
                    + slowed.waitSeconds()
                    + " s; a token that is good is let in at any time.")
            .send(context);
      }
      case FailedAttempts.Answer.AsEver asEver ->
          refuseAsEver(context, reason, asEver.recorded(reason));
    }
  }

  private void refuseAsEver(RoutingContext context, String reason, String recorded) {
    try {
      journal.append(
          new JournalRecord.AuthenticationFailed(
              clock.instant(),
              audience == Audience.MCP ? "mcp" : "api",
              address(context),
              Optional.empty(),
              recorded));
    } catch (JournalException e) {
      context.fail(e);
      return;
    }
    context
        .response()
        .putHeader(
            "www-authenticate",
            "Bearer realm=\"ephemeris\", resource_metadata=\"" + metadata.get() + '"');
    Problem.unauthenticated(
            "You aren't signed in to Ephemeris: "
                + reason
                + (audience == Audience.MCP
                    ? ". Get a token for this door as its metadata says, "
                        + metadata.get()
                        + ", or come by “ephemeris mcp”."
                    : ". Sign in with “ephemeris login”, or send an access token of a configured"
                        + " issuer as “Authorization: Bearer …”."))
        .send(context);
  }

  /** Where the request comes from; only behind this handler. */
  static String address(RoutingContext context) {
    String address = context.get(ADDRESS);
    if (address == null) {
      throw new IllegalStateException("this route isn't behind the authentication");
    }
    return address;
  }
}
