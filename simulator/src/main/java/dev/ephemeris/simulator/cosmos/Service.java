package dev.ephemeris.simulator.cosmos;

import java.util.Optional;

/** What is done with one call, from its credential to the record of its effect. */
final class Service {

  /** Its monitor guards it and all below: calls are dealt with one by one. */
  private final Account account;

  private final Authenticate authenticate;
  private final Regions regions;
  private final Routes routes;
  private final EffectLog effects;
  private final RequestLog requests;

  Service(
      Account account,
      Authenticate authenticate,
      Regions regions,
      Routes routes,
      EffectLog effects,
      RequestLog requests) {
    this.account = account;
    this.authenticate = authenticate;
    this.regions = regions;
    this.routes = routes;
    this.effects = effects;
    this.requests = requests;
  }

  Answer answer(Call call) {
    synchronized (account) {
      CallKind kind = CallKind.of(call);
      String scope = Target.of(call, account).scope(); // before it may be gone
      Authenticate.Outcome outcome = authenticate.outcome(call, kind);
      Answer answer =
          switch (outcome) {
            case Authenticate.Outcome.Refused(_, Answer refusal) -> refusal;
            case Authenticate.Outcome.Admitted(Credential shown) -> admitted(call, kind, shown);
          };
      requests.record(call, kind, scope, outcome.shown(), answer.status());
      return answer;
    }
  }

  private Answer admitted(Call call, CallKind kind, Credential shown) {
    try {
      return answered(call, kind, shown);
    } catch (QueryException refused) {
      return refused.answer();
    }
  }

  private Answer answered(Call call, CallKind kind, Credential shown) {
    if (!kind.changesState()) {
      return routes.answer(call, shown);
    }
    Optional<Answer> elsewhere = regions.refusal(call);
    if (elsewhere.isPresent()) {
      return elsewhere.get();
    }
    Target target = Target.of(call, account); // before it may be gone
    Answer answer = routes.answer(call, shown);
    effects.record(call, kind, target, answer);
    return answer;
  }
}
