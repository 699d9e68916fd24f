package dev.ephemeris.gateway.api;

import dev.ephemeris.gateway.custody.Reveals;
import dev.ephemeris.gateway.identity.Agents;
import dev.ephemeris.gateway.identity.Audience;
import dev.ephemeris.gateway.identity.Authentication;
import dev.ephemeris.gateway.identity.BearerTokens;
import dev.ephemeris.gateway.identity.ClientAddress;
import dev.ephemeris.gateway.identity.FailedAttempts;
import dev.ephemeris.gateway.journal.Journal;
import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.journal.JournalRecord;
import dev.ephemeris.gateway.lease.DirectLane;
import dev.ephemeris.gateway.lease.Issuance;
import dev.ephemeris.gateway.lease.Lease;
import dev.ephemeris.gateway.lease.LeaseRequest;
import dev.ephemeris.gateway.lease.LeaseToken;
import dev.ephemeris.gateway.lease.Leases;
import dev.ephemeris.gateway.oauth.OAuthError;
import dev.ephemeris.gateway.oauth.OAuthError.Code;
import io.vertx.core.Future;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Token exchange (RFC 8693): an accepted token in, a lease out; with a token of an agent beside it,
 * a lease of the agent's, that acts for whom the first is of. The tokens are the proof: they are
 * checked as those that the rest of the API is called with, and nobody else has to prove anything.
 */
final class TokenRoute {

  static final String PATH = "/v1/token";

  private static final Logger LOG = LoggerFactory.getLogger(TokenRoute.class);
  private static final String FORM = "application/x-www-form-urlencoded";

  private final ExchangeForm form;
  private final ClientAddress from;
  private final FailedAttempts failures;
  private final BearerTokens tokens;
  private final Agents agents;
  private final Leases leases;
  private final Journal journal;
  private final Supplier<String> dataPlane;
  private final InstantSource clock;

  /**
   * @param failures those of everybody who calls the API
   * @param dataPlane the Cosmos endpoint to give to SDKs
   */
  TokenRoute(
      ExchangeForm form,
      ClientAddress from,
      FailedAttempts failures,
      BearerTokens tokens,
      Agents agents,
      Leases leases,
      Journal journal,
      Supplier<String> dataPlane,
      InstantSource clock) {
    this.form = form;
    this.from = from;
    this.failures = failures;
    this.tokens = tokens;
    this.agents = agents;
    this.leases = leases;
    this.journal = journal;
    this.dataPlane = dataPlane;
    this.clock = clock;
  }

  void exchange(RoutingContext context) {
    Optional<String> unreadable = unreadable(context);
    if (unreadable.isPresent()) {
      error(Code.INVALID_REQUEST, unreadable.get()).send(context);
      return;
    }
    switch (from.of(context.request())) {
      case ClientAddress.Origin.Unreadable origin ->
          error(Code.INVALID_REQUEST, origin.reason()).send(context);
      case ClientAddress.Origin.Known(String address) -> {
        switch (form.read(context.request().formAttributes())) {
          case ExchangeForm.Read.Refused(OAuthError error) -> error.send(context);
          case ExchangeForm.Read.Asked asked -> exchange(context, address, asked);
        }
      }
    }
  }

  /** What could be meant in another way than it would be taken. */
  private static Optional<String> unreadable(RoutingContext context) {
    String type = context.request().headers().get(HttpHeaders.CONTENT_TYPE);
    if (type == null
        || !type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT).equals(FORM)
        || context.request().headers().getAll(HttpHeaders.CONTENT_TYPE).size() != 1) {
      return Optional.of("the content type of the body has to be " + FORM);
    }
    if (context.request().query() != null) {
      // RFC 6749 §3.2, §2.3.1: what is secret isn't in a URI.
      return Optional.of("parameters are in the body, not behind a question mark");
    }
    return context.request().headers().contains(HttpHeaders.AUTHORIZATION)
        ? Optional.of(
            "the subject token is the proof; there is no authorization header to this request")
        : Optional.empty();
  }

  private void exchange(RoutingContext context, String address, ExchangeForm.Read.Asked asked) {
    authenticated(context, address, "subject", asked.subjectToken())
        .compose(
            subject -> {
              if (subject.isEmpty() || asked.actorToken().isEmpty()) {
                return Future.succeededFuture(subject);
              }
              String actorToken = asked.actorToken().get();
              return authenticated(context, address, "actor", actorToken)
                  .compose(
                      actor ->
                          actor.isEmpty()
                              ? Future.succeededFuture(actor)
                              : acting(
                                  context,
                                  address,
                                  new Agents.Shown(actorToken, actor.get()),
                                  new Agents.Shown(asked.subjectToken(), subject.get())));
            })
        .compose(
            caller ->
                caller.isEmpty()
                    ? Future.succeededFuture()
                    : leases
                        .issue(caller.get(), address, asked.lease())
                        .onSuccess(issuance -> answer(context, asked.lease(), issuance)))
        .onFailure(context::fail);
  }

  /** Whose token it is; if that isn't accepted, nobody, and it has been answered. */
  private Future<Optional<Authentication.Accepted>> authenticated(
      RoutingContext context, String address, String role, String token) {
    return tokens
        .authenticate(token, Audience.API, address)
        .map(
            result ->
                accepted(
                    context,
                    address,
                    BearerTokens.claimed(token),
                    "the " + role + " token isn't accepted: ",
                    result));
  }

  private Future<Optional<Authentication.Accepted>> acting(
      RoutingContext context, String address, Agents.Shown actor, Agents.Shown subject) {
    return agents
        .of(actor, subject, address)
        .map(
            result ->
                accepted(
                    context,
                    address,
                    BearerTokens.claimed(actor.token()),
                    "the actor may not act for the subject: ",
                    result));
  }

  private Optional<Authentication.Accepted> accepted(
      RoutingContext context,
      String address,
      Optional<String> claimed,
      String why,
      Authentication result) {
    switch (result) {
      case Authentication.Accepted accepted -> {
        return Optional.of(accepted);
      }
      case Authentication.Rejected(String reason) ->
          refuse(context, address, claimed, why + reason);
      case Authentication.Unavailable(String part, String reason) -> {
        LOG.atWarn().addKeyValue("part", part).log(reason);
        error(Code.TEMPORARILY_UNAVAILABLE, "the tokens can't be checked now: " + reason)
            .send(context);
      }
    }
    return Optional.empty();
  }

  private void refuse(
      RoutingContext context, String address, Optional<String> claimed, String reason) {
    switch (failures.failed(address, claimed)) {
      case FailedAttempts.Answer.Slowed slowed -> {
        OAuthError.slowed(
            context,
            slowed.waitSeconds(),
            "the tokens weren't accepted, and neither were too many before them; come again in "
                + slowed.waitSeconds()
                + " s. Tokens that are good are let in at any time");
      }
      case FailedAttempts.Answer.AsEver asEver -> {
        try {
          journal.append(
              new JournalRecord.AuthenticationFailed(
                  clock.instant(), "api", address, Optional.empty(), asEver.recorded(reason)));
        } catch (JournalException e) {
          context.fail(e);
          return;
        }
        error(Code.INVALID_REQUEST, reason).send(context);
      }
    }
  }

  private void answer(RoutingContext context, LeaseRequest asked, Issuance issuance) {
    switch (issuance) {
      case Issuance.Issued(Lease lease, LeaseToken token) ->
          answer(context, lease, token.reveal(), dataPlane.get());
      case Issuance.IssuedDirect(Lease lease, DirectLane.Handed.ResourceToken token) ->
          answer(context, lease, token);
      case Issuance.IssuedDirect(Lease lease, DirectLane.Handed.Role role) ->
          throw new IllegalStateException("a role was given for " + asked.lane());
      case Issuance.Busy(String message, var retryAfter) ->
          error(Code.TEMPORARILY_UNAVAILABLE, message).send(context);
      case Issuance.IssuedKey key ->
          throw new IllegalStateException("a key was given for " + asked.form());
      case Issuance.Refused(var reason, var rule, String message) ->
          error(Code.ACCESS_DENIED, message + " Reason: " + reason.code()).send(context);
      case Issuance.NeedsApproval(var rule, String message) ->
          error(Code.ACCESS_DENIED, message).send(context);
      case Issuance.Taken gone -> throw new IllegalStateException("for nothing: " + gone);
      case Issuance.KeptOut(String message) -> error(Code.ACCESS_DENIED, message).send(context);
      case Issuance.Malformed(String message) ->
          error(Code.INVALID_AUTHORIZATION_DETAILS, message).send(context);
    }
  }

  private static OAuthError error(Code code, String description) {
    return new OAuthError(code, description);
  }

  @Reveals("to whom the lease was given, in the one answer that delivers it")
  private void answer(RoutingContext context, Lease lease, DirectLane.Handed.ResourceToken token) {
    answer(context, lease, token.token().reveal(), token.endpoint());
  }

  /** RFC 8693 §2.2.1; RFC 9396 §7: what was given, which may be less than what was asked for. */
  private void answer(RoutingContext context, Lease lease, String token, String endpoint) {
    JsonObject given =
        LeaseJson.of(lease, clock.instant())
            .put("type", ExchangeForm.DETAILS_TYPE)
            .put("endpoint", endpoint);
    context
        .response()
        .putHeader("cache-control", "no-store")
        .putHeader("content-type", "application/json")
        .end(
            new JsonObject()
                .put("access_token", token)
                .put("issued_token_type", ExchangeForm.LEASE)
                .put("token_type", "N_A")
                .put(
                    "expires_in", Duration.between(lease.issuedAt(), lease.expiresAt()).toSeconds())
                .put("authorization_details", new JsonArray().add(given))
                .toBuffer());
  }
}
