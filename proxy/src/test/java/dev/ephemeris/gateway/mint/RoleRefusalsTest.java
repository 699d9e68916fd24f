package dev.ephemeris.gateway.mint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ephemeris.cosmos.PartitionKey;
import dev.ephemeris.gateway.SettableClock;
import dev.ephemeris.gateway.identity.Authentication;
import dev.ephemeris.gateway.identity.Grants;
import dev.ephemeris.gateway.identity.GroupDirectory;
import dev.ephemeris.gateway.identity.Identity;
import dev.ephemeris.gateway.identity.ObjectIds;
import dev.ephemeris.gateway.identity.Session;
import dev.ephemeris.gateway.journal.Journal;
import dev.ephemeris.gateway.journal.JournalRecord;
import dev.ephemeris.gateway.lease.AtAccount;
import dev.ephemeris.gateway.lease.DirectLane.Answer;
import dev.ephemeris.gateway.lease.DirectLane.Wanted;
import dev.ephemeris.gateway.lease.Lease;
import dev.ephemeris.gateway.lease.LeaseSecrets;
import dev.ephemeris.gateway.lease.RootKey;
import dev.ephemeris.policy.Action;
import dev.ephemeris.policy.Policy;
import dev.ephemeris.policy.PolicySource;
import dev.ephemeris.policy.Principal;
import dev.ephemeris.policy.PrincipalId;
import dev.ephemeris.policy.PrincipalKind;
import dev.ephemeris.policy.Role;
import dev.ephemeris.policy.Scope;
import io.vertx.core.Future;
import java.net.URI;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What no role is assigned for, whatever the policy gives. */
class RoleRefusalsTest {

  private static final UUID OBJECT = UUID.fromString("0f0e1f5a-7d3c-4b6f-9a7e-2b1c3d4e5f60");
  private static final Scope ORDERS = Scope.of("orders-prod", "shop", "orders");
  private static final Principal ALICE =
      new Principal(new PrincipalId("corp", "alice"), PrincipalKind.PERSON, "Alice", Set.of());
  private static final Principal COPILOT =
      new Principal(new PrincipalId("ci", "copilot"), PrincipalKind.AGENT, "", Set.of())
          .actingFor(ALICE);

  /** Everybody is known in Entra ID, agents too. */
  private final GroupDirectory directory =
      new GroupDirectory() {
        @Override
        public Optional<CatalogUser> find(Identity who) {
          return Optional.empty();
        }

        @Override
        public Optional<UUID> objectId(Identity who) {
          return who.id().subject().equals("nobody") ? Optional.empty() : Optional.of(OBJECT);
        }
      };

  private final RoleLane lane =
      new RoleLane(
          new LeaseSecrets(
                  List.of(RootKey.parse('a', Base64.getEncoder().encodeToString(new byte[32]))))
              ::roleNamings,
          new ObjectIds(
              List.of(),
              Optional.empty(),
              new Grants(
                  Policy.parse(
                      List.of(
                          new PolicySource("p.yaml", "apiVersion: ephemeris.dev/v1\nrules: []\n"))),
                  directory,
                  List.of())),
          new Unread(),
          new SettableClock());

  @BeforeEach
  void start() {
    lane.start(
        new HeldRoles() {
          @Override
          public Future<Optional<List<Lease>>> upheld(String account) {
            return Future.succeededFuture(Optional.of(List.of()));
          }

          @Override
          public Future<Void> withdraw(Lease lease) {
            return Future.succeededFuture();
          }
        });
    lane.become(
        List.of(
            new RoleLane.Account(
                "orders-prod", URI.create("https://orders-prod"), new StandInRoles())));
  }

  @AfterEach
  void stop() {
    lane.close();
  }

  private static final class Unread implements Journal {
    @Override
    public void append(JournalRecord record) {}

    @Override
    public void check() {}

    @Override
    public void close() {}
  }

  private static Authentication.Accepted caller(Principal principal) {
    Instant now = Instant.now();
    return new Authentication.Accepted(
        principal,
        new Session(
            "s-1",
            principal.id(),
            principal.kind(),
            "cli",
            "127.0.0.1",
            now,
            now.plusSeconds(3600),
            Optional.empty(),
            Map.of()),
        "cli",
        Optional.empty(),
        Optional.empty());
  }

  private Answer<AtAccount> ask(
      Principal principal, Optional<PartitionKey> key, Optional<String> item, Set<Action> actions) {
    return lane.prepare(new Wanted(caller(principal), ORDERS, key, item, actions)).await();
  }

  private String refused(
      Principal principal, Optional<PartitionKey> key, Optional<String> item, Set<Action> actions) {
    return ask(principal, key, item, actions) instanceof Answer.Refused<AtAccount>(String message)
        ? message
        : "";
  }

  private static final Set<Action> READS = Role.DATA_READER.actions();

  @Test
  void givesAPersonWhatIsOfAContainerAndAzureHasWordsFor() {
    assertThat(ask(ALICE, Optional.empty(), Optional.empty(), READS))
        .isInstanceOfSatisfying(
            Answer.Given.class,
            given ->
                assertThat(given.value())
                    .isInstanceOfSatisfying(
                        AtAccount.Assignments.class,
                        at -> assertThat(at.objectId()).isEqualTo(OBJECT.toString())));
  }

  @Test
  void givesAgentsNothing() {
    assertThat(refused(COPILOT, Optional.empty(), Optional.empty(), READS))
        .contains("an agent may do what it and whom it acts for both may");
  }

  @Test
  void givesNoPartOfAContainer() {
    assertThat(
            refused(
                ALICE, Optional.of(PartitionKey.ofText(List.of("c1"))), Optional.empty(), READS))
        .contains("a role is for a container or more");
    assertThat(refused(ALICE, Optional.empty(), Optional.of("o1"), READS))
        .contains("a role is for a container or more");
  }

  @Test
  void givesNothingThatAzureHasNoDataActionFor() {
    for (Action action :
        Set.of(Action.RUN_TRIGGERS, Action.PARTITION_KEYS_DELETE, Action.CONTAINERS_WRITE)) {
      assertThat(
              refused(ALICE, Optional.empty(), Optional.empty(), Set.of(Action.ITEMS_READ, action)))
          .contains("no data action for " + action.shortName());
    }
  }

  @Test
  void givesNobodyWhomEntraIdDoesntKnow() {
    Principal nobody =
        new Principal(new PrincipalId("corp", "nobody"), PrincipalKind.PERSON, "Nobody", Set.of());

    assertThat(refused(nobody, Optional.empty(), Optional.empty(), READS))
        .contains("nobody says which object in Entra ID you are", "graph.microsoft.com/user-id");
  }

  @Test
  void slowsWhoeverAsksAgainAndAgain() {
    for (int i = 0; i < 10; i++) {
      assertThat(ask(ALICE, Optional.empty(), Optional.empty(), READS))
          .isInstanceOf(Answer.Given.class);
    }

    assertThat(ask(ALICE, Optional.empty(), Optional.empty(), READS))
        .isInstanceOfSatisfying(
            Answer.Busy.class,
            busy -> {
              assertThat(busy.message()).contains("Too many roles");
              assertThat(busy.retryAfter()).isPositive();
            });
  }
}
