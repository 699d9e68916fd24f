package dev.ephemeris.loadtests;

import static java.util.stream.Collectors.toUnmodifiableSet;

import dev.ephemeris.policy.AccountFacts;
import dev.ephemeris.policy.GroupRef;
import dev.ephemeris.policy.Lane;
import dev.ephemeris.policy.Policy;
import dev.ephemeris.policy.PolicySource;
import dev.ephemeris.policy.Principal;
import dev.ephemeris.policy.PrincipalId;
import dev.ephemeris.policy.PrincipalKind;
import dev.ephemeris.policy.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A large company, as its policy sees it: 26 divisions with three accounts each, 416 teams with a
 * database of six containers in each of these, and ten thousand rules. Every team has a file of 24
 * rules, of which one in six has conditions or a partition key and one in twelve denies; 16 more
 * are for the whole company.
 */
final class Company {
  private static final int DIVISIONS = 26;
  private static final int TEAMS_OF_A_DIVISION = 16;

  private static final List<String> ENVIRONMENTS = List.of("prod", "staging", "preview-1");
  static final List<String> CONTAINERS =
      List.of("orders", "customers", "events", "invoices", "ledger", "audit");

  private static final String VERSION = "apiVersion: ephemeris.dev/v1\nrules:\n";

  /** What goes for everybody; for the auditors and the platform team. */
  private static final String OF_ALL =
      VERSION
          + """
            - { name: everyone sees what there is, for: { groups: [group:everyone] }, actions: [readMetadata], scopes: ["*:/"], ttl: { default: 1h, max: 8h } }
            - { name: the platform team sees throughput, for: { groups: [group:platform] }, actions: [sqlDatabases/throughputSettings/read, sqlDatabases/containers/throughputSettings/read], scopes: ["*:/"], ttl: { default: 1h, max: 8h } }
            - { name: the platform team manages staging, for: { groups: [group:platform], principal: person }, actions: [management], scopes: ["*:/"], environments: [staging], ttl: { default: 1h, max: 4h } }
            - { name: the platform team manages production with a ticket, for: { groups: [group:platform], principal: person }, actions: [management], scopes: ["*:/"], environments: [prod], when: { mfa: true, ticket: "CHG-[0-9]+" }, ttl: { default: 30m, max: 1h } }
            - { name: auditors read what is audited, for: { groups: [group:auditors], principal: person }, role: data-reader, scopes: ["*:/dbs/*/colls/audit"], when: { mfa: true }, ttl: { default: 1h, max: 8h } }
            - { name: auditors read ledgers, for: { groups: [group:auditors], principal: person }, role: data-reader, scopes: ["*:/dbs/*/colls/ledger"], when: { mfa: true }, ttl: { default: 1h, max: 8h } }
            - { name: security reads everything in an incident, for: { groups: [group:security], principal: person }, role: data-reader, scopes: ["*:/"], when: { mfa: true, ticket: "INC-[0-9]+" }, ttl: { default: 30m, max: 2h } }
            - { name: the backup reads everything, for: { groups: [group:backup], principal: workload }, actions: [readMetadata, readChangeFeed], scopes: ["*:/"], environments: [prod], ttl: { default: 8h, max: 24h } }
            - { name: the catalog of data reads what there is, for: { issuer: corp, claims: { service: data-catalog }, principal: workload }, actions: [readMetadata], scopes: ["*:/"], ttl: { default: 8h, max: 24h } }
            - { name: agents never change production, effect: deny, for: { principal: agent }, actions: [writes, code, management], environments: [prod] }
            - { name: agents never manage, effect: deny, for: { principal: agent }, actions: [management] }
            - { name: agents never see customers, effect: deny, for: { principal: agent }, actions: [reads], scopes: ["*:/dbs/*/colls/customers"] }
            - { name: nobody writes what is audited, effect: deny, for: { groups: [group:everyone] }, actions: [writes, code], scopes: ["*:/dbs/*/colls/audit"] }
            - { name: contractors never delete, effect: deny, for: { groups: [group:contractors] }, actions: [items/delete, management] }
            - { name: contractors stay out on weekends, effect: deny, for: { groups: [group:contractors] }, actions: [reads, writes], when: { window: { days: [sat, sun], from: "00:00", to: "23:59", zone: Europe/Berlin } } }
            - { name: auditors change nothing, effect: deny, for: { groups: [group:auditors] }, actions: [writes, code, management] }
          """;

  /** What each team has; TEAM, NEXT and DIVISION stand for names. */
  private static final String OF_A_TEAM =
      VERSION
          + """
            - { name: TEAM reads its production, for: { groups: [group:TEAM], principal: person }, role: data-reader, scopes: ["DIVISION-prod:/dbs/TEAM"], ttl: { default: 1h, max: 4h } }
            - { name: TEAM changes what isn't production, for: { groups: [group:TEAM], principal: person }, role: data-contributor, scopes: ["*:/dbs/TEAM"], environments: [staging, "preview-*"], ttl: { default: 4h, max: 12h } }
            - { name: TEAM repairs its production with a ticket, for: { groups: [group:TEAM-on-call], principal: person }, actions: [items/replace], scopes: ["DIVISION-prod:/dbs/TEAM/colls/*"], when: { mfa: true, ticket: "OPS-[0-9]+" }, ttl: { default: 30m, max: 2h } }
            - { name: agents of TEAM read staging, for: { principal: agent, actsFor: { groups: [group:TEAM], principal: person } }, role: data-reader, scopes: ["DIVISION-staging:/dbs/TEAM"], limits: { requestUnitsPerMinute: 6000, concurrentRequests: 4 }, ttl: { default: 15m, max: 1h } }
            - { name: the deployment of TEAM writes reference data, for: { issuer: github, claims: { repository: company/TEAM, ref: refs/heads/main }, principal: workload }, role: data-contributor, scopes: ["DIVISION-prod:/dbs/TEAM/colls/orders"], ttl: { default: 15m, max: 30m } }
            - { name: TEAM never changes its ledger, effect: deny, for: { groups: [group:TEAM] }, actions: [writes, code], scopes: ["*:/dbs/TEAM/colls/ledger"] }
            - { name: TEAM runs no code in production, effect: deny, for: { groups: [group:TEAM] }, actions: [code], scopes: ["DIVISION-prod:/dbs/TEAM"] }
            - { name: tenants of TEAM see their events, for: { issuer: corp, claims: { product: TEAM, tenant: "*" }, principal: workload }, role: data-reader, scopes: ["DIVISION-prod:/dbs/TEAM/colls/events"], partitionKey: ["${claims.tenant}"], ttl: { default: 1h, max: 8h } }
            - { name: contractors of TEAM read by day, for: { groups: [group:TEAM-contractors], principal: person }, role: data-reader, scopes: ["DIVISION-prod:/dbs/TEAM/colls/orders"], when: { network: [203.0.113.0/24], window: { days: [mon-fri], from: "08:00", to: "18:00", zone: Europe/Berlin } }, ttl: { default: 1h, max: 8h } }
            - { name: leads of TEAM make containers, for: { groups: [group:TEAM-leads], principal: person }, actions: [sqlDatabases/containers/write, sqlDatabases/containers/throughputSettings/write], scopes: ["DIVISION-staging:/dbs/TEAM"], ttl: { default: 30m, max: 2h } }
            - { name: analysts query events of TEAM, for: { groups: [group:DIVISION-analysts], principal: person }, actions: [readMetadata, executeQuery], scopes: ["DIVISION-prod:/dbs/TEAM/colls/events"], limits: { requestUnitsPerMinute: 60000 }, ttl: { default: 1h, max: 4h } }
            - { name: support reads customers of TEAM, for: { groups: [group:DIVISION-support], principal: person }, role: data-reader, scopes: ["DIVISION-prod:/dbs/TEAM/colls/customers"], when: { ticket: "SUP-[0-9]+" }, ttl: { default: 30m, max: 1h } }
          """
          + of("NEXT reads CONTAINER of TEAM", "NEXT", "person", "data-reader")
          + of("services of TEAM write CONTAINER", "TEAM-services", "workload", "data-contributor");

  private Company() {}

  private static String of(String name, String group, String kind, String role) {
    return CONTAINERS.stream()
        .map(
            container ->
                "  - { name: %s, for: { groups: [group:%s], principal: %s }, role: %s, scopes: [\"DIVISION-prod:/dbs/TEAM/colls/CONTAINER\"], ttl: { default: 1h, max: 8h } }\n"
                    .formatted(name, group, kind, role)
                    .replace("CONTAINER", container))
        .reduce("", String::concat);
  }

  /** A file for the company, and one for each team. */
  static List<PolicySource> files() {
    List<PolicySource> files = new ArrayList<>();
    files.add(new PolicySource("company.yaml", OF_ALL));
    for (int division = 0; division < DIVISIONS; division++) {
      for (int team = 0; team < TEAMS_OF_A_DIVISION; team++) {
        String text =
            OF_A_TEAM
                .replace("TEAM", team(division, team))
                .replace("NEXT", team(division, (team + 1) % TEAMS_OF_A_DIVISION))
                .replace("DIVISION", division(division));
        files.add(new PolicySource(team(division, team) + ".yaml", text));
      }
    }
    return List.copyOf(files);
  }

  static Policy policy() {
    return Policy.parse(files());
  }

  /** Three of each division. */
  static List<AccountFacts> accounts() {
    return IntStream.range(0, DIVISIONS)
        .boxed()
        .flatMap(
            division ->
                ENVIRONMENTS.stream()
                    .map(
                        environment ->
                            new AccountFacts(
                                division(division) + "-" + environment,
                                environment,
                                Set.of(Lane.PROXY))))
        .toList();
  }

  /** Every container that there is. */
  static List<Scope> containers() {
    return IntStream.range(0, DIVISIONS)
        .boxed()
        .flatMap(
            division ->
                IntStream.range(0, TEAMS_OF_A_DIVISION)
                    .boxed()
                    .flatMap(team -> containers(division, team)))
        .toList();
  }

  private static Stream<Scope> containers(int division, int team) {
    return ENVIRONMENTS.stream()
        .flatMap(
            environment ->
                CONTAINERS.stream()
                    .map(
                        container ->
                            Scope.of(
                                division(division) + "-" + environment,
                                team(division, team),
                                container)));
  }

  /** Somebody of a team, who has its pager and analyses the division's events besides. */
  static Principal developer() {
    return person(
        Stream.of("everyone", "d07", "d07-t03", "d07-t03-on-call", "d07-analysts", "d07-support"));
  }

  /** Somebody from outside who works for a team. */
  static Principal contractor() {
    return person(Stream.of("everyone", "contractors", "d07-t03-contractors"));
  }

  /** Somebody for whom thousands of rules are: a member of every group but the auditors. */
  static Principal memberOfEverything() {
    return person(
        Stream.concat(
            Stream.of("everyone", "platform", "security"),
            IntStream.range(0, DIVISIONS)
                .boxed()
                .flatMap(
                    division ->
                        Stream.concat(
                            Stream.of("", "-analysts", "-support")
                                .map(suffix -> division(division) + suffix),
                            IntStream.range(0, TEAMS_OF_A_DIVISION)
                                .boxed()
                                .flatMap(
                                    team ->
                                        Stream.of("", "-on-call", "-leads")
                                            .map(suffix -> team(division, team) + suffix))))));
  }

  /** A tenant's service, which is given its own events. */
  static Principal tenant() {
    return new Principal(
        new PrincipalId("corp", "acme-service"),
        PrincipalKind.WORKLOAD,
        "the service of Acme",
        Optional.empty(),
        Set.of(),
        Set.of(),
        Map.of("product", "d07-t03", "tenant", "acme"),
        Optional.empty());
  }

  private static Principal person(Stream<String> groups) {
    return new Principal(
        new PrincipalId("corp", "ada"),
        PrincipalKind.PERSON,
        "Ada",
        groups.map(group -> new GroupRef("default", group)).collect(toUnmodifiableSet()));
  }

  private static String division(int division) {
    return "d%02d".formatted(division);
  }

  private static String team(int division, int team) {
    return "d%02d-t%02d".formatted(division, team);
  }
}
