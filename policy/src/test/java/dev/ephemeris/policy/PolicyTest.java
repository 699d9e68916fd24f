package dev.ephemeris.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.ephemeris.policy.yaml.Problem;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

class PolicyTest {
  private static final String VERSION = "apiVersion: ephemeris.dev/v1\n";
  private static final String RULE =
      "{ name: %s, for: { principal: person }, role: %s, scopes: ['*:/'] }";

  @ParameterizedTest(name = "{0}")
  @CsvFileSource(resources = "refusals.csv", delimiter = '|', numLinesToSkip = 1)
  void refuses(String what, String rule, String problem) {
    String text = VERSION + "rules:\n- " + rule + "\n";

    assertThat(refusal(text).getFirst()).hasToString("0.yaml:3:" + problem);
  }

  @Test
  void refusesAFileOfAnotherVersion() {
    assertThat(refusal("apiVersion: v2\n").getFirst())
        .hasToString("0.yaml:1:13: unknown version 'v2'; expected ephemeris.dev/v1");
    assertThat(refusal("rules: []\n").getFirst())
        .hasToString("0.yaml:1:1: missing key 'apiVersion'");
  }

  @Test
  void keepsAzuresRolesForAzure() {
    assertThat(refusal(VERSION + "roles:\n  data-reader: { actions: [code] }\n").getFirst())
        .hasToString(
            "0.yaml:3:3: 'data-reader' is Azure's role's name already; expected a new one");
  }

  @Test
  void refusesARoleOfNoActions() {
    assertThat(refusal(VERSION + "roles:\n  idle: { actions: [] }\n").getFirst())
        .hasToString("0.yaml:3:11: expected at least one");
    assertThat(refusal(VERSION + "roles:\n  ' ': { actions: [code] }\n").getFirst())
        .hasToString("0.yaml:3:3: a role without a name");
  }

  @Test
  void refusesTheSameNameInTwoFiles() {
    String role = "roles: { mine: { actions: [code] } }\n";
    String rule = "rules:\n- " + RULE.formatted("ours", "mine") + "\n";

    assertThat(refusal(VERSION + role + rule, VERSION + role + rule))
        .extracting(Problem::toString)
        .containsExactly(
            "1.yaml:2:10: 'mine' is another role's name already; expected a new one",
            "1.yaml:4:11: another rule is called 'ours' already; expected a new name");
  }

  @Test
  void suggestsTheRoleThatWasMeant() {
    assertThat(refusal(VERSION + "rules:\n- " + RULE.formatted("r", "data-raeder")).getFirst())
        .hasToString(
            "0.yaml:3:48: unknown role 'data-raeder'; expected one of data-reader,"
                + " data-contributor; did you mean 'data-reader'?");
  }

  @Test
  void tellsOfEveryBrokenFileAtOnce() {
    assertThat(refusal("a: 1\n", VERSION, "b: 1\n"))
        .extracting(Problem::file)
        .containsExactly("0.yaml", "0.yaml", "2.yaml", "2.yaml");
    assertThatExceptionOfType(PolicyException.class)
        .isThrownBy(() -> parse("apiVersion: v2", "rules: []"))
        .withMessage(
            "0.yaml:1:13: unknown version 'v2'; expected ephemeris.dev/v1\n"
                + "1.yaml:1:1: missing key 'apiVersion'");
  }

  @Test
  void saysNothingOfRolesThatABrokenFileMayHold() {
    assertThat(refusal("roles: [\n", VERSION + "rules:\n- " + RULE.formatted("r", "unheard-of")))
        .extracting(Problem::file)
        .containsExactly("0.yaml");
  }

  @Test
  void usesARoleOfOneFileInAnother() {
    Policy policy =
        parse(
            VERSION + "rules:\n- " + RULE.formatted("r", "mine") + "\n",
            VERSION + "roles: { mine: { actions: [code, items/read] } }\n");

    assertThat(policy.role(new RoleName("mine")))
        .contains(
            new Role(
                new RoleName("mine"),
                Optional.empty(),
                Set.of(Action.EXECUTE_STORED_PROCEDURE, Action.RUN_TRIGGERS, Action.ITEMS_READ)));
    assertThat(policy.role(new RoleName("yours"))).isEmpty();
    assertThat(policy.roleNames()).containsExactly("data-contributor", "data-reader", "mine");
  }

  @Test
  void knowsAzuresRolesByAzuresIds() {
    Policy policy = parse(VERSION);

    assertThat(policy.role(new RoleName("data-reader")))
        .contains(
            new Role(
                new RoleName("data-reader"),
                Optional.of(UUID.fromString("00000000-0000-0000-0000-000000000001")),
                Action.matching("reads")));
    assertThat(policy.role(new RoleName("data-contributor")))
        .contains(
            new Role(
                new RoleName("data-contributor"),
                Optional.of(UUID.fromString("00000000-0000-0000-0000-000000000002")),
                Action.dataActions()));
  }

  @Test
  void allowsNothingWithoutRules() {
    Grant grant =
        parse(VERSION)
            .compile(
                Policies.principal(PrincipalKind.PERSON),
                List.of(new AccountFacts("abc", "prod", Set.of(Lane.PROXY))));

    assertThat(
            grant.decide(
                Action.READ_METADATA, Scope.of("abc"), CredentialForm.LEASE_TOKEN, Policies.NOON))
        .isEqualTo(new Decision.Deny(Reason.NO_RULE, Optional.empty()));
  }

  @Property(tries = 300)
  void readsOrRefusesAPolicyWithASlipInIt(
      @ForAll @IntRange(max = 2_000) int place, @ForAll @IntRange(max = 127) int character) {
    StringBuilder text = new StringBuilder(Policies.text("decisions.yaml"));
    text.setCharAt(place % text.length(), (char) character);

    try {
      assertThat(parse(text.toString())).isNotNull();
    } catch (PolicyException e) {
      assertThat(e.problems())
          .isNotEmpty()
          .allMatch(
              problem ->
                  problem.line() >= 1
                      && problem.line() <= text.chars().filter(c -> c == '\n').count() + 2);
    }
  }

  private static Policy parse(String... texts) {
    return Policy.parse(
        IntStream.range(0, texts.length)
            .mapToObj(i -> new PolicySource(i + ".yaml", texts[i]))
            .toList());
  }

  private static List<Problem> refusal(String... texts) {
    return assertThatExceptionOfType(PolicyException.class)
        .isThrownBy(() -> parse(texts))
        .actual()
        .problems();
  }
}
