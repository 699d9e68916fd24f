package dev.ephemeris.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ephemeris.policy.Action;
import dev.ephemeris.policy.GatewayAction;
import dev.ephemeris.policy.Policy;
import dev.ephemeris.policy.PolicyException;
import dev.ephemeris.policy.PolicySource;
import dev.ephemeris.policy.PolicyTests;
import dev.ephemeris.policy.yaml.Default;
import dev.ephemeris.policy.yaml.Presets;
import dev.ephemeris.policy.yaml.YamlException;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The published schemas say what the readers do. */
class SchemaTest {
  private static final Path REFERENCE = Path.of("reference", "ephemeris.yaml");
  private static final Path EXAMPLES = Path.of("examples");

  private final Schema configuration = new Schema("ephemeris.schema.json");
  private final Schema policy = new Schema("policy.schema.json");
  private final Schema tests = new Schema("policy-test.schema.json");

  SchemaTest() throws IOException {}

  @Test
  void acceptsTheReference() throws IOException {
    assertThat(configuration.refusals(Files.readString(REFERENCE))).isEmpty();
  }

  @Test
  void hasTheKeysOfTheRecords() {
    assertThat(difference(configuration.root(), Configuration.class, false)).isEmpty();
  }

  @Test
  void explainsEveryKey() {
    assertThat(unexplained(configuration)).isEmpty();
    assertThat(unexplained(policy)).isEmpty();
    assertThat(unexplained(tests)).isEmpty();
  }

  @Test
  void hasItsKeysInTheReference() throws IOException {
    String reference = Files.readString(REFERENCE);

    assertThat(keys(configuration.root()))
        .hasSizeGreaterThan(30)
        .allMatch(key -> key.equals(Presets.KEY) || reference.contains(key + ":"));
  }

  @Test
  void hasTheActionsOfThePolicy() {
    for (Schema schema : List.of(policy, tests)) {
      Set<Action> named = new HashSet<>();
      for (JsonNode name : schema.root().at("/$defs/action/enum")) {
        named.addAll(Action.matching(name.textValue()));
      }

      assertThat(named).containsExactlyInAnyOrder(Action.values());
    }
    for (Schema schema : List.of(policy, tests)) {
      List<String> gateways = new ArrayList<>();
      schema.root().at("/$defs/gatewayAction/enum").forEach(name -> gateways.add(name.textValue()));
      assertThat(gateways)
          .containsExactlyInAnyOrderElementsOf(
              Stream.concat(
                      Arrays.stream(GatewayAction.values()).map(GatewayAction::toString),
                      Stream.of("ephemeris/*"))
                  .toList());
    }
  }

  static Stream<Path> examples() throws IOException {
    try (Stream<Path> folders = Files.list(EXAMPLES)) {
      return folders.sorted().toList().stream();
    }
  }

  @ParameterizedTest
  @MethodSource("examples")
  void acceptsTheExamples(Path example) throws IOException {
    String text = Files.readString(example.resolve("policy.yaml"));

    assertThat(policy.refusals(text)).isEmpty();
    assertThat(Policy.parse(List.of(new PolicySource("policy.yaml", text)))).isNotNull();
  }

  @ParameterizedTest(name = "{0}")
  @CsvFileSource(resources = "policies.csv", delimiter = '|', numLinesToSkip = 1)
  void judgesAPolicyAsItsReaderDoes(String what, String rule, String accepted) {
    String text = "apiVersion: ephemeris.dev/v1\nrules:\n- " + rule + "\n";

    assertThat(policy.refusals(text).isEmpty()).as("schema").isEqualTo(accepted.equals("yes"));
    assertThat(parses(text)).as("reader").isEqualTo(accepted.equals("yes"));
  }

  @ParameterizedTest
  @MethodSource("examples")
  void acceptsTheTestsOfTheExamples(Path example) throws IOException {
    String text = Files.readString(example.resolve("policy.test.yaml"));

    assertThat(tests.refusals(text)).isEmpty();
    assertThat(PolicyTests.parse(new PolicySource("policy.test.yaml", text))).isNotNull();
  }

  @ParameterizedTest(name = "{0}")
  @CsvFileSource(resources = "policy-tests.csv", delimiter = '|', numLinesToSkip = 1)
  void judgesATestAsItsReaderDoes(String what, String rest, String accepted) {
    String text = "apiVersion: ephemeris.dev/v1\n" + rest.replace("\\n", "\n") + "\n";

    assertThat(tests.refusals(text).isEmpty()).as("schema").isEqualTo(accepted.equals("yes"));
    assertThat(isOfTests(text)).as("reader").isEqualTo(accepted.equals("yes"));
  }

  private static boolean isOfTests(String text) {
    try {
      PolicyTests unused = PolicyTests.parse(new PolicySource("policy.test.yaml", text));
      return true;
    } catch (YamlException e) {
      return false;
    }
  }

  @Test
  void judgesRolesAsTheirReaderDoes() {
    String version = "apiVersion: ephemeris.dev/v1\n";
    for (String role : List.of("mine: { actions: [code] }", "a b: { actions: [reads, code] }")) {
      assertThat(parses(version + "roles: { " + role + " }")).isTrue();
      assertThat(policy.refusals(version + "roles: { " + role + " }")).isEmpty();
    }
    for (String role :
        List.of(
            "data-reader: { actions: [code] }",
            "mine: { actions: [] }",
            "mine: { actions: [ephemeris/audit/read] }",
            "mine: {}")) {
      assertThat(parses(version + "roles: { " + role + " }")).isFalse();
      assertThat(policy.refusals(version + "roles: { " + role + " }")).isNotEmpty();
    }
  }

  private static boolean parses(String text) {
    try {
      Policy unused = Policy.parse(List.of(new PolicySource("policy.yaml", text)));
      return true;
    } catch (PolicyException e) {
      return false;
    }
  }

  /** In what the schema's keys, and which of them are required, differ from the record's. */
  private List<String> difference(JsonNode node, Class<?> record, boolean defaulted) {
    JsonNode section = configuration.resolve(node);
    List<String> differences = new ArrayList<>();
    Set<String> known = new HashSet<>();
    section.path("properties").fieldNames().forEachRemaining(known::add);
    Set<String> required = new HashSet<>();
    section.path("required").forEach(key -> required.add(key.textValue()));
    if (record.isAnnotationPresent(Presets.class)) {
      assertThat(known.remove(Presets.KEY)).isTrue();
      // What is needed where no preset fills it in.
      section.at("/allOf/0/else/required").forEach(key -> required.add(key.textValue()));
    }
    for (RecordComponent component : record.getRecordComponents()) {
      String where = record.getSimpleName() + "." + component.getName();
      boolean byDefault = component.isAnnotationPresent(Default.class);
      boolean needed = !byDefault && !defaulted && component.getType() != Optional.class;
      if (!known.remove(component.getName())) {
        differences.add(where + " is not in the schema");
      } else if (required.contains(component.getName()) != needed) {
        differences.add(where + " is required: " + needed);
      }
      JsonNode property = section.at("/properties/" + component.getName());
      record(component.getGenericType())
          .ifPresent(
              inner ->
                  differences.addAll(
                      difference(
                          component.getType() == List.class
                              ? configuration.resolve(property).path("items")
                              : property,
                          inner,
                          byDefault && component.getType() != List.class)));
    }
    known.forEach(key -> differences.add(key + " is not in " + record.getSimpleName()));
    return differences;
  }

  /** The record of several keys that a component holds: one, perhaps one, or a list of them. */
  private static Optional<Class<?>> record(Type type) {
    return switch (type) {
      case ParameterizedType of
          when of.getRawType() == List.class || of.getRawType() == Optional.class ->
          record(of.getActualTypeArguments()[0]);
      case Class<?> record
          when record.isRecord()
              && Arrays.stream(record.getDeclaredMethods())
                  .noneMatch(method -> method.getName().equals("parse")) ->
          Optional.of(record);
      default -> Optional.empty();
    };
  }

  private static Set<String> keys(JsonNode node) {
    Set<String> keys = new HashSet<>();
    node.path("properties").fieldNames().forEachRemaining(keys::add);
    node.forEach(child -> keys.addAll(keys(child)));
    return keys;
  }

  /** Keys that neither they nor what they refer to have a description of. */
  private static List<String> unexplained(Schema schema) {
    List<JsonNode> sections = new ArrayList<>(List.of(schema.root()));
    schema.root().path("$defs").forEach(sections::add);
    return sections.stream()
        .flatMap(section -> section.path("properties").properties().stream())
        .filter(key -> !key.getValue().has("description"))
        .filter(key -> !schema.resolve(key.getValue()).has("description"))
        .map(Map.Entry::getKey)
        .toList();
  }
}
