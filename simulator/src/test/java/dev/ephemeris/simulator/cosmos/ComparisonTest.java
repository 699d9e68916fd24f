package dev.ephemeris.simulator.cosmos;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.cosmos.sql.Query;
import dev.ephemeris.cosmos.sql.SyntaxError;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

/** Compares the query engine with one that others wrote, npm's {@code @zeit/cosmosdb-query}. */
@Tag("full")
class ComparisonTest {

  private static final int CASES = 2500;
  private static final Path SCRIPTS = Path.of("src/test/js");

  private final Path folder;

  ComparisonTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @BeforeAll
  static void install() throws IOException, InterruptedException {
    run(
        new ProcessBuilder("sh", "../../../../scripts/npm-ci.sh", ".")
            .redirectOutput(ProcessBuilder.Redirect.DISCARD));
  }

  @Test
  void agreesOnGeneratedQueries() throws IOException, InterruptedException {
    List<ObjectNode> cases = new ArrayList<>();
    for (int seed = 0; seed < CASES; seed++) {
      RandomQueries random = new RandomQueries(seed);
      ArrayNode items = random.items();
      cases.add(question(random.query(), items));
    }

    List<JsonNode> theirs = theirs(cases);

    SoftAssertions softly = new SoftAssertions();
    for (int seed = 0; seed < CASES; seed++) {
      ObjectNode question = cases.get(seed);
      softly
          .assertThat(ours(question))
          .as("seed %d: %s", seed, question)
          .isEqualTo(outcome(theirs.get(seed)));
    }
    softly.assertAll();
  }

  /** What the README lists as different is different, and in that way. */
  @ParameterizedTest
  @CsvFileSource(resources = "differences.csv", delimiter = '¦', quoteCharacter = '\0')
  void differsWhereItIsKnownTo(String query, String ours, String theirs)
      throws IOException, InterruptedException {
    ObjectNode question = question(query, (ArrayNode) RunningSimulator.json(SampleItems.TEXT));

    assertThat(ours(question)).isEqualTo(canonical(RunningSimulator.json(ours)));
    JsonNode answer = theirs(List.of(question)).getFirst();
    if (theirs.equals("error")) {
      assertThat(answer.has("error")).isTrue();
    } else {
      assertThat(outcome(answer)).isEqualTo(canonical(RunningSimulator.json(theirs)));
    }
  }

  private static ObjectNode question(String query, ArrayNode items) {
    ObjectNode question = Json.object().put("query", query);
    question.set("items", items);
    return question;
  }

  private static List<String> ours(ObjectNode question) {
    return switch (Query.parse(question.path("query").textValue())) {
      case SyntaxError error -> List.of(error.toString());
      case Query query ->
          new QueryRun(query, Parameters.NONE)
              .rows(question.path("items").valueStream().toList()).stream()
                  .map(Values::canonical)
                  .toList();
    };
  }

  private static List<String> outcome(JsonNode answer) {
    return answer.has("error") ? List.of(answer.toString()) : canonical(answer.path("rows"));
  }

  private static List<String> canonical(JsonNode rows) {
    return rows.valueStream().map(Values::canonical).toList();
  }

  private List<JsonNode> theirs(List<ObjectNode> questions)
      throws IOException, InterruptedException {
    Path in = folder.resolve("questions");
    Path out = folder.resolve("answers");
    Files.write(in, questions.stream().map(ObjectNode::toString).toList());
    run(
        new ProcessBuilder("node", "query.mjs")
            .redirectInput(in.toFile())
            .redirectOutput(out.toFile()));
    try (Stream<String> answers = Files.lines(out)) {
      return answers
          .map(line -> Json.parse(line.getBytes(StandardCharsets.UTF_8)).orElseThrow())
          .toList();
    }
  }

  private static void run(ProcessBuilder command) throws IOException, InterruptedException {
    Process process =
        command.directory(SCRIPTS.toFile()).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    assertThat(process.waitFor()).as(command.command().toString()).isZero();
  }
}
