package dev.ephemeris.gateway.scan;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.ephemeris.gateway.credential.Ascii;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is found in a text, and what isn't. */
class TextScanTest {

  private static final int PIECE = 1 << 14;
  private static final String ENDPOINT = "https://orders-prod.documents.azure.com:443/";
  private static final String KEY = base64(1, 64);
  private static final String LEASE =
      "type=resource&ver=1.0&sig=aaaaaaaaaaaaaaaaaaaaaaaaaa2.Zm9v-_" + "b".repeat(37);
  private static final String TOKEN =
      "type=resource&ver=1&sig=" + base64(2, 16) + ";" + base64(3, 64) + ";";

  /** How the same text stands in files of different kinds. */
  private enum Form {
    PLAIN,
    URL,
    URL_TWICE,
    JSON,
    JSON_IN_JSON,
    SLASHES,
    HEXADECIMAL,
    XML,
    XML_HEXADECIMAL,
    PROPERTIES;

    String of(String text) {
      return text.chars().mapToObj(this::of).collect(Collectors.joining());
    }

    private String of(int c) {
      if (Ascii.isAlphanumeric(c) || c == '-' || c == '.') {
        return Character.toString(c);
      }
      return switch (this) {
        case PLAIN -> Character.toString(c);
        case URL -> "%%%02X".formatted(c);
        case URL_TWICE -> "%%25%02x".formatted(c);
        case JSON -> "\\u%04x".formatted(c);
        case JSON_IN_JSON -> "\\\\u%04X".formatted(c);
        case SLASHES -> (c == '/' ? "\\" : "") + (char) c;
        case HEXADECIMAL -> "\\x%02x".formatted(c);
        case XML -> "&#%d;".formatted(c);
        case XML_HEXADECIMAL -> "&#x%X;".formatted(c);
        case PROPERTIES -> (c == '=' || c == ':' ? "\\" : "") + (char) c;
      };
    }
  }

  @ParameterizedTest
  @CsvFileSource(resources = "finds.csv", numLinesToSkip = 1, maxCharsPerColumn = 4096)
  void finds(String text, String code, String of) {
    List<Finding> findings = find(filledIn(text));

    assertThat(findings).hasSize(1);
    assertThat(findings.getFirst().kind().code()).isEqualTo(code);
    assertThat(findings.getFirst().of()).isEqualTo(Optional.ofNullable(of));
  }

  @ParameterizedTest
  @CsvFileSource(resources = "leaves.csv", numLinesToSkip = 1)
  void leaves(String text) {
    assertThat(find(filledIn(text))).isEmpty();
  }

  @Property(tries = 1000)
  void aConnectionStringIsFoundOnceInWhateverFormAndBesideWhateverText(
      @ForAll Form form,
      @ForAll long seed,
      @ForAll boolean keyFirst,
      @ForAll("texts") String before,
      @ForAll("texts") String after,
      @ForAll @IntRange(max = 60_000) int far) {
    String key = base64(seed, 64);
    String statement =
        keyFirst
            ? "AccountKey=" + key + ";AccountEndpoint=" + ENDPOINT + ";"
            : "AccountEndpoint=" + ENDPOINT + ";AccountKey=" + key + ";";

    List<Finding> findings =
        find(".\n".repeat(far / 2) + before + " " + form.of(statement) + " " + after);

    assertThat(findings).hasSize(1);
    Finding finding = findings.getFirst();
    assertThat(finding.kind()).isEqualTo(Kind.CONNECTION_STRING);
    assertThat(finding.of()).contains("orders-prod");
    assertThat(finding.fingerprint()).contains(Fingerprint.of(Base64.getDecoder().decode(key)));
    assertThat(finding.toString()).doesNotContain(key.substring(0, 8));
  }

  @Property(tries = 1000)
  void tokensAreFoundOnceInWhateverForm(
      @ForAll Form form, @ForAll long seed, @ForAll("texts") String before) {
    String token = "type=resource&ver=1.0&sig=" + base64(seed, 16) + ";" + base64(seed + 1, 90);

    assertThat(find(before + " " + form.of(token) + ";"))
        .extracting(Finding::kind)
        .containsExactly(Kind.RESOURCE_TOKEN);
    assertThat(find(before + " " + form.of(LEASE) + "\n"))
        .extracting(Finding::kind)
        .containsExactly(Kind.LEASE_TOKEN);
  }

  @Property(tries = 500)
  void nothingIsFoundWhereNothingIs(@ForAll("texts") String text) {
    assertThat(seen(text.getBytes(UTF_8), true).findings()).isEmpty();
  }

  /** Not of keys: what means something in texts, and what escapes it. */
  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.oneOf(
            Arbitraries.strings().excludeChars((char) 0).ofMaxLength(20),
            Arbitraries.of(
                "%",
                "\\",
                "&",
                ";",
                "=",
                "==",
                "\"",
                "'",
                "\n",
                "\r\n",
                "\\n",
                "é",
                "😀",
                "/",
                "AccountKey",
                "type=resource",
                "&ver=1",
                "cosmosdb",
                "listkey",
                "masterKey",
                "%3d%3d",
                "\\u003d",
                "&#61;",
                "Zm9v",
                "QWNjb3VudEV"))
        .list()
        .ofMaxSize(30)
        .map(parts -> String.join("", parts));
  }

  /** Where one piece ends and another begins is of no account. */
  @Test
  void aKeyIsFoundAtEachPlaceOfAText() {
    String line = "COSMOS_KEY=" + KEY + "\n";
    for (int before = 4000; before < 6500; before++) {
      byte[] text = ("é".repeat(5000) + "\n".repeat(before) + line).getBytes(UTF_8);
      byte[] longer = Arrays.copyOf(text, text.length + 20_000);
      Arrays.fill(longer, text.length, longer.length, (byte) '.');

      List<Finding> findings = seen(longer, false).findings();

      assertThat(findings)
          .extracting(Finding::line, Finding::column)
          .containsExactly(tuple(before + 1L, 12L));
    }
  }

  @Test
  void twoFindingsOfOneKeyHaveOneFingerprint() {
    String escaped = Form.JSON.of(KEY);
    List<Finding> findings =
        find("COSMOS_KEY=" + KEY + "\nCOSMOS_KEY=" + escaped + "\nCOSMOS_KEY=" + base64(9, 64));

    assertThat(findings).hasSize(3);
    assertThat(findings.get(1).fingerprint()).isEqualTo(findings.get(0).fingerprint());
    assertThat(findings.get(2).fingerprint()).isNotEqualTo(findings.get(0).fingerprint());
  }

  @Test
  void aKeyInASettingInAStringBeginsBehindTheEscape() {
    List<Finding> findings = find("\"# cosmos\\n" + KEY + "\\n\"");

    assertThat(findings).extracting(Finding::column).containsExactly(12L);
  }

  @Test
  void aBackslashOrPercentSignBeforeAKeyIsNoPartOfIt() {
    String key = "2F" + KEY.substring(2);

    assertThat(find("cosmos %" + key)).hasSize(1);
    assertThat(find("cosmos \\n" + KEY.substring(1))).hasSize(1);
  }

  @Test
  void withAllOnlyWhatIsNoSecretIsLeft() {
    String text = "SECRET=" + KEY + "\nSTORAGE_KEY=" + base64(5, 64) + "\nsha512-" + base64(6, 64);

    assertThat(seen(text.getBytes(UTF_8), true).findings())
        .extracting(Finding::kind, Finding::line)
        .containsExactly(tuple(Kind.PERHAPS_KEY, 1L), tuple(Kind.PERHAPS_KEY, 2L));
  }

  @ParameterizedTest
  @ValueSource(strings = {"# ephemeris:allow", "// EPHEMERIS:ALLOW, of the tests"})
  void aMarkedLineIsLeftOutAndCounted(String marker) {
    String line = "COSMOS_KEY=" + KEY;

    TextScan.Seen seen = seen((line + " " + marker + "\n" + line).getBytes(UTF_8), false);

    assertThat(seen.findings()).extracting(Finding::line).containsExactly(2L);
    assertThat(seen.allowed()).isOne();
  }

  @Test
  void aLineThatFetchesKeysTwiceIsOneFinding() {
    String line =
        "x: cosmos.listKeys().primaryMasterKey, y: cosmos.listKeys().secondaryMasterKey\n";

    assertThat(find(line + line)).extracting(Finding::line).containsExactly(1L, 2L);
  }

  @Test
  void theEmulatorsKeyIsToldOnceAndFailsNothing() {
    String line =
        "AccountEndpoint=https://localhost:8081/;AccountKey=C2y6yDjf5/R+ob0N8A7Cgv30VRDJIWEHLM+4QDU5DE2nQ9nDuVTqobD4b8mGGyPMbIZnqyMsEcaGQy67XIw/Jw==;\n";

    assertThat(find(line + line)).extracting(Finding::line).containsExactly(1L);
    assertThat(Kind.EMULATOR_KEY.fails()).isFalse();
  }

  @Test
  void aTextOfKeysIsGivenUpAfterAThousandThatFail() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < 1100; i++) {
      text.append("COSMOS_KEY=").append(base64(i, 64)).append('\n');
    }

    TextScan.Seen seen = seen(text.toString().getBytes(UTF_8), false);

    assertThat(seen.findings()).hasSize(1000);
    assertThat(seen.isCut()).isTrue();
  }

  private static String base64(long seed, int length) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return Base64.getEncoder().encodeToString(bytes);
  }

  private static List<Finding> find(String text) {
    return seen(text.getBytes(UTF_8), false).findings();
  }

  private static TextScan.Seen seen(byte[] text, boolean all) {
    try {
      return TextScan.of(new ByteArrayInputStream(text), new byte[PIECE], all).orElseThrow();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String filledIn(String text) {
    String wrapped = "AccountEndpoint=" + ENDPOINT + ";AccountKey=" + KEY;
    return text.replace('|', '\n')
        .replace("{WRAPPED}", Base64.getEncoder().encodeToString(wrapped.getBytes(UTF_8)))
        .replace("{TOKEN}", TOKEN)
        .replace("{LEASE}", LEASE)
        .replace("{CUT}", KEY.substring(1))
        .replace("{ODD}", KEY.substring(0, 85) + "B==")
        .replace("{KEY}", KEY);
  }
}
