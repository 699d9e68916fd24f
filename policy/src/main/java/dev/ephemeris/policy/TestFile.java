package dev.ephemeris.policy;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toCollection;

import dev.ephemeris.policy.PolicyFile.ActionPattern;
import dev.ephemeris.policy.yaml.ApiVersion;
import dev.ephemeris.policy.yaml.Default;
import dev.ephemeris.policy.yaml.InvalidField;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Collections;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A file of tests as it is written, before names are looked up. */
record TestFile(
    ApiVersion apiVersion,
    Optional<CatalogEntry> catalog,
    @Default("{}") Map<String, PrincipalEntry> principals,
    List<AccountEntry> accounts,
    List<TestEntry> tests) {

  TestFile {
    Set<String> names = new HashSet<>();
    for (int i = 0; i < accounts.size(); i++) {
      if (!names.add(accounts.get(i).name())) {
        throw new InvalidField("this account stands here twice", "accounts", i, "name");
      }
    }
    if (tests.isEmpty()) {
      throw new InvalidField("expected at least one", "tests");
    }
  }

  /** Files in Backstage's format, read as one. */
  record CatalogEntry(List<Path> files) {
    CatalogEntry {
      if (files.isEmpty()) {
        throw new InvalidField("expected at least one", "files");
      }
    }
  }

  /** Somebody whom the tests name. */
  record PrincipalEntry(
      @Default("person") PrincipalKind principal,
      @Default("[]") Set<GroupRef> groups,
      @Default("test") String issuer,
      @Default("{}") Map<String, String> claims,
      Optional<String> actsFor) {}

  /** An account that the tests speak of. */
  record AccountEntry(String name, String environment, @Default("[proxy]") Set<Lane> lanes) {
    AccountEntry {
      lanes = new AccountFacts(name, environment, lanes).lanes();
    }

    AccountFacts facts() {
      return new AccountFacts(name, environment, lanes);
    }
  }

  /** When a test has it that something is asked for: {@code 2026-11-24T12:00:00Z}. */
  record TestedTime(Instant instant) {
    static TestedTime parse(String text) {
      try {
        return new TestedTime(OffsetDateTime.parse(text).toInstant());
      } catch (DateTimeParseException e) {
        throw new IllegalArgumentException(
            "'%s' is no time; expected one such as '2026-11-24T12:00:00Z'".formatted(text), e);
      }
    }
  }

  /** From where a test has it that something is asked for. */
  record TestedAddress(InetAddress address) {
    static TestedAddress parse(String text) {
      return new TestedAddress(
          Circumstances.address(text)
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "'%s' is no address; expected one such as 192.0.2.1".formatted(text))));
    }
  }

  /** One sentence about who can do what where. */
  record TestEntry(
      Optional<String> name,
      String who,
      Optional<Set<ActionPattern>> can,
      Optional<Set<ActionPattern>> cannot,
      Optional<Scope> scope,
      @Default("proxy") Lane lane,
      Optional<CredentialForm> credential,
      Optional<TestedTime> at,
      Optional<TestedAddress> from,
      @Default("false") boolean mfa,
      Optional<String> client,
      Optional<String> reason,
      Optional<String> ticket,
      @Default("[]") List<String> partitionKey,
      Optional<RuleName> rule,
      Optional<Reason> because,
      Optional<Ttl> ttl,
      Optional<Set<FieldPath>> masked,
      Optional<Approval> approval) {

    TestEntry {
      if (can.isPresent() == cannot.isPresent()) {
        throw new IllegalArgumentException("expected either can or cannot in this test");
      }
      String key = can.isPresent() ? "can" : "cannot";
      Set<ActionPattern> asked = can.or(() -> cannot).orElseThrow();
      // Of no actions, anything would hold.
      if (asked.isEmpty()) {
        throw new InvalidField("expected at least one", key);
      }
      boolean gateways = asked.iterator().next().isGateways();
      if (asked.stream().anyMatch(action -> action.isGateways() != gateways)) {
        throw new InvalidField(
            "Ephemeris's own actions and those on accounts are of two tests; expected one kind",
            key);
      }
      if (gateways) {
        PolicyFile.refuseOfGateways(scope.isPresent(), "scope");
        PolicyFile.refuseOfGateways(lane != Lane.PROXY, "lane");
        PolicyFile.refuseOfGateways(credential.isPresent(), "credential");
        PolicyFile.refuseOfGateways(at.isPresent(), "at");
        PolicyFile.refuseOfGateways(from.isPresent(), "from");
        PolicyFile.refuseOfGateways(mfa, "mfa");
        PolicyFile.refuseOfGateways(client.isPresent(), "client");
        PolicyFile.refuseOfGateways(reason.isPresent(), "reason");
        PolicyFile.refuseOfGateways(ticket.isPresent(), "ticket");
        PolicyFile.refuseOfGateways(!partitionKey.isEmpty(), "partitionKey");
        PolicyFile.refuseOfGateways(ttl.isPresent(), "ttl");
        PolicyFile.refuseOfGateways(masked.isPresent(), "masked");
        PolicyFile.refuseOfGateways(approval.isPresent(), "approval");
      } else if (scope.isEmpty()) {
        throw new IllegalArgumentException("missing key 'scope'");
      }
      if (can.isPresent() && because.isPresent()) {
        throw new InvalidField("a reason is for what somebody cannot do", "because");
      }
      if (cannot.isPresent() && ttl.isPresent()) {
        throw new InvalidField("there is no lease of what somebody cannot do", "ttl");
      }
      if (cannot.isPresent() && masked.isPresent()) {
        throw new InvalidField("there is nothing to mask of what somebody cannot do", "masked");
      }
      if (cannot.isPresent() && approval.isPresent()) {
        throw new InvalidField("there is no approval of what somebody cannot do", "approval");
      }
      if (lane != Lane.PROXY && credential.isPresent()) {
        throw new InvalidField("credentials are for the lane proxy", "credential");
      }
    }

    /** Of Ephemeris's own; empty for a test of others. */
    Set<GatewayAction> gatewayActions() {
      return Collections.unmodifiableSet(
          can.or(() -> cannot).orElseThrow().stream()
              .flatMap(pattern -> pattern.gatewayActions().stream())
              .collect(toCollection(() -> EnumSet.noneOf(GatewayAction.class))));
    }

    Set<Action> actions() {
      return actions(can.or(() -> cannot).orElseThrow());
    }

    /** As the test says; where it says nothing, what no condition holds of. */
    Circumstances circumstances() {
      return new Circumstances.Given(
          at.map(TestedTime::instant).orElse(Instant.EPOCH),
          from.map(TestedAddress::address),
          new Standing(client, mfa ? Optional.of(Instant.MAX) : Optional.empty(), reason, ticket),
          partitionKey);
    }

    CredentialForm shown() {
      return credential.orElse(CredentialForm.LEASE_TOKEN);
    }

    /** The name, or the sentence: {@code ada cannot items/delete on shop-prod:/dbs/shop}. */
    String title() {
      return name.orElseGet(this::sentence);
    }

    private String sentence() {
      String actions =
          can.or(() -> cannot).orElseThrow().stream()
              .map(ActionPattern::text)
              .collect(joining(", "));
      String how =
          credential
              .map(form -> form.name().toLowerCase(Locale.ROOT).replace('_', '-'))
              .map(form -> " with " + form)
              .orElse(lane == Lane.PROXY ? "" : " in lane " + lane.name().toLowerCase(Locale.ROOT));
      return "%s %s %s%s%s"
          .formatted(
              who,
              can.isPresent() ? "can" : "cannot",
              actions,
              scope.map(where -> " on " + where).orElse(""),
              how);
    }

    private static Set<Action> actions(Set<ActionPattern> patterns) {
      return Collections.unmodifiableSet(
          patterns.stream()
              .flatMap(pattern -> pattern.actions().stream())
              .collect(toCollection(() -> EnumSet.noneOf(Action.class))));
    }
  }
}
