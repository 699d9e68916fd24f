package dev.ephemeris.gateway.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ephemeris.config.UserKey;
import dev.ephemeris.gateway.identity.Grants;
import dev.ephemeris.gateway.journal.Journal;
import dev.ephemeris.gateway.journal.folder.TestJournals;
import dev.ephemeris.gateway.metrics.Metrics;
import dev.ephemeris.policy.AccountFacts;
import dev.ephemeris.policy.Action;
import dev.ephemeris.policy.Circumstances;
import dev.ephemeris.policy.CredentialForm;
import dev.ephemeris.policy.Decision;
import dev.ephemeris.policy.Grant;
import dev.ephemeris.policy.Lane;
import dev.ephemeris.policy.LeaseTerms;
import dev.ephemeris.policy.PrincipalId;
import dev.ephemeris.policy.PrincipalKind;
import dev.ephemeris.policy.Scope;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of each look at the files. */
class PolicyInForceTest {

  private static final PrincipalId ALICE = new PrincipalId("corp", "sub-alice");
  private static final CatalogPlace NOBODY = new CatalogPlace.Files(List.of(), Map.of());
  private static final Scope ORDERS = Scope.of("orders-prod", "shop", "orders");

  @TempDir private Path folder = Path.of("");
  private Journal journal;
  private Grants grants;
  private static final Circumstances NOON =
      new Circumstances.Given(Instant.parse("2026-11-24T12:00:00Z"), Optional.empty());

  private PolicyInForce policy;

  @BeforeEach
  void start() throws Exception {
    team("red");
    role("red");
    PolicyFiles files =
        new PolicyFiles(
            List.of(folder.resolve("policy.yaml")),
            new CatalogPlace.Files(
                List.of(folder.resolve("org.yaml")),
                Map.of("corp", UserKey.subjectIn("example.com/subject"))),
            Map.of("corp", Set.of()),
            Set.of(),
            Set.of());
    FilesAtOnce.Loaded loaded = files.read().load();
    grants =
        new Grants(
            loaded.policy(),
            loaded.directory(),
            List.of(new AccountFacts("orders-prod", "prod", Set.of(Lane.PROXY))));
    journal = TestJournals.open(folder.resolve("journal"));
    policy =
        PolicyInForce.of(
            files, loaded, grants, journal, Metrics.of(List.of()).policy(), InstantSource.system());
  }

  @AfterEach
  void stop() throws Exception {
    journal.close();
  }

  /** Whose role has one action of two. */
  private void role(String team) throws IOException {
    Files.writeString(
        folder.resolve("policy.yaml"),
        """
        apiVersion: ephemeris.dev/v1
        rules:
          - name: %1$s
            for: { groups: [group:default/%1$s] }
            actions: [%2$s]
            scopes: ["orders-prod:/dbs/shop/colls/orders"]
        """
            .formatted(team, team.equals("red") ? "items/read" : "items/delete"));
  }

  private void team(String name) throws IOException {
    Files.writeString(
        folder.resolve("org.yaml"),
        """
        apiVersion: backstage.io/v1alpha1
        kind: Group
        metadata: { name: %1$s }
        spec: { type: team, children: [] }
        ---
        apiVersion: backstage.io/v1alpha1
        kind: User
        metadata: { name: alice, annotations: { example.com/subject: sub-alice } }
        spec: { memberOf: [%1$s] }
        """
            .formatted(name));
  }

  @Test
  void whatIsStillBeingWrittenIsNotPutInForce() throws Exception {
    PolicyInForce.State before = policy.state();
    for (String half : List.of("green", "blue", "yellow")) {
      role(half);

      policy.look();

      assertThat(policy.state()).isEqualTo(before);
    }
    policy.look();

    assertThat(policy.state().digests().policy()).isNotEqualTo(before.digests().policy());
    assertThat(policy.state().digests().catalog()).isEqualTo(before.digests().catalog());
  }

  @Test
  void whatWasRefusedIsToldOnceAndSinceWhen() throws Exception {
    Files.writeString(folder.resolve("policy.yaml"), "rules: [");
    policy.look();
    policy.look();
    PolicyInForce.State refused = policy.state();
    policy.look();

    assertThat(refused.refusal()).isPresent();
    assertThat(policy.state()).isSameAs(refused);
  }

  @Test
  void contentThatMovesFromOneFileToTheNextIsAnotherPolicy() throws Exception {
    Path one = Files.writeString(folder.resolve("1.yaml"), "a:b");
    Path two = Files.writeString(folder.resolve("2.yaml"), "c");
    PolicyFiles files = new PolicyFiles(List.of(one, two), NOBODY, Map.of(), Set.of(), Set.of());
    PolicyDigests before = files.read().digests();
    Files.writeString(one, "a");
    Files.writeString(two, "b:c");

    assertThat(files.read().digests()).isNotEqualTo(before);
  }

  @Test
  void aFileThatSaysWhyItCannotBeReadIsNoFileThatCannotBeRead() throws Exception {
    Path file = folder.resolve("1.yaml");
    PolicyFiles files = new PolicyFiles(List.of(file), NOBODY, Map.of(), Set.of(), Set.of());
    PolicyDigests missing = files.read().digests();
    Files.writeString(file, "there is no such file");

    assertThat(files.read().digests()).isNotEqualTo(missing);
  }

  /**
   * Red reads and green deletes; Alice is in one of the two. Rules of one and groups of the other
   * would give her nothing, and two answers of different grants both.
   */
  @Test
  void noDecisionIsMadeByAMixtureOfOldAndNew() throws Exception {
    CountDownLatch enough = new CountDownLatch(1);
    Callable<Long> hammer =
        () -> {
          long decided = 0;
          while (enough.getCount() > 0 || decided == 0) {
            assertOneOrTheOther(grants.of(ALICE, PrincipalKind.PERSON, Map.of()));
            assertThat(grants.now().principal(ALICE, PrincipalKind.PERSON, "", Map.of()).groups())
                .hasSize(1);
            decided++;
          }
          return decided;
        };
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Future<Long>> hammers =
          List.of(threads.submit(hammer), threads.submit(hammer), threads.submit(hammer));
      for (int i = 0; i < 300; i++) {
        String team = i % 2 == 0 ? "green" : "red";
        role(team);
        team(team);
        policy.look();
        policy.look();
        // The next request: whatever was compiled a moment ago is gone.
        assertThat(allows(grants.of(ALICE, PrincipalKind.PERSON, Map.of()), Action.ITEMS_READ))
            .isEqualTo(team.equals("red"));
      }
      enough.countDown();
      for (Future<Long> each : hammers) {
        assertThat(each.get()).isPositive();
      }
    }
  }

  private static void assertOneOrTheOther(Grant grant) {
    boolean reads = allows(grant, Action.ITEMS_READ);
    boolean deletes = allows(grant, Action.ITEMS_DELETE);
    boolean leases =
        grant.leaseTerms(
                Set.of(Action.ITEMS_READ), ORDERS, Lane.PROXY, CredentialForm.LEASE_TOKEN, NOON)
            instanceof LeaseTerms.Granted;

    assertThat(reads).isNotEqualTo(deletes).isEqualTo(leases);
  }

  private static boolean allows(Grant grant, Action action) {
    return grant.decide(action, ORDERS, CredentialForm.LEASE_TOKEN, NOON) instanceof Decision.Allow;
  }
}
