package dev.ephemeris.simulator.cosmos;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ephemeris.cosmos.sql.Expression;
import dev.ephemeris.cosmos.sql.Function;
import dev.ephemeris.cosmos.sql.ParsedSql;
import dev.ephemeris.cosmos.sql.Query;
import dev.ephemeris.cosmos.sql.Selection;
import dev.ephemeris.cosmos.sql.Span;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.EnumSource;

class FunctionsTest {

  @ParameterizedTest
  @CsvFileSource(resources = "functions.csv", delimiter = '¦', quoteCharacter = '\0')
  void computes(String expression, String value) {
    List<JsonNode> rows = rows("SELECT VALUE " + expression);

    if (value.equals("undefined")) {
      assertThat(rows).isEmpty();
    } else {
      assertThat(rows)
          .extracting(Values::canonical)
          .containsExactly(Values.canonical(RunningSimulator.json(value)));
    }
  }

  @ParameterizedTest
  @EnumSource
  void computesWhatItSaysItComputesAndNothingIsForgotten(Function function) throws IOException {
    if (function.isAggregate() || !isSimulatedWithSomeArguments(function)) {
      return;
    }
    String table =
        new String(
            Objects.requireNonNull(getClass().getResourceAsStream("functions.csv")).readAllBytes(),
            StandardCharsets.UTF_8);

    assertThat(table).contains(function.spelling() + "(");
  }

  private static boolean isSimulatedWithSomeArguments(Function function) {
    return List.of(0, 1, 2, 3).stream()
        .map(count -> Collections.nCopies(count, (Expression) new Expression.Name("c", NOWHERE)))
        .anyMatch(
            arguments -> Functions.isSimulated(new Expression.Call(function, arguments, NOWHERE)));
  }

  private static final Span NOWHERE = new Span(0, 0);

  @Test
  void givesThePresentMoment() {
    JsonNode now =
        rows("SELECT VALUE [GetCurrentDateTime(), GetCurrentTicks(), GetCurrentTimestamp(),"
                + " RAND()]")
            .getFirst();

    assertThat(now.get(0).textValue())
        .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{7}Z");
    assertThat(now.get(1).longValue() / 10_000 - now.get(2).longValue()).isBetween(-60_000L, 0L);
    assertThat(now.get(3).doubleValue()).isBetween(0.0, 1.0);
  }

  @Test
  void likeTakesNoLongerThanTheProductOfBothLengths() {
    String text = "a".repeat(5_000);
    String pattern = "%a".repeat(1_000) + "b";

    assertThat(LikePattern.parse(pattern, Optional.empty()).matches(text)).isFalse();
  }

  @Test
  void namesEachFunctionThatItDoesNotCompute() {
    assertThat(
            Arrays.stream(Function.values())
                .filter(function -> !function.isAggregate())
                .filter(function -> !isSimulatedWithSomeArguments(function))
                .map(Function::kind)
                .distinct())
        .contains(Function.Kind.SPATIAL, Function.Kind.SEARCH, Function.Kind.ITEM);
  }

  private static List<JsonNode> rows(String text) {
    ParsedSql parsed = Query.parse(text);
    assertThat(parsed).isInstanceOf(Query.class);
    Query query = (Query) parsed;
    assertThat(query.selection()).isInstanceOf(Selection.Value.class);
    assertThat(NotSimulated.in(query)).isEmpty();
    return new QueryRun(query, Parameters.NONE).rows(List.of());
  }
}
