package dev.ephemeris.cosmos.sql;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;

/**
 * Looks for texts that the parser can't take, led by the branches that they reach. What it finds
 * goes into the corpus beside the seeds.
 */
class QueryFuzzTest {

  @FuzzTest(maxDuration = "3m")
  void hasAnAnswerForAnyText(byte[] input) {
    String text = new String(input, StandardCharsets.UTF_8);

    switch (Query.parse(text)) {
      case Query query -> assertThat(Query.parse(query.text())).isEqualTo(query);
      case SyntaxError error -> {
        assertThat(error.location().end()).isBetween(error.location().start(), text.length());
        assertThat(error.json()).startsWith("{\"errors\":[");
      }
    }
  }
}
