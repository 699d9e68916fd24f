package dev.ephemeris.gateway.template;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ephemeris.policy.Approval;
import dev.ephemeris.policy.GroupRef;
import dev.ephemeris.policy.Role;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class TemplateRequestTest {

  static Stream<Arguments> refused() {
    return Stream.of(
        Arguments.of("account", "UPPER", "account"),
        Arguments.of("account", "orders-", "account"),
        Arguments.of("account", "a'; drop", "account"),
        Arguments.of("account", 7, "account"),
        Arguments.of("resourceGroup", "a/b", "resourceGroup"),
        Arguments.of("resourceGroup", "shop.", "resourceGroup"),
        Arguments.of("resourceGroup", "$(id)", "resourceGroup"),
        Arguments.of("subscription", "1-2-3-4-5", "subscription"),
        Arguments.of("environment", "prod\nrules: []", "environment"),
        Arguments.of("environment", "prod*", "environment"),
        Arguments.of("database", "a/b", "database"),
        Arguments.of("database", "*", "database"),
        Arguments.of("database", "", "database"),
        Arguments.of("database", "shop ", "database"),
        Arguments.of("database", "..", "database"),
        Arguments.of("database", "a%2Fb", "database"),
        Arguments.of("container", "a\u202eb", "container"),
        Arguments.of("container", "a\u2028b", "container"),
        Arguments.of("container", "a\r\nb", "container"),
        Arguments.of("container", "x".repeat(256), "container"),
        Arguments.of("container", "a\ud800b", "container"),
        Arguments.of("partitionKey", List.of(), "partitionKey"),
        Arguments.of("partitionKey", List.of("/a", "/b", "/c", "/d"), "partitionKey"),
        Arguments.of("partitionKey", List.of("/a", "/a"), "partitionKey"),
        Arguments.of("partitionKey", List.of("a"), "partitionKey[0]"),
        Arguments.of("partitionKey", List.of("/a", "/b'}"), "partitionKey[1]"),
        Arguments.of("partitionKey", List.of("/\"a\"b\""), "partitionKey[0]"),
        Arguments.of("partitionKey", "/a", "partitionKey"),
        Arguments.of("throughput", "much", "throughput"),
        Arguments.of("throughput", Map.of("autoscale", 4001), "throughput"),
        Arguments.of("throughput", Map.of("autoscale", 999), "throughput.autoscale"),
        Arguments.of("throughput", Map.of("manual", 450), "throughput"),
        Arguments.of("throughput", Map.of("manual", "400"), "throughput.manual"),
        Arguments.of("throughput", Map.of("manual", 400, "autoscale", 4000), "throughput"),
        Arguments.of("throughput", Map.of("manual", 400, "key", "x"), "throughput.key"),
        Arguments.of("defaultTtl", 0, "defaultTtl"),
        Arguments.of("defaultTtl", 1.5, "defaultTtl"),
        Arguments.of("defaultTtl", 1L << 32, "defaultTtl"),
        Arguments.of("uniqueKeys", List.of(List.of()), "uniqueKeys[0]"),
        Arguments.of("uniqueKeys", List.of(List.of("x")), "uniqueKeys[0][0]"),
        Arguments.of("indexing", Map.of("include", List.of("/a/?")), "indexing.include"),
        Arguments.of(
            "indexing",
            Map.of("include", List.of("/*"), "exclude", List.of("/*")),
            "indexing.include"),
        Arguments.of("indexing", Map.of("include", List.of("/*", "/a")), "indexing.include[1]"),
        Arguments.of(
            "indexing",
            Map.of("include", List.of("/*"), "composite", List.of(List.of(Map.of("path", "/a")))),
            "indexing.composite"),
        Arguments.of(
            "indexing",
            Map.of(
                "include",
                List.of("/*"),
                "composite",
                List.of(List.of(Map.of("path", "/a", "order", "up"), Map.of("path", "/b")))),
            "indexing.composite[0][0].order"),
        Arguments.of("owner", "user:default/ada", "owner"),
        Arguments.of("owner", "group:default/a b", "owner"),
        Arguments.of("owner", "group:default/\u212aelvin", "owner"),
        Arguments.of("access", "reader ", "access"),
        Arguments.of("access", "a: b", "access"),
        Arguments.of("ttl", Map.of("default", "2h", "max", "1h"), "ttl.max"),
        Arguments.of("ttl", Map.of("default", "forever"), "ttl.default"),
        Arguments.of("ttl", Map.of("max", "31d"), "ttl.max"),
        Arguments.of("approval", "no", "approval"),
        Arguments.of("approvers", List.of("everyone"), "approvers[0]"),
        Arguments.of("approvers", Arrays.asList("group:default/dba", null), "approvers[1]"),
        Arguments.of("gatewayRole", 1, "gatewayRole"),
        Arguments.of("infrastructure", "policy", "infrastructure"),
        Arguments.of("contaner", "orders", "contaner"));
  }

  @ParameterizedTest
  @MethodSource("refused")
  void namesTheFieldThatIsWrong(String key, Object value, String field) {
    Map<String, Object> request = TemplateSamples.with(TemplateSamples.least(), key, value);

    assertThatThrownBy(() -> TemplateRequest.parse(request))
        .isInstanceOfSatisfying(
            InvalidRequest.class,
            e ->
                assertThat(e.problems())
                    .extracting(InvalidRequest.Problem::field)
                    .containsExactly(field));
  }

  @Test
  void namesAllThatIsMissing() {
    assertThatThrownBy(() -> TemplateRequest.parse(Map.of()))
        .isInstanceOfSatisfying(
            InvalidRequest.class,
            e ->
                assertThat(e.problems())
                    .extracting(InvalidRequest.Problem::field)
                    .containsExactlyInAnyOrder(
                        "account",
                        "environment",
                        "database",
                        "container",
                        "partitionKey",
                        "throughput",
                        "owner",
                        "access"));
  }

  @Test
  void takesNothingForWhatIsLeftOut() {
    Map<String, Object> request = TemplateSamples.least();
    request.put("resourceGroup", null);

    assertThat(TemplateRequest.parse(request).resourceGroup()).isEmpty();
  }

  @Test
  void saysNoMoreOfWhatIsWrongThanALine() {
    String hostile = "x\n\u202e" + "y".repeat(100_000);

    assertThatThrownBy(
            () ->
                TemplateRequest.parse(
                    TemplateSamples.with(
                        TemplateSamples.least(), "partitionKey", List.of(hostile))))
        .hasMessageStartingWith("partitionKey[0]: ")
        .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(400).doesNotContain("\u202e"));
    assertThatThrownBy(
            () ->
                TemplateRequest.parse(TemplateSamples.with(TemplateSamples.least(), hostile, "x")))
        .satisfies(
            e ->
                assertThat(String.valueOf(e.getMessage()).lines())
                    .hasSize(1)
                    .allMatch(it -> it.length() < 400));
  }

  @Test
  void takesNamesThatAzureTakes() {
    for (String name : List.of("Order's \"${x}\"", "заказы", "a%b", "{%x%}", "a: b", "- x", "~")) {
      assertThatCode(
              () ->
                  TemplateRequest.parse(
                      TemplateSamples.with(TemplateSamples.least(), "container", name)))
          .doesNotThrowAnyException();
    }
  }

  @Test
  void changesInProductionTakeAnApprovalUnlessSaidOtherwise() {
    Map<String, Object> writes =
        TemplateSamples.with(TemplateSamples.least(), "access", "contributor");
    Map<String, Object> approved =
        TemplateSamples.with(writes, "approvers", List.of("group:default/dba"));

    assertThat(approval(approved))
        .contains(
            new Approval(
                Set.of(GroupRef.parse("group:default/dba")),
                1,
                Duration.ofHours(2),
                Optional.empty()));
    assertThatThrownBy(() -> approval(writes)).hasMessageStartingWith("approvers: changes in prod");
    assertThat(approval(TemplateSamples.with(writes, "approval", false))).isEmpty();
    assertThat(approval(TemplateSamples.with(writes, "environment", "staging"))).isEmpty();
    assertThat(approval(TemplateSamples.least())).isEmpty();
    assertThatThrownBy(() -> approval(TemplateSamples.with(writes, "environment", "production")))
        .isInstanceOf(InvalidRequest.class);
    assertThatThrownBy(
            () ->
                approval(TemplateSamples.with(TemplateSamples.least(), "access", "order-operator")))
        .hasMessageStartingWith("approvers: changes in prod");
    assertThatThrownBy(() -> approval(TemplateSamples.with(approved, "approval", false)))
        .hasMessageStartingWith("approvers: nobody is asked");
    assertThatThrownBy(
            () -> approval(TemplateSamples.with(TemplateSamples.least(), "approval", true)))
        .hasMessageStartingWith("approvers: expected the groups");
  }

  @Test
  void knowsTheRolesOfThePolicyOnly() {
    assertThatThrownBy(
            () ->
                TemplateSamples.make(
                    TemplateKind.POLICY,
                    TemplateSamples.with(TemplateSamples.least(), "access", "data-raeder")))
        .isInstanceOf(InvalidRequest.class)
        .hasMessageContaining("access: unknown role 'data-raeder'; expected one of data-reader");
  }

  @Test
  void backstagesFormTakesPlainNamesOnly() {
    assertThatThrownBy(
            () ->
                TemplateSamples.make(
                    TemplateKind.BACKSTAGE,
                    TemplateSamples.with(TemplateSamples.least(), "container", "a b")))
        .isInstanceOf(InvalidRequest.class)
        .hasMessageStartingWith("container: Backstage's form");
  }

  @Test
  void callsFilesOtherwiseForOtherNames() {
    Set<String> names = new HashSet<>();
    for (String[] each :
        new String[][] {{"a", "b-c"}, {"a-b", "c"}, {"a", "B-c"}, {"a", "b_c"}, {"a", "b c"}}) {
      Map<String, Object> request = new HashMap<>(TemplateSamples.least());
      request.put("database", each[0]);
      request.put("container", each[1]);
      names.add(TemplateSamples.make(TemplateKind.BICEP, request).fileName());
    }
    // By names of lower-case letters, digits and hyphens alone two places may be called the same.
    assertThat(names).hasSize(4).allMatch(name -> name.matches("[a-z0-9-]+\\.bicep"));
    assertThat(
            TemplateSamples.make(
                    TemplateKind.BICEP,
                    TemplateSamples.with(
                        TemplateSamples.least(),
                        "container",
                        String.join("", Collections.nCopies(200, "x"))))
                .fileName())
        .hasSizeLessThan(70);
  }

  private static Optional<Approval> approval(Map<String, Object> request) {
    return Proposal.of(
            TemplateRequest.parse(request),
            List.of(Role.DATA_READER, Role.DATA_CONTRIBUTOR, TemplateSamples.OPERATOR))
        .approval();
  }
}
