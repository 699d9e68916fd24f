package dev.ephemeris.gateway.template;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What templates say is what others read in them, whatever the names are. */
class OtherParsersTest {
  private static final List<String> NAMES =
      List.of(
          "orders",
          "it's",
          "a\"b",
          "${account.id}",
          "a${b}",
          "$${c}",
          "%{ if true }",
          "%%{d}",
          "{% raw %}",
          "{# e #}",
          "${{ values.owner }}",
          "'''",
          "x' }",
          "заказы",
          "\ud83d\ude00 smile",
          "not a comment",
          "-- ~ & |",
          "$",
          "%",
          "a$");

  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void bicepIsReadByTreeSitterAsItIsHere(@TempDir Path temporary) throws Exception {
    // Given
    List<String> texts = new ArrayList<>();
    for (Map<String, Object> request : requests()) {
      texts.add(TemplateSamples.make(TemplateKind.BICEP, request).text());
    }

    // When
    JsonNode answers = ask(temporary, "bicep", texts);

    // Then
    assertThat(answers).hasSize(texts.size());
    for (int i = 0; i < texts.size(); i++) {
      Bicep here = Bicep.read(texts.get(i));
      List<String> declarations = new ArrayList<>();
      List<String> literals = new ArrayList<>();
      here.params()
          .forEach(
              param -> {
                declarations.add("parameter_declaration " + param.name());
                literals.add(param.description());
                param.standard().ifPresent(value -> addLiterals(value, literals));
              });
      here.resources()
          .forEach(
              resource -> {
                declarations.add("resource_declaration " + resource.symbol());
                literals.add(resource.type());
                addLiterals(resource.body(), literals);
              });
      assertThat(answers.get(i).has("error")).as(texts.get(i)).isFalse();
      assertThat(texts(answers.get(i).get("declarations"))).isEqualTo(declarations);
      assertThat(texts(answers.get(i).get("literals"))).isEqualTo(literals);
    }
  }

  @Test
  void terraformIsReadByHashiCorpsParserAsItIsHere(@TempDir Path temporary) throws Exception {
    // Given
    List<String> texts = new ArrayList<>();
    for (Map<String, Object> request : requests()) {
      texts.add(TemplateSamples.make(TemplateKind.TERRAFORM, request).text());
    }

    // When
    JsonNode answers = ask(temporary, "terraform", texts);

    // Then
    assertThat(answers).hasSize(texts.size());
    for (int i = 0; i < texts.size(); i++) {
      assertThat(answers.get(i).path("value"))
          .as(texts.get(i) + answers.get(i))
          .isEqualTo(JSON.valueToTree(json(Hcl.read(texts.get(i)).blocks())));
    }
  }

  @Test
  void skeletonsAreFilledInByNunjucksWithWhatWasAsked(@TempDir Path temporary) throws Exception {
    // Given
    List<OtherParsers.Asked> asked = new ArrayList<>();
    List<String> expected = new ArrayList<>();
    for (String infrastructure : List.of("bicep", "terraform")) {
      Map<String, Object> request =
          TemplateSamples.with(
              TemplateSamples.with(TemplateSamples.whole(), "infrastructure", infrastructure),
              "uniqueKeys",
              List.of(List.of("/\"${{ values.owner }}\""), List.of("/\"{% x %}\"", "/\"{! y }\"")));
      Template backstage = TemplateSamples.make(TemplateKind.BACKSTAGE, request);
      Map<String, String> values = new LinkedHashMap<>();
      values.put("name", "orders-prod-shop-orders");
      values.put("database", "shop");
      values.put("container", "orders");
      values.put("partitionKey1", "/tenantId");
      values.put("partitionKey2", "/customerId");
      values.put("owner", "group:default/orders-team");
      List<String> plain = new ArrayList<>();
      plain.add(TemplateSamples.make(TemplateKind.parse(infrastructure), request).text());
      TemplateSamples.make(TemplateKind.POLICY, request)
          .files()
          .forEach(file -> plain.add(file.text()));
      for (int i = 0; i < plain.size(); i++) {
        asked.add(new OtherParsers.Asked("text", backstage.files().get(i + 1).text(), values));
        expected.add(plain.get(i));
      }
    }

    // When
    JsonNode answers = OtherParsers.read(temporary, asked);

    // Then
    assertThat(
            StreamSupport.stream(answers.spliterator(), false).map(it -> it.get("text").asText()))
        .containsExactlyElementsOf(expected);
  }

  private static List<Map<String, Object>> requests() {
    List<Map<String, Object>> requests = new ArrayList<>();
    requests.add(TemplateSamples.least());
    requests.add(
        TemplateSamples.with(TemplateSamples.least(), "throughput", Map.of("manual", 400)));
    for (String name : NAMES) {
      Map<String, Object> request = TemplateSamples.whole();
      request.put("container", name.replace("/", "").replace("#", ""));
      request.put("database", name.replace("/", "").replace("#", ""));
      if (name.matches("[^\"/\\\\?*#]+")) {
        request.put("uniqueKeys", List.of(List.of("/\"" + name + "\"")));
      }
      requests.add(request);
    }
    return requests;
  }

  private static JsonNode ask(Path temporary, String kind, List<String> texts) throws Exception {
    return OtherParsers.read(
        temporary,
        texts.stream().map(text -> new OtherParsers.Asked(kind, text, Map.of())).toList());
  }

  private static void addLiterals(Value value, List<String> literals) {
    switch (value) {
      case Value.Text(String text) -> literals.add(text);
      case Value.Joined(Value.Reference(String first), String rest) ->
          literals.add("<" + first + ">" + rest);
      case Value.Items(List<Value> items) -> items.forEach(each -> addLiterals(each, literals));
      case Value.Call(String function, List<Value> arguments) ->
          arguments.forEach(each -> addLiterals(each, literals));
      case Value.Properties(Map<String, Value> values) ->
          values.values().forEach(each -> addLiterals(each, literals));
      case Value.Whole number -> {}
      case Value.Flag flag -> {}
      case Value.Reference reference -> {}
    }
  }

  /** As that parser shows a file: expressions as text, and a literal's ${ as $${. */
  @SuppressWarnings("unchecked")
  private static Map<String, Object> json(List<Hcl.Block> blocks) {
    Map<String, Object> json = new LinkedHashMap<>();
    for (Hcl.Block block : blocks) {
      Map<String, Object> place = json;
      List<String> path = new ArrayList<>(List.of(block.type()));
      path.addAll(block.labels());
      for (String key : path.subList(0, path.size() - 1)) {
        place = (Map<String, Object>) place.computeIfAbsent(key, first -> new LinkedHashMap<>());
      }
      Map<String, Object> body = json(block.blocks());
      block.attributes().values().forEach((key, value) -> body.put(key, json(value)));
      ((List<Object>) place.computeIfAbsent(path.getLast(), first -> new ArrayList<>())).add(body);
    }
    return json;
  }

  private static Object json(Value value) {
    return switch (value) {
      case Value.Text(String text) -> literal(text);
      case Value.Joined(Value.Reference(String first), String rest) ->
          "${" + first + "}" + literal(rest);
      case Value.Whole(long number) -> (int) number;
      case Value.Flag(boolean flag) -> flag;
      case Value.Reference(String name) -> "${" + name + "}";
      case Value.Items(List<Value> items) -> items.stream().map(OtherParsersTest::json).toList();
      case Value.Properties(Map<String, Value> values) -> {
        Map<String, Object> json = new LinkedHashMap<>();
        values.forEach((key, each) -> json.put(key, json(each)));
        yield json;
      }
      case Value.Call call -> throw new IllegalStateException("no call in HCL: " + call);
    };
  }

  private static String literal(String text) {
    return text.replace("${", "$${").replace("%{", "%%{");
  }

  private static List<String> texts(JsonNode list) {
    return StreamSupport.stream(list.spliterator(), false).map(JsonNode::asText).toList();
  }
}
