package dev.ephemeris.gateway.mint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ephemeris.gateway.SettableClock;
import dev.ephemeris.gateway.identity.Grants;
import dev.ephemeris.gateway.identity.GroupDirectory;
import dev.ephemeris.gateway.identity.Identity;
import dev.ephemeris.gateway.identity.ObjectIds;
import dev.ephemeris.gateway.journal.Journal;
import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.journal.JournalRecord;
import dev.ephemeris.gateway.lease.AtAccount;
import dev.ephemeris.gateway.lease.Lease;
import dev.ephemeris.gateway.lease.LeaseId;
import dev.ephemeris.gateway.lease.LeaseSecrets;
import dev.ephemeris.gateway.lease.RoleNaming;
import dev.ephemeris.gateway.lease.RootKey;
import dev.ephemeris.policy.Action;
import dev.ephemeris.policy.CredentialForm;
import dev.ephemeris.policy.Lane;
import dev.ephemeris.policy.Policy;
import dev.ephemeris.policy.PolicySource;
import dev.ephemeris.policy.PrincipalId;
import dev.ephemeris.policy.PrincipalKind;
import dev.ephemeris.policy.Role;
import dev.ephemeris.policy.RoleName;
import dev.ephemeris.policy.RuleName;
import dev.ephemeris.policy.Scope;
import dev.ephemeris.policy.Standing;
import dev.ephemeris.policy.azure.RoleAssignment;
import dev.ephemeris.policy.azure.RoleDefinition;
import io.vertx.core.Future;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** Roles as leases are, whoever does what in between. */
class RoleKeeperTest {

  private static final UUID ALICE = UUID.fromString("0f0e1f5a-7d3c-4b6f-9a7e-2b1c3d4e5f60");
  private static final UUID BOB = UUID.fromString("1f0e1f5a-7d3c-4b6f-9a7e-2b1c3d4e5f61");
  private static final Scope ORDERS = Scope.of("orders-prod", "shop", "orders");
  private static final Scope SHOP = Scope.of("orders-prod", "shop");
  private static final Set<Action> READS = Role.DATA_READER.actions();
  private static final Set<Action> SOME = Set.of(Action.READ_METADATA, Action.ITEMS_READ);

  private static final RoleNaming NEWER = naming('a', "a root key of 32 bytes, or more of them");
  private static final RoleNaming OLDER = naming('b', "another root key of 32 bytes, or more");

  private static RoleNaming naming(char kid, String key) {
    String base64 =
        Base64.getEncoder().encodeToString(key.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    return new LeaseSecrets(List.of(RootKey.parse(kid, base64))).roleNamings().getFirst();
  }

  /** A gateway, as far as it has to do with roles; it can end and begin again. */
  private static final class World implements HeldRoles, Journal {

    final SettableClock clock = new SettableClock();
    final StandInRoles roles = new StandInRoles();
    final Map<String, Lease> leases = new LinkedHashMap<>();
    final Map<String, UUID> objects = new HashMap<>(Map.of("alice", ALICE, "bob", BOB));
    final List<JournalRecord> journal = new ArrayList<>();
    final List<String> withdrawn = new ArrayList<>();
    boolean journalLost;
    boolean storeLost;
    BooleanSupplier inForce = () -> true;
    List<RoleNaming> namings = List.of(NEWER);
    RoleKeeper keeper = keeper();
    private int made;

    private RoleKeeper keeper() {
      GroupDirectory directory =
          new GroupDirectory() {
            @Override
            public Optional<CatalogUser> find(Identity who) {
              return Optional.empty();
            }

            @Override
            public Optional<UUID> objectId(Identity who) {
              return Optional.ofNullable(objects.get(who.id().subject()));
            }
          };
      Grants grants =
          new Grants(
              Policy.parse(
                  List.of(new PolicySource("p.yaml", "apiVersion: ephemeris.dev/v1\nrules: []\n"))),
              directory,
              List.of());
      return new RoleKeeper(
          "orders-prod",
          roles,
          own(),
          this,
          new ObjectIds(List.of(), Optional.empty(), grants),
          this,
          clock);
    }

    OwnRoles own() {
      return new OwnRoles(StandInRoles.ACCOUNT, () -> namings);
    }

    /** As after a crash: nothing is remembered. */
    void restart() {
      keeper = keeper();
    }

    Lease give(String who, Set<Action> actions, Scope scope) {
      String id = "a" + "abcdefghijklmnopqrstuvwxyz".substring(0, 24) + letters(made++);
      Instant now = clock.instant();
      RoleAssignment assignment =
          own().make(objects.getOrDefault(who, ALICE), actions, scope).assignment();
      Lease lease =
          new Lease(
              LeaseId.parse(id).orElseThrow(),
              "s-1",
              new PrincipalId("corp", who),
              PrincipalKind.PERSON,
              Map.of(),
              Standing.NONE,
              Optional.empty(),
              CredentialForm.LEASE_TOKEN,
              scope,
              Optional.empty(),
              new RoleName("r"),
              actions,
              Lane.RBAC,
              new RuleName("r"),
              now,
              now.plus(Duration.ofHours(1)),
              now.plus(Duration.ofHours(2)),
              0,
              Optional.empty(),
              Optional.of(
                  new AtAccount.Assignments(
                      assignment.principal().toString(), List.of(assignment.id().toString()))),
              Optional.empty());
      leases.put(id, lease);
      return lease;
    }

    private static String letters(int number) {
      return "" + (char) ('a' + number / 26 % 26) + (char) ('a' + number % 26);
    }

    void end(Lease lease) {
      leases.remove(lease.id().value());
    }

    @Override
    public Future<Optional<List<Lease>>> upheld(String account) {
      if (!inForce.getAsBoolean()) {
        return Future.succeededFuture(Optional.empty());
      }
      leases.values().removeIf(lease -> lease.state(clock.instant()) != Lease.State.ACTIVE);
      return storeLost
          ? Future.failedFuture("The store doesn't answer.")
          : Future.succeededFuture(Optional.of(List.copyOf(leases.values())));
    }

    @Override
    public Future<Void> withdraw(Lease lease) {
      withdrawn.add(lease.id().value());
      end(lease);
      return Future.succeededFuture();
    }

    @Override
    public void append(JournalRecord record) throws JournalException {
      check();
      journal.add(record);
    }

    @Override
    public void check() throws JournalException {
      if (journalLost) {
        throw new JournalException("The journal can't be written.", new IOException("full"));
      }
    }

    @Override
    public void close() {}

    Set<UUID> assigned() {
      return Set.copyOf(roles.assignments.keySet());
    }

    List<String> recorded() {
      return journal.stream().map(record -> record.getClass().getSimpleName()).toList();
    }
  }

  private final World world = new World();

  private static UUID assignmentId(Lease lease) {
    return lease.atAccount().orElseThrow() instanceof AtAccount.Assignments at
        ? UUID.fromString(at.assignmentIds().getFirst())
        : new UUID(0, 0);
  }

  private static RoleAssignment foreign(UUID objectId, UUID role, Scope scope) {
    return new RoleAssignment(StandInRoles.ACCOUNT, UUID.randomUUID(), objectId, role, scope);
  }

  private static final UUID READER = Role.DATA_READER.azureId().orElseThrow();

  @Test
  void isAssignedAsLongAsALeaseHoldsIt() {
    Lease one = world.give("alice", READS, ORDERS);
    Lease other = world.give("alice", READS, ORDERS);
    CompletableFuture<RoleKeeper.Outcome> outcome = world.keeper.await(other);

    world.keeper.lookOnce();

    assertThat(outcome).isCompletedWithValue(new RoleKeeper.Outcome.Assigned());
    assertThat(world.roles.assignments.values())
        .containsExactly(
            new RoleAssignment(StandInRoles.ACCOUNT, assignmentId(one), ALICE, READER, ORDERS));
    world.end(one);
    world.keeper.lookOnce();
    assertThat(world.assigned()).containsExactly(assignmentId(other));
    world.end(other);
    world.keeper.lookOnce();
    assertThat(world.assigned()).isEmpty();
    assertThat(world.recorded()).containsExactly("RoleAssigned", "RoleUnassigned");
    assertThat(world.journal.getLast())
        .isInstanceOfSatisfying(
            JournalRecord.RoleUnassigned.class,
            record -> {
              assertThat(record.leaseIds()).containsExactly(other.id().value());
              assertThat(record.principal()).contains("corp:alice");
              assertThat(record.objectId()).isEqualTo(ALICE.toString());
            });
  }

  @Test
  void isNoMoreOnceItsLeaseHasExpired() {
    Lease lease = world.give("alice", READS, ORDERS);
    Duration pause = world.keeper.lookOnce();
    assertThat(pause).isEqualTo(RoleKeeper.BETWEEN_LOOKS);

    world.clock.advance(Duration.ofMinutes(59).plusSeconds(50));
    assertThat(world.keeper.lookOnce()).isLessThan(Duration.ofSeconds(11));
    assertThat(world.assigned()).containsExactly(assignmentId(lease));
    world.clock.advance(Duration.ofSeconds(11));
    world.keeper.lookOnce();

    assertThat(world.assigned()).isEmpty();
  }

  @Test
  void definesARoleOfJustTheActionsAndRemovesItWhenNobodyHasIt() {
    Lease alices = world.give("alice", SOME, ORDERS);
    Lease bobs = world.give("bob", SOME, SHOP);

    world.keeper.lookOnce();

    assertThat(world.roles.definitions).hasSize(1);
    RoleDefinition defined = world.roles.definitions.values().iterator().next();
    assertThat(defined.dataActions())
        .containsExactlyInAnyOrder(Action.READ_METADATA.azureName(), Action.ITEMS_READ.azureName());
    assertThat(defined.assignableScopes()).containsExactly(Scope.of("orders-prod"));
    assertThat(world.assigned())
        .containsExactlyInAnyOrder(assignmentId(alices), assignmentId(bobs));
    world.end(alices);
    world.keeper.lookOnce();
    assertThat(world.roles.definitions).hasSize(1);
    world.end(bobs);
    world.keeper.lookOnce();
    assertThat(world.roles.definitions).isEmpty();
    assertThat(world.recorded())
        .containsExactly(
            "RoleDefined",
            "RoleAssigned",
            "RoleAssigned",
            "RoleUnassigned",
            "RoleUnassigned",
            "RoleUndefined");
  }

  /** What others rely on stays, and is gone when they don't any more. */
  @Test
  void leavesADefinitionThatSomebodyElseHasAssigned() {
    Lease lease = world.give("alice", SOME, ORDERS);
    world.keeper.lookOnce();
    UUID role = world.roles.definitions.keySet().iterator().next();
    RoleAssignment others = foreign(BOB, role, SHOP);
    world.roles.assignments.put(others.id(), others);
    world.end(lease);

    world.keeper.lookOnce();

    assertThat(world.roles.definitions).hasSize(1);
    assertThat(world.assigned()).containsExactly(others.id());
    assertThat(world.keeper.notice()).isEmpty();
  }

  /** Of the same actions, under whatever id, and in use or not. */
  @Test
  void leavesOthersDefinitionsAlone() {
    RoleDefinition others = foreign();
    world.roles.definitions.put(others.id(), others);

    world.keeper.lookOnce();

    assertThat(world.roles.definitions.values()).containsExactly(others);
    assertThat(world.roles.asked).isEmpty();
  }

  private static RoleDefinition foreign() {
    UUID id = UUID.randomUUID();
    return new RoleDefinition(
        StandInRoles.ACCOUNT,
        id,
        "somebody else's",
        false,
        List.of(Scope.of("orders-prod")),
        new TreeSet<>(SOME.stream().map(Action::azureName).toList()));
  }

  @Test
  void putsADefinitionRightThatSomebodyWidened() {
    Lease unused = world.give("alice", SOME, ORDERS);
    world.keeper.lookOnce();
    RoleDefinition made = world.roles.definitions.values().iterator().next();
    TreeSet<String> wider = new TreeSet<>(made.dataActions());
    wider.add(Action.ITEMS_DELETE.azureName());
    world.roles.definitions.put(
        made.id(),
        new RoleDefinition(
            StandInRoles.ACCOUNT, made.id(), "mine", false, made.assignableScopes(), wider));

    world.keeper.lookOnce();

    assertThat(world.roles.definitions.values()).containsExactly(made);
  }

  @Test
  void makesAgainWhatSomebodyRemoved() {
    Lease lease = world.give("alice", READS, ORDERS);
    world.keeper.lookOnce();
    world.roles.assignments.clear();

    world.keeper.lookOnce();

    assertThat(world.assigned()).containsExactly(assignmentId(lease));
    assertThat(world.recorded()).containsExactly("RoleAssigned", "RoleAssigned");
  }

  /** Its end would end nothing. */
  @Test
  void refusesWhatSomebodyElseGivesAlready() {
    RoleAssignment others = foreign(ALICE, READER, ORDERS);
    world.roles.assignments.put(others.id(), others);
    Lease lease = world.give("alice", READS, ORDERS);
    CompletableFuture<RoleKeeper.Outcome> outcome = world.keeper.await(lease);

    world.keeper.lookOnce();

    assertThat(outcome.join())
        .isInstanceOfSatisfying(
            RoleKeeper.Outcome.Refused.class,
            refused ->
                assertThat(refused.why()).contains(others.id().toString(), "isn't the gateway's"));
    world.end(lease);
    world.keeper.lookOnce();
    assertThat(world.assigned()).containsExactly(others.id());
    assertThat(world.roles.asked).isEmpty();
  }

  @Test
  void removesAfterACrashWhatNoLeaseHolds() {
    Lease lease = world.give("alice", SOME, ORDERS);
    RoleAssignment others = foreign(BOB, READER, SHOP);
    world.roles.assignments.put(others.id(), others);
    world.keeper.lookOnce();
    world.end(lease);

    world.restart();
    world.keeper.lookOnce();

    assertThat(world.assigned()).containsExactly(others.id());
    assertThat(world.roles.definitions).isEmpty();
    assertThat(world.journal)
        .filteredOn(JournalRecord.RoleUnassigned.class::isInstance)
        .singleElement()
        .isInstanceOfSatisfying(
            JournalRecord.RoleUnassigned.class, record -> assertThat(record.leaseIds()).isEmpty());
  }

  @Test
  void knowsWhatAnOlderRootKeyMadeAndNothingOfAKeyThatIsGone() {
    world.namings = List.of(OLDER);
    Lease before = world.give("alice", READS, ORDERS);
    world.keeper = world.keeper();
    world.keeper.lookOnce();
    world.namings = List.of(NEWER, OLDER);
    world.restart();
    Lease after = world.give("alice", READS, ORDERS);
    CompletableFuture<RoleKeeper.Outcome> outcome = world.keeper.await(after);

    world.keeper.lookOnce();

    assertThat(outcome).isCompletedWithValue(new RoleKeeper.Outcome.Assigned());
    assertThat(world.assigned()).containsExactly(assignmentId(before));
    world.end(before);
    world.keeper.lookOnce();
    assertThat(world.assigned()).containsExactly(assignmentId(after));

    world.namings = List.of(OLDER);
    world.restart();
    world.leases.clear();
    world.keeper.lookOnce();
    assertThat(world.assigned()).containsExactly(assignmentId(after));
  }

  /** With a definition of its own, which stays for longer than what is assigned. */
  @Test
  void saysWhetherAnythingIsThereByARootKey() {
    world.namings = List.of(OLDER);
    Lease lease = world.give("alice", SOME, ORDERS);
    Instant since = world.clock.instant();
    assertThat(world.keeper.hasNothingBy('a', since)).isFalse();
    world.keeper.lookOnce();
    world.namings = List.of(NEWER, OLDER);

    world.keeper.lookOnce();

    assertThat(world.keeper.hasNothingBy('a', since)).isTrue();
    assertThat(world.keeper.hasNothingBy('b', since)).isFalse();
    world.end(lease);
    world.keeper.lookOnce();
    assertThat(world.keeper.hasNothingBy('b', since)).isFalse();
    world.keeper.lookOnce();
    assertThat(world.keeper.hasNothingBy('b', since)).isTrue();
    assertThat(world.keeper.hasNothingBy('b', world.clock.instant().plusSeconds(60))).isFalse();
  }

  @Test
  void endsALeaseWhoseHolderIsSomebodyElseInEntraIdNow() {
    Lease lease = world.give("alice", READS, ORDERS);
    world.keeper.lookOnce();
    world.objects.put("alice", BOB);
    CompletableFuture<RoleKeeper.Outcome> outcome = world.keeper.await(lease);

    world.keeper.lookOnce();

    assertThat(world.withdrawn).containsExactly(lease.id().value());
    assertThat(world.assigned()).isEmpty();
    assertThat(outcome).isCompletedWithValue(new RoleKeeper.Outcome.Ended());
  }

  @Test
  void doesNothingThatIsntOnRecord() {
    Lease lease = world.give("alice", SOME, ORDERS);
    world.journalLost = true;

    world.keeper.lookOnce();

    assertThat(world.roles.asked).isEmpty();
    assertThat(world.keeper.notice().orElse("")).contains("can't be seen to");
    world.journalLost = false;
    world.keeper.lookOnce();
    assertThat(world.assigned()).containsExactly(assignmentId(lease));
    assertThat(world.keeper.notice()).isEmpty();
  }

  /** Nobody keeps a role because a disk is full; what was done is on record once there is room. */
  @Test
  void takesAwayWhatNobodyHoldsAndRecordsItLater() {
    Lease lease = world.give("alice", SOME, ORDERS);
    world.keeper.lookOnce();
    world.end(lease);
    world.journalLost = true;

    world.keeper.lookOnce();

    assertThat(world.assigned()).isEmpty();
    assertThat(world.recorded()).doesNotContain("RoleUnassigned");
    world.keeper.lookOnce();
    assertThat(world.keeper.notice().orElse("")).contains("can't be seen to");
    world.journalLost = false;
    world.keeper.lookOnce();
    assertThat(world.recorded().stream().filter("RoleUnassigned"::equals)).hasSize(1);
    assertThat(world.keeper.notice()).isEmpty();
  }

  @Test
  void triesAgainSoonAndThenLessOftenAndRecordsItOnce() {
    Lease lease = world.give("alice", READS, ORDERS);
    CompletableFuture<RoleKeeper.Outcome> outcome = world.keeper.await(lease);
    List<Duration> pauses = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      world.roles.fault = StandInRoles.Fault.BEFORE;
      pauses.add(world.keeper.lookOnce());
    }

    assertThat(pauses.getFirst()).isEqualTo(Duration.ofSeconds(1));
    assertThat(pauses).isSorted();
    assertThat(pauses.getLast()).isEqualTo(RoleKeeper.BETWEEN_LOOKS);
    assertThat(outcome).isNotDone();
    world.keeper.lookOnce();
    assertThat(outcome).isCompletedWithValue(new RoleKeeper.Outcome.Assigned());
    assertThat(world.recorded()).containsExactly("RoleAssigned");
  }

  @Test
  void takesNothingAwayWhileNobodyKnowsWhatLeasesThereAre() {
    Lease lease = world.give("alice", READS, ORDERS);
    world.keeper.lookOnce();
    world.storeLost = true;

    world.keeper.lookOnce();

    assertThat(world.assigned()).containsExactly(assignmentId(lease));
    assertThat(world.keeper.notice().orElse("")).contains("can't be seen to");
  }

  /** As at a gateway's start, and whenever accounts change. */
  @Test
  void doesNothingWhileTheAccountIsBeingPutInForce() {
    Lease lease = world.give("alice", READS, ORDERS);
    world.keeper.lookOnce();
    Lease next = world.give("bob", READS, ORDERS);
    CompletableFuture<RoleKeeper.Outcome> outcome = world.keeper.await(next);
    world.inForce = () -> false;

    assertThat(world.keeper.lookOnce()).isEqualTo(RoleKeeper.UNTIL_IN_FORCE);

    assertThat(world.assigned()).containsExactly(assignmentId(lease));
    assertThat(outcome).isNotDone();
    assertThat(world.keeper.notice()).isEmpty();
    world.inForce = () -> true;
    world.keeper.lookOnce();
    assertThat(outcome).isCompletedWithValue(new RoleKeeper.Outcome.Assigned());
  }

  /** It is put in force anew between what is asked first and what is asked before an end. */
  @Test
  void takesNothingAwayIfItCantBeSeenThatNobodyHoldsItByNow() {
    Lease lease = world.give("alice", READS, ORDERS);
    world.keeper.lookOnce();
    world.end(lease);
    Iterator<Boolean> answers = List.of(true, false, true, true).iterator();
    world.inForce = answers::next;

    world.keeper.lookOnce();

    assertThat(world.assigned()).containsExactly(assignmentId(lease));
    world.keeper.lookOnce();
    assertThat(world.assigned()).isEmpty();
  }

  @Test
  void saysSoWhenAzureForbidsIt() {
    Lease lease = world.give("alice", READS, ORDERS);
    world.roles.forbidden = true;
    CompletableFuture<RoleKeeper.Outcome> outcome = world.keeper.await(lease);

    world.keeper.lookOnce();

    assertThat(outcome).isNotDone();
    assertThat(world.keeper.notice().orElse("")).contains("orders-prod", "The log says why");
  }

  @Test
  void refusesBeforeAzureDoesAndSaysWhenItIsNearlySo() {
    for (int i = 0; i < RolePlan.MOST_ASSIGNMENTS - 1; i++) {
      RoleAssignment others = foreign(UUID.randomUUID(), READER, SHOP);
      world.roles.assignments.put(others.id(), others);
    }
    Lease last = world.give("alice", READS, ORDERS);
    world.keeper.lookOnce();
    assertThat(world.assigned()).contains(assignmentId(last));
    assertThat(world.keeper.notice().orElse("")).contains("1999 role assignments of 2000");
    Lease beyond = world.give("bob", READS, ORDERS);
    CompletableFuture<RoleKeeper.Outcome> outcome = world.keeper.await(beyond);
    world.roles.asked.clear();

    world.keeper.lookOnce();

    assertThat(outcome.join())
        .isInstanceOfSatisfying(
            RoleKeeper.Outcome.Refused.class,
            refused ->
                assertThat(refused.why()).contains("as many role assignments as Azure lets"));
    assertThat(world.roles.asked).isEmpty();
  }

  @Test
  void refusesOneDefinitionTooMany() {
    for (int i = 0; i < RolePlan.MOST_DEFINITIONS; i++) {
      UUID id = UUID.randomUUID();
      world.roles.definitions.put(
          id,
          new RoleDefinition(
              StandInRoles.ACCOUNT,
              id,
              "r" + i,
              false,
              List.of(Scope.of("orders-prod")),
              new TreeSet<>(Set.of(Action.ITEMS_READ.azureName()))));
    }
    Lease custom = world.give("alice", SOME, ORDERS);
    Lease builtIn = world.give("alice", READS, ORDERS);
    CompletableFuture<RoleKeeper.Outcome> outcome = world.keeper.await(custom);

    world.keeper.lookOnce();

    assertThat(outcome.join())
        .isInstanceOfSatisfying(
            RoleKeeper.Outcome.Refused.class,
            refused ->
                assertThat(refused.why()).contains("as many role definitions as Azure lets"));
    assertThat(world.assigned()).containsExactly(assignmentId(builtIn));
  }

  /** What happens to a gateway and its account. */
  private sealed interface Happening {
    record Given(String who, Set<Action> actions, Scope scope) implements Happening {}

    record Ended(int which) implements Happening {}

    record Looked(StandInRoles.Fault fault) implements Happening {}

    record Crashed() implements Happening {}

    record RemovedByHand(int which) implements Happening {}

    record GivenByOthers(String who, Scope scope) implements Happening {}
  }

  @Provide
  Arbitrary<Happening> happenings() {
    Arbitrary<String> who = Arbitraries.of("alice", "bob");
    Arbitrary<Set<Action>> actions =
        Arbitraries.of(READS, SOME, Action.dataActions(), Set.of(Action.ITEMS_READ));
    Arbitrary<Scope> scopes = Arbitraries.of(ORDERS, SHOP, Scope.of("orders-prod"));
    Arbitrary<Integer> which = Arbitraries.integers().between(0, 20);
    return Arbitraries.oneOf(
        Combinators.combine(who, actions, scopes).as(Happening.Given::new),
        which.map(Happening.Ended::new),
        Arbitraries.of(StandInRoles.Fault.values()).map(Happening.Looked::new),
        Arbitraries.just(new Happening.Crashed()),
        which.map(Happening.RemovedByHand::new),
        Combinators.combine(who, scopes).as(Happening.GivenByOthers::new));
  }

  /**
   * Whatever has happened: what leases hold is there, nothing else of ours, all that is others'.
   */
  @Property(tries = 300)
  void isAsLeasesAreInTheEnd(@ForAll @Size(max = 40) List<@From("happenings") Happening> all) {
    World it = new World();
    RoleDefinition others = foreign();
    it.roles.definitions.put(others.id(), others);
    Set<UUID> foreign = new HashSet<>();
    for (Happening happening : all) {
      switch (happening) {
        case Happening.Given(String who, Set<Action> actions, Scope scope) -> {
          Lease unused = it.give(who, actions, scope);
        }
        case Happening.Ended(int which) ->
            it.leases.values().stream().skip(which).findFirst().ifPresent(it::end);
        case Happening.Looked(StandInRoles.Fault fault) -> {
          it.roles.fault = fault;
          Duration unused = it.keeper.lookOnce();
        }
        case Happening.Crashed() -> it.restart();
        case Happening.RemovedByHand(int which) ->
            it.roles.assignments.keySet().stream()
                .skip(which)
                .findFirst()
                .ifPresent(
                    id -> {
                      it.roles.assignments.remove(id);
                      foreign.remove(id);
                    });
        case Happening.GivenByOthers(String who, Scope scope) -> {
          RoleAssignment theirs = foreign(it.objects.getOrDefault(who, ALICE), READER, scope);
          // The service takes no second of the same.
          if (it.roles.assignments.values().stream().noneMatch(theirs::means)) {
            it.roles.assignments.put(theirs.id(), theirs);
            foreign.add(theirs.id());
          }
        }
      }
    }
    it.roles.fault = StandInRoles.Fault.NONE;
    it.keeper.lookOnce();

    Set<UUID> wanted = new HashSet<>(foreign);
    Set<UUID> roles = new HashSet<>(Set.of(others.id()));
    for (Lease lease : it.leases.values()) {
      OwnRoles.Made made =
          it.own()
              .make(
                  it.objects.getOrDefault(lease.principal().subject(), ALICE),
                  lease.actions(),
                  lease.scope());
      boolean isTheirs =
          foreign.stream()
              .map(it.roles.assignments::get)
              .anyMatch(each -> each != null && each.means(made.assignment()));
      if (!isTheirs) {
        wanted.add(made.assignment().id());
        made.definition().ifPresent(definition -> roles.add(definition.id()));
      }
    }
    assertThat(it.roles.assignments.keySet()).isEqualTo(wanted);
    assertThat(it.roles.definitions.keySet()).isEqualTo(roles);
    assertThat(it.keeper.notice()).isEmpty();
    it.roles.asked.clear();
    it.keeper.lookOnce();
    assertThat(it.roles.asked).isEmpty();
  }
}
