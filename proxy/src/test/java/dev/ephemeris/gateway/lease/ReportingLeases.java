package dev.ephemeris.gateway.lease;

import dev.ephemeris.gateway.identity.Authentication;
import dev.ephemeris.gateway.identity.Blocks;
import dev.ephemeris.gateway.identity.Grants;
import dev.ephemeris.gateway.identity.Session;
import dev.ephemeris.gateway.journal.Journal;
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
import dev.ephemeris.policy.RoleName;
import dev.ephemeris.policy.Scope;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Leases on an account in report mode without any rule, and somebody who asks for them. */
final class ReportingLeases implements AutoCloseable {

  static final PrincipalId SOMEBODY = new PrincipalId("corp", "sub-somebody");

  private final Database database;
  private final LeaseSecrets secrets =
      new LeaseSecrets(
          List.of(RootKey.parse('a', Base64.getEncoder().encodeToString(new byte[32]))));
  private final Grants grants =
      new Grants(
          Policy.parse(
              List.of(new PolicySource("p.yaml", "apiVersion: ephemeris.dev/v1\nrules: []\n"))),
          who -> Optional.empty(),
          List.of(new AccountFacts("orders-prod", "prod", EnumSet.allOf(Lane.class))),
          Set.of("orders-prod"));
  private final Leases leases;

  ReportingLeases(Path folder, Journal journal) {
    this(folder, journal, InstantSource.system());
  }

  ReportingLeases(Path folder, Journal journal, InstantSource clock) {
    database = Database.open(folder.resolve("ephemeris.db"));
    database
        .transaction(
            handle ->
                handle.execute(
                    "INSERT OR IGNORE INTO session (id, sign_in, issuer, subject, client, address,"
                        + " started_at, ends_at, kind) VALUES ('s-1', 'x', 'corp', 'sub-somebody',"
                        + " 'cli', '127.0.0.1', 0, 0, 'PERSON')"))
        .await();
    leases =
        Leases.of(
            database,
            secrets,
            Blocks.open(database, secrets, journal, clock),
            grants,
            journal,
            Notices.NOBODY,
            Metrics.of(List.of()).leases(),
            Map.of(),
            clock);
  }

  Leases leases() {
    return leases;
  }

  LeaseSecrets secrets() {
    return secrets;
  }

  Grants grants() {
    return grants;
  }

  static Authentication.Accepted somebody() {
    Instant now = Instant.now();
    return new Authentication.Accepted(
        new Principal(SOMEBODY, PrincipalKind.PERSON, "Somebody", Set.of()),
        new Session(
            "s-1",
            SOMEBODY,
            PrincipalKind.PERSON,
            "cli",
            "127.0.0.1",
            now,
            now.plusSeconds(36_000),
            Optional.empty(),
            Map.of()),
        "cli",
        Optional.empty(),
        Optional.empty());
  }

  Future<Issuance> ask(Lane lane, Optional<Duration> ttl) {
    return leases.issue(
        somebody(),
        "127.0.0.1",
        new LeaseRequest(
            Scope.of("orders-prod"),
            Optional.empty(),
            Optional.empty(),
            new RoleName("data-reader"),
            lane,
            CredentialForm.LEASE_TOKEN,
            ttl,
            Delivery.TOKEN,
            Optional.empty(),
            Optional.empty()));
  }

  @Override
  public void close() {
    database.close();
  }
}
