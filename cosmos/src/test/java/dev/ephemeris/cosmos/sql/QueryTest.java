package dev.ephemeris.cosmos.sql;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.ValueSource;

class QueryTest {

  @ParameterizedTest
  @CsvFileSource(resources = "queries.csv", delimiter = '¦', quoteCharacter = '\0')
  void readsAndPrintsQueries(String text, String printed) {
    assertThat(Query.parse(text))
        .isInstanceOfSatisfying(
            Query.class,
            query -> {
              assertThat(query.text()).isEqualTo(printed);
              assertThat(Query.parse(printed)).isEqualTo(query);
            });
  }

  @ParameterizedTest
  @CsvFileSource(resources = "shapes.csv", delimiter = '¦', quoteCharacter = '\0')
  void hasAShapeWithoutWhatSomebodyPutIntoIt(String text, String shape) {
    assertThat(Query.parse(text))
        .isInstanceOfSatisfying(Query.class, query -> assertThat(query.shape()).isEqualTo(shape));
  }

  @ParameterizedTest
  @CsvFileSource(resources = "errors.csv", delimiter = '¦', quoteCharacter = '\0')
  void saysWhatIsWrongAndWhere(String text, String code, int start, int end, String message) {
    assertThat(Query.parse(text))
        .isInstanceOfSatisfying(
            SyntaxError.class,
            error -> {
              assertThat(error.code()).isEqualTo(code);
              assertThat(error.message()).isEqualTo(message);
              assertThat(error.location().start()).isEqualTo(start);
              assertThat(error.location().end()).isEqualTo(end);
            });
  }

  @Test
  void putsAnErrorIntoTheServicesJson() {
    SyntaxError error = (SyntaxError) Query.parse("SELECT ' \"");

    assertThat(error.json())
        .isEqualTo(
            """
            {"errors":[{"severity":"Error","location":{"start":7,"end":10},"code":"SC1001",\
            "message":"Syntax error, incorrect syntax near '''."}]}\
            """);
  }

  @Test
  void knowsWhereAnExpressionStands() {
    String text = "SELECT * FROM c WHERE c.ssn = 'x'";
    Query query = (Query) Query.parse(text);
    Expression.Binary where = (Expression.Binary) query.where().orElseThrow();

    Span ssn = where.left().at();

    assertThat(text.substring(ssn.start(), ssn.end())).isEqualTo("c.ssn");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(",
        "[",
        "- ",
        "c[",
        "NOT (",
        "{\"a\": ",
        "1 + ",
        "UPPER(",
        "c.a + ",
        "(SELECT VALUE ",
        "1 ? 1 : ",
        "1 ? ",
        "~",
        "EXISTS(SELECT VALUE ",
        "1 ?? ",
        "1 FROM (SELECT VALUE "
      })
  void refusesWhatIsNestedTooDeeply(String part) {
    String text = "SELECT VALUE " + part.repeat(Query.MAX_LENGTH / part.length() - 20) + "1";

    assertThat(Query.parse(text))
        .isInstanceOfSatisfying(
            SyntaxError.class, error -> assertThat(error.code()).isEqualTo("SC3011"));
  }

  @Test
  void takesAsManyAlternativesAsReadManySends() {
    String term = "(c.id = @i AND c[\"pk\"] = @p)";
    String text = "SELECT * FROM c WHERE " + String.join(" OR ", Collections.nCopies(1000, term));

    assertThat(Query.parse(text)).isInstanceOf(Query.class);
  }

  @Test
  void refusesATextThatIsTooLong() {
    String text = "SELECT * FROM c" + " ".repeat(Query.MAX_LENGTH);

    assertThat(Query.parse(text))
        .isInstanceOfSatisfying(
            SyntaxError.class, error -> assertThat(error.code()).isEqualTo("SC3032"));
  }
}
