package dev.ephemeris.gateway.api;

import dev.ephemeris.gateway.identity.Authentication;
import dev.ephemeris.gateway.identity.Grants;
import dev.ephemeris.gateway.identity.Identity;
import dev.ephemeris.gateway.journal.Journal;
import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.journal.JournalRecord;
import dev.ephemeris.policy.Decision;
import dev.ephemeris.policy.GatewayAction;
import dev.ephemeris.policy.Obligations;
import dev.ephemeris.policy.Principal;
import dev.ephemeris.policy.Reason;
import dev.ephemeris.policy.RuleName;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.ext.web.RoutingContext;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Lets nobody do an operation who hasn't been given its action. Every operation has one of these in
 * front, and none decides for itself. What the policy decides is recorded before it takes effect.
 */
final class Authorize implements Handler<RoutingContext> {

  private final String operation;
  private final RequiredAction required;
  private final Grants grants;
  private final Journal journal;
  private final InstantSource clock;

  Authorize(
      String operation,
      RequiredAction required,
      Grants grants,
      Journal journal,
      InstantSource clock) {
    this.operation = operation;
    this.required = required;
    this.grants = grants;
    this.journal = journal;
    this.clock = clock;
  }

  @Override
  public void handle(RoutingContext context) {
    switch (required) {
      case RequiredAction.Public() -> context.next();
      case RequiredAction.Self() -> context.next();
      case RequiredAction.Given(GatewayAction action) -> decide(context, action);
    }
  }

  private void decide(RoutingContext context, GatewayAction action) {
    Authentication.Accepted caller = BearerAuthentication.caller(context);
    Principal known = caller.principal();
    Grants.Edition now = grants.now();
    Decision decision =
        now.policy()
            .decide(
                now.principal(known.id(), known.kind(), known.displayName(), known.claims()),
                action);
    try {
      journal.append(record(context, caller, action, decision));
    } catch (JournalException e) {
      context.fail(e);
      return;
    }
    CompletionStage<@Nullable Void> settled = journal.settled();
    if (settled == Journal.SETTLED) {
      answer(context, caller, action, decision);
      return;
    }
    // What comes in meanwhile is for who comes next.
    context.request().pause();
    Future.fromCompletionStage(settled, context.vertx().getOrCreateContext())
        .onComplete(
            done -> {
              context.request().resume();
              if (done.succeeded()) {
                answer(context, caller, action, decision);
              } else {
                context.fail(done.cause());
              }
            });
  }

  private void answer(
      RoutingContext context,
      Authentication.Accepted caller,
      GatewayAction action,
      Decision decision) {
    switch (decision) {
      case Decision.Allow allow -> context.next();
      case Decision.Deny deny -> refuse(context, caller, action, deny);
    }
  }

  private JournalRecord record(
      RoutingContext context,
      Authentication.Accepted caller,
      GatewayAction action,
      Decision decision) {
    String verdict;
    Optional<String> reason;
    Optional<RuleName> rule;
    switch (decision) {
      case Decision.Allow(RuleName by, Obligations obligations) -> {
        verdict = "allow";
        reason = Optional.empty();
        rule = Optional.of(by);
      }
      case Decision.Deny(Reason why, Optional<RuleName> by) -> {
        verdict = "deny";
        reason = Optional.of(why.code());
        rule = by;
      }
    }
    return new JournalRecord.OperationDecided(
        clock.instant(),
        caller.session().id(),
        caller.principal().id().toString(),
        List.of(action.toString()),
        operation,
        context.normalizedPath(),
        verdict,
        reason,
        rule.map(RuleName::value));
  }

  private void refuse(
      RoutingContext context,
      Authentication.Accepted caller,
      GatewayAction action,
      Decision.Deny deny) {
    String why =
        deny.by()
            .map(rule -> "rule “" + rule + "” denies it to you.")
            .orElse("no rule gives it to you. Ask for one with “actions: [" + action + "]”.");
    Problem.denied(
            grants.describe(Identity.of(caller.principal()))
                + " may not do this: it takes the action "
                + action
                + ", and "
                + why
                + " “ephemeris explain "
                + action
                + "” shows the rules that came near.",
            action.toString(),
            deny.reason().code(),
            deny.by().map(RuleName::value))
        .send(context);
  }
}
