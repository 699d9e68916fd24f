package dev.ephemeris.gateway.dataplane;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/**
 * A request of the route table with a few changes, none of them well meant.
 *
 * @param headers all but those that frame the message, and the credential
 * @param body what isn't ASCII in it stands for one byte each
 */
record HostileRequest(
    String method, String target, List<Map.Entry<String, String>> headers, String body) {

  /** What readers of paths are known to differ on. */
  private static final List<String> IN_TARGETS =
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
          "%2e%2e",
          "%252e",
          ";",
          ";v=1",
          "%3B",
          "?",
          "?a=b",
          "%3F",
          "#",
          "%23",
          "%00",
          "%0D%0A",
          "%C0%AF",
          "%c3%a9",
          "%ED%A0%80",
          "\u00e9",
          " ",
          "\t",
          "%20",
          "+",
          "=",
          "==",
          "Sl8fAA==",
          "Sl8f%20AA==",
          "/dbs",
          "/DBS",
          "dbs",
          "/colls/payroll",
          "/docs",
          "/docs/o-1",
          "/sprocs/sum",
          "%64bs",
          "\0",
          "\u0085",
          "/addresses",
          "/operations/partitionkeydelete",
          "/users/u/permissions",
          "http://other",
          "*");

  /** First the four that select an operation. */
  private static final List<String> NAMES =
      List.of(
          "x-ms-documentdb-is-upsert",
          "x-ms-documentdb-isquery",
          "X-MS-Cosmos-Is-Query-Plan-Request",
          "x-ms-cosmos-is-batch-request",
          "x-ms-cosmos-batch-atomic",
          "x-ms-documentdb-partitionkey",
          "x-ms-documentdb-partitionkeyrangeid",
          "Content-Type",
          "A-IM",
          "authorization",
          "x-http-method",
          "x-http-method-override",
          "x-ms-documentdb-pre-trigger-include",
          "x-ms-documentdb-post-trigger-include",
          "x-ms-continuation",
          "if-none-match",
          "if-match",
          "x-ms-activity-id",
          "x-ms-date",
          "x-ms-version",
          "x-ms-max-item-count",
          "x-ms-start-epk",
          "x-ms-end-epk",
          "x-ms-read-key-type",
          "x-ms-cosmos-operation-type",
          "x-ms-cosmos-resource-type",
          "x-ms-cosmos-collection-truncate",
          "x-ms-documentdb-query",
          "x-ms-documentdb-collection-rid",
          "x-docdb-resource-id",
          "x-ms-rbac-user-id",
          "x-ms-thinclient-proxy-operation-type",
          "x-ms-cosmos-supported-serialization-formats",
          "x-ms-documentdb-populatepartitionstatistics",
          "accept-encoding",
          "user-agent",
          "cookie",
          "x-ms-unheard-of");

  private static final List<String> VALUES =
      List.of(
          "true",
          "True",
          "False",
          "true,false",
          "tr\u00fce",
          "",
          "1",
          "-1",
          "0x1",
          "99999999999999999999",
          "application/json",
          "application/query+json",
          "application/query+json; charset=utf-16",
          "application/sql",
          "application/octet-stream",
          "Incremental Feed",
          "Full-Fidelity Feed",
          "[\"a\"]",
          "[\"b\"]",
          "[1.0]",
          "[[1]]",
          "[{}]",
          "[]",
          "[\"a\",\"b\",\"c\",\"d\"]",
          "{\"a\":1}",
          "type=aad&ver=1.0&sig=t",
          "Bearer x",
          "DELETE",
          "0",
          "0,1",
          "\"etag\"",
          "*",
          "ed04a39d-d2d3-418d-854d-edb2b7819bd4",
          "2018-12-31",
          "2020-07-15",
          "00",
          "FF",
          "EffectivePartitionKeyRange",
          "SELECT * FROM c",
          "JsonText,CosmosBinary",
          "gzip",
          "\u00e9\u00ff",
          "-RID:~Sl8fALN4sw4CAAAAAAAAAA==#RT:1#TRC:1",
          "a\u0001b",
          "Thu, 01 Jan 1970 00:00:00 GMT");

  private static final List<String> IN_BODIES =
      List.of(
          "{",
          "}",
          "[",
          "]",
          ",",
          "\"",
          "\\",
          "\u0080",
          "\u0081",
          "\u00ef\u00bb\u00bf",
          "\0",
          "null",
          "\"query\":\"SELECT * FROM p\",",
          "\"id\":\"o-9\",",
          "\"operationType\":\"Delete\",",
          "\"operationType\":4,",
          "\"partitionKey\":\"[\\\"b\\\"]\",",
          "\"\\u0069d\":\"x\",",
          "{}",
          "//",
          "/* */",
          " ",
          "\n",
          "NaN",
          "1e999",
          "[[[[",
          "true");

  /** One change; each field a choice, so that it can be made smaller. */
  private record Change(
      int kind, int at, String name, String value, String inTarget, String inBody) {}

  /** Changed requests of these. */
  static Arbitrary<HostileRequest> of(List<HostileRequest> requests) {
    Arbitrary<Change> changes =
        Combinators.combine(
                Arbitraries.integers().between(0, 13),
                Arbitraries.integers().between(0, 99),
                Arbitraries.of(NAMES),
                Arbitraries.of(VALUES),
                Arbitraries.of(IN_TARGETS),
                Arbitraries.of(IN_BODIES))
            .as(Change::new);
    return Combinators.combine(Arbitraries.of(requests), changes.list().ofMaxSize(3))
        .as(
            (request, all) -> {
              HostileRequest changed = request;
              for (Change change : all) {
                changed = changed.with(change);
              }
              return changed;
            });
  }

  private HostileRequest with(Change change) {
    int at = change.at();
    return switch (change.kind()) {
      case 0, 1 ->
          new HostileRequest(method, inserted(target, change.inTarget(), at), headers, body);
      case 2 -> new HostileRequest(method, "/" + change.inTarget() + target, headers, body);
      case 3 -> {
        String[] segments = target.split("/", -1);
        segments[segments.length * at / 100] = change.inTarget();
        yield new HostileRequest(method, String.join("/", segments), headers, body);
      }
      case 4, 5 -> withHeaders(Stream.concat(headers.stream(), Stream.of(header(change))).toList());
      case 6 -> withHeaders(Stream.concat(Stream.of(header(change)), headers.stream()).toList());
      case 7 -> {
        List<Map.Entry<String, String>> fewer = new ArrayList<>(headers);
        if (!fewer.isEmpty()) {
          fewer.remove(fewer.size() * at / 100);
        }
        yield withHeaders(fewer);
      }
      case 8 -> {
        List<Map.Entry<String, String>> others = new ArrayList<>(headers);
        if (!others.isEmpty()) {
          others.replaceAll(
              header ->
                  header.equals(headers.get(headers.size() * at / 100))
                      ? Map.entry(header.getKey(), change.value())
                      : header);
        }
        yield withHeaders(others);
      }
      case 9 ->
          new HostileRequest(
              List.of(
                      "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "get", "OPTIONS", "TRACE",
                      "COPY")
                  .get(at / 10),
              target,
              headers,
              body);
      case 10 -> new HostileRequest(method, target, headers, inserted(body, change.inBody(), at));
      case 11 -> {
        // Where a member can stand: after the first brace.
        int brace = body.indexOf('{') + 1;
        yield new HostileRequest(
            method,
            target,
            headers,
            body.substring(0, brace) + change.inBody() + body.substring(brace));
      }
      case 12 ->
          withHeaders(
              Stream.concat(
                      headers.stream(), Stream.of(Map.entry(NAMES.get(at / 25), change.value())))
                  .toList());
      default ->
          new HostileRequest(method, target, headers, body.substring(0, body.length() * at / 99));
    };
  }

  private static Map.Entry<String, String> header(Change change) {
    return Map.entry(change.name(), change.value());
  }

  private HostileRequest withHeaders(List<Map.Entry<String, String>> others) {
    return new HostileRequest(method, target, List.copyOf(others), body);
  }

  private static String inserted(String text, String what, int at) {
    int index = text.length() * at / 99;
    return text.substring(0, index) + what + text.substring(index);
  }

  /** As it goes on the wire. */
  byte[] bytes(String authority, String authorization) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
    StringBuilder head =
        new StringBuilder(method).append(' ').append(target).append(" HTTP/1.1\r\n");
    head.append("host: ").append(authority).append("\r\n");
    head.append("authorization: ").append(authorization).append("\r\n");
    headers.forEach(
        header ->
            head.append(header.getKey()).append(": ").append(header.getValue()).append("\r\n"));
    if (!body.isEmpty()) {
      head.append("content-length: ").append(body.length()).append("\r\n");
    }
    bytes.writeBytes(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
    bytes.writeBytes(body.getBytes(StandardCharsets.ISO_8859_1));
    return bytes.toByteArray();
  }
}
