package dev.ephemeris.gateway.notify;

import dev.ephemeris.gateway.identity.ActedFor;
import dev.ephemeris.gateway.identity.Identity;
import dev.ephemeris.gateway.lease.AccessAnswer;
import dev.ephemeris.gateway.lease.AccessRequest;
import dev.ephemeris.gateway.lease.LeaseRequest;
import dev.ephemeris.gateway.lease.Notice;
import dev.ephemeris.policy.Action;
import dev.ephemeris.policy.Approval;
import dev.ephemeris.policy.Channel;
import dev.ephemeris.policy.CredentialForm;
import dev.ephemeris.policy.Delivery;
import dev.ephemeris.policy.GroupRef;
import dev.ephemeris.policy.Lane;
import dev.ephemeris.policy.PrincipalId;
import dev.ephemeris.policy.PrincipalKind;
import dev.ephemeris.policy.RoleName;
import dev.ephemeris.policy.RuleName;
import dev.ephemeris.policy.Scope;
import dev.ephemeris.policy.UserRef;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Access requests to tell of. */
final class Samples {

  static final Instant AT = Instant.parse("2026-11-24T09:00:00Z");

  /** All that a place that reads markup could take for some. */
  static final String HOSTILE =
      "<!channel> <https://evil.example|click> *b* [x](https://evil.example) &amp; <b>\u202Eno";

  private Samples() {}

  static AccessRequest request(String reason, List<AccessAnswer> answers) {
    return request(
        new Identity(
            new PrincipalId("corp", "sub-alice"), PrincipalKind.PERSON, Map.of("secret", "claim")),
        Optional.empty(),
        reason,
        answers);
  }

  /** One of a copilot's, that acts for Alice. */
  static AccessRequest ofAgent(List<AccessAnswer> answers) {
    return request(
        new Identity(new PrincipalId("ci", "sub-copilot"), PrincipalKind.AGENT, Map.of()),
        Optional.of(
            new ActedFor(
                new PrincipalId("corp", "sub-alice"),
                PrincipalKind.PERSON,
                Map.of("secret", "claim"))),
        "a refund is stuck",
        answers);
  }

  private static AccessRequest request(
      Identity requester, Optional<ActedFor> actsFor, String reason, List<AccessAnswer> answers) {
    return new AccessRequest(
        "ar-abc",
        requester,
        actsFor,
        Set.of(UserRef.parse("user:default/alice")),
        new LeaseRequest(
            Scope.parse("orders-prod:/dbs/shop/colls/orders"),
            Optional.empty(),
            Optional.empty(),
            new RoleName("order-operator"),
            Lane.PROXY,
            CredentialForm.LEASE_TOKEN,
            Optional.of(Duration.ofMinutes(30)),
            Delivery.TOKEN,
            Optional.of(reason),
            Optional.of("OPS-17")),
        Set.of(Action.ITEMS_READ, Action.ITEMS_REPLACE),
        Set.of(),
        new RuleName("four eyes"),
        Set.of(
            new Approval(
                Set.of(GroupRef.parse("group:default/dba")),
                1,
                Duration.ofHours(2),
                Optional.empty())),
        Set.of(new Channel("ops")),
        false,
        AT,
        answers,
        Optional.empty(),
        Optional.empty(),
        answers.size());
  }

  static Notice asked(String reason) {
    return new Notice.AccessRequested(request(reason, List.of()));
  }

  static Notice answered(AccessAnswer.Verdict verdict, String comment) {
    AccessAnswer answer = answer(verdict, comment);
    return new Notice.AccessAnswered(request("a refund is stuck", List.of(answer)), answer);
  }

  static AccessAnswer answer(AccessAnswer.Verdict verdict, String comment) {
    return new AccessAnswer(
        new PrincipalId("corp", "sub-bob"),
        Optional.of(UserRef.parse("user:default/bob")),
        verdict,
        AT,
        Set.of(GroupRef.parse("group:default/dba")),
        false,
        AccessAnswer.Narrowed.NOT,
        Optional.of(comment));
  }

  static Notification notification(Notice notice) {
    return new Notification(
        "msg_1",
        new Channel("ops"),
        new Event(who -> "user:default/alice").of(notice, AT).encode(),
        AT,
        1);
  }
}
