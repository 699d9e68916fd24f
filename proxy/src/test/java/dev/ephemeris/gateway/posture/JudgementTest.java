package dev.ephemeris.gateway.posture;

import static dev.ephemeris.gateway.doctor.Finding.State.PROBLEM;
import static dev.ephemeris.gateway.doctor.Finding.State.WARNING;
import static dev.ephemeris.gateway.posture.Setup.assignment;
import static dev.ephemeris.gateway.posture.Setup.proxy;
import static dev.ephemeris.gateway.posture.Setup.proxyByKey;
import static dev.ephemeris.gateway.posture.Setup.purpose;
import static dev.ephemeris.gateway.posture.Setup.rbac;
import static dev.ephemeris.gateway.posture.Setup.rotated;
import static dev.ephemeris.gateway.posture.Setup.token;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ephemeris.gateway.custody.AccountSettings.PrivateEndpoint;
import dev.ephemeris.gateway.custody.AccountSettings.PublicNetwork;
import dev.ephemeris.gateway.custody.AzureRead;
import dev.ephemeris.gateway.custody.DiagnosticSetting;
import dev.ephemeris.gateway.doctor.Finding.State;
import dev.ephemeris.gateway.posture.Finding.Code;
import dev.ephemeris.policy.Lane;
import dev.ephemeris.policy.azure.RoleAssignment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is said of an account: each finding where there is reason, and only there. */
class JudgementTest {

  private static final String CONNECTION = Setup.RESOURCE + "/privateEndpointConnections/somebodys";
  private static final PrivateEndpoint APPROVED = new PrivateEndpoint(CONNECTION, "Approved");

  /**
   * One thing about an account that is as it should be otherwise.
   *
   * @param state what is to be said of it; nothing if empty
   */
  record Case(
      String name,
      Purpose purpose,
      Consumer<Setup> otherwise,
      Predicate<RoleAssignment> own,
      Code code,
      Optional<State> state) {

    Case own(Predicate<RoleAssignment> others) {
      return new Case(name, purpose, otherwise, others, code, state);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  private static Case found(
      String name, Purpose purpose, Code code, State state, Consumer<Setup> otherwise) {
    return new Case(name, purpose, otherwise, JudgementTest::none, code, Optional.of(state));
  }

  private static Case fine(String name, Purpose purpose, Code code, Consumer<Setup> otherwise) {
    return new Case(name, purpose, otherwise, JudgementTest::none, code, Optional.empty());
  }

  static Stream<Case> cases() {
    return Stream.of(
            localAuth(), keys(), network(), firewall(), settings(), roles(), logs(), notKnown())
        .flatMap(cases -> cases);
  }

  private static Stream<Case> localAuth() {
    return Stream.of(
        found(
            "keys though none is needed",
            proxy(),
            Code.LOCAL_AUTH,
            PROBLEM,
            setup -> setup.localAuthDisabled = false),
        found(
            "keys though rbac needs none",
            rbac(),
            Code.LOCAL_AUTH,
            PROBLEM,
            setup -> setup.localAuthDisabled = false),
        found(
            "keys though there is no lane proxy to carry by them",
            purpose(false, Lane.RBAC),
            Code.LOCAL_AUTH,
            PROBLEM,
            setup -> setup.localAuthDisabled = false),
        fine("keys for tokens", token(), Code.LOCAL_AUTH, setup -> {}),
        found("keys where an identity would do", proxyByKey(), Code.LOCAL_AUTH, WARNING, s -> {}),
        found(
            "no keys, and tokens",
            token(),
            Code.LOCAL_AUTH_NEEDED,
            PROBLEM,
            setup -> setup.localAuthDisabled = true),
        found(
            "no keys, and a key carries data",
            proxyByKey(),
            Code.LOCAL_AUTH_NEEDED,
            PROBLEM,
            setup -> setup.localAuthDisabled = true),
        fine("no keys, and none needed", proxy(), Code.LOCAL_AUTH_NEEDED, setup -> {}));
  }

  private static Stream<Case> keys() {
    return Stream.of(
        found(
            "keys that change metadata",
            token(),
            Code.KEYS_CHANGE_METADATA,
            WARNING,
            setup -> setup.keysChangeMetadata = true),
        fine(
            "keys that would, and aren't accepted",
            proxy(),
            Code.KEYS_CHANGE_METADATA,
            setup -> setup.keysChangeMetadata = true),
        found(
            "an old key",
            token(),
            Code.KEY_AGE,
            WARNING,
            setup -> setup.keyMade("secondaryReadonly", Duration.ofDays(91))),
        fine(
            "a key that may be so old",
            token(),
            Code.KEY_AGE,
            setup -> setup.keyMade("primary", Duration.ofDays(90))),
        fine(
            "an old key that isn't accepted",
            proxy(),
            Code.KEY_AGE,
            setup -> setup.keyMade("primary", Duration.ofDays(900))),
        found(
            "a key of before Azure said",
            token(),
            Code.KEY_AGE,
            WARNING,
            setup -> setup.keyMadeLongAgo("primary")),
        found(
            "a key that a rotation has left",
            rotated(Optional.of(Duration.ofDays(30))),
            Code.KEY_AGE,
            WARNING,
            setup -> setup.keyMade("primary", Duration.ofDays(38))),
        fine(
            "a key whose rotation is due",
            rotated(Optional.of(Duration.ofDays(100))),
            Code.KEY_AGE,
            setup -> setup.keyMade("primary", Duration.ofDays(106))));
  }

  private static Stream<Case> network() {
    return Stream.of(
        found(
            "no way in",
            proxy(),
            Code.UNREACHABLE,
            PROBLEM,
            setup -> setup.publicNetwork = PublicNetwork.DISABLED),
        found(
            "a way in that nobody approved",
            proxy(),
            Code.UNREACHABLE,
            PROBLEM,
            setup -> {
              setup.publicNetwork = PublicNetwork.DISABLED;
              setup.privateEndpoints = List.of(new PrivateEndpoint(CONNECTION, "Rejected"));
            }),
        found(
            "a filter that lets nobody through",
            rbac(),
            Code.UNREACHABLE,
            PROBLEM,
            setup -> {
              setup.ipRules = List.of();
              setup.virtualNetworkFilter = true;
            }),
        fine(
            "a private endpoint",
            proxy(),
            Code.UNREACHABLE,
            setup -> {
              setup.publicNetwork = PublicNetwork.DISABLED;
              setup.privateEndpoints = List.of(APPROVED);
            }),
        found(
            "a private endpoint, and clients elsewhere",
            rbac(),
            Code.PRIVATE_TO_CLIENTS,
            WARNING,
            setup -> {
              setup.publicNetwork = PublicNetwork.DISABLED;
              setup.privateEndpoints = List.of(APPROVED);
            }),
        found(
            "somebody who asks for an endpoint",
            proxy(),
            Code.PENDING_ENDPOINT,
            WARNING,
            setup -> setup.privateEndpoints = List.of(new PrivateEndpoint(CONNECTION, "Pending"))),
        fine(
            "an endpoint beside a firewall",
            proxy(),
            Code.PENDING_ENDPOINT,
            setup -> setup.privateEndpoints = List.of(APPROVED)),
        found(
            "a perimeter",
            proxy(),
            Code.NETWORK_NOT_KNOWN,
            WARNING,
            setup -> setup.publicNetwork = PublicNetwork.SECURED_BY_PERIMETER),
        found(
            "another kind of network",
            proxy(),
            Code.NETWORK_NOT_KNOWN,
            WARNING,
            setup -> setup.publicNetwork = PublicNetwork.OTHER));
  }

  private static Stream<Case> firewall() {
    return Stream.of(
        found(
            "no firewall",
            proxy(),
            Code.PUBLIC_NETWORK,
            PROBLEM,
            setup -> setup.ipRules = List.of()),
        found(
            "no firewall, and clients",
            token(),
            Code.PUBLIC_NETWORK,
            WARNING,
            setup -> setup.ipRules = List.of()),
        found(
            "subnets that don't count",
            proxy(),
            Code.PUBLIC_NETWORK,
            PROBLEM,
            setup -> {
              setup.ipRules = List.of();
              setup.subnets = List.of("/subscriptions/1/subnets/a");
            }),
        fine(
            "subnets that count",
            proxy(),
            Code.PUBLIC_NETWORK,
            setup -> {
              setup.ipRules = List.of();
              setup.subnets = List.of("/subscriptions/1/subnets/a");
              setup.virtualNetworkFilter = true;
            }),
        found(
            "a range of everything",
            proxy(),
            Code.PUBLIC_NETWORK,
            PROBLEM,
            setup -> setup.ipRules = List.of("203.0.113.7", "0.0.0.0/0")),
        found(
            "all of Azure",
            proxy(),
            Code.ALL_OF_AZURE,
            PROBLEM,
            setup -> setup.ipRules = List.of("0.0.0.0", "203.0.113.7")),
        found(
            "all of Azure, and clients",
            rbac(),
            Code.ALL_OF_AZURE,
            WARNING,
            setup -> setup.ipRules = List.of("0.0.0.0")),
        found(
            "a wide range",
            proxy(),
            Code.WIDE_RANGE,
            WARNING,
            setup -> setup.ipRules = List.of("203.0.0.0/15")),
        found(
            "a range of no width",
            proxy(),
            Code.WIDE_RANGE,
            WARNING,
            setup -> setup.ipRules = List.of("203.0.113.7/x")),
        fine(
            "a range", proxy(), Code.WIDE_RANGE, setup -> setup.ipRules = List.of("203.0.0.0/16")));
  }

  private static Stream<Case> settings() {
    return Stream.of(
        found(
            "a bypass",
            proxy(),
            Code.FIREWALL_BYPASS,
            WARNING,
            setup -> setup.bypass = List.of("AzureServices")),
        found("TLS 1.0", proxy(), Code.TLS, WARNING, setup -> setup.minimalTls = "Tls"),
        found("TLS 1.1", proxy(), Code.TLS, WARNING, setup -> setup.minimalTls = "Tls11"),
        fine("a later TLS", proxy(), Code.TLS, setup -> setup.minimalTls = "Tls13"));
  }

  private static Stream<Case> roles() {
    return Stream.of(
        found(
            "somebody's role",
            proxy(),
            Code.FOREIGN_ASSIGNMENT,
            WARNING,
            setup -> setup.assignments.add(assignment(Setup.SOMEBODY))),
        fine(
                "a lease's role",
                rbac(),
                Code.FOREIGN_ASSIGNMENT,
                setup -> setup.assignments.add(assignment(Setup.SOMEBODY)))
            .own(JudgementTest::all),
        found(
                "a lease's role of before",
                proxy(),
                Code.LEFT_ASSIGNMENT,
                PROBLEM,
                setup -> setup.assignments.add(assignment(Setup.SOMEBODY)))
            .own(JudgementTest::all),
        found(
            "roles that can't be read",
            proxy(),
            Code.ROLES_NOT_KNOWN,
            PROBLEM,
            setup -> setup.unreadAssignments = 1));
  }

  private static Stream<Case> logs() {
    return Stream.of(
        found(
            "no log of data",
            proxy(),
            Code.DATA_PLANE_LOGS,
            WARNING,
            setup ->
                setup.diagnosticSettings =
                    List.of(new DiagnosticSetting("a", true, Set.of("ControlPlaneRequests")))),
        found(
            "no log of data, and clients",
            token(),
            Code.DATA_PLANE_LOGS,
            PROBLEM,
            setup ->
                setup.diagnosticSettings =
                    List.of(new DiagnosticSetting("a", true, Set.of("ControlPlaneRequests")))),
        found(
            "no log of changes",
            rbac(),
            Code.CONTROL_PLANE_LOGS,
            WARNING,
            setup ->
                setup.diagnosticSettings =
                    List.of(new DiagnosticSetting("a", true, Set.of("DataPlaneRequests")))),
        fine(
            "the group that is for auditors",
            token(),
            Code.DATA_PLANE_LOGS,
            setup ->
                setup.diagnosticSettings =
                    List.of(new DiagnosticSetting("a", true, Set.of("audit")))),
        fine(
            "all logs at once",
            proxy(),
            Code.CONTROL_PLANE_LOGS,
            setup ->
                setup.diagnosticSettings =
                    List.of(new DiagnosticSetting("a", true, Set.of("allLogs")))));
  }

  private static Stream<Case> notKnown() {
    return Stream.of(true, false)
        .flatMap(
            forbidden ->
                Stream.of(
                    found(
                        "settings that can't be read, " + forbidden,
                        proxy(),
                        Code.SETTINGS_NOT_KNOWN,
                        PROBLEM,
                        setup -> setup.settingsInstead = Optional.of(unknown(forbidden))),
                    found(
                        "roles that can't be read, " + forbidden,
                        proxy(),
                        Code.ROLES_NOT_KNOWN,
                        PROBLEM,
                        setup -> setup.rolesInstead = Optional.of(unknown(forbidden))),
                    found(
                        "logs that can't be read, " + forbidden,
                        proxy(),
                        Code.LOGS_NOT_KNOWN,
                        PROBLEM,
                        setup -> setup.logsInstead = Optional.of(unknown(forbidden)))));
  }

  private static boolean none(RoleAssignment assignment) {
    return false;
  }

  private static boolean all(RoleAssignment assignment) {
    return true;
  }

  private static <T> AzureRead<T> unknown(boolean forbidden) {
    return new AzureRead.Unknown<>("it said no", forbidden);
  }

  private static List<Finding> findings(
      Purpose purpose, Consumer<Setup> otherwise, Predicate<RoleAssignment> own) {
    Setup setup = Setup.of(purpose);
    otherwise.accept(setup);
    return Judgement.of(purpose, setup.reading(), own).findings();
  }

  private static Set<Code> codes(List<Finding> findings) {
    return findings.stream().map(Finding::code).collect(Collectors.toSet());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void saysWhatIsWrongAndNothingElse(Case each) {
    Set<Code> always = codes(findings(each.purpose(), setup -> {}, JudgementTest::none));

    List<Finding> findings = findings(each.purpose(), each.otherwise(), each.own());

    Set<Code> others = codes(findings);
    if (each.state().isPresent()) {
      assertThat(findings)
          .filteredOn(finding -> finding.code() == each.code())
          .extracting(Finding::state)
          .containsOnly(each.state().get());
      others.remove(each.code());
      always.remove(each.code());
      assertThat(others).isSubsetOf(always);
    } else {
      assertThat(others).doesNotContain(each.code());
    }
  }

  /** By key there is always one who could do without. */
  @Test
  void saysNothingOfAnAccountThatIsAsItShouldBe() {
    for (Purpose purpose : List.of(proxy(), token(), rbac(), rotated(Optional.empty()))) {
      assertThat(findings(purpose, setup -> {}, JudgementTest::none)).as("%s", purpose).isEmpty();
    }
    assertThat(codes(findings(proxyByKey(), setup -> {}, JudgementTest::none)))
        .containsExactly(Code.LOCAL_AUTH);
  }

  @Test
  void hasACaseForEveryKind() {
    Set<Code> found = EnumSet.noneOf(Code.class);
    cases().filter(each -> each.state().isPresent()).forEach(each -> found.add(each.code()));

    assertThat(found).containsExactlyInAnyOrder(Code.values());
  }

  @Test
  void theDocumentationHasEveryKind() throws IOException {
    String documentation = Files.readString(Path.of("../docs/posture.md"));

    assertThat(Arrays.stream(Code.values()).map(code -> "| `" + code + "` |"))
        .allSatisfy(row -> assertThat(documentation).contains(row));
  }

  @Test
  void theWorstIsFirst() {
    List<Finding> findings =
        findings(
            proxy(),
            setup -> {
              setup.minimalTls = "Tls";
              setup.logsInstead = Optional.of(unknown(true));
            },
            JudgementTest::none);

    assertThat(findings).extracting(Finding::state).containsExactly(PROBLEM, WARNING);
  }

  @Test
  void namesWhoHasWhichRoleWhere() {
    List<Finding> findings =
        findings(
            proxy(),
            setup -> setup.assignments.add(assignment(Setup.SOMEBODY)),
            JudgementTest::none);

    assertThat(findings)
        .singleElement()
        .extracting(Finding::what)
        .isEqualTo(
            "Principal "
                + Setup.SOMEBODY
                + " has role “Cosmos DB Built-in Data Reader” on /dbs/shop, which this gateway"
                + " hasn't assigned.");
  }

  @Test
  void whatTheGatewayTurnsOverNobodyRegeneratesByHand() {
    Consumer<Setup> old = setup -> setup.keyMade("secondary", Duration.ofDays(200));

    assertThat(findings(rotated(Optional.empty()), old, JudgementTest::none))
        .singleElement()
        .extracting(Finding::fixes)
        .isEqualTo(List.of(new Fix(Fix.Kind.EPHEMERIS, "ephemeris account rotate orders-prod")));
    assertThat(findings(token(), old, JudgementTest::none).getFirst().fixes())
        .singleElement()
        .extracting(Fix::text)
        .asString()
        .startsWith("az cosmosdb keys regenerate ")
        .endsWith(" --key-kind secondary");
  }

  /** An account without any rule lets everybody in. */
  @Test
  void whatIsTakenOutOfAFirewallLeavesOne() {
    List<Finding> last =
        findings(proxy(), setup -> setup.ipRules = List.of("0.0.0.0"), JudgementTest::none);
    List<Finding> oneOfTwo =
        findings(
            proxy(),
            setup -> setup.ipRules = List.of("0.0.0.0", "203.0.113.7"),
            JudgementTest::none);

    assertThat(last.getFirst().fixes().getFirst().text())
        .endsWith(" --ip-range-filter \"${GATEWAY_ADDRESS:?}\"");
    assertThat(oneOfTwo.getFirst().fixes().getFirst().text())
        .endsWith(" --ip-range-filter '203.0.113.7'");
  }

  /** Whoever may not read needs rights; whoever gets no answer has them, perhaps. */
  @Test
  void rightsAreForWhatIsForbidden() {
    assertThat(
            findings(
                    proxy(),
                    setup -> setup.logsInstead = Optional.of(unknown(true)),
                    JudgementTest::none)
                .getFirst()
                .fixes())
        .isNotEmpty();
    assertThat(
            findings(
                    proxy(),
                    setup -> setup.logsInstead = Optional.of(unknown(false)),
                    JudgementTest::none)
                .getFirst()
                .fixes())
        .isEmpty();
  }

  @Test
  void saysWhatItHasNotRead() {
    assertThat(Judgement.of(proxy(), Setup.of(proxy()).reading(), JudgementTest::none).notRead())
        .anySatisfy(
            sentence ->
                assertThat(sentence)
                    .contains("az role assignment list --include-inherited --scope "));
  }
}
