package dev.ephemeris.gateway.credential;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Whatever JSON: only what looks like a credential isn't in it any more. */
class WithheldPropertyTest {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final List<String> NUMBERS =
      List.of("0", "-0.0", "1e400", "12345678901234567890123", "1.50", "1E-7");

  private static final List<String> ORDINARY =
      List.of(
          "",
          "a",
          "orders of the day",
          "550e8400-e29b-41d4-a716-446655440000",
          "Grüße 東京 \ud83d\ude00",
          "tab\t\"quote\" back\\slash /slash/",
          "100 % & more; a=b",
          "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08");

  /** JSON, and what it is to become. */
  private static final class Written {

    private final Random random;
    private final List<Planted> planted;
    private final StringBuilder is = new StringBuilder();
    private final StringBuilder becomes = new StringBuilder();
    private final List<String> secrets = new ArrayList<>();
    private int values;

    Written(Random random) {
      this.random = random;
      this.planted = Planted.all(random);
    }

    void both(String text) {
      is.append(text);
      becomes.append(text);
    }

    void space() {
      both(List.of("", "", " ", "\n\t", "\r\n").get(random.nextInt(5)));
    }

    void value(int depth) {
      space();
      switch (random.nextInt(depth > 4 ? 4 : 6)) {
        case 0 -> both(NUMBERS.get(random.nextInt(NUMBERS.size())));
        case 1 -> both(List.of("true", "false", "null").get(random.nextInt(3)));
        case 2, 3 -> string();
        case 4 -> {
          both("[");
          for (int i = random.nextInt(5); i > 0; i--) {
            value(depth + 1);
            both(i > 1 ? "," : "");
          }
          both("]");
        }
        default -> {
          both("{");
          for (int i = random.nextInt(5); i > 0; i--) {
            space();
            string();
            space();
            both(":");
            value(depth + 1);
            both(i > 1 ? "," : "");
          }
          both("}");
        }
      }
      space();
    }

    void string() {
      both("\"");
      int before = secrets.size();
      for (int i = random.nextInt(3); i >= 0; i--) {
        both(escaped(ORDINARY.get(random.nextInt(ORDINARY.size()))));
        if (random.nextInt(4) == 0) {
          plant(planted.get(random.nextInt(planted.size())));
        }
      }
      values += secrets.size() > before ? 1 : 0;
      both("\"");
    }

    private void plant(Planted one) {
      // Nothing else belongs to it.
      both(escaped(" \""));
      both(escaped(one.before()));
      is.append(escaped(one.secret()));
      becomes.append("[credential withheld: ").append(one.kind()).append(']');
      both(escaped(one.after()));
      both(escaped("\" "));
      secrets.add(one.secret());
    }

    /** Any character may be written in several ways. */
    private String escaped(String text) {
      StringBuilder escaped = new StringBuilder();
      boolean often = random.nextBoolean();
      for (int i = 0; i < text.length(); i++) {
        char c = text.charAt(i);
        boolean must = c < ' ' || c == '"' || c == '\\';
        if (must || (random.nextInt(often ? 3 : 40) == 0 && !Character.isSurrogate(c))) {
          escaped.append(
              c == '/' || (must && c > ' ')
                  ? "\\" + c
                  : (random.nextBoolean() ? "\\u%04x" : "\\u%04X").formatted((int) c));
        } else {
          escaped.append(c);
        }
      }
      return escaped.toString();
    }
  }

  @Property(tries = 600)
  void onlyWhatWasPlantedIsReplaced(@ForAll long seed) throws IOException {
    Written written = new Written(new Random(seed));
    written.value(0);

    Withheld withheld = Withheld.of(written.is.toString().getBytes(UTF_8)).orElseThrow();

    String shown = new String(withheld.json(), UTF_8);
    assertThat(shown).isEqualTo(written.becomes.toString());
    assertThat(withheld.values()).isEqualTo(written.values);
    String unescaped = JSON.readTree(shown).toString();
    for (String secret : written.secrets) {
      assertThat(shown).doesNotContain(secret);
      assertThat(unescaped).doesNotContain(secret);
    }
  }

  /** Of JSON in which something was changed, what another reader takes for JSON is taken for it. */
  @Property(tries = 2000)
  void readsWhatOthersRead(@ForAll long seed) {
    Random random = new Random(seed);
    Written written = new Written(random);
    written.value(2);
    byte[] json = written.is.toString().getBytes(UTF_8);
    String syntax = "{}[],:\"\\ 0123456789-+.eEtrufalsn\n/x";
    for (int i = random.nextInt(3); i >= 0 && json.length > 0; i--) {
      json[random.nextInt(json.length)] = (byte) syntax.charAt(random.nextInt(syntax.length()));
    }

    assertThat(Withheld.of(json).isPresent()).isEqualTo(isJson(json));
  }

  private static boolean isJson(byte[] json) {
    try (JsonParser parser = new JsonFactory().createParser(json)) {
      int depth = 0;
      boolean any = false;
      for (var token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (any && depth == 0) {
          return false; // a second value
        }
        any = true;
        depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
        if (token.isScalarValue()) {
          parser.getText();
        }
      }
      return any;
    } catch (IOException notJson) {
      return false;
    }
  }
}
