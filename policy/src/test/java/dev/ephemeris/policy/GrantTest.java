package dev.ephemeris.policy;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toUnmodifiableSet;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.CsvSource;

class GrantTest {
  private static final Set<Lane> ALL_LANES = Set.of(Lane.values());
  private static final List<AccountFacts> ACCOUNTS =
      List.of(
          new AccountFacts("orders-prod", "prod", ALL_LANES),
          new AccountFacts("orders-preview", "preview-7", Set.of(Lane.PROXY)),
          new AccountFacts("orders-box", "sandbox", Set.of(Lane.PROXY)),
          new AccountFacts("old-prod", "prod-old", ALL_LANES),
          new AccountFacts("direct-prod", "prod", Set.of(Lane.TOKEN)));
  private static final Policy POLICY = Policies.resource("decisions.yaml");

  @ParameterizedTest
  @CsvFileSource(resources = "decisions.csv", delimiter = '|', useHeadersInDisplayName = true)
  void decides(
      String kind,
      @Nullable String groups,
      String action,
      String scope,
      String code,
      @Nullable String rule) {
    Decision decision =
        grant(constant(PrincipalKind.class, kind), groups)
            .decide(action(action), Scope.parse(scope), CredentialForm.LEASE_TOKEN, Policies.NOON);

    assertThat(code(decision)).isEqualTo(code);
    assertThat(rule(decision)).isEqualTo(Optional.ofNullable(rule));
  }

  @ParameterizedTest
  @CsvFileSource(resources = "leases.csv", delimiter = '|', useHeadersInDisplayName = true)
  void givesLeases(
      String kind,
      @Nullable String groups,
      String actions,
      String scope,
      String lane,
      String lease) {
    Set<Action> wanted =
        Arrays.stream(actions.split(" "))
            .flatMap(pattern -> Action.matching(pattern).stream())
            .collect(toUnmodifiableSet());

    LeaseTerms terms =
        grant(constant(PrincipalKind.class, kind), groups)
            .leaseTerms(
                wanted,
                Scope.parse(scope),
                constant(Lane.class, lane),
                CredentialForm.LEASE_TOKEN,
                Policies.NOON);

    assertThat(inWords(terms)).isEqualTo(lease);
  }

  /** A rule for any account may name one too: what is compiled for one isn't another's. */
  @ParameterizedTest
  @CsvSource({"orders,staff", "staff,orders"})
  void accountsAlikeAreToldApart(String first, String second) {
    List<AccountFacts> accounts =
        Stream.of(first, second)
            .map(name -> new AccountFacts(name, "prod", Set.of(Lane.PROXY)))
            .toList();
    Grant grant =
        Policies.of(
                """
                rules:
                  - name: reads
                    for: { principal: person }
                    actions: [items/read]
                    scopes: ["*:/dbs/a", "orders:/dbs/b", "staff:/dbs/c"]
                  - name: stays out
                    effect: deny
                    for: { principal: person }
                    actions: [items/read]
                    scopes: ["*:/dbs/a/colls/audit", "staff:/dbs/a"]
                  - name: owns
                    for: { owners: true }
                    actions: [items/read]
                    scopes: ["*:/dbs/*"]
                """)
            .compile(
                new Principal(
                    new PrincipalId("corp", "alice"),
                    PrincipalKind.PERSON,
                    "Alice",
                    Optional.empty(),
                    Set.of(),
                    Set.of(new OwnedScope("*:/dbs/x"), new OwnedScope("orders:/dbs/y")),
                    Map.of(),
                    Optional.empty()),
                accounts);

    assertThat(
            Stream.of("orders", "staff")
                .flatMap(
                    account ->
                        Stream.of("a", "b", "c", "x", "y")
                            .map(database -> Scope.of(account, database, "items")))
                .filter(
                    scope ->
                        grant.decide(
                                Action.ITEMS_READ, scope, CredentialForm.OWN_TOKEN, Policies.NOON)
                            instanceof Decision.Allow)
                .map(Scope::toString))
        .containsExactly(
            "orders:/dbs/a/colls/items",
            "orders:/dbs/b/colls/items",
            "orders:/dbs/x/colls/items",
            "orders:/dbs/y/colls/items",
            "staff:/dbs/c/colls/items",
            "staff:/dbs/x/colls/items");
  }

  /** Whoever keeps grants must know what they take: of many rules, more. */
  @Test
  void tellsHowMuchItHolds() {
    String rule =
        """
          - name: rule %d
            for: { principal: person }
            actions: [items/read, items/delete]
            scopes: ["shop:/dbs/web/colls/c%d"]
        """;
    List<AccountFacts> accounts = List.of(new AccountFacts("shop", "prod", Set.of(Lane.PROXY)));
    StringBuilder rules = new StringBuilder("rules:\n");
    for (int i = 0; i < 5; i++) {
      rules.append(rule.formatted(i, i));
    }

    Grant of =
        Policies.of(rules.toString()).compile(Policies.principal(PrincipalKind.PERSON), accounts);
    Grant none =
        Policies.of(rules.toString()).compile(Policies.principal(PrincipalKind.AGENT), accounts);

    // Two actions in five places; by token and by one's own, and in the two other lanes.
    assertThat(of.size()).isEqualTo(2 * 5 * 4);
    assertThat(none.size()).isZero();
  }

  @Test
  void tellsAccountsApartThatNoRuleNames() {
    Policy policy =
        Policies.of(
            """
            rules:
              - name: people read production
                for: { principal: person }
                role: data-reader
                scopes: ["*:/"]
                environments: [prod]
            """);
    Grant grant =
        policy.compile(
            Policies.principal(PrincipalKind.PERSON),
            List.of(
                new AccountFacts("one-prod", "prod", Set.of(Lane.PROXY)),
                new AccountFacts("two-prod", "prod", Set.of(Lane.PROXY)),
                new AccountFacts("direct-prod", "prod", Set.of(Lane.TOKEN)),
                new AccountFacts("one-test", "test", Set.of(Lane.PROXY))));

    assertThat(List.of("one-prod", "two-prod", "direct-prod", "one-test"))
        .extracting(
            account ->
                code(
                    grant.decide(
                        Action.ITEMS_READ,
                        Scope.of(account),
                        CredentialForm.LEASE_TOKEN,
                        Policies.NOON)))
        .containsExactly("allow", "allow", "lane-not-permitted", "no-rule");
  }

  @Test
  void namesTheRulesThatALeaseRestsOn() {
    LeaseTerms terms =
        grant(PrincipalKind.PERSON, "orders-team")
            .leaseTerms(
                Set.of(Action.ITEMS_READ),
                Scope.of("orders-prod", "shop", "orders"),
                Lane.PROXY,
                CredentialForm.LEASE_TOKEN,
                Policies.NOON);

    assertThat(terms)
        .isInstanceOfSatisfying(
            LeaseTerms.Granted.class,
            granted ->
                assertThat(granted.by())
                    .containsExactly(
                        new RuleName("orders team operates the shop"),
                        new RuleName("orders team reads production")));
  }

  @Test
  void namesTheRuleThatALaneCannotEnforce() {
    LeaseTerms terms =
        grant(PrincipalKind.PERSON, "orders-team")
            .leaseTerms(
                Set.of(Action.ITEMS_READ),
                Scope.of("orders-prod", "shop"),
                Lane.TOKEN,
                CredentialForm.LEASE_TOKEN,
                Policies.NOON);

    assertThat(terms)
        .isEqualTo(
            new LeaseTerms.Refused(
                Map.of(
                    Action.ITEMS_READ,
                    new Decision.Deny(
                        Reason.LANE_CANNOT_ENFORCE,
                        Optional.of(new RuleName("nobody reads the vault"))))));
  }

  @Test
  void givesNoLeaseOfNothing() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                grant(PrincipalKind.PERSON, "orders-team")
                    .leaseTerms(
                        Set.of(),
                        Scope.of("orders-prod"),
                        Lane.PROXY,
                        CredentialForm.LEASE_TOKEN,
                        Policies.NOON));
  }

  @Test
  void knowsWhoseItIs() {
    assertThat(grant(PrincipalKind.PERSON, null).principal())
        .isEqualTo(new PrincipalId("corp", "alice"));
  }

  @Test
  void refusesTwoAccountsOfOneName() {
    assertThatIllegalStateException()
        .isThrownBy(
            () ->
                POLICY.compile(
                    Policies.principal(PrincipalKind.PERSON),
                    List.of(ACCOUNTS.getFirst(), ACCOUNTS.getFirst())));
  }

  @Test
  void namesTheFirstByNameOfRulesThatSayTheSame() {
    Policy policy =
        Policies.of(
            """
            rules:
              - { name: b, for: { principal: person }, actions: [reads], scopes: ["*:/"] }
              - { name: a, for: { principal: person }, actions: [reads], scopes: ["*:/"] }
              - { name: d, effect: deny, for: { principal: person }, actions: [code] }
              - { name: c, effect: deny, for: { principal: person }, actions: [code] }
            """);
    Grant grant = policy.compile(Policies.principal(PrincipalKind.PERSON), ACCOUNTS);

    assertThat(
            rule(
                grant.decide(
                    Action.ITEMS_READ,
                    Scope.of("orders-prod"),
                    CredentialForm.LEASE_TOKEN,
                    Policies.NOON)))
        .contains("a");
    assertThat(
            rule(
                grant.decide(
                    Action.EXECUTE_STORED_PROCEDURE,
                    Scope.of("orders-prod"),
                    CredentialForm.LEASE_TOKEN,
                    Policies.NOON)))
        .contains("c");
  }

  @Test
  void decidesWithoutAllocating() {
    // Given
    Grant grant = grant(PrincipalKind.PERSON, "orders-team auditors");
    Scope scope = Scope.of("orders-prod", "shop", "vault");
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    countDenials(grant, scope);

    // When
    long before = threads.getCurrentThreadAllocatedBytes();
    int denials = countDenials(grant, scope);
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;

    // Then: one object a decision would be 1.6 MB; what measuring itself takes is far below
    assertThat(denials).isEqualTo(100_000);
    assertThat(allocated).isLessThan(10_000);
  }

  @Test
  void decidesForAgentsWithoutAllocating() {
    // Given
    Principal person = Policies.principal(PrincipalKind.PERSON, "team");
    Grant grant =
        Policies.of(
                """
                rules:
                  - { name: people, for: { principal: person }, actions: [items/read], scopes: ["orders-prod:/"], limits: { itemsPerPage: 5 } }
                  - { name: agents, for: { principal: agent }, actions: [items/read], scopes: ["orders-prod:/"], limits: { itemsPerPage: 9 } }
                """)
            .compile(Policies.agentOf(person), ACCOUNTS);
    Scope scope = Scope.of("orders-prod", "shop", "orders");
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    assertThat(countDenials(grant, scope)).isZero();

    // When
    long before = threads.getCurrentThreadAllocatedBytes();
    int denials = countDenials(grant, scope);
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;

    // Then
    assertThat(denials).isZero();
    assertThat(allocated).isLessThan(10_000);
  }

  private static int countDenials(Grant grant, Scope scope) {
    int denials = 0;
    for (int i = 0; i < 100_000; i++) {
      denials +=
          grant.decide(Action.ITEMS_READ, scope, CredentialForm.LEASE_TOKEN, Policies.NOON)
                  instanceof Decision.Deny
              ? 1
              : 0;
    }
    return denials;
  }

  private static Grant grant(PrincipalKind kind, @Nullable String groups) {
    return POLICY.compile(
        Policies.principal(kind, groups == null ? new String[0] : groups.split(" ")), ACCOUNTS);
  }

  private static <T extends Enum<T>> T constant(Class<T> type, String name) {
    return Enum.valueOf(type, name.toUpperCase(Locale.ROOT));
  }

  private static String inWords(LeaseTerms terms) {
    return switch (terms) {
      case LeaseTerms.Granted(Ttl ttl, SortedSet<RuleName> by, Set<Obligations> obligations) ->
          inWords(ttl.standard()) + " to " + inWords(ttl.max());
      case LeaseTerms.Refused(Map<Action, Decision.Deny> reasons) ->
          reasons.entrySet().stream()
              .map(refusal -> refusal.getKey() + " " + refusal.getValue().reason().code())
              .collect(joining(", "));
    };
  }

  private static String inWords(Duration duration) {
    return duration.toString().substring("PT".length()).toLowerCase(Locale.ROOT);
  }

  private static Action action(String name) {
    return Action.matching(name).iterator().next();
  }

  private static String code(Decision decision) {
    return switch (decision) {
      case Decision.Allow allow -> "allow";
      case Decision.Deny deny -> deny.reason().code();
    };
  }

  private static Optional<String> rule(Decision decision) {
    return switch (decision) {
      case Decision.Allow(RuleName by, Obligations obligations) -> Optional.of(by.value());
      case Decision.Deny(Reason reason, Optional<RuleName> by) -> by.map(RuleName::value);
    };
  }
}
