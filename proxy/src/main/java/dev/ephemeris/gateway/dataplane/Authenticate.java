package dev.ephemeris.gateway.dataplane;

import dev.ephemeris.cosmos.Authorization;
import dev.ephemeris.cosmos.CosmosError;
import dev.ephemeris.cosmos.CosmosRequest;
import dev.ephemeris.cosmos.HttpDate;
import dev.ephemeris.gateway.dataplane.HostNames.Host;
import dev.ephemeris.gateway.identity.Audience;
import dev.ephemeris.gateway.identity.Authentication;
import dev.ephemeris.gateway.identity.BearerTokens;
import dev.ephemeris.gateway.identity.Block;
import dev.ephemeris.gateway.identity.ClientAddress;
import dev.ephemeris.gateway.identity.FailedAttempts;
import dev.ephemeris.gateway.identity.Grants;
import dev.ephemeris.gateway.journal.Journal;
import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.journal.JournalRecord;
import dev.ephemeris.gateway.lease.Credential;
import dev.ephemeris.gateway.lease.Lease;
import dev.ephemeris.gateway.lease.LeaseId;
import dev.ephemeris.gateway.lease.Leases;
import dev.ephemeris.gateway.metrics.Disposition;
import io.vertx.core.Future;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds the lease behind the credential, and the account that it is for. */
final class Authenticate implements Step {

  /** What the clocks of client and gateway may differ by, and how long a signature is good. */
  private static final Duration SIGNED_WITHIN = Duration.ofMinutes(5);

  private final BearerTokens tokens;
  private final Leases leases;
  private final Grants grants;
  private final Upstreams upstreams;
  private final FailedAttempts failures;
  private final Journal journal;
  private final InstantSource clock;

  Authenticate(
      BearerTokens tokens,
      Leases leases,
      Grants grants,
      Upstreams upstreams,
      FailedAttempts failures,
      Journal journal,
      InstantSource clock) {
    this.tokens = tokens;
    this.leases = leases;
    this.grants = grants;
    this.upstreams = upstreams;
    this.failures = failures;
    this.journal = journal;
    this.clock = clock;
  }

  @Override
  public Future<Verdict> take(Exchange exchange) {
    if (exchange.origin() instanceof ClientAddress.Origin.Unreadable unreadable) {
      return Verdict.refuse(
          CosmosError.badRequest("Refused by Ephemeris: " + unreadable.reason() + "."));
    }
    Optional<Host> host = upstreams.hostNames().match(exchange.incoming().authority());
    if (host.isEmpty()) {
      return Verdict.refuse(
          CosmosError.badRequest(
              "This gateway isn't known under the host name of the request. Use the endpoint that"
                  + " the lease was issued with."));
    }
    Optional<Authorization> authorization = exchange.request().authorization();
    if (authorization.isEmpty()) {
      return refuse(exchange, Optional.empty(), "There is no authorization header.");
    }
    return switch (authorization.get()) {
      case Authorization.ResourceToken(String signature) ->
          leases
              .authenticate(signature)
              .compose(credential -> credential(exchange, host.get(), credential));
      case Authorization.Malformed(String why) ->
          refuse(
              exchange, Optional.empty(), "The authorization header can't be read: " + why + ".");
      case Authorization.Master(String signature) -> key(exchange, host.get(), signature);
      case Authorization.Aad(String token) -> ownToken(exchange, host.get(), token);
    };
  }

  // --- a lease's key -----------------------------------------------------------------------------

  private Future<Verdict> key(Exchange exchange, Host host, String signature) {
    if (!(host instanceof Host.OfLease(_, LeaseId id, _))) {
      return refuse(
          exchange,
          Optional.empty(),
          "Requests signed with a key are accepted at the host name of the key's lease only, and no"
              + " one but the gateway holds the account's keys. In the JavaScript SDK a lease's"
              + " token goes into “tokenProvider”: as “key” it would be signed with.");
    }
    Optional<String> date = exchange.request().date();
    Optional<Instant> signedAt = date.flatMap(HttpDate::parse);
    if (signedAt.isEmpty()) {
      return refuse(
          exchange, Optional.of(id), Optional.empty(), "The request has no x-ms-date that is one.");
    }
    Instant now = clock.instant();
    if (Duration.between(signedAt.get(), now).abs().compareTo(SIGNED_WITHIN) > 0) {
      return refuse(
          exchange,
          Optional.of(id),
          Optional.empty(),
          "The request was signed for "
              + date.get()
              + ", and here it is "
              + HttpDate.format(now)
              + "; more than five minutes apart. Set the clock, and sign each request anew.");
    }
    CosmosRequest request = exchange.request();
    return leases
        .authenticate(
            id,
            key ->
                key.verifies(
                    signature,
                    request.verb().name(),
                    request.resourceType().signedAs(),
                    request.address().link(request.resourceType()),
                    date.get()))
        .compose(credential -> credential(exchange, host, credential));
  }

  // --- the caller's own token --------------------------------------------------------------------

  private Future<Verdict> ownToken(Exchange exchange, Host host, String token) {
    Optional<String> account =
        switch (host) {
          case Host.Account(_, String named, _) -> upstreams.find(named).map(Upstream::account);
          case Host.Gateway own -> upstreams.only().map(Upstream::account);
          case Host.OfLease ofLease -> Optional.empty();
        };
    if (account.isEmpty()) {
      return refuse(
          exchange,
          Optional.empty(),
          "With an access token of your own the host name says which account you mean: use the"
              + " endpoint https://{account}."
              + upstreams.hostNames().first()
              + "/.");
    }
    return tokens
        .authenticate(token, Audience.DATA_PLANE, exchange.clientAddress())
        .compose(
            authentication ->
                switch (authentication) {
                  case Authentication.Accepted accepted ->
                      leases
                          .authenticate(accepted, account.get())
                          .compose(
                              credential ->
                                  ownLease(exchange, host, accepted, account.get(), credential));
                  case Authentication.Rejected(String why) ->
                      refuse(
                          exchange,
                          Optional.empty(),
                          "The access token isn't accepted: " + why + ".");
                  case Authentication.Unavailable(String part, String why) ->
                      Future.succeededFuture(
                          new Verdict.Refuse(
                              part.equals("catalog") ? Disposition.CATALOG : Disposition.FAULT,
                              CosmosError.unavailable(
                                  "The access token can't be checked now: " + why + ".")));
                });
  }

  private Future<Verdict> ownLease(
      Exchange exchange,
      Host host,
      Authentication.Accepted caller,
      String account,
      Credential credential) {
    return switch (credential) {
      case Credential.NotGiven() ->
          refuse(
              exchange,
              Disposition.NO_RULE,
              Optional.empty(),
              "No rule gives " + caller.principal().id() + " anything in " + account + ".",
              CosmosError.denied(
                  "Denied by Ephemeris: no rule gives "
                      + caller.principal().id()
                      + " anything in account “"
                      + account
                      + "” for an access token alone. Ask “ephemeris explain readMetadata "
                      + account
                      + ":/” for what would be needed."));
      case Credential.Blocked(Block block) ->
          refuse(
              exchange,
              Disposition.LEASE_ENDED,
              Optional.empty(),
              "Block " + block.id() + " holds.",
              CosmosError.unauthorized(
                  "Not authenticated by Ephemeris: the lease of "
                      + caller.principal().id()
                      + " in account “"
                      + account
                      + "” was ended at "
                      + block.at()
                      + ", and block "
                      + block.id()
                      + " keeps it so"
                      + letIn(block, caller)));
      case Credential.Ended(Lease lease, Lease.State state) ->
          refuse(
              exchange,
              Disposition.LEASE_ENDED,
              Optional.of(lease.id()),
              ended(lease, state) + ".",
              CosmosError.unauthorized(
                  "Not authenticated by Ephemeris: "
                      + ended(lease, state)
                      + ", and with it what this session's token is good for. Sign in again for"
                      + " a new token."));
      case Credential.Active active -> credential(exchange, host, active);
      case Credential.Unknown unknown -> credential(exchange, host, unknown);
    };
  }

  private static String letIn(Block block, Authentication.Accepted caller) {
    if (!block.endsByLiftingOnly(caller.principal().kind())) {
      return " until you sign in again.";
    }
    return block.isOfItsMaker()
        ? " until it is lifted: “ephemeris unblock " + block.id() + "”."
        : " until whoever runs the gateway lifts it.";
  }

  // --- what it is worth --------------------------------------------------------------------------

  private Future<Verdict> credential(Exchange exchange, Host host, Credential credential) {
    return switch (credential) {
      case Credential.Unknown(Optional<LeaseId> claimed) ->
          refuse(
              exchange,
              claimed,
              Optional.empty(),
              "The token or key isn't one of this gateway's leases.");
      case Credential.Ended(Lease lease, Lease.State state) ->
          refuse(exchange, Optional.of(lease), ended(lease, state) + ".");
      case Credential.Active(Lease lease) -> active(exchange, host, lease);
      case Credential.NotGiven none ->
          throw new IllegalStateException("of one's own token: " + none);
      case Credential.Blocked blocked ->
          throw new IllegalStateException("of one's own token: " + blocked);
    };
  }

  private static String ended(Lease lease, Lease.State state) {
    return "Lease "
        + lease.id()
        + (state == Lease.State.REVOKED
            ? " was revoked at " + lease.revokedAt().orElseThrow()
            : " expired at " + lease.expiresAt());
  }

  private Future<Verdict> active(Exchange exchange, Host host, Lease lease) {
    boolean hostFits =
        switch (host) {
          case Host.Gateway own -> true;
          case Host.Account(_, String account, _) -> account.equals(lease.scope().account());
          case Host.OfLease(_, LeaseId id, _) -> id.equals(lease.id());
        };
    Upstream upstream = upstream(lease);
    if (!hostFits || upstream == null || !upstream.isIn(host.region())) {
      return refuse(
          exchange,
          Optional.of(lease),
          "Lease " + lease.id() + " isn't for the account that the host name stands for.");
    }
    Optional<String> unavailable = grants.unavailable(clock.instant());
    if (unavailable.isPresent()) {
      // What the lease's holder may do now depends on groups that nobody knows.
      return Future.succeededFuture(
          new Verdict.Refuse(
              Disposition.CATALOG,
              CosmosError.unavailable("Ephemeris can't decide now: " + unavailable.get() + ".")));
    }
    exchange.authenticated(lease, upstream, host);
    return Verdict.PROCEED;
  }

  /** The account behind a lease; null if it is no longer configured. */
  @Nullable Upstream upstream(Lease lease) {
    return upstreams.find(lease.scope().account()).orElse(null);
  }

  private Future<Verdict> refuse(Exchange exchange, Optional<Lease> lease, String why) {
    return refuse(exchange, lease.map(Lease::id), lease, why);
  }

  private Future<Verdict> refuse(
      Exchange exchange, Optional<LeaseId> claimed, Optional<Lease> lease, String why) {
    return refuse(
        exchange,
        lease.filter(known -> known.state(clock.instant()) != Lease.State.ACTIVE).isPresent()
            ? Disposition.LEASE_ENDED
            : Disposition.UNAUTHENTICATED,
        claimed,
        why,
        CosmosError.unauthorized(
            "Not authenticated by Ephemeris: "
                + why
                + " Get a lease with “ephemeris lease "
                + lease
                    .map(ended -> ended.scope() + " --role " + ended.role().value())
                    .orElse("SCOPE")
                + "” and give its token to the SDK in the place of a key."));
  }

  private Future<Verdict> refuse(
      Exchange exchange,
      Disposition disposition,
      Optional<LeaseId> claimed,
      String why,
      CosmosError error) {
    // A lease that has ended and a principal without a rule are who they say they are.
    FailedAttempts.Answer answer =
        disposition == Disposition.UNAUTHENTICATED
            ? failures.failed(
                exchange.clientAddress(), claimed.map(LeaseId::value).or(() -> claimed(exchange)))
            : new FailedAttempts.Answer.AsEver(0);
    return switch (answer) {
      case FailedAttempts.Answer.Slowed slowed ->
          Future.succeededFuture(
              new Verdict.Refuse(
                  disposition,
                  CosmosError.tooManyRequests(
                      "Not authenticated by Ephemeris, and neither were too many attempts before"
                          + " this one. Mend the credential, and come again in "
                          + slowed.waitMillis()
                          + " ms; one that is good is let in at any time."),
                  slowed.waitMillis()));
      case FailedAttempts.Answer.AsEver asEver -> {
        try {
          journal.append(
              new JournalRecord.AuthenticationFailed(
                  clock.instant(),
                  "dataPlane",
                  exchange.clientAddress(),
                  claimed.map(LeaseId::value),
                  asEver.recorded(why)));
        } catch (JournalException e) {
          yield Future.succeededFuture(JournalFault.REFUSAL);
        }
        yield Future.succeededFuture(new Verdict.Refuse(disposition, error));
      }
    };
  }

  private static Optional<String> claimed(Exchange exchange) {
    return exchange
        .request()
        .authorization()
        .flatMap(
            authorization ->
                authorization instanceof Authorization.Aad(String token)
                    ? BearerTokens.claimed(token)
                    : Optional.empty());
  }
}
