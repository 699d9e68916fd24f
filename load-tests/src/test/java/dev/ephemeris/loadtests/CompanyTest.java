package dev.ephemeris.loadtests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ephemeris.policy.Circumstances;
import dev.ephemeris.policy.CredentialForm;
import dev.ephemeris.policy.Decision;
import dev.ephemeris.policy.Grant;
import dev.ephemeris.policy.Policy;
import dev.ephemeris.policy.Principal;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What the policy's engine is measured by is what it is said to be. */
class CompanyTest {
  private static final Policy POLICY = Company.policy();

  @Test
  void hasTenThousandRules() {
    assertThat(Company.files().stream().flatMap(file -> file.text().lines()))
        .filteredOn(line -> line.startsWith("  - { name: "))
        .hasSize(10_000);
    assertThat(Company.accounts()).hasSize(78);
    assertThat(Company.containers()).hasSize(78 * 16 * 6);
  }

  @ParameterizedTest
  @CsvSource({
    "HIT,           allowed by d07-t03 reads its production",
    "MISS,          no-rule",
    "DENIED,        denied by d07-t03 never changes its ledger",
    "TICKET,        allowed by d07-t03 repairs its production with a ticket",
    "WINDOW,        allowed by contractors of d07-t03 read by day",
    "PARTITION_KEY, allowed by tenants of d07-t03 see their events",
  })
  void answersTheQuestions(Question question, String answer) {
    assertThat(described(question.ask(grant(question.principal()), question.scope())))
        .isEqualTo(answer);
  }

  @ParameterizedTest
  @EnumSource(names = {"TICKET", "WINDOW", "PARTITION_KEY"})
  void hasQuestionsThatConditionsDecide(Question question) {
    Circumstances nothingKnown = new Circumstances.Given(Instant.EPOCH, Optional.empty());

    assertThat(
            grant(question.principal())
                .decide(
                    question.action(), question.scope(), CredentialForm.LEASE_TOKEN, nothingKnown))
        .isInstanceOf(Decision.Deny.class);
  }

  @Test
  void hasAMemberOfEverythingWhoReadsEveryContainer() {
    Grant grant = grant(Company.memberOfEverything());

    assertThat(Company.containers())
        .allMatch(container -> Question.HIT.ask(grant, container) instanceof Decision.Allow);
  }

  private static Grant grant(Principal principal) {
    return POLICY.compile(principal, Company.accounts());
  }

  private static String described(Decision decision) {
    return switch (decision) {
      case Decision.Allow allow -> "allowed by " + allow.by();
      case Decision.Deny deny ->
          deny.by().map(rule -> "denied by " + rule).orElse(deny.reason().code());
    };
  }
}
