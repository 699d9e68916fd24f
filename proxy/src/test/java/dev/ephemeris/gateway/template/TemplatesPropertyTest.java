package dev.ephemeris.gateway.template;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ephemeris.policy.GroupRef;
import dev.ephemeris.policy.PolicySource;
import dev.ephemeris.policy.PolicyText;
import dev.ephemeris.policy.Role;
import dev.ephemeris.policy.Scope;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.assertj.core.api.InstanceOfAssertFactories;

/** Whatever is asked for is refused, or said in so many words; nothing else is. */
class TemplatesPropertyTest {
  private static final List<String> TEXT_FIELDS =
      List.of(
          "account",
          "resourceGroup",
          "subscription",
          "environment",
          "database",
          "container",
          "owner",
          "access",
          "infrastructure");

  @Property(tries = 150)
  void saysJustWhatWasAsked(@ForAll("requests") Map<String, Object> json) {
    TemplateRequest request = TemplateRequest.parse(json);

    assertSaysJustThat(request);
  }

  @Property(tries = 400)
  void refusesOrSaysWhateverStandsInAField(
      @ForAll("textFields") String field, @ForAll("hostile") String text) {
    refusesOrSays(TemplateSamples.with(TemplateSamples.whole(), field, text), field);
  }

  @Property(tries = 60)
  void refusesOrSaysWhateverPathsThereAre(@ForAll("hostile") String text) {
    Map<String, Object> whole = TemplateSamples.whole();
    for (String path : List.of(text, "/" + text, "/\"" + text + "\"")) {
      refusesOrSays(TemplateSamples.with(whole, "partitionKey", List.of(path)), "partitionKey");
      refusesOrSays(
          TemplateSamples.with(whole, "uniqueKeys", List.of(List.of("/a", path))), "uniqueKeys");
      refusesOrSays(
          TemplateSamples.with(whole, "indexing", Map.of("include", List.of("/*", path + "/?"))),
          "indexing");
    }
    refusesOrSays(TemplateSamples.with(whole, "approvers", List.of(text)), "approvers");
    refusesOrSays(TemplateSamples.with(whole, "ttl", Map.of("default", text)), "ttl");
    refusesOrSays(TemplateSamples.with(whole, text, "x"), "");
  }

  private static void refusesOrSays(Map<String, Object> json, String field) {
    TemplateRequest request;
    try {
      request = TemplateRequest.parse(json);
    } catch (InvalidRequest e) {
      assertThat(e.problems()).isNotEmpty().allMatch(problem -> problem.field().startsWith(field));
      return;
    }
    if (request.role().equals(Role.DATA_CONTRIBUTOR.name())
        || request.role().equals(Role.DATA_READER.name())) {
      assertSaysJustThat(request);
    }
  }

  private static void assertSaysJustThat(TemplateRequest request) {
    Proposal proposal = Proposal.of(request, List.of(Role.DATA_READER, Role.DATA_CONTRIBUTOR));
    int roles = request.gatewayRole() ? 1 : 0;

    Bicep bicep = Bicep.read(text(TemplateKind.BICEP, request));
    assertThat(BicepTemplate.said(bicep)).isEqualTo(BicepTemplate.asked(proposal));
    assertThat(bicep.resources()).hasSize(3 + roles);
    assertThat(bicep.resources().stream().filter(each -> !each.existing())).hasSize(1 + roles);

    Hcl hcl = Hcl.read(text(TemplateKind.TERRAFORM, request));
    assertThat(TerraformTemplate.said(hcl)).isEqualTo(TerraformTemplate.asked(proposal));
    assertThat(hcl.blocks().stream().filter(each -> each.type().equals("resource")))
        .hasSize(1 + roles);

    String rule = text(TemplateKind.POLICY, request);
    assertThat(PolicyText.parse(List.of(new PolicySource("rule.yaml", rule))).ruleNames())
        .hasSize(1);
    Map<String, Object> file = Yaml.read(rule);
    assertThat(file).containsOnlyKeys("apiVersion", "rules");
    assertThat((List<?>) file.get("rules"))
        .singleElement()
        .asInstanceOf(InstanceOfAssertFactories.MAP)
        .containsEntry("scopes", List.of(request.scope().toString()))
        .containsEntry("for", Map.of("groups", List.of(request.owner().toString())))
        .containsEntry("role", request.role().value())
        .containsEntry("environments", List.of(request.environment()));

    backstage(request)
        .ifPresent(
            text -> {
              Map<String, Object> template = Yaml.read(text);
              assertThat((Map<?, ?>) template.get("spec"))
                  .extracting("steps")
                  .asInstanceOf(InstanceOfAssertFactories.list(Map.class))
                  .extracting(step -> step.get("action"))
                  .isEqualTo(List.of("fetch:template", "publish:github:pull-request"));
            });
  }

  private static String text(TemplateKind kind, TemplateRequest request) {
    return TemplateSamples.TEMPLATES.make(kind, request).text();
  }

  /** Empty for names that a form doesn't take. */
  private static Optional<String> backstage(TemplateRequest request) {
    try {
      return Optional.of(text(TemplateKind.BACKSTAGE, request));
    } catch (InvalidRequest e) {
      assertThat(e.problems())
          .allMatch(
              problem ->
                  List.of("database", "container", "partitionKey").contains(problem.field()));
      return Optional.empty();
    }
  }

  @Provide
  Arbitrary<String> textFields() {
    return Arbitraries.of(TEXT_FIELDS);
  }

  /** Texts of what means something in one of the languages, and of everything else. */
  @Provide
  Arbitrary<String> hostile() {
    Arbitrary<String> pieces =
        Arbitraries.of(
            "'",
            "\"",
            "\\",
            "${",
            "$${",
            "%{",
            "}",
            "{{",
            "${{",
            "}}",
            "{%",
            "%}",
            "{#",
            "#",
            "//",
            "/*",
            "*/",
            "\n",
            "\r",
            "\u2028",
            "\u0085",
            "\t",
            ": ",
            "- ",
            "&a",
            "*a",
            "!!x",
            "---",
            "'''",
            "<<E",
            "true",
            "null",
            "~",
            "\ufeff",
            "\u202e",
            "\ud800",
            "\ud83d\ude00",
            "a",
            "orders",
            "group:default/",
            "prod",
            "-",
            ".",
            "..",
            "%2F",
            " ",
            "@secure()",
            "resource x 'y' = {",
            "listKeys()",
            "zq0",
            "values.owner",
            "\u0000",
            "é",
            "K");
    return Arbitraries.oneOf(
        pieces.list().ofMaxSize(8).map(list -> String.join("", list)),
        Arbitraries.strings().ofMaxLength(30));
  }

  @Provide
  Arbitrary<Map<String, Object>> requests() {
    Arbitrary<String> names =
        Arbitraries.oneOf(
                hostile(), Arbitraries.strings().alpha().numeric().withChars("._-").ofMinLength(1))
            .filter(name -> accepts("container", name));
    Arbitrary<String> paths =
        hostile()
            .map(text -> "/\"" + text + "\"")
            .filter(path -> accepts("partitionKey", List.of(path)));
    Arbitrary<String> anyPath =
        Arbitraries.oneOf(paths, Arbitraries.of("/id", "/a/b", "/_x/\"y z\""));
    Arbitrary<Object> throughput =
        Arbitraries.oneOf(
            Arbitraries.of("shared", "serverless"),
            Arbitraries.integers().between(1, 1000).map(each -> Map.of("autoscale", each * 1000)),
            Arbitraries.integers().between(4, 10_000).map(each -> Map.of("manual", each * 100)));
    Arbitrary<List<String>> keys = anyPath.list().uniqueElements().ofMinSize(1).ofMaxSize(3);
    Arbitrary<List<List<String>>> uniqueKeys = keys.list().ofMinSize(1).ofMaxSize(3);
    Arbitrary<Integer> times = Arbitraries.of(-1, 1, 60, Integer.MAX_VALUE);
    return Combinators.combine(
            names,
            names,
            keys,
            throughput,
            uniqueKeys,
            times,
            Arbitraries.integers().between(0, 31))
        .as(
            (database, container, key, units, unique, time, choice) -> {
              Map<String, Object> json = new HashMap<>(TemplateSamples.least());
              json.put("database", database);
              json.put("container", container);
              json.put("partitionKey", key);
              json.put("throughput", units);
              if ((choice & 1) > 0) {
                json.put("uniqueKeys", unique);
              }
              if ((choice & 2) > 0) {
                json.put("defaultTtl", time);
              }
              if ((choice & 4) > 0) {
                json.put(
                    "indexing",
                    Map.of(
                        "include", List.of("/*"),
                        "exclude", List.of(key.getFirst() + "/?"),
                        "composite",
                            List.of(
                                List.of(
                                    Map.of("path", key.getFirst(), "order", "descending"),
                                    Map.of("path", "/z")))));
              }
              if ((choice & 8) > 0) {
                json.put("access", "contributor");
                json.put("approvers", List.of("group:default/dba", "group:other/x"));
              }
              json.put("gatewayRole", (choice & 16) > 0);
              json.put("infrastructure", (choice & 1) > 0 ? "terraform" : "bicep");
              return json;
            });
  }

  private static boolean accepts(String field, Object value) {
    try {
      return TemplateRequest.parse(TemplateSamples.with(TemplateSamples.least(), field, value))
          .owner()
          .equals(GroupRef.parse("group:default/orders-team"));
    } catch (InvalidRequest e) {
      return false;
    }
  }

  @Example
  void readsTheScopeAsItWasAsked() {
    assertThat(TemplateRequest.parse(TemplateSamples.least()).scope())
        .isEqualTo(Scope.of("orders-prod", "shop", "orders"));
  }
}
