package dev.ephemeris.gateway.sdk;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** How a kind of container is defined, and what it holds at first. */
enum FirstContent {

  /** Twelve of three customers. */
  ORDERS(
      """
      {"partitionKey":{"paths":["/customerId"],"kind":"Hash","version":2},\
      "indexingPolicy":{"indexingMode":"consistent","automatic":true,\
      "includedPaths":[{"path":"/*"}],"excludedPaths":[{"path":"/_etag/?"}],\
      "compositeIndexes":[[{"path":"/status","order":"ascending"},\
      {"path":"/n","order":"descending"}]]}}\
      """,
      orders()),

  /** Keys of three levels. */
  TENANTS(
      """
      {"partitionKey":{"paths":["/tenant","/user","/session"],"kind":"MultiHash","version":2}}\
      """,
      """
      [
        {"id":"s1","tenant":"t1","user":"u1","session":"a","n":1},
        {"id":"s2","tenant":"t1","user":"u1","session":"b","n":2},
        {"id":"s3","tenant":"t1","user":"u2","session":"a","n":3},
        {"id":"s4","tenant":"t2","user":"u1","session":"a","n":4}
      ]
      """),

  /** Unique keys, a guest without a partition key, one that is throttled and one that ends. */
  MEMBERS(
      """
      {"partitionKey":{"paths":["/customerId"],"kind":"Hash","version":2},"defaultTtl":-1,\
      "uniqueKeyPolicy":{"uniqueKeys":[{"paths":["/email"]}]}}\
      """,
      """
      [
        {"id":"m1","customerId":"c1","email":"ada@example.test"},
        {"id":"m2","customerId":"c1","email":"ben@example.test"},
        {"id":"guest","email":"guest@example.test"},
        {"id":"busy","customerId":"c1","email":"busy@example.test"},
        {"id":"gone","customerId":"c1","email":"gone@example.test","ttl":1}
      ]
      """),

  /** To be deleted or changed. */
  SPARE(
      """
      {"partitionKey":{"paths":["/customerId"],"kind":"Hash","version":2}}\
      """,
      "[]");

  private final String definition;
  private final String items;

  FirstContent(String definition, String items) {
    this.definition = definition;
    this.items = items;
  }

  /** That of a container of this name; closed ones are as the open ones are. */
  static FirstContent of(String container) {
    return valueOf(container.replaceFirst("^" + SdkWorld.CLOSED, "").toUpperCase(Locale.ROOT));
  }

  /** As in the service's REST API. */
  ObjectNode definition(String id) {
    return ((ObjectNode) SdkWorld.json(definition)).put("id", id);
  }

  List<JsonNode> items() {
    return SdkWorld.json(items).valueStream().toList();
  }

  private static String orders() {
    return IntStream.rangeClosed(1, 12)
        .mapToObj(FirstContent::order)
        .collect(Collectors.joining(",", "[", "]"));
  }

  private static String order(int n) {
    String note = n % 2 == 0 ? "" : ",\"note\":\"a gift, number " + n + "\"";
    return """
    {"id":"o%1$d","customerId":"c%2$d","n":%1$d,"status":"%3$s",\
    "lines":[{"sku":"s-%1$d","quantity":2}]%4$s}\
    """
        .formatted(n, (n - 1) % 3 + 1, n % 4 == 0 ? "shipped" : "open", note);
  }
}
