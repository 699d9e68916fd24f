package dev.ephemeris.cosmos;

import dev.ephemeris.cosmos.PartitionKey.Component;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/** What the properties of this package draw from: requests that SDKs send, and hostile ones. */
final class Requests {

  /** Method, path and selectors of every operation. */
  private static final List<RawRequest> SHAPES =
      List.of(
          RawRequest.of("GET", "/", "-"),
          RawRequest.of("GET", "/dbs", "-"),
          RawRequest.of("POST", "/dbs", "content-type: application/json"),
          RawRequest.of(
              "POST",
              "/dbs",
              "content-type: application/query+json; x-ms-documentdb-isquery: true"),
          RawRequest.of("GET", "/dbs/{d}", "-"),
          RawRequest.of("DELETE", "/dbs/{d}", "-"),
          RawRequest.of("GET", "/dbs/{d}/colls", "-"),
          RawRequest.of("POST", "/dbs/{d}/colls", "-"),
          RawRequest.of("HEAD", "/dbs/{d}/colls/{c}", "-"),
          RawRequest.of("PUT", "/dbs/{d}/colls/{c}", "content-type: application/json"),
          RawRequest.of("GET", "/dbs/{d}/colls/{c}/pkranges", "a-im: Incremental feed"),
          RawRequest.of("GET", "/dbs/Sl8fAA==/colls/Sl8fALN4sw4=/pkranges", "-"),
          RawRequest.of("POST", "/dbs/{d}/colls/{c}/docs", "content-type: application/json"),
          RawRequest.of("POST", "/dbs/{d}/colls/{c}/docs", "x-ms-documentdb-is-upsert: True"),
          RawRequest.of(
              "POST",
              "/dbs/{d}/colls/{c}/docs",
              "content-type: application/query+json; x-ms-documentdb-isquery: TRUE"),
          RawRequest.of(
              "POST",
              "/dbs/{d}/colls/{c}/docs",
              "content-type: application/query+json; x-ms-cosmos-is-query-plan-request: true"),
          RawRequest.of(
              "POST",
              "/dbs/{d}/colls/{c}/docs",
              "x-ms-cosmos-is-batch-request: true; x-ms-cosmos-batch-atomic: false"),
          RawRequest.of(
              "POST",
              "/dbs/{d}/colls/{c}/docs",
              "a-im: Incremental Feed; content-type: application/query+json;"
                  + " x-ms-documentdb-isquery: true"),
          RawRequest.of("GET", "/dbs/{d}/colls/{c}/docs", "-"),
          RawRequest.of("GET", "/dbs/{d}/colls/{c}/docs", "a-im: Full-Fidelity Feed"),
          RawRequest.of("GET", "/dbs/{d}/colls/{c}/docs/{i}", "-"),
          RawRequest.of("PUT", "/dbs/{d}/colls/{c}/docs/{i}", "if-match: \"e\""),
          RawRequest.of(
              "PATCH", "/dbs/{d}/colls/{c}/docs/{i}", "content-type: application/json-patch+json"),
          RawRequest.of("DELETE", "/dbs/{d}/colls/{c}/docs/{i}", "-"),
          RawRequest.of(
              "PUT", "/dbs/{d}/colls/{c}/docs/{i}", "x-ms-documentdb-post-trigger-include: a,b"),
          RawRequest.of("POST", "/dbs/{d}/colls/{c}/operations/partitionkeydelete", "-"),
          RawRequest.of("POST", "/dbs/{d}/colls/{c}/sprocs/{i}", "-"),
          RawRequest.of("GET", "/dbs/{d}/colls/{c}/triggers/{i}", "-"),
          RawRequest.of("GET", "/dbs/{d}/clientencryptionkeys", "-"),
          RawRequest.of("PUT", "/dbs/{d}/clientencryptionkeys/{i}", "-"),
          RawRequest.of("GET", "/dbs/Sl8fAA==/clientencryptionkeys/{i}", "-"),
          RawRequest.of("GET", "/offers", "-"),
          RawRequest.of("PUT", "/offers/{i}", "content-type: application/json"),
          RawRequest.of("POST", "/dbs/{d}/colls/{c}/udfs", "-"),
          RawRequest.of("PUT", "/dbs/{d}/colls/{c}/sprocs/{i}", "-"),
          RawRequest.of("GET", "/dbs/{d}/colls/{c}/conflicts", "-"),
          RawRequest.of("DELETE", "/dbs/{d}/colls/{c}/conflicts/{i}", "-"));

  /** What path parsers are known to differ on. */
  private static final List<String> TRAPS =
      List.of(
          "/",
          "//",
          "\\",
          "%2F",
          "%2f",
          "%5C",
          "%252F",
          "%25",
          "%",
          "%4",
          ".",
          "..",
          "/../",
          "/./",
          "%2e",
          "%252e",
          ";",
          ";v=1",
          "%3B",
          "?",
          "%3F",
          "#",
          "%23",
          "%00",
          "%0D%0A",
          "%C0%AF",
          "%c3%a9",
          "%ED%A0%80",
          "é",
          " ",
          "%20",
          "+",
          "=",
          "==",
          "Sl8fAA==",
          "Sl8f%20AA==",
          "DBS",
          "dbs",
          "colls",
          "docs",
          "%64bs",
          "\0",
          "\ud800",
          "/addresses",
          "x-ms-version");

  private static final List<String> HEADERS =
      List.of(
          "x-ms-documentdb-is-upsert",
          "x-ms-documentdb-isquery",
          "X-MS-Cosmos-Is-Query-Plan-Request",
          "x-ms-cosmos-is-batch-request",
          "x-ms-documentdb-partitionkey",
          "Content-Type",
          "A-IM",
          "authorization",
          "x-http-method",
          "x-ms-documentdb-pre-trigger-include",
          "X-MS-DocumentDB-Post-Trigger-Include",
          "content-length",
          "transfer-encoding",
          "x-ms-continuation",
          "x-ms-activity-id",
          "x-ms-max-item-count",
          "x-ms-unheard-of");

  private static final List<String> VALUES =
      List.of(
          "true",
          "False",
          "true,false",
          "",
          "1",
          "application/json",
          "application/query+json",
          "Incremental Feed",
          "[\"a\"]",
          "[1.0]",
          "stamp,count",
          "stamp, ../count",
          "[[1]]",
          "type=aad&ver=1.0&sig=t",
          "ed04a39d-d2d3-418d-854d-edb2b7819bd4",
          "\r\nx: y",
          "é");

  private Requests() {}

  /** Names that the service takes, of all of Unicode. */
  static Arbitrary<String> names() {
    Arbitrary<String> plain = Arbitraries.strings().alpha().numeric().ofMinLength(1).ofMaxLength(8);
    Arbitrary<String> odd =
        Arbitraries.strings()
            .withChars(" %+;,:@&=$'()*!~\"<>[]^`{|}.-_éß漢\u00a0")
            .withCharRange('a', 'f')
            .withCharRange('0', '3')
            .ofMinLength(1)
            .ofMaxLength(12);
    Arbitrary<String> any = Arbitraries.strings().all().ofMinLength(1).ofMaxLength(12);
    Arbitrary<String> rids = Arbitraries.of("Sl8fAA==", "🍋", "docs", "...", "a.", "100%", "%zz");
    return Arbitraries.oneOf(plain, odd, any, rids).filter(PathSegment::isValid);
  }

  static Arbitrary<PartitionKey> partitionKeys() {
    Arbitrary<Component> components =
        Arbitraries.oneOf(
            Arbitraries.strings().ofMaxLength(8).map(Component.Text::new),
            Arbitraries.strings()
                .withChars("\"\\/\b\u0000\u007f\ud83c\udf4bé")
                .map(Component.Text::new),
            Arbitraries.doubles().map(Component.Numeric::new),
            Arbitraries.integers().map(Component.Numeric::new),
            Arbitraries.of(true, false).map(Component.Bool::new),
            Arbitraries.just(new Component.Null()),
            Arbitraries.just(new Component.Undefined()));
    return components.list().ofMaxSize(3).map(PartitionKey::new);
  }

  /** Every operation, with names as the SDKs encode them. */
  static Arbitrary<RawRequest> valid() {
    Arbitrary<String> databases = names().filter(name -> !Rid.isDatabase(name));
    Arbitrary<UnaryOperator<String>> encodings =
        Arbitraries.of(Requests::strictly, Requests::asJavaScriptDoes, Requests::everyByte);
    return Combinators.combine(
            Arbitraries.of(SHAPES),
            databases,
            names(),
            names(),
            encodings,
            partitionKeys().optional())
        .as(
            (shape, database, container, child, encoding, key) -> {
              List<Map.Entry<String, String>> headers = new ArrayList<>(shape.headers());
              key.ifPresent(
                  value -> headers.add(Map.entry(CosmosHeaders.PARTITION_KEY, value.header())));
              String target =
                  shape
                      .target()
                      .replace("{d}", encoding.apply(database))
                      .replace("{c}", encoding.apply(container))
                      .replace("{i}", encoding.apply(child));
              return new RawRequest(shape.method(), target, headers);
            });
  }

  /** Valid requests with a few changes, none of them well meant. */
  static Arbitrary<RawRequest> hostile() {
    Arbitrary<String> methods =
        Arbitraries.frequencyOf(
            Tuple.of(8, Arbitraries.just("")),
            Tuple.of(1, Arbitraries.of("GET", "POST", "PUT", "get", "TRACE", "")));
    Arbitrary<List<Trap>> traps =
        Combinators.combine(Arbitraries.of(TRAPS), Arbitraries.integers().between(0, 99))
            .as(Trap::new)
            .list()
            .ofMaxSize(2);
    Arbitrary<List<Map.Entry<String, String>>> added =
        Combinators.combine(Arbitraries.of(HEADERS), Arbitraries.of(VALUES))
            .as(Map::entry)
            .list()
            .ofMaxSize(2);
    return Combinators.combine(valid(), methods, traps, added)
        .as(
            (request, method, trapped, more) -> {
              String target = request.target();
              for (Trap trap : trapped) {
                target = trap.in(target);
              }
              List<Map.Entry<String, String>> headers = new ArrayList<>(request.headers());
              headers.addAll(more);
              return new RawRequest(method.isEmpty() ? request.method() : method, target, headers);
            });
  }

  /** A text to put into a target, and how far in, in percent. */
  private record Trap(String text, int at) {
    String in(String target) {
      int index = target.length() * at / 99;
      return target.substring(0, index) + text + target.substring(index);
    }
  }

  private static String strictly(String name) {
    StringBuilder out = new StringBuilder();
    PathSegment.encode(out, name);
    return out.toString();
  }

  /** {@code encodeURI}, and ; as it must be escaped for this gateway. */
  private static String asJavaScriptDoes(String name) {
    String encoded = URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
    for (char c : ",:@&=+$'()!~".toCharArray()) {
      encoded = encoded.replace("%" + HexFormat.of().withUpperCase().toHexDigits((byte) c), "" + c);
    }
    return encoded;
  }

  private static String everyByte(String name) {
    return HexFormat.of().withPrefix("%").formatHex(name.getBytes(StandardCharsets.UTF_8));
  }
}
