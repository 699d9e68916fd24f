package dev.ephemeris.gateway.lease;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ephemeris.gateway.SettableClock;
import dev.ephemeris.gateway.identity.ActedFor;
import dev.ephemeris.gateway.identity.Authentication.Accepted;
import dev.ephemeris.gateway.identity.Block;
import dev.ephemeris.gateway.identity.BlockTarget;
import dev.ephemeris.gateway.identity.Blocks;
import dev.ephemeris.gateway.identity.Grants;
import dev.ephemeris.gateway.identity.GroupDirectory;
import dev.ephemeris.gateway.identity.Identity;
import dev.ephemeris.gateway.identity.Session;
import dev.ephemeris.gateway.journal.Journal;
import dev.ephemeris.gateway.journal.JournalRecord;
import dev.ephemeris.gateway.lease.AccessRequests.Asked;
import dev.ephemeris.gateway.lease.AccessRequests.Changed;
import dev.ephemeris.gateway.lease.AccessRequests.PickUp;
import dev.ephemeris.gateway.metrics.Metrics;
import dev.ephemeris.gateway.repetition.Once;
import dev.ephemeris.gateway.store.Database;
import dev.ephemeris.gateway.store.PageWanted;
import dev.ephemeris.policy.AccountFacts;
import dev.ephemeris.policy.Action;
import dev.ephemeris.policy.Component;
import dev.ephemeris.policy.CredentialForm;
import dev.ephemeris.policy.Delivery;
import dev.ephemeris.policy.GroupRef;
import dev.ephemeris.policy.Lane;
import dev.ephemeris.policy.Policy;
import dev.ephemeris.policy.PolicySource;
import dev.ephemeris.policy.Principal;
import dev.ephemeris.policy.PrincipalId;
import dev.ephemeris.policy.PrincipalKind;
import dev.ephemeris.policy.Reason;
import dev.ephemeris.policy.RoleName;
import dev.ephemeris.policy.Scope;
import dev.ephemeris.policy.UserRef;
import io.vertx.core.Future;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Agents that ask others for whom they act: what they may, and whoever may answer them. */
class AgentAccessRequestsTest {
  private static final PageWanted ALL = new PageWanted(Optional.empty(), 200);

  private static final PrincipalId ALICE = new PrincipalId("corp", "sub-alice");
  private static final PrincipalId ALICE_AT_HOME = new PrincipalId("home", "home-alice");
  private static final PrincipalId BOB = new PrincipalId("corp", "sub-bob");
  private static final PrincipalId BOB_AT_HOME = new PrincipalId("home", "home-bob");
  private static final PrincipalId OPAL = new PrincipalId("corp", "sub-opal");
  private static final PrincipalId COPILOT = new PrincipalId("ci", "sub-copilot");
  private static final PrincipalId OTHER_AGENT = new PrincipalId("ci", "sub-other");
  private static final PrincipalId WORKER = new PrincipalId("ci", "sub-worker");

  private static final GroupRef TEAM = GroupRef.parse("group:default/team");
  private static final GroupRef DBA = GroupRef.parse("group:default/dba");
  private static final GroupRef SECURITY = GroupRef.parse("group:default/security");
  private static final Scope ORDERS = Scope.of("orders-prod", "shop", "orders");
  private static final String HERE = "127.0.0.1";

  /** Of agents and of people the same may be had after an approval each. */
  private static final String POLICY =
      """
      apiVersion: ephemeris.dev/v1
      roles:
        order-operator: { actions: [readMetadata, items/read, items/replace] }
      rules:
        - name: people change orders
          for: { groups: [group:default/team], principal: person }
          role: order-operator
          scopes: ["orders-prod:/dbs/shop/colls/orders"]
          ttl: { default: 1h, max: 2h }
          PEOPLE
        - name: so do workloads
          for: { principal: workload }
          role: order-operator
          scopes: ["orders-prod:/dbs/shop/colls/orders"]
        - name: and agents
          for: { principal: agent }
          role: order-operator
          scopes: ["orders-prod:/dbs/shop/colls/orders"]
          ttl: { default: 30m, max: 1h }
          AGENTS
      """;

  private static final String BY_DBA =
      "approval: { from: [group:default/dba], expires: 2h, breakGlass: 10m }";
  private static final String BY_SECURITY =
      "approval: { from: [group:default/security], expires: 1h }";

  private final SettableClock clock = new SettableClock();
  private final List<JournalRecord> journal = new ArrayList<>();
  private final List<Notice> notices = new ArrayList<>();
  private final Directory directory = new Directory();
  private final DirectAccount lane = new DirectAccount();
  private final Database database;
  private final Grants grants;
  private final Leases leases;
  private final LeaseSecrets secrets;
  private final Blocks blocks;
  private final AccessRequests requests;

  /** Everybody; Alice and Bob are each known by two identities. */
  private static final class Directory implements GroupDirectory {

    /** Whoever is in the catalog as a User, by any identity. */
    private final Map<PrincipalId, CatalogUser> users =
        new HashMap<>(
            Map.of(
                ALICE, user("alice", TEAM, DBA, SECURITY),
                ALICE_AT_HOME, user("alice", TEAM, DBA, SECURITY),
                BOB, user("bob", DBA, SECURITY),
                BOB_AT_HOME, user("bob", DBA, SECURITY),
                OPAL, user("opal", DBA),
                // Its User is in groups that approve: it is a robot's, and may be one's own.
                COPILOT, user("copilot", DBA, SECURITY)));

    private final Map<PrincipalId, Component> components =
        new HashMap<>(
            Map.of(
                WORKER,
                new Component(
                    "component:default/worker", Set.of("user:default/bob"), Set.of(), Set.of())));

    private static CatalogUser user(String name, GroupRef... groups) {
      return new CatalogUser(new UserRef("default", name), Set.of(groups), Set.of());
    }

    @Override
    public Optional<CatalogUser> find(Identity who) {
      return Optional.ofNullable(users.get(who.id()));
    }

    @Override
    public Optional<Component> component(Identity who) {
      return Optional.ofNullable(components.get(who.id()));
    }
  }

  /** What hands something over for a lease, as long as the account lets it. */
  private static final class DirectAccount implements DirectLane {
    private boolean prepares = true;
    private boolean opens = true;

    @Override
    public Future<Answer<AtAccount>> prepare(Wanted wanted) {
      return Future.succeededFuture(
          prepares
              ? new Answer.Given<>(new AtAccount.Assignments("object", List.of("assignment")))
              : new Answer.Unavailable<>("the account doesn't answer"));
    }

    @Override
    public Future<Answer<Handed>> open(Lease lease) {
      return Future.succeededFuture(
          opens
              ? new Answer.Given<>(new Handed.Role("https://account", Duration.ofMinutes(5)))
              : new Answer.Unavailable<>("the account doesn't answer"));
    }

    @Override
    public Future<Answer<Handed>> openAgain(Lease lease) {
      return open(lease);
    }

    @Override
    public void ended(Lease lease) {
      // Nothing is there to be taken back.
    }
  }

  AgentAccessRequestsTest(@TempDir Path folder) {
    database = Database.open(folder.resolve("ephemeris.db"));
    Journal records =
        new Journal() {
          @Override
          public void append(JournalRecord record) {
            journal.add(record);
          }

          @Override
          public void check() {}

          @Override
          public void close() {}
        };
    Notices told = (handle, channels, notice) -> notices.add(notice);
    secrets =
        new LeaseSecrets(
            List.of(RootKey.parse('a', Base64.getEncoder().encodeToString(new byte[32]))));
    grants =
        new Grants(
            policy(BY_DBA, ""),
            directory,
            List.of(new AccountFacts("orders-prod", "prod", EnumSet.allOf(Lane.class))));
    blocks = Blocks.open(database, secrets, records, clock);
    leases =
        Leases.of(
            database,
            secrets,
            blocks,
            grants,
            records,
            told,
            Metrics.of(List.of()).leases(),
            Map.of(Lane.TOKEN, lane, Lane.RBAC, lane),
            clock);
    requests = new AccessRequests(database, secrets, leases, grants, records, told, clock);
  }

  @AfterEach
  void close() {
    database.close();
  }

  private static Policy policy(String people, String agents) {
    return Policy.parse(
        List.of(
            new PolicySource(
                "p.yaml",
                POLICY
                    .replace("    PEOPLE\n", people.isEmpty() ? "" : "    " + people + "\n")
                    .replace("    AGENTS\n", agents.isEmpty() ? "" : "    " + agents + "\n"))));
  }

  private void decidedBy(String people, String agents) {
    grants.replace(policy(people, agents), directory);
  }

  // --- who calls ---------------------------------------------------------------------------------

  private Accepted accepted(Principal principal, Optional<Accepted> actsFor) {
    Instant now = Database.kept(clock.instant());
    Session session =
        new Session(
            "s-"
                + principal.id().subject()
                + actsFor.map(whom -> "-" + whom.session().id()).orElse(""),
            principal.id(),
            principal.kind(),
            "client",
            HERE,
            now,
            now.plus(Duration.ofHours(10)),
            Optional.empty(),
            Map.of(),
            actsFor.map(
                whom ->
                    new Session.ActsFor(
                        whom.principal().id(),
                        whom.principal().kind(),
                        Map.of(),
                        "client",
                        whom.session().id(),
                        "s-own")));
    keep(session.id(), principal);
    actsFor.ifPresent(whom -> keep("s-own", principal));
    return new Accepted(principal, session, "client", Optional.of(now), Optional.empty(), actsFor);
  }

  private void keep(String sessionId, Principal principal) {
    database
        .transaction(
            handle ->
                handle.execute(
                    "INSERT INTO session (id, sign_in, issuer, subject, client, address,"
                        + " started_at, ends_at, kind) VALUES (?, ?, ?, ?, 'client', '127.0.0.1',"
                        + " 0, 0, ?) ON CONFLICT DO NOTHING",
                    sessionId,
                    sessionId,
                    principal.id().issuer(),
                    principal.id().subject(),
                    principal.kind().name()))
        .await();
  }

  private Accepted person(PrincipalId id) {
    return accepted(grants.principal(id, PrincipalKind.PERSON, "", Map.of()), Optional.empty());
  }

  private Accepted workload(PrincipalId id) {
    return accepted(grants.principal(id, PrincipalKind.WORKLOAD, "", Map.of()), Optional.empty());
  }

  private Accepted agent(PrincipalId id, Accepted whom) {
    return accepted(
        grants.agent(id, "", Map.of(), ActedFor.of(whom.principal())), Optional.of(whom));
  }

  private Accepted copilot() {
    return agent(COPILOT, person(ALICE));
  }

  // --- what they do ------------------------------------------------------------------------------

  private static LeaseRequest operator() {
    return LeaseRequest.of(ORDERS, Optional.empty(), new RoleName("order-operator"), Delivery.TOKEN)
        .saying(Optional.of("a refund is stuck"), Optional.empty());
  }

  private Asked ask(Accepted caller, boolean breakGlass) {
    return requests.ask(caller, HERE, operator(), breakGlass, Once.EACH_TIME).await();
  }

  private AccessRequest asked(Accepted caller) {
    Asked asked = ask(caller, false);
    assertThat(asked).isInstanceOf(Asked.Waiting.class);
    return ((Asked.Waiting) asked).request();
  }

  private static String message(Asked asked) {
    return switch (asked) {
      case Asked.Not(Issuance.Malformed(String message)) -> message;
      case Asked.NotNeeded(String message) -> message;
      case Asked.TooMany(String message) -> message;
      case Asked.Not other -> other.toString();
      case Asked.Waiting other -> other.toString();
      case Asked.GlassBroken other -> other.toString();
    };
  }

  private Changed approve(Accepted caller, AccessRequest request) {
    return requests
        .approve(caller, request.id(), AccessAnswer.Narrowed.NOT, Optional.empty(), seen -> true)
        .await();
  }

  private AccessRequest.State approved(Accepted caller, AccessRequest request) {
    Changed changed = approve(caller, request);
    assertThat(changed).isInstanceOf(Changed.Done.class);
    return ((Changed.Done) changed).request().state(clock.instant());
  }

  private PickUp pickUp(Accepted caller, AccessRequest request) {
    return requests.pickUp(caller, HERE, request.id(), Once.EACH_TIME).await();
  }

  private Lease picked(Accepted caller, AccessRequest request) {
    PickUp pickUp = pickUp(caller, request);
    assertThat(pickUp).isInstanceOf(PickUp.Leased.class);
    Issuance issuance = ((PickUp.Leased) pickUp).issuance();
    assertThat(issuance).isInstanceOf(Issuance.Issued.class);
    return ((Issuance.Issued) issuance).lease();
  }

  private <T extends JournalRecord> T record(Class<T> type) {
    return journal.stream().filter(type::isInstance).map(type::cast).toList().getLast();
  }

  private List<String> listed(Accepted caller) {
    return requests.of(caller, ALL).await().entries().stream().map(AccessRequest::id).toList();
  }

  private Optional<AccessRequest> read(Accepted caller, AccessRequest request) {
    return requests.find(caller, request.id()).await();
  }

  // --- the story ---------------------------------------------------------------------------------

  @Test
  void askForWhomTheyActForAndHaveTheLeaseThemselves() {
    Accepted copilot = copilot();

    AccessRequest request = asked(copilot);
    assertThat(approved(person(BOB), request)).isEqualTo(AccessRequest.State.APPROVED);
    Lease lease = picked(copilot, request);

    assertThat(request.requester().id()).isEqualTo(COPILOT);
    assertThat(request.actsFor().map(ActedFor::id)).contains(ALICE);
    assertThat(lease.principal()).isEqualTo(COPILOT);
    assertThat(lease.actedFor().map(ActedFor::id)).contains(ALICE);
    assertThat(lease.sessionId()).isEqualTo(copilot.session().id());
    assertThat(lease.kind()).isEqualTo(PrincipalKind.AGENT);
    // By the shorter of both rules.
    assertThat(Duration.between(lease.issuedAt(), lease.expiresAt()))
        .isEqualTo(Duration.ofMinutes(30));
    assertThat(pickUp(copilot, request))
        .isInstanceOfSatisfying(
            PickUp.Not.class, not -> assertThat(not.why()).isInstanceOf(Changed.Over.class));
  }

  @Test
  void areOnRecordWithWhomTheyAskFor() {
    AccessRequest request = asked(copilot());
    approve(person(BOB), request);
    picked(copilot(), request);
    AccessRequest other = asked(copilot());
    requests.withdraw(person(ALICE), other.id(), seen -> true).await();

    assertThat(record(JournalRecord.AccessRequested.class))
        .satisfies(said -> assertThat(said.principal()).isEqualTo("ci:sub-copilot"))
        .satisfies(said -> assertThat(said.actsFor()).contains("corp:sub-alice"));
    assertThat(record(JournalRecord.AccessAnswered.class).actsFor()).contains("corp:sub-alice");
    assertThat(record(JournalRecord.AccessPickedUp.class).actsFor()).contains("corp:sub-alice");
    assertThat(record(JournalRecord.AccessWithdrawn.class))
        .satisfies(said -> assertThat(said.actsFor()).contains("corp:sub-alice"))
        .satisfies(said -> assertThat(said.by()).isEqualTo("corp:sub-alice"));
    assertThat(requests.requester(request))
        .isEqualTo("user:default/copilot, acting for user:default/alice");
    assertThat(notices)
        .filteredOn(Notice.AccessRequested.class::isInstance)
        .first()
        .isInstanceOfSatisfying(
            Notice.AccessRequested.class,
            told -> assertThat(told.request().actsFor().map(ActedFor::id)).contains(ALICE));
  }

  /** For whom it is asked is under the row's MAC, too. */
  @Test
  void askForNobodyElseByTheHandThatWritesTheStore() {
    AccessRequest request = asked(copilot());
    database
        .transaction(
            handle ->
                handle.execute(
                    "UPDATE access_request SET acts_for_subject = 'sub-bob',"
                        + " body = replace(body, 'sub-alice', 'sub-bob')"))
        .await();

    assertThat(read(copilot(), request)).isEmpty();
    assertThat(read(agent(COPILOT, person(BOB)), request)).isEmpty();
    assertThat(approve(person(OPAL), request)).isInstanceOf(Changed.NotFound.class);
  }

  // --- what they may ask for ---------------------------------------------------------------------

  @Test
  void needTheApprovalOfTheRulesOfBoth() {
    decidedBy(BY_DBA, BY_SECURITY);
    AccessRequest request = asked(copilot());

    assertThat(request.approvals()).hasSize(2);
    // Opal is in the one group only.
    assertThat(approved(person(OPAL), request)).isEqualTo(AccessRequest.State.WAITING);
    assertThat(pickUp(copilot(), request)).isInstanceOf(PickUp.Not.class);
    assertThat(approved(person(BOB), request)).isEqualTo(AccessRequest.State.APPROVED);
    // The shorter of the two times to pick it up.
    clock.advance(Duration.ofMinutes(61));
    assertThat(pickUp(copilot(), request)).isInstanceOf(PickUp.Not.class);
  }

  @Test
  void needThatOfTheirOwnRuleThoughWhomTheyActForNeedsNone() {
    decidedBy("", BY_SECURITY);

    AccessRequest request = asked(copilot());

    assertThat(message(ask(person(ALICE), false))).contains("without anybody's approval", "“");
    assertThat(approve(person(OPAL), request)).isInstanceOf(Changed.NotFound.class);
    approve(person(BOB), request);
    assertThat(picked(copilot(), request).isApproved(request.approvals())).isTrue();
  }

  @Test
  void askForNothingThatEitherMayNotHave() {
    grants.replace(
        Policy.parse(
            List.of(
                new PolicySource(
                    "p.yaml",
                    """
                    apiVersion: ephemeris.dev/v1
                    roles:
                      order-operator: { actions: [readMetadata, items/read, items/replace] }
                    rules:
                      - name: agents change orders
                        for: { principal: agent }
                        role: order-operator
                        scopes: ["orders-prod:/dbs/shop/colls/orders"]
                        approval: { from: [group:default/dba], expires: 2h }
                    """))),
        directory);

    assertThat(ask(copilot(), false))
        .isInstanceOfSatisfying(
            Asked.Not.class, not -> assertThat(not.why()).isInstanceOf(Issuance.Refused.class));
  }

  @Test
  void areNotToldToTypeAnything() {
    decidedBy("", "");
    assertThat(message(ask(copilot(), false)))
        .contains("without anybody's approval")
        .doesNotContain("“");

    decidedBy(BY_DBA, "");
    Issuance refused = leases.issue(copilot(), HERE, operator()).await();
    assertThat(refused)
        .isInstanceOfSatisfying(
            Issuance.NeedsApproval.class,
            why ->
                assertThat(why.message())
                    .contains("Ask for it by an access request")
                    .doesNotContain("ephemeris request"));
  }

  /** One agent that acts for many doesn't use up what it may ask for another. */
  @Test
  void floodNobodyAndKeepNobodyElseFromAsking() {
    directory.users.put(OPAL, Directory.user("opal", DBA, TEAM));
    for (int i = 0; i < 20; i++) {
      asked(copilot());
    }

    assertThat(ask(copilot(), false)).isInstanceOf(Asked.TooMany.class);
    assertThat(message(ask(copilot(), false))).doesNotContain("“");
    asked(agent(COPILOT, person(OPAL)));
    asked(person(ALICE));
    asked(agent(OTHER_AGENT, person(ALICE)));
  }

  @Test
  void breakNoGlass() {
    Asked broken = ask(copilot(), true);

    assertThat(message(broken)).startsWith("Breaking the glass is for people");
    assertThat(journal).noneMatch(JournalRecord.LeaseIssued.class::isInstance);
    assertThat(ask(person(ALICE), true)).isInstanceOf(Asked.GlassBroken.class);
  }

  @Test
  void askByARefusalThatWasToldThemForTheSame() {
    Refusals refusals = new Refusals(secrets.refusals(), clock);
    String id =
        refusals.id(
            COPILOT,
            Optional.of(ALICE),
            new Refusals.Refused(Action.ITEMS_REPLACE, ORDERS, Optional.empty()));
    directory.users.put(OPAL, Directory.user("opal", DBA, TEAM));

    for (Accepted another :
        List.of(
            person(ALICE),
            workload(COPILOT),
            agent(COPILOT, person(OPAL)),
            agent(OTHER_AGENT, person(ALICE)))) {
      assertThat(message(refused(another, id))).contains("Nothing was refused to you by that id");
    }
    assertThat(refused(copilot(), id)).isInstanceOf(Asked.Waiting.class);
  }

  private Asked refused(Accepted caller, String id) {
    return requests
        .ask(
            caller,
            HERE,
            id,
            Delivery.TOKEN,
            Optional.empty(),
            Optional.of("a refund is stuck"),
            Optional.empty(),
            false,
            Once.EACH_TIME)
        .await();
  }

  // --- who may answer ----------------------------------------------------------------------------

  /** The agent, by whatever it calls; whom it acts for, by whatever they sign in; other agents. */
  @Test
  void areAnsweredByNobodyWhoAsksAndByNoAgent() {
    AccessRequest request = asked(copilot());

    for (Accepted self :
        List.of(
            copilot(),
            person(ALICE),
            person(ALICE_AT_HOME),
            workload(COPILOT),
            agent(COPILOT, person(BOB)),
            agent(OTHER_AGENT, person(BOB)),
            agent(COPILOT, workload(WORKER)))) {
      assertThat(approve(self, request))
          .as("%s", self.principal())
          .isInstanceOfAny(Changed.NotTheirs.class, Changed.NotFound.class);
      assertThat(requests.deny(self, request.id(), Optional.empty(), seen -> true).await())
          .as("%s", self.principal())
          .isInstanceOfAny(Changed.NotTheirs.class, Changed.NotFound.class);
      assertThat(requests.toAnswer(self, ALL).await().entries())
          .as("%s", self.principal())
          .isEmpty();
    }
    assertThat(approved(person(BOB), request)).isEqualTo(AccessRequest.State.APPROVED);
  }

  /** Whatever is said to be whose: each guard by itself. */
  @ParameterizedTest
  @EnumSource(value = PrincipalKind.class)
  void areAnsweredOnlyByPeopleWhoActForThemselves(PrincipalKind kind) {
    AccessRequest request = asked(person(ALICE));
    Accepted alone = accepted(grants.principal(BOB, kind, "", Map.of()), Optional.empty());
    Accepted acting =
        accepted(grants.principal(BOB, kind, "", Map.of()), Optional.of(person(OPAL)));

    assertThat(approve(acting, request)).isInstanceOf(Changed.NotFound.class);
    assertThat(requests.deny(acting, request.id(), Optional.empty(), seen -> true).await())
        .isInstanceOf(Changed.NotFound.class);
    assertThat(requests.toAnswer(acting, ALL).await().entries()).isEmpty();
    assertThat(read(acting, request)).isEmpty();
    if (kind == PrincipalKind.PERSON) {
      assertThat(requests.toAnswer(alone, ALL).await().entries()).hasSize(1);
      assertThat(approved(alone, request)).isEqualTo(AccessRequest.State.APPROVED);
    } else {
      assertThat(approve(alone, request)).isInstanceOf(Changed.NotFound.class);
      assertThat(requests.toAnswer(alone, ALL).await().entries()).isEmpty();
    }
  }

  @Test
  void reviewNoGlass() {
    AccessRequest broken = ((Asked.GlassBroken) ask(person(ALICE), true)).request();

    for (Accepted agent :
        List.of(copilot(), agent(COPILOT, person(BOB)), agent(OTHER_AGENT, person(BOB)))) {
      for (boolean justified : List.of(true, false)) {
        assertThat(
                requests
                    .review(agent, broken.id(), justified, Optional.empty(), seen -> true)
                    .await())
            .isInstanceOfAny(Changed.NotTheirs.class, Changed.NotFound.class);
      }
      assertThat(requests.toAnswer(agent, ALL).await().entries()).isEmpty();
    }
    assertThat(journal).noneMatch(JournalRecord.LeaseRevoked.class::isInstance);
    assertThat(
            requests
                .review(person(BOB), broken.id(), false, Optional.empty(), seen -> true)
                .await())
        .isInstanceOf(Changed.Done.class);
  }

  /** Whoever was the same human when it was asked for is so still. */
  @Test
  void areNotAnsweredByWhoeverWasTheOneTheyActFor() {
    AccessRequest request = asked(copilot());
    directory.users.remove(ALICE);

    assertThat(approve(person(ALICE_AT_HOME), request)).isInstanceOf(Changed.NotFound.class);
  }

  /** Nor by whoever has become them since. */
  @Test
  void areNotAnsweredByWhoeverIsTheOneTheyActForNow() {
    directory.users.remove(ALICE_AT_HOME);
    AccessRequest request = asked(copilot());
    directory.users.put(ALICE, Directory.user("ada", TEAM));
    directory.users.put(ALICE_AT_HOME, Directory.user("ada", DBA));

    assertThat(approve(person(ALICE_AT_HOME), request)).isInstanceOf(Changed.NotFound.class);
  }

  @Test
  void takeSomebodyBesidesTheOwnersOfTheWorkloadTheyActFor() {
    decidedBy(BY_DBA, BY_DBA);
    AccessRequest request = asked(agent(COPILOT, workload(WORKER)));

    assertThat(approved(person(BOB), request)).isEqualTo(AccessRequest.State.WAITING);
    assertThat(approved(person(OPAL), request)).isEqualTo(AccessRequest.State.APPROVED);
  }

  /** Who owns an agent has it ask. */
  @Test
  void takeSomebodyBesidesTheirOwnOwners() {
    directory.components.put(
        COPILOT,
        new Component("component:default/copilot", Set.of("user:default/bob"), Set.of(), Set.of()));
    AccessRequest request = asked(copilot());

    assertThat(approved(person(BOB), request)).isEqualTo(AccessRequest.State.WAITING);
    assertThat(approved(person(OPAL), request)).isEqualTo(AccessRequest.State.APPROVED);
  }

  /** By another identity of the same User. */
  @Test
  void anApproverAnswersOnceByWhateverTheySignIn() {
    decidedBy("approval: { from: [group:default/dba], count: 2, expires: 2h }", "");
    AccessRequest request = asked(copilot());
    assertThat(approved(person(BOB), request)).isEqualTo(AccessRequest.State.WAITING);

    assertThat(requests.toAnswer(person(BOB_AT_HOME), ALL).await().entries()).isEmpty();
    assertThat(approve(person(BOB_AT_HOME), request)).isInstanceOf(Changed.Over.class);
    // Whoever has answered sees what became of it, in whatever groups they are since.
    directory.users.put(BOB_AT_HOME, Directory.user("bob"));
    assertThat(read(person(BOB_AT_HOME), request)).isPresent();
    // And not what acts for somebody by the same identity.
    assertThat(read(agent(BOB, person(OPAL)), request)).isEmpty();
    assertThat(approved(person(OPAL), request)).isEqualTo(AccessRequest.State.APPROVED);
  }

  // --- whose it is -------------------------------------------------------------------------------

  @Test
  void pickUpWhatTheyAskedForAndNothingElse() {
    AccessRequest agents = asked(copilot());
    AccessRequest alices = asked(person(ALICE));
    for (AccessRequest each : List.of(agents, alices)) {
      approve(person(BOB), each);
    }
    directory.users.put(OPAL, Directory.user("opal", DBA, TEAM));

    for (Accepted other :
        List.of(
            person(ALICE),
            workload(COPILOT),
            agent(COPILOT, person(OPAL)),
            agent(OTHER_AGENT, person(ALICE)),
            agent(COPILOT, person(ALICE_AT_HOME)))) {
      assertThat(pickUp(other, agents))
          .as("%s", other.principal())
          .isInstanceOfSatisfying(
              PickUp.Not.class, not -> assertThat(not.why()).isInstanceOf(Changed.NotFound.class));
    }
    assertThat(pickUp(copilot(), alices)).isInstanceOf(PickUp.Not.class);
    assertThat(picked(person(ALICE), alices).actedFor()).isEmpty();
    assertThat(picked(copilot(), agents).actedFor().map(ActedFor::id)).contains(ALICE);
  }

  @Test
  void seeWhatTheyAskedForTheSameAndWhomTheyActForSeesAllOfTheirs() {
    directory.users.put(OPAL, Directory.user("opal", TEAM));
    AccessRequest forAlice = asked(copilot());
    AccessRequest forOpal = asked(agent(COPILOT, person(OPAL)));
    AccessRequest alices = asked(person(ALICE));

    assertThat(listed(copilot())).containsExactly(forAlice.id());
    assertThat(listed(agent(COPILOT, person(OPAL)))).containsExactly(forOpal.id());
    assertThat(listed(person(ALICE))).containsExactlyInAnyOrder(forAlice.id(), alices.id());
    assertThat(read(copilot(), forAlice)).isPresent();
    assertThat(read(person(ALICE), forAlice)).isPresent();
    for (AccessRequest none : List.of(forOpal, alices)) {
      assertThat(read(copilot(), none)).isEmpty();
      assertThat(requests.withdraw(copilot(), none.id(), seen -> true).await())
          .isInstanceOf(Changed.NotFound.class);
    }
    assertThat(requests.withdraw(person(ALICE), forAlice.id(), seen -> true).await())
        .isInstanceOf(Changed.Done.class);
    assertThat(requests.withdraw(agent(COPILOT, person(OPAL)), forOpal.id(), seen -> true).await())
        .isInstanceOf(Changed.Done.class);
  }

  // --- with the rules of then --------------------------------------------------------------------

  @Test
  void pickUpNothingOnceARuleOfEitherWantsMore() {
    AccessRequest request = asked(copilot());
    approve(person(BOB), request);
    decidedBy(BY_DBA, BY_SECURITY);

    assertThat(pickUp(copilot(), request))
        .isInstanceOfSatisfying(
            PickUp.Leased.class,
            not -> assertThat(not.issuance()).isInstanceOf(Issuance.NeedsApproval.class));
    directory.users.put(ALICE, Directory.user("alice"));
    decidedBy(BY_DBA, "");
    assertThat(pickUp(copilot(), request))
        .isInstanceOfSatisfying(
            PickUp.Leased.class,
            not -> assertThat(not.issuance()).isInstanceOf(Issuance.Refused.class));
  }

  // --- in lanes where nobody looks at requests ---------------------------------------------------

  private static LeaseRequest operator(Lane lane, Scope scope) {
    return new LeaseRequest(
        scope,
        Optional.empty(),
        Optional.empty(),
        new RoleName("order-operator"),
        lane,
        CredentialForm.LEASE_TOKEN,
        Optional.empty(),
        Delivery.TOKEN,
        Optional.of("a refund is stuck"),
        Optional.empty());
  }

  private AccessRequest approved(Accepted caller, Lane lane) {
    Asked asked = requests.ask(caller, HERE, operator(lane, ORDERS), false, Once.EACH_TIME).await();
    assertThat(asked).isInstanceOf(Asked.Waiting.class);
    AccessRequest request = ((Asked.Waiting) asked).request();
    approve(person(BOB), request);
    return request;
  }

  private static Issuance issuance(PickUp pickUp) {
    return ((PickUp.Leased) pickUp).issuance();
  }

  private AccessRequest.State state(Accepted caller, AccessRequest request) {
    return read(caller, request).orElseThrow().state(clock.instant());
  }

  @ParameterizedTest
  @EnumSource(
      value = Lane.class,
      names = {"TOKEN", "RBAC"})
  void takeAnApprovalThereAsWell(Lane lane) {
    for (Accepted caller : List.of(copilot(), person(ALICE))) {
      assertThat(leases.issue(caller, HERE, operator(lane, ORDERS)).await())
          .isInstanceOf(Issuance.NeedsApproval.class);
      AccessRequest request = approved(caller, lane);

      assertThat(issuance(pickUp(caller, request))).isInstanceOf(Issuance.IssuedDirect.class);
      assertThat(state(caller, request)).isEqualTo(AccessRequest.State.PICKED_UP);
    }
  }

  /** What the account didn't give can be had another time, and no more than once. */
  @ParameterizedTest
  @EnumSource(
      value = Lane.class,
      names = {"TOKEN", "RBAC"})
  void pickUpAgainWhatTheAccountDidNotGive(Lane direct) {
    AccessRequest request = approved(copilot(), direct);

    lane.prepares = false;
    assertThat(issuance(pickUp(copilot(), request))).isInstanceOf(Issuance.Busy.class);
    assertThat(state(copilot(), request)).isEqualTo(AccessRequest.State.APPROVED);
    lane.prepares = true;
    lane.opens = false;
    assertThat(issuance(pickUp(copilot(), request))).isInstanceOf(Issuance.Busy.class);
    assertThat(state(copilot(), request)).isEqualTo(AccessRequest.State.APPROVED);
    lane.opens = true;
    assertThat(issuance(pickUp(copilot(), request))).isInstanceOf(Issuance.IssuedDirect.class);
    assertThat(pickUp(copilot(), request)).isInstanceOf(PickUp.Not.class);
  }

  /** What somebody has done to a request meanwhile stays. */
  @Test
  void pickUpNothingThatWasDeniedWhileTheAccountThought() {
    AccessRequest request = approved(copilot(), Lane.RBAC);
    lane.opens = false;
    Issuance first = issuance(pickUp(copilot(), request));
    requests.deny(person(BOB), request.id(), Optional.empty(), seen -> true).await();
    lane.opens = true;

    assertThat(first).isInstanceOf(Issuance.Busy.class);
    assertThat(pickUp(copilot(), request)).isInstanceOf(PickUp.Not.class);
    assertThat(state(copilot(), request)).isEqualTo(AccessRequest.State.DENIED);
  }

  /** Nobody would see which requests are for the part. */
  @ParameterizedTest
  @EnumSource(
      value = Lane.class,
      names = {"TOKEN", "RBAC"})
  void areGivenNothingOnAScopeOfWhichAPartTakesOne(Lane direct) {
    Policy whole =
        Policy.parse(
            List.of(
                new PolicySource(
                    "p.yaml",
                    """
                    apiVersion: ephemeris.dev/v1
                    roles:
                      order-operator: { actions: [readMetadata, items/read, items/replace] }
                    rules:
                      - name: the shop
                        for: { groups: [group:default/team] }
                        role: order-operator
                        scopes: ["orders-prod:/dbs/shop"]
                      - name: but its orders
                        for: { groups: [group:default/team] }
                        role: order-operator
                        scopes: ["orders-prod:/dbs/shop/colls/orders"]
                        approval: { from: [group:default/dba], expires: 2h }
                    """)));
    grants.replace(whole, directory);
    Scope shop = Scope.parse("orders-prod:/dbs/shop");

    assertThat(leases.issue(person(ALICE), HERE, operator(direct, shop)).await())
        .isInstanceOfSatisfying(
            Issuance.Refused.class,
            refused -> assertThat(refused.reason()).isEqualTo(Reason.LANE_CANNOT_ENFORCE));
    assertThat(leases.issue(person(ALICE), HERE, operator(Lane.PROXY, shop)).await())
        .isInstanceOf(Issuance.Issued.class);
  }

  /** Report mode lets pass what somebody sees: here nobody would. */
  @ParameterizedTest
  @EnumSource(Lane.class)
  void takeAnApprovalInReportModeWhereNobodyLooks(Lane direct) {
    grants.replace(
        List.of(new AccountFacts("orders-prod", "prod", EnumSet.allOf(Lane.class))),
        Set.of("orders-prod"));

    Issuance issuance = leases.issue(copilot(), HERE, operator(direct, ORDERS)).await();

    if (direct == Lane.PROXY) {
      assertThat(issuance).isInstanceOf(Issuance.Issued.class);
      assertThat(record(JournalRecord.Decision.class).decision())
          .isEqualTo(JournalRecord.Decision.REPORT);
    } else {
      assertThat(issuance).isInstanceOf(Issuance.NeedsApproval.class);
      assertThat(record(JournalRecord.Decision.class).decision())
          .isEqualTo(JournalRecord.Decision.DENY);
    }
  }

  // --- stopped -----------------------------------------------------------------------------------

  private void stopped(PrincipalId agent, PrincipalId whom) {
    blocks.hold(
        new Block(
            Block.newId(),
            new BlockTarget.OfAgent(agent, whom),
            Optional.empty(),
            Database.kept(clock.instant()),
            false,
            whom,
            Optional.empty()));
  }

  /** Whatever let it in: whoever was let in before knows nothing of it. */
  @Test
  void haveNoLeaseForWhomeverHasStoppedThem() {
    decidedBy("", "");
    directory.users.put(OPAL, Directory.user("opal", TEAM));
    Accepted before = copilot();
    stopped(COPILOT, ALICE);

    assertThat(leases.issue(before, HERE, operator()).await())
        .isInstanceOfSatisfying(
            Issuance.KeptOut.class,
            out -> assertThat(out.message()).contains("until whom it acts for has signed in anew"));
    for (Accepted other :
        List.of(
            agent(COPILOT, person(OPAL)),
            agent(OTHER_AGENT, before.actsFor().orElseThrow()),
            before.actsFor().orElseThrow())) {
      assertThat(leases.issue(other, HERE, operator()).await()).isInstanceOf(Issuance.Issued.class);
    }
    clock.advance(Duration.ofSeconds(1));
    assertThat(leases.issue(copilot(), HERE, operator()).await())
        .isInstanceOf(Issuance.Issued.class);
  }

  /** Workloads sign in all the time. */
  @Test
  void haveNoneForAWorkloadThatHasStoppedThemHoweverOftenItSignsIn() {
    decidedBy("", "");
    stopped(COPILOT, WORKER);
    clock.advance(Duration.ofHours(1));

    assertThat(leases.issue(agent(COPILOT, workload(WORKER)), HERE, operator()).await())
        .isInstanceOf(Issuance.KeptOut.class);
  }

  @Test
  void pickUpNothingOnceStopped() {
    AccessRequest request = asked(copilot());
    approve(person(BOB), request);
    Accepted before = copilot();
    stopped(COPILOT, ALICE);

    assertThat(pickUp(before, request))
        .isInstanceOfSatisfying(
            PickUp.Leased.class,
            not -> assertThat(not.issuance()).isInstanceOf(Issuance.KeptOut.class));
  }
}
