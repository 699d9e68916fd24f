package dev.ephemeris.gateway.dataplane;

import dev.ephemeris.cosmos.Authorization;
import dev.ephemeris.cosmos.CosmosError;
import dev.ephemeris.gateway.dataplane.HostNames.Host;
import dev.ephemeris.gateway.journal.Journal;
import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.journal.JournalRecord;
import dev.ephemeris.gateway.lease.Credential;
import dev.ephemeris.gateway.lease.Lease;
import dev.ephemeris.gateway.lease.LeaseId;
import dev.ephemeris.gateway.lease.Leases;
import dev.ephemeris.gateway.metrics.Disposition;
import io.vertx.core.Future;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Finds the lease behind the credential, and the account that it is for. */
final class Authenticate implements Step {

  private final HostNames hostNames;
  private final Leases leases;
  private final Map<String, Upstream> upstreams;
  private final Journal journal;
  private final InstantSource clock;

  Authenticate(
      HostNames hostNames,
      Leases leases,
      Map<String, Upstream> upstreams,
      Journal journal,
      InstantSource clock) {
    this.hostNames = hostNames;
    this.leases = leases;
    this.upstreams = Map.copyOf(upstreams);
    this.journal = journal;
    this.clock = clock;
  }

  @Override
  public Future<Verdict> take(Exchange exchange) {
    Optional<Host> host = hostNames.match(exchange.incoming().authority());
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
      case Authorization.Master master ->
          refuse(
              exchange,
              Optional.empty(),
              "Requests signed with a key aren't accepted here: no one but the gateway holds the"
                  + " account's keys. In the JavaScript SDK a lease's token goes into"
                  + " “tokenProvider”: as “key” it would be signed with.");
      case Authorization.Aad aad ->
          refuse(
              exchange,
              Optional.empty(),
              "Access tokens of an issuer aren't accepted on the data plane.");
    };
  }

  private Future<Verdict> credential(Exchange exchange, Host host, Credential credential) {
    return switch (credential) {
      case Credential.Unknown(Optional<LeaseId> claimed) ->
          refuse(
              exchange, claimed, Optional.empty(), "The token isn't one of this gateway's leases.");
      case Credential.Ended(Lease lease, Lease.State state) ->
          refuse(
              exchange,
              Optional.of(lease),
              "Lease "
                  + lease.id()
                  + (state == Lease.State.REVOKED
                      ? " was revoked at " + lease.revokedAt().orElseThrow()
                      : " expired at " + lease.expiresAt())
                  + ".");
      case Credential.Active(Lease lease) -> active(exchange, host, lease);
    };
  }

  private Future<Verdict> active(Exchange exchange, Host host, Lease lease) {
    boolean hostFits =
        switch (host) {
          case Host.Gateway() -> true;
          case Host.Account(String account) -> account.equals(lease.scope().account());
          case Host.OfLease(var id) -> id.equals(lease.id());
        };
    Upstream upstream = upstream(lease);
    if (!hostFits || upstream == null) {
      return refuse(
          exchange,
          Optional.of(lease),
          "Lease " + lease.id() + " isn't for the account that the host name stands for.");
    }
    exchange.authenticated(lease, upstream);
    return Verdict.PROCEED;
  }

  /** The account behind a lease; null if it is no longer configured. */
  @Nullable Upstream upstream(Lease lease) {
    return upstreams.get(lease.scope().account());
  }

  private Future<Verdict> refuse(Exchange exchange, Optional<Lease> lease, String why) {
    return refuse(exchange, lease.map(Lease::id), lease, why);
  }

  private Future<Verdict> refuse(
      Exchange exchange, Optional<LeaseId> claimed, Optional<Lease> lease, String why) {
    try {
      journal.append(
          new JournalRecord.AuthenticationFailed(
              clock.instant(),
              "dataPlane",
              exchange.clientAddress(),
              claimed.map(LeaseId::value),
              why));
    } catch (JournalException e) {
      return Future.succeededFuture(JournalFault.REFUSAL);
    }
    return Future.succeededFuture(
        new Verdict.Refuse(
            lease.filter(known -> known.state(clock.instant()) != Lease.State.ACTIVE).isPresent()
                ? Disposition.LEASE_ENDED
                : Disposition.UNAUTHENTICATED,
            CosmosError.unauthorized(
                "Not authenticated by Ephemeris: "
                    + why
                    + " Get a lease with “ephemeris lease "
                    + lease
                        .map(ended -> ended.scope() + " --role " + ended.role().value())
                        .orElse("SCOPE")
                    + "” and give its token to the SDK in the place of a key.")));
  }
}
