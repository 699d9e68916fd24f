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

  Service(
      Account account,
      Authenticate authenticate,
      Regions regions,
      Routes routes,
      EffectLog effects) {
    this.account = account;
    this.authenticate = authenticate;
    this.regions = regions;
    this.routes = routes;
    this.effects = effects;
  }

  Answer answer(Call call) {
    synchronized (account) {
      CallKind kind = CallKind.of(call);
      Optional<Answer> refusal = authenticate.refusal(call, kind);
      if (refusal.isPresent()) {
        return refusal.get();
      }
      if (!kind.changesState()) {
        return routes.answer(call);
      }
      Optional<Answer> elsewhere = regions.refusal(call);
      if (elsewhere.isPresent()) {
        return elsewhere.get();
      }
      Target target = Target.of(call, account); // before it may be gone
      Answer answer = routes.answer(call);
      effects.record(call, kind, target, answer);
      return answer;
    }
  }
}
