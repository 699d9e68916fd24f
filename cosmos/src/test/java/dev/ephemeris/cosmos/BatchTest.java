package dev.ephemeris.cosmos;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

class BatchTest {

  @Test
  void readsEveryKindAsTheSdksSendIt() {
    Batch batch =
        (Batch)
            parse(
                """
                [{'operationType': 'Create', 'resourceBody': {'id': 'a', 'x': {'id': 'other'}}},
                 {'operationType': 'Upsert', 'id': 'b', 'resourceBody': {'id': 'b'}},
                 {'operationType': 'Read', 'id': 'c', 'partitionKey': '[\\"k\\"]', 'ifNoneMatch': 'e'},
                 {'operationType': 'Replace', 'id': 'd', 'resourceBody': {'n': [1, {}]}},
                 {'operationType': 'Patch', 'id': 'e', 'resourceBody': {'operations': [], 'id': 'x'}},
                 {'operationType': 'Delete', 'id': 'f', 'ifMatch': 'e', 'minimalReturnPreference': true}]
                """);

    assertThat(batch.entries()).extracting(Batch.Entry::kind).containsExactly(Batch.Kind.values());
    assertThat(batch.entries().get(2).partitionKey()).isEqualTo(PartitionKey.parse("[\"k\"]"));
    assertThat(batch.entries().get(0).partitionKey()).isEmpty();
  }

  @Test
  void keepsTheTextOfEachOperation() {
    String first = "{\"operationType\" : \"Read\", \"id\":\"é\\u00e9\"}";
    String second = "{\"operationType\":\"Create\",\"resourceBody\":{\"n\": 1.10e2}}";

    Batch batch = (Batch) Batch.parse(("[ " + first + " ,\n" + second + " ]").getBytes(UTF_8));

    assertThat(batch.entries())
        .extracting(entry -> new String(entry.json(), UTF_8))
        .containsExactly(first, second);
    assertThat(JsonElements.join(batch.entries().stream().map(Batch.Entry::json).toList()))
        .asString(UTF_8)
        .isEqualTo("[" + first + "," + second + "]");
  }

  @ParameterizedTest(name = "{0}")
  @CsvFileSource(
      resources = "/batches.csv",
      delimiter = '|',
      quoteCharacter = '`',
      numLinesToSkip = 1)
  void refusesWhatTwoReadersCouldReadInTwoWays(String body, String why) {
    assertThat(parse(body)).isEqualTo(new ParsedBatch.Malformed(why));
  }

  @Test
  void takesAHundredAndNoMore() {
    String entry = "{'operationType': 'Read', 'id': 'a'}";

    assertThat(parse(Collections.nCopies(100, entry).toString())).isInstanceOf(Batch.class);
    assertThat(parse(Collections.nCopies(101, entry).toString()))
        .isEqualTo(new ParsedBatch.Malformed("it has none, or more than 100"));
  }

  @Test
  void splitsWhatIsAnArrayAndNothingElse() {
    assertThat(JsonElements.split("[1, \"a\",[ ], true]".getBytes(UTF_8)).orElseThrow())
        .extracting(element -> new String(element, UTF_8))
        .containsExactly("1", "\"a\"", "[ ]", "true");
    for (String text : List.of("", "{}", "1", "[", "[1", "[1,]", "[] []", "[1] x", "nul")) {
      assertThat(JsonElements.split(text.getBytes(UTF_8))).as(text).isEmpty();
    }
  }

  private static ParsedBatch parse(String text) {
    return Batch.parse(text.replace('\'', '"').getBytes(UTF_8));
  }
}
