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

  /** Who calls, and whether that is enough. */
  sealed interface Outcome {
    Credential shown();

    record Admitted(Credential shown) implements Outcome {}

    record Refused(Credential shown, Answer answer) implements Outcome {}

    private static Outcome of(Credential shown, Optional<Answer> refusal) {
      return refusal
          .<Outcome>map(answer -> new Refused(shown, answer))
          .orElseGet(() -> new Admitted(shown));
    }

    private static Outcome refused(Answer answer) {
      return new Refused(new Credential.Unknown(), answer);
    }
  }

  Outcome outcome(Call call, CallKind kind) {
    Optional<String> header = call.header(CosmosHeaders.AUTHORIZATION);
    if (header.isEmpty()) {
      return Outcome.refused(Refusals.nothingShown());
    }
    return switch (Authorization.parse(header.get())) {
      case Authorization.Master(String signature) ->
          localAuthDisabled
              ? Outcome.refused(Refusals.localAuthDisabled())
              : signed(call, kind, signature);
      case Authorization.ResourceToken(String signature) ->
          localAuthDisabled
              ? Outcome.refused(Refusals.localAuthDisabled())
              : Outcome.of(
                  resourceTokens.credential(signature),
                  resourceTokens.refusal(signature, call, kind));
      case Authorization.Aad(String token) ->
          switch (entraTokens.holder(token)) {
            case EntraTokens.Holder.Refused(Answer answer) -> Outcome.refused(answer);
            case EntraTokens.Holder.Principal principal ->
                Outcome.of(
                    new Credential.Entra(principal.id()), roles.refusal(principal, call, kind));
          };
      case Authorization.Malformed _ -> Outcome.refused(Refusals.malformed());
    };
  }

  private Outcome signed(Call call, CallKind kind, String signature) {
    Optional<String> sent = call.header(CosmosHeaders.DATE);
    if (sent.isEmpty()) {
      return Outcome.refused(Refusals.noDate());
    }
    Optional<Instant> date = HttpDate.parse(sent.get());
    if (date.isEmpty()) {
      return Outcome.refused(Refusals.badDate());
    }
    ResourcePath path = call.path().signed(call.target());
    String type = path.resourceType();
    String link = path.link();
    Optional<KeyKind> signer =
        keys.signer(regions.regionOf(call), signature, call.wireMethod(), type, link, sent.get());
    Answer wrong = Refusals.wrongSignature(call.wireMethod(), type, link, sent.get());
    if (signer.isEmpty()) {
      return Outcome.refused(wrong);
    }
    Credential key = new Credential.Key(signer.get());
    if (signer.get().isReadOnly() && !isForReaders(kind)) {
      return new Outcome.Refused(key, wrong);
    }
    Instant now = clock.instant();
    return now.isBefore(date.get().minus(EARLY)) || now.isAfter(date.get().plus(LATE))
        ? new Outcome.Refused(key, Refusals.notCurrent(date.get(), date.get().plus(NOMINAL), now))
        : new Outcome.Admitted(key);
  }

  /** Permissions hold tokens, which may be good for more than reading. */
  private static boolean isForReaders(CallKind kind) {
    return !kind.changesState() && kind != CallKind.READ_PERMISSION;
  }
}
