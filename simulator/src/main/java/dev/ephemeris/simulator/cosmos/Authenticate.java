package dev.ephemeris.simulator.cosmos;

import dev.ephemeris.cosmos.Authorization;
import dev.ephemeris.cosmos.CosmosHeaders;
import dev.ephemeris.cosmos.HttpDate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Refuses whoever shows no credential of this account, or one that isn't enough for the call. What
 * is signed and what is asked are both computed from this side's reading of the request.
 */
final class Authenticate {

  private static final Duration EARLY = Duration.ofMinutes(5);
  private static final Duration LATE = Duration.ofMinutes(20);
  private static final Duration NOMINAL = Duration.ofMinutes(15);

  private final AccountKeys keys;
  private final ResourceTokens resourceTokens;
  private final EntraTokens entraTokens;
  private final RoleAssignments roles;
  private final Regions regions;
  private final InstantSource clock;

  /** Whether keys and what they signed count for nothing. Guarded by the account's lock. */
  private boolean localAuthDisabled;

  Authenticate(
      AccountKeys keys,
      ResourceTokens resourceTokens,
      EntraTokens entraTokens,
      RoleAssignments roles,
      Regions regions,
      InstantSource clock) {
    this.keys = keys;
    this.resourceTokens = resourceTokens;
    this.entraTokens = entraTokens;
    this.roles = roles;
    this.regions = regions;
    this.clock = clock;
  }

  void disableLocalAuth(boolean disabled) {
    localAuthDisabled = disabled;
  }

  boolean localAuthDisabled() {
    return localAuthDisabled;
  }

  /** Why the call is refused; empty if it isn't. */
  Optional<Answer> refusal(Call call, CallKind kind) {
    Optional<String> header = call.header(CosmosHeaders.AUTHORIZATION);
    if (header.isEmpty()) {
      return Optional.of(Refusals.nothingShown());
    }
    return switch (Authorization.parse(header.get())) {
      case Authorization.Master(String signature) ->
          localAuthDisabled
              ? Optional.of(Refusals.localAuthDisabled())
              : signed(call, kind, signature);
      case Authorization.ResourceToken(String signature) ->
          localAuthDisabled
              ? Optional.of(Refusals.localAuthDisabled())
              : resourceTokens.refusal(signature, call, kind);
      case Authorization.Aad(String token) ->
          switch (entraTokens.holder(token)) {
            case EntraTokens.Holder.Refused(Answer answer) -> Optional.of(answer);
            case EntraTokens.Holder.Principal principal -> roles.refusal(principal, call, kind);
          };
      case Authorization.Malformed _ -> Optional.of(Refusals.malformed());
    };
  }

  private Optional<Answer> signed(Call call, CallKind kind, String signature) {
    Optional<String> sent = call.header(CosmosHeaders.DATE);
    if (sent.isEmpty()) {
      return Optional.of(Refusals.noDate());
    }
    Optional<Instant> date = HttpDate.parse(sent.get());
    if (date.isEmpty()) {
      return Optional.of(Refusals.badDate());
    }
    ResourcePath path = call.path().signed(call.target());
    String type = path.resourceType();
    String link = path.link();
    Optional<KeyKind> signer =
        keys.signer(regions.regionOf(call), signature, call.wireMethod(), type, link, sent.get());
    if (signer.filter(key -> !key.isReadOnly() || isForReaders(kind)).isEmpty()) {
      return Optional.of(Refusals.wrongSignature(call.wireMethod(), type, link, sent.get()));
    }
    Instant now = clock.instant();
    return now.isBefore(date.get().minus(EARLY)) || now.isAfter(date.get().plus(LATE))
        ? Optional.of(Refusals.notCurrent(date.get(), date.get().plus(NOMINAL), now))
        : Optional.empty();
  }

  /** Permissions hold tokens, which may be good for more than reading. */
  private static boolean isForReaders(CallKind kind) {
    return !kind.changesState() && kind != CallKind.READ_PERMISSION;
  }
}
