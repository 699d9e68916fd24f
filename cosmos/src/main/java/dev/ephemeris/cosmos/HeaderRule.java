package dev.ephemeris.cosmos;

import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a request header. A header without a rule is dropped: the service may give
 * meaning to names that we don't know.
 */
sealed interface HeaderRule {

  /** Goes upstream if its value has the form that SDKs send; else the request is malformed. */
  record Forward(Predicate<String> form, String expected) implements HeaderRule {}

  /** Read into a field of the request; sent upstream from there. */
  record Read() implements HeaderRule {}

  /** Would change what the request does after it was decided on. */
  record Refuse(String why, boolean ambiguous) implements HeaderRule {}

  /** The rule of a header by its lower-case name, or null if there is none. */
  static @Nullable HeaderRule of(String name) {
    return Table.RULES.get(name);
  }

  /** The allow-list. */
  final class Table {

    private static final Map<String, HeaderRule> RULES = rules();

    private Table() {}

    private static Map<String, HeaderRule> rules() {
      Map<String, HeaderRule> rules = new HashMap<>();
      Read read = new Read();
      for (String name :
          new String[] {
            CosmosHeaders.AUTHORIZATION,
            CosmosHeaders.DATE,
            CosmosHeaders.CONTENT_TYPE,
            CosmosHeaders.PARTITION_KEY,
            CosmosHeaders.IS_UPSERT,
            CosmosHeaders.IS_QUERY,
            CosmosHeaders.IS_QUERY_PLAN,
            CosmosHeaders.IS_BATCH,
            CosmosHeaders.PRE_TRIGGERS,
            CosmosHeaders.POST_TRIGGERS,
            // The HTTP server frames the body; two ways to frame it are refused here.
            "content-length",
            "transfer-encoding",
            "host",
          }) {
        rules.put(name, read);
      }
      Forward text = new Forward(Forms::isText, "printable ASCII of at most 8192 characters");
      for (String name :
          new String[] {
            "cache-control",
            "if-modified-since",
            "user-agent",
            CosmosHeaders.IF_MATCH,
            CosmosHeaders.IF_NONE_MATCH,
            CosmosHeaders.PREFER,
            CosmosHeaders.CONTINUATION,
            CosmosHeaders.SESSION_TOKEN,
            CosmosHeaders.INTENDED_CONTAINER_RID,
            CosmosHeaders.PARTITION_KEY_RANGE_ID,
            "x-ms-consistency-level",
            "x-ms-cosmos-read-consistency-strategy",
            "x-ms-cosmos-changefeed-wire-format-version",
            "x-ms-cosmos-correlated-activityid",
            "x-ms-cosmos-query-version",
            "x-ms-cosmos-sdk-supportedcapabilities",
            "x-ms-cosmos-supported-query-features",
            "x-ms-indexing-directive",
            "x-ms-cosmos-offer-autopilot-settings",
          }) {
        rules.put(name, text);
      }
      Forward flag = new Forward(Forms::isBoolean, "true or false");
      for (String name :
          new String[] {
            "x-ms-cosmos-allow-tentative-writes",
            CosmosHeaders.IS_BATCH_ATOMIC,
            "x-ms-cosmos-batch-continue-on-error",
            "x-ms-cosmos-batch-ordered",
            "x-ms-cosmos-hub-region-processing-only",
            "x-ms-cosmos-is-client-encrypted",
            "x-ms-cosmos-query-optimisticdirectexecute",
            "x-ms-cosmos-populateindexmetrics",
            "x-ms-cosmos-populateindexmetrics-v2",
            CosmosHeaders.POPULATE_QUERY_METRICS,
            "x-ms-documentdb-query-enable-scan",
            "x-ms-documentdb-query-enablecrosspartition",
            "x-ms-documentdb-query-iscontinuationexpected",
            "x-ms-documentdb-query-parallelizecrosspartitionquery",
            "x-ms-documentdb-script-enable-logging",
            "x-ms-noretry-449",
          }) {
        rules.put(name, flag);
      }
      Forward number = new Forward(Forms::isInteger, "a whole number");
      for (String name :
          new String[] {
            CosmosHeaders.MAX_ITEM_COUNT,
            "x-ms-client-retry-attempt-count",
            "x-ms-cosmos-workload-id",
            "x-ms-documentdb-responsecontinuationtokenlimitinkb",
            "x-ms-offer-throughput",
            "x-ms-remaining-time-in-ms-on-client",
          }) {
        rules.put(name, number);
      }
      rules.put(
          CosmosHeaders.A_IM, new Forward(Forms::isFeed, "Incremental Feed or Full-Fidelity Feed"));
      rules.put(CosmosHeaders.ACTIVITY_ID, new Forward(Forms::isGuid, "a GUID"));
      rules.put(CosmosHeaders.VERSION, new Forward(Forms::isApiVersion, "an API version"));
      Forward hex = new Forward(Forms::isHex, "hexadecimal digits");
      rules.put(CosmosHeaders.START_EPK, hex);
      rules.put(CosmosHeaders.END_EPK, hex);
      rules.put(
          CosmosHeaders.READ_KEY_TYPE,
          new Forward("EffectivePartitionKeyRange"::equals, "EffectivePartitionKeyRange"));

      Refuse override = new Refuse("it overrides the method of the request line", true);
      for (String name :
          new String[] {"x-http-method", "x-http-method-override", "x-method-override"}) {
        rules.put(name, override);
      }
      Refuse truncate = new Refuse("it empties the container", false);
      rules.put("x-ms-cosmos-collection-truncate", truncate);
      Refuse hidden = new Refuse("it names another operation than method and path do", true);
      for (String name :
          new String[] {
            "x-ms-cosmos-operation-type",
            "x-ms-cosmos-resource-type",
            "x-ms-documentdb-query",
            "x-ms-thinclient-proxy-operation-type",
            "x-ms-thinclient-proxy-resource-type",
          }) {
        rules.put(name, hidden);
      }
      return Map.copyOf(rules);
    }
  }

  /** The forms that header values have. */
  final class Forms {

    private static final int MAX_LENGTH = 8192;

    private Forms() {}

    static boolean isText(String value) {
      return value.length() <= MAX_LENGTH && every(value, 0, c -> c >= 0x20 && c < 0x7f);
    }

    /** The SDKs differ in case. */
    static boolean isFeed(String value) {
      return value.equalsIgnoreCase("Incremental Feed")
          || value.equalsIgnoreCase("Full-Fidelity Feed");
    }

    static boolean isBoolean(String value) {
      return value.equalsIgnoreCase("true") || value.equalsIgnoreCase("false");
    }

    static boolean isInteger(String value) {
      int start = value.startsWith("-") ? 1 : 0;
      return value.length() > start && value.length() <= 19 && every(value, start, Forms::isDigit);
    }

    static boolean isHex(String value) {
      return value.length() <= MAX_LENGTH && every(value, 0, HexFormat::isHexDigit);
    }

    static boolean isGuid(String value) {
      if (value.length() != 36) {
        return false;
      }
      for (int i = 0; i < 36; i++) {
        boolean dash = i == 8 || i == 13 || i == 18 || i == 23;
        char c = value.charAt(i);
        if (dash ? c != '-' : !HexFormat.isHexDigit(c)) {
          return false;
        }
      }
      return true;
    }

    static boolean isApiVersion(String value) {
      return value.length() == 10 && every(value, 0, c -> c == '-' || isDigit(c));
    }

    private static boolean isDigit(int c) {
      return c >= '0' && c <= '9';
    }

    private static boolean every(String value, int from, IntPredicate form) {
      for (int i = from; i < value.length(); i++) {
        if (!form.test(value.charAt(i))) {
          return false;
        }
      }
      return true;
    }
  }
}
