package dev.ephemeris.gateway.credential;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.net.URLEncoder;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is withheld of JSON, and what isn't. */
class WithheldTest {

  static List<Planted> planted() {
    return Planted.all(new Random(11));
  }

  private static String escaped(String text) {
    return new String(JsonStringEncoder.getInstance().quoteAsString(text));
  }

  private static Withheld of(String json) {
    return Withheld.of(json.getBytes(UTF_8)).orElseThrow();
  }

  private static String text(String json) {
    return new String(of(json).json(), UTF_8);
  }

  @ParameterizedTest
  @MethodSource("planted")
  void itsPlaceIsTakenByItsKindWhereverItStands(Planted planted) {
    String is = escaped(planted.text());
    String becomes = escaped(planted.withheld());
    for (String place :
        List.of(
            "\"%s\"",
            "[1e400, {\"a\" :[ \"%s\" ]}, 12345678901234567890123]",
            "{\"a\":{\"%s\":null}}",
            "{\"a\":\"It is: %s, says \u00e9\u4e2d\\ud83d\\ude00\"}",
            "{\"a\":\"\\n(%s)\\b\"}",
            "{\"a\":\"\u00e9\\\"%s\\\"\u00e9\"}")) {
      Withheld withheld = of(place.replace("%s", is));

      assertThat(new String(withheld.json(), UTF_8)).isEqualTo(place.replace("%s", becomes));
      assertThat(withheld.values()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @MethodSource("planted")
  void escapesHideNothing(Planted planted) {
    String everyCharacter =
        planted.text().chars().mapToObj(c -> "\\u%04X".formatted(c)).collect(Collectors.joining());
    String slashes = escaped(planted.text()).replace("/", "\\/");

    assertThat(text("[\"" + everyCharacter + "\"]")).contains("withheld: " + planted.kind());
    assertThat(withoutEscapes(text("[\"" + everyCharacter + "\"]")))
        .doesNotContain(planted.secret());
    assertThat(text("[\"" + slashes + "\"]"))
        .isEqualTo("[\"" + escaped(planted.withheld()).replace("/", "\\/") + "\"]");
  }

  /** In settings that are JSON the name isn't in the value. */
  @ParameterizedTest
  @CsvSource({
    "AccountKey, account key",
    "storageAccountKey, account key",
    "SharedAccessKey, access key",
    "shared\\u0041ccess\\u004bey, access key",
    "aws_secret_access_key, AWS access key"
  })
  void aMemberIsLookedAtByItsName(String name, String kind) {
    String secret = "wJ+lrX9tnFEMI/K7MDENG/bPxRfiCYzEXAMPLEKEY7u=";
    String of = "{\"a\":\"x\",\"%s\"%s\"%s\",\"b\":\"%s\"}";

    for (String colon : List.of(":", " :\n\t ")) {
      assertThat(text(of.formatted(name, colon, secret, secret)))
          .isEqualTo(of.formatted(name, colon, "[credential withheld: " + kind + "]", secret));
    }
    // What isn't its value.
    for (String other :
        List.of(
            "[\"%s\",\"%s\"]",
            "{\"%s\":{},\"%s\":1}", "{\"%s\":1,\"b\":\"%s\"}", "{\"%sName\":\"%s\"}")) {
      String is = other.formatted(name, secret);
      assertThat(text(is)).isEqualTo(is);
    }
    // People's own keys, by the same name.
    for (String key :
        List.of(
            "550e8400-e29b-41d4-a716-446655440000",
            "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            "Account-2026-000017-North-West",
            "your-account-key-goes-here-and-nowhere-else")) {
      String is = "{\"%s\":\"%s\"}".formatted(name, key);
      assertThat(text(is)).isEqualTo(is);
    }
  }

  /** Nothing is so short that it isn't looked at. */
  @Test
  void theShortestAreSeen() {
    assertThat(text("[\";pwd=b\"]")).isEqualTo("[\";pwd=[credential withheld: password]\"]");
    assertThat(text("[\"a://:b@c\"]")).isEqualTo("[\"a://:[credential withheld: password]@c\"]");
  }

  private static String withoutEscapes(String json) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < json.length(); i++) {
      if (json.startsWith("\\u", i)) {
        text.append((char) Integer.parseInt(json.substring(i + 2, i + 6), 16));
        i += 5;
      } else {
        text.append(json.charAt(i));
      }
    }
    return text.toString();
  }

  /** JSON in a text of JSON, and in one of that; a URL in a URL; XML. */
  @ParameterizedTest
  @MethodSource("planted")
  void textsInTextsAreLookedThrough(Planted planted) {
    String json = "{\"a\":\"" + escaped(planted.text()).replace("/", "\\/") + "\"}";
    String url = URLEncoder.encode(planted.text(), UTF_8).replace("+", "%20");
    String xml = planted.text().replace("&", "&amp;").replace("=", "&#61;");

    for (String within : List.of(json, "[\"" + escaped(json) + "\"]", "https://a/?b=" + url, xml)) {
      String shown = text("[\"" + escaped(within) + "\"]");

      assertThat(shown).as(within).contains("[credential withheld: ");
      assertThat(shown)
          .doesNotContain(planted.secret().substring(planted.secret().length() / 2))
          .doesNotContain(escaped(planted.secret()));
    }
  }

  @Test
  void severalInOneValueAreEachReplaced() {
    List<Planted> all =
        planted().stream().filter(each -> !each.kind().equals("private key")).toList();
    String is = all.stream().map(Planted::text).collect(Collectors.joining(" \n, "));
    String becomes = all.stream().map(Planted::withheld).collect(Collectors.joining(" \n, "));

    Withheld withheld = of("{\"a\":\"%s\",\"b\":\"%s\"}".formatted(escaped(is), escaped(is)));

    assertThat(new String(withheld.json(), UTF_8))
        .isEqualTo("{\"a\":\"%s\",\"b\":\"%s\"}".formatted(escaped(becomes), escaped(becomes)));
    assertThat(withheld.values()).isEqualTo(2);
  }

  @ParameterizedTest
  @MethodSource("planted")
  void whatHasBeenWithheldIsLeftAlone(Planted planted) {
    byte[] once = of("[\"" + escaped(planted.text()) + "\"]").json();

    Withheld again = Withheld.of(once).orElseThrow();

    assertThat(again.values()).isZero();
    assertThat(again.json()).isSameAs(once);
  }

  @Test
  void ofAPrivateKeyWithoutAnEndNothingIsShown() {
    assertThat(text("[\"here: -----BEGIN PRIVATE KEY-----\\nMIIEvQ\\nabc and so on\", \"else\"]"))
        .isEqualTo("[\"here: [credential withheld: private key]\", \"else\"]");
  }

  /** A letter that ends an escape isn't the first of what follows. */
  @Test
  void escapesStayWhole() {
    for (String before : List.of("\\b", "\\f", "\\n", "\\t", "\\\\", "\\u0008", "\\\"")) {
      String key = planted().getFirst().secret();

      assertThat(text("[\"" + before + key + "\"]"))
          .isEqualTo("[\"" + before + "[credential withheld: account key]\"]");
    }
  }

  static Stream<String> ordinary() {
    Random random = new Random(5);
    byte[] image = new byte[3001];
    byte[] digest = new byte[64];
    random.nextBytes(image);
    random.nextBytes(digest);
    String base64 = Base64.getEncoder().encodeToString(image);
    return Stream.of(
        "550e8400-e29b-41d4-a716-446655440000",
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "n4bQgYhMfWWaL+qgxVrQFaO/TxsrC4Is0V1sFbDwCgg=",
        base64,
        "data:image/png;base64," + base64,
        "sha512-" + Base64.getEncoder().encodeToString(digest),
        "A".repeat(86) + "==",
        "AccountEndpoint=https://localhost:8081/;AccountKey=<your-key>;",
        "AccountKey={{ .Values.cosmos.key }}",
        "AccountKey=your-account-key-goes-here",
        "Server=a;Password=${PASSWORD};",
        "Server=a;Password=<password>;",
        "Endpoint=sb://a.servicebus.windows.net/;SharedAccessKeyName=RootManageSharedAccessKey",
        "Bearer of good news, internationalization and so on",
        "Bearer <token>",
        "The basic information, Basic training and basic Infrastructure",
        "Basic YWJjZGVm",
        "https://example.com:8443/a/b?c=d#e",
        "https://example.com/users/@alice:bob",
        "mailto:alice@example.com, ftp://alice@example.com/",
        "http://user:${PASSWORD}@host/ and http://user:<password>@host/",
        "a.b.c, 1.2.3, com.example.app, www.example.com",
        "eyJhIjoxfQ.eyJhIjoxfQ.c2ln",
        "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
        "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----",
        "AKIA is how AWS keys begin; BAKIAIOSFODNN7EXAMPLE2 isn't one",
        "the ghp_ prefix, xoxb-, AIza, sk_live_, whsec_ and eph_s_ say what a token is",
        "risk_live_abcdefghijklmnopqrstuvwx",
        "type=resource&ver=1.0&sig=<token>",
        "?sig=abc&se=2026-11-24",
        "the signature: sig: none, design=abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrst1",
        "orig.mysig=abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrst1",
        "sig: abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrst1",
        "password=none of 3, secret=abcdefghijklmnopqrstuvwxyz1",
        "passwords: see ;) Password: none",
        "Sl8fALN4sw4CAAAAAAAAAA==",
        "\"00000000-0000-0000-0000-000000000000\"",
        "0:-1#12345#4=12344",
        "-RID:~Sl8fALN4sw4CAAAAAAAAAA==#RT:1#TRC:5#ISV:2#IEO:65567#QCF:8",
        "Grüße, 東京, \ud83d\ude00 & 100 % sure\\maybe");
  }

  @ParameterizedTest
  @MethodSource("ordinary")
  void ordinaryDataStays(String text) {
    byte[] json = ("{\"a\":\"" + escaped(text) + "\"}").getBytes(UTF_8);

    Withheld withheld = Withheld.of(json).orElseThrow();

    assertThat(new String(withheld.json(), UTF_8)).isEqualTo(new String(json, UTF_8));
    assertThat(withheld.values()).isZero();
    assertThat(withheld.json()).isSameAs(json);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "{",
        "[1,]",
        "{\"a\":1,}",
        "{\"a\"}",
        "{a:1}",
        "[1 2]",
        "1 2",
        "01",
        "-",
        "1.",
        ".5",
        "1e",
        "+1",
        "NaN",
        "nul",
        "\"a",
        "\"\\x\"",
        "\"\\u12g4\"",
        "\"\\u12\"",
        "\"a\nb\"",
        "[]]",
        "[}",
        "{\"a\":]",
        "\ufeff{}",
        "<html></html>"
      })
  void whatIsNoJsonIsNotTakenForAny(String text) {
    assertThat(Withheld.of(text.getBytes(UTF_8))).isEmpty();
  }

  @Test
  void whatIsNoTextIsNotTakenForAny() {
    assertThat(Withheld.of(new byte[] {(byte) 0x80, 'a'})).isEmpty();
    assertThat(Withheld.of(new byte[] {'"', (byte) 0xC1, (byte) 0x81, '"'})).isEmpty();
    assertThat(Withheld.of("[\"a\"]".getBytes(UTF_16))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "-0",
        "1e400",
        "-1.5E-7",
        " [ ] ",
        "{}",
        "true",
        "null",
        "\"\"",
        "[[[{}]],{\"a\":{}}]",
        "{\"a\":1,\"a\":2}",
        "[\"\\ud800\"]"
      })
  void jsonIsGivenAsItIs(String json) {
    assertThat(text(json)).isEqualTo(json);
  }

  @Test
  void depthIsNoObstacle() {
    String key = planted().getFirst().secret();

    assertThat(text("[".repeat(100_000) + "\"" + key + "\"" + "]".repeat(100_000)))
        .isEqualTo(
            "[".repeat(100_000) + "\"[credential withheld: account key]\"" + "]".repeat(100_000));
  }
}
