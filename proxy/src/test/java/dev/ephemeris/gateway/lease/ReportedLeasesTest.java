package dev.ephemeris.gateway.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ephemeris.gateway.identity.Authentication;
import dev.ephemeris.gateway.identity.Blocks;
import dev.ephemeris.gateway.identity.Grants;
import dev.ephemeris.gateway.identity.Session;
import dev.ephemeris.gateway.journal.Journal;
import dev.ephemeris.gateway.journal.JsonLinesJournal;
import dev.ephemeris.gateway.metrics.Metrics;
import dev.ephemeris.gateway.store.Database;
import dev.ephemeris.policy.AccountFacts;
import dev.ephemeris.policy.CredentialForm;
import dev.ephemeris.policy.Delivery;
import dev.ephemeris.policy.Lane;
import dev.ephemeris.policy.Policy;
import dev.ephemeris.policy.PolicySource;
import dev.ephemeris.policy.Principal;
import dev.ephemeris.policy.PrincipalId;
import dev.ephemeris.policy.PrincipalKind;
import dev.ephemeris.policy.Reason;
import dev.ephemeris.policy.RoleName;
import dev.ephemeris.policy.Scope;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Leases on an account in report mode that no rule gives. */
class ReportedLeasesTest {

  private static final PrincipalId BOB = new PrincipalId("corp", "sub-bob");

  private final Path file;
  private final Database database;
  private final Journal journal;
  private final Grants grants =
      new Grants(
          Policy.parse(
              List.of(new PolicySource("p.yaml", "apiVersion: ephemeris.dev/v1\nrules: []\n"))),
          who -> Optional.empty(),
          List.of(new AccountFacts("orders-prod", "prod", EnumSet.allOf(Lane.class))),
          Set.of("orders-prod"));
  private final Leases leases;

  ReportedLeasesTest(@TempDir Path folder) throws Exception {
    file = folder.resolve("journal.jsonl");
    journal = JsonLinesJournal.open(file);
    database = Database.open(folder.resolve("ephemeris.db"));
    database
        .transaction(
            handle ->
                handle.execute(
                    "INSERT INTO session VALUES ('s-1', 'x', 'corp', 'sub-bob', 'cli', '127.0.0.1',"
                        + " 0, 0, 'PERSON', NULL, NULL)"))
        .await();
    LeaseSecrets secrets =
        new LeaseSecrets(
            List.of(RootKey.parse('a', Base64.getEncoder().encodeToString(new byte[32]))));
    leases =
        Leases.of(
            database,
            secrets,
            Blocks.open(database, secrets, journal, InstantSource.system()),
            grants,
            journal,
            Metrics.of(List.of()).leases(),
            InstantSource.system());
  }

  @AfterEach
  void close() throws Exception {
    database.close();
    journal.close();
  }

  private Issuance ask(Lane lane) {
    Instant now = Instant.now();
    return leases
        .issue(
            new Authentication.Accepted(
                new Principal(BOB, PrincipalKind.PERSON, "Bob", Set.of()),
                new Session(
                    "s-1",
                    BOB,
                    PrincipalKind.PERSON,
                    "cli",
                    "127.0.0.1",
                    now,
                    now.plusSeconds(36_000),
                    Optional.empty()),
                "cli",
                Optional.empty(),
                Optional.empty()),
            "127.0.0.1",
            new LeaseRequest(
                Scope.of("orders-prod"),
                Optional.empty(),
                new RoleName("data-reader"),
                lane,
                CredentialForm.LEASE_TOKEN,
                Optional.empty(),
                Delivery.TOKEN,
                Optional.empty(),
                Optional.empty()))
        .await();
  }

  /** Nobody would see what is done with them, so that there were nothing to report. */
  @ParameterizedTest
  @EnumSource(
      value = Lane.class,
      names = {"TOKEN", "RBAC"})
  void arentGivenInLanesWhereNobodyLooksAtRequests(Lane lane) throws Exception {
    assertThat(ask(lane)).isInstanceOf(Issuance.Refused.class);
    assertThat(Files.readString(file)).contains("\"deny\"").doesNotContain("\"report\"");
  }

  @Test
  void areGivenInTheLaneThatDecidesEachRequest() throws Exception {
    assertThat(ask(Lane.PROXY)).isInstanceOf(Issuance.Issued.class);
    assertThat(Files.readString(file)).contains("\"report\"").doesNotContain("\"deny\"");
  }

  @ParameterizedTest
  @EnumSource(Reason.class)
  void areForWhatRulesRefuseAndNoLane(Reason reason) {
    assertThat(grants.passes("orders-prod", reason))
        .isEqualTo(reason == Reason.NO_RULE || reason == Reason.DENIED_BY_RULE);
    assertThat(grants.passes("orders-eu", reason)).isFalse();
  }
}
