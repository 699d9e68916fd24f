package dev.ephemeris.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.ephemeris.policy.PolicyFile.RuleEntry;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class GatewayActionTest {
  private static final GroupRef ROOT = new GroupRef("default", "root");

  @ParameterizedTest(name = "{0} in {1}: {2}")
  @CsvFileSource(resources = "gateway-actions.csv", delimiter = '|', numLinesToSkip = 1)
  void decidesByRulesAndTheConfiguration(
      PrincipalKind principal, @Nullable String groups, String action, String decision) {
    Policy policy = Policies.resource("gateway-actions.yaml").withAdministrators(Set.of(ROOT));
    Principal candidate =
        Policies.principal(principal, groups == null ? new String[0] : groups.split(" ", 0));
    GatewayAction asked = GatewayAction.named(action).orElseThrow();

    assertThat(words(policy.decide(candidate, asked))).isEqualTo(decision);
    assertThat(policy.explain(candidate, asked).decision())
        .isEqualTo(policy.decide(candidate, asked));
  }

  private static String words(Decision decision) {
    return switch (decision) {
      case Decision.Allow(RuleName by, Obligations obligations) -> "allow '" + by + "'";
      case Decision.Deny(Reason reason, Optional<RuleName> by) ->
          "deny " + reason.code() + by.map(rule -> " '" + rule + "'").orElse("");
    };
  }

  @ParameterizedTest
  @EnumSource
  void isNobodysByDefaultAndTheAdministratorsAlways(GatewayAction action) {
    Policy empty = Policies.of("rules: []\n");
    Principal root = Policies.principal(PrincipalKind.PERSON, "root");

    assertThat(empty.decide(root, action))
        .isEqualTo(new Decision.Deny(Reason.NO_RULE, Optional.empty()));
    assertThat(empty.withAdministrators(Set.of(ROOT)).decide(root, action))
        .isEqualTo(new Decision.Allow(GatewayRule.ADMINISTRATORS, Obligations.NONE));
    assertThat(
            empty
                .withAdministrators(Set.of(ROOT))
                .decide(Policies.principal(PrincipalKind.PERSON, "roots"), action))
        .isEqualTo(new Decision.Deny(Reason.NO_RULE, Optional.empty()));
    assertThatIllegalArgumentException().isThrownBy(() -> empty.withAdministrators(Set.of()));
  }

  @ParameterizedTest
  @EnumSource
  void isFoundByItsNameAndNoActionOnAnAccountIs(GatewayAction action) {
    assertThat(action.toString()).matches("ephemeris/[a-z-]+/[a-z-]+");
    assertThat(GatewayAction.matching(action.toString())).containsExactly(action);
    assertThat(GatewayAction.isMeantBy(action.toString())).isTrue();
    assertThat(GatewayAction.matching("ephemeris/*")).contains(action).isUnmodifiable();
  }

  @ParameterizedTest
  @EnumSource
  void isNoActionOnAnAccount(Action action) {
    assertThat(GatewayAction.isMeantBy(action.shortName())).isFalse();
    assertThat(GatewayAction.isMeantBy(action.azureName())).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"*", "ephemeris/", "ephemeris/leases/*", "ephemeris/*/read", "reads", ""})
  void knowsOneWildcardOnly(String pattern) {
    assertThatIllegalArgumentException().isThrownBy(() -> GatewayAction.matching(pattern));
  }

  @ParameterizedTest
  @CsvSource({
    "ephemeris/sesions/kill, ephemeris/sessions/kill",
    "ephemeris/audit/reed, ephemeris/audit/read",
    "ephemris/policy/read, ephemeris/policy/read",
    "audit/read, ephemeris/audit/read",
    "sessions/kill, ephemeris/sessions/kill",
  })
  void suggestsWhatWasMeant(String slip, String meant) {
    assertThatExceptionOfType(PolicyException.class)
        .isThrownBy(
            () ->
                Policies.of(
                    "rules: [{name: r, for: {principal: person}, actions: [" + slip + "]}]\n"))
        .withMessageStartingWith("policy.yaml:2:55: unknown action '" + slip + "'; ")
        .withMessageEndingWith("did you mean '" + meant + "'?");
  }

  @Test
  void isOfNoRole() {
    assertThatExceptionOfType(PolicyException.class)
        .isThrownBy(
            () -> Policies.of("roles: { admin: { actions: [reads, ephemeris/audit/read] } }\n"))
        .withMessage(
            "policy.yaml:2:36: leases are for roles, and none is for Ephemeris's own actions; name"
                + " them in the actions of a rule");
  }

  @Test
  void isOfNoLease() {
    Grant grant =
        Policies.resource("gateway-actions.yaml")
            .withAdministrators(Set.of(ROOT))
            .compile(
                Policies.principal(PrincipalKind.PERSON, "root", "security"),
                List.of(new AccountFacts("abc", "prod", Set.of(Lane.PROXY))));

    assertThat(
            grant.decide(
                Action.READ_METADATA, Scope.of("abc"), CredentialForm.LEASE_TOKEN, Policies.NOON))
        .isEqualTo(new Decision.Deny(Reason.NO_RULE, Optional.empty()));
    assertThat(grant.implicitTerms("abc")).isEmpty();
  }

  @Test
  void leavesTheNameOfItsOwnRuleToTheConfiguration() {
    assertThatExceptionOfType(PolicyException.class)
        .isThrownBy(
            () ->
                Policies.of(
                    "rules: [{name: '"
                        + GatewayRule.ADMINISTRATORS
                        + "', for: {principal: person}, actions: [ephemeris/*]}]\n"))
        .withMessageStartingWith("policy.yaml:2:16: another rule is called '");
  }

  @Test
  void hasAWordOnEveryKeyOfARule() {
    // A key that isn't here would be accepted in a rule of the gateway's own actions and not be
    // held to: refuse it in RuleEntry, or give GatewayRule what it says.
    assertThat(
            Arrays.stream(RuleEntry.class.getRecordComponents())
                .filter(component -> component.getType() == Optional.class)
                .map(RecordComponent::getName))
        .containsExactlyInAnyOrder(
            "role",
            "actions",
            "scopes",
            "environments",
            "lanes",
            "credentials",
            "partitionKey",
            "when",
            "ttl",
            "limits",
            "mask",
            "approval",
            "channels",
            "deliver",
            "onStoreLoss");
  }

  @Test
  void explainsWhichRulesCameNear() {
    Policy policy = Policies.resource("gateway-actions.yaml").withAdministrators(Set.of(ROOT));

    assertThat(
            policy
                .explain(
                    Policies.principal(PrincipalKind.PERSON, "auditors"),
                    GatewayAction.LEASES_READ_ANY)
                .toText()
                .lines())
        .startsWith(
            "corp:alice (person), ephemeris/leases/read-any: denied, no-rule",
            "  near miss  no agent administers the gateway (deny)",
            "             it is for subject agent",
            "  near miss  administrators, by the configuration (allow)",
            "             it is for subject anyone in group:default/root")
        .hasSize(14);
    assertThat(
            policy
                .explain(
                    Policies.principal(PrincipalKind.PERSON, "auditors"), GatewayAction.AUDIT_READ)
                .toText()
                .lines())
        .startsWith(
            "corp:alice (person), ephemeris/audit/read: allowed by 'auditors read the trail'",
            "  matches    auditors read the trail (allow)");
  }
}
