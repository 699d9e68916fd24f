package dev.ephemeris.simulator.cosmos;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.ephemeris.cosmos.CosmosHeaders;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every resource by its RID, signed as requests by RID are: with the last RID in lower case. */
class RidAddressingTest {

  private static final String ORDERS = "dbs/shop/colls/orders";

  private static RunningSimulator running;
  private static RawClient raw;

  /** What is in the account, by a word for it. */
  private final Map<String, JsonNode> resources = new HashMap<>();

  @BeforeAll
  static void start() throws Exception {
    running = new RunningSimulator();
    raw = new RawClient(running);
  }

  @AfterAll
  static void stop() {
    running.close();
  }

  @BeforeEach
  void oneOfEach() throws Exception {
    running.resetWithContainer();
    running.simulator.register(
        "shop", "orders", "sproc", (_, _) -> JsonNodeFactory.instance.textNode("ran"));
    resources.put("database", named("GET", "dbs/shop", "").json());
    resources.put("container", named("GET", ORDERS, "").json());
    resources.put("item", named("POST", ORDERS + "/docs", "{'id': 'item', 'pk': 'a'}").json());
    resources.put("sproc", named("GET", ORDERS + "/sprocs/sproc", "").json());
    resources.put(
        "trigger",
        named(
                "POST",
                ORDERS + "/triggers",
                "{'id': 'trigger', 'body': 'x', 'triggerType': 'Pre', 'triggerOperation': 'All'}")
            .json());
    resources.put("udf", named("POST", ORDERS + "/udfs", "{'id': 'udf', 'body': 'x'}").json());
    resources.put("user", named("POST", "dbs/shop/users", "{'id': 'user'}").json());
    resources.put(
        "permission",
        named(
                "POST",
                "dbs/shop/users/user/permissions",
                "{'id': 'permission', 'permissionMode': 'All', 'resource': '" + ORDERS + "'}")
            .json());
    resources.put("key", named("POST", "dbs/shop/clientencryptionkeys", "{'id': 'key'}").json());
    resources.put("offer", named("GET", "offers", "").json().path("Offers").path(0));
    resources.put(
        "range", named("GET", ORDERS + "/pkranges", "").json().path("PartitionKeyRanges").path(0));
  }

  private static RawClient.Reply named(String method, String path, String body) throws Exception {
    ResourcePath parsed = ResourcePath.parse("/" + path);
    return signed(method, path, parsed.resourceType(), parsed.link(), body);
  }

  private static RawClient.Reply signed(
      String method, String path, String type, String link, String body) throws Exception {
    return raw.request(method, "/" + path)
        .signed(type, link)
        .header(CosmosHeaders.PARTITION_KEY, "[\"a\"]")
        .body(body)
        .send();
  }

  private JsonNode resource(String word) {
    return resources.getOrDefault(word, JsonNodeFactory.instance.nullNode());
  }

  private String rid(String word) {
    return resource(word).path("_rid").textValue();
  }

  /** The link by RID, which what is made shows of itself. */
  private String self(String word) {
    String self = resource(word).path("_self").textValue();
    return self.substring(0, self.length() - 1);
  }

  private static String lower(String rid) {
    return rid.toLowerCase(Locale.ROOT);
  }

  @Test
  void saysWhatAResourceLivesIn() {
    String database = rid("database");
    String container = rid("container");

    assertThat(self("database")).isEqualTo("dbs/" + database);
    assertThat(self("container")).isEqualTo("dbs/" + database + "/colls/" + container);
    assertThat(self("item")).isEqualTo(self("container") + "/docs/" + rid("item"));
    assertThat(self("sproc")).isEqualTo(self("container") + "/sprocs/" + rid("sproc"));
    assertThat(self("trigger")).isEqualTo(self("container") + "/triggers/" + rid("trigger"));
    assertThat(self("udf")).isEqualTo(self("container") + "/udfs/" + rid("udf"));
    assertThat(self("range")).isEqualTo(self("container") + "/pkranges/" + rid("range"));
    assertThat(self("user")).isEqualTo(self("database") + "/users/" + rid("user"));
    assertThat(self("permission")).isEqualTo(self("user") + "/permissions/" + rid("permission"));
    assertThat(self("key")).isEqualTo(self("database") + "/clientencryptionkeys/" + rid("key"));
    assertThat(self("offer")).isEqualTo("offers/" + rid("offer"));
    assertThat(
            new TreeSet<>(
                resources.values().stream().map(one -> one.path("_rid").textValue()).toList()))
        .hasSameSizeAs(resources.values());
  }

  /**
   * By azure-cosmos {@code ResourceId}: 4 bytes, 8, 16, an offer 3; the kind is in the last one.
   */
  @ParameterizedTest
  @CsvSource({
    "database,8",
    "container,12",
    "item,24",
    "sproc,24",
    "trigger,24",
    "udf,24",
    "range,24",
    "user,12",
    "key,12",
    "permission,24",
    "offer,4"
  })
  void hasTheServicesLength(String word, int length) {
    assertThat(rid(word)).hasSize(length);
  }

  @ParameterizedTest
  @CsvSource({
    "database,dbs",
    "container,colls",
    "item,docs",
    "sproc,sprocs",
    "trigger,triggers",
    "udf,udfs",
    "user,users",
    "permission,permissions",
    "key,clientencryptionkeys",
    "offer,offers"
  })
  void readsEach(String word, String type) throws Exception {
    RawClient.Reply reply = signed("GET", self(word), type, lower(rid(word)), "");

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.json().path("_rid").textValue()).isEqualTo(rid(word));
    assertThat(reply.json().path("id")).isEqualTo(resource(word).path("id"));
  }

  @ParameterizedTest
  @CsvSource({
    "database,/colls,colls,DocumentCollections,container",
    "database,/users,users,Users,user",
    "user,/permissions,permissions,Permissions,permission",
    "database,/clientencryptionkeys,clientencryptionkeys,ClientEncryptionKeys,key",
    "container,/docs,docs,Documents,item",
    "container,/sprocs,sprocs,StoredProcedures,sproc",
    "container,/triggers,triggers,Triggers,trigger",
    "container,/udfs,udfs,UserDefinedFunctions,udf",
    "container,/pkranges,pkranges,PartitionKeyRanges,range"
  })
  void listsEachSignedWithTheRidOfWhatItLivesIn(
      String parent, String path, String type, String property, String word) throws Exception {
    RawClient.Reply reply = signed("GET", self(parent) + path, type, lower(rid(parent)), "");

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.json().path("_rid").textValue()).isEqualTo(rid(parent));
    assertThat(reply.json().path(property).path(0).path("_rid").textValue()).isEqualTo(rid(word));
  }

  @Test
  void listsConflictsToo() throws Exception {
    assertThat(
            signed(
                    "GET",
                    self("container") + "/conflicts",
                    "conflicts",
                    lower(rid("container")),
                    "")
                .status())
        .isEqualTo(200);
  }

  @ParameterizedTest
  @CsvSource({
    "database,dbs",
    "container,colls",
    "item,docs",
    "sproc,sprocs",
    "trigger,triggers",
    "udf,udfs",
    "user,users",
    "permission,permissions"
  })
  void deletesEach(String word, String type) throws Exception {
    assertThat(signed("DELETE", self(word), type, lower(rid(word)), "").status()).isEqualTo(204);

    assertThat(signed("GET", self(word), type, lower(rid(word)), "").status()).isEqualTo(404);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "item       | docs        | {'id': 'item', 'pk': 'a', 'n': 1}",
        "sproc      | sprocs      | {'id': 'sproc', 'body': 'y'}",
        "trigger    | triggers    | {'id': 'trigger', 'body': 'y', 'triggerType': 'Post',"
            + " 'triggerOperation': 'All'}",
        "udf        | udfs        | {'id': 'udf', 'body': 'y'}",
        "user       | users       | {'id': 'renamed'}",
        "key        | clientencryptionkeys | {'id': 'key', 'encryptionAlgorithm': 'x'}",
        "permission | permissions | {'id': 'permission', 'permissionMode': 'Read', 'resource':"
            + " 'dbs/shop/colls/orders'}",
        "offer      | offers      | {'content': {'offerThroughput': 500}}"
      })
  void replacesEachAndKeepsItsRid(String word, String type, String body) throws Exception {
    RawClient.Reply reply = signed("PUT", self(word), type, lower(rid(word)), body);

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.json().path("_rid").textValue()).isEqualTo(rid(word));
    assertThat(reply.json().path("_self")).isEqualTo(resource(word).path("_self"));
    assertThat(reply.json().path("_etag")).isNotEqualTo(resource(word).path("_etag"));
  }

  @Test
  void createsQueriesPatchesAndExecutes() throws Exception {
    String container = self("container");
    String link = lower(rid("container"));

    assertThat(signed("POST", container + "/docs", "docs", link, "{'id': '2', 'pk': 'a'}").status())
        .isEqualTo(201);
    assertThat(
            signed(
                    "PATCH",
                    self("item"),
                    "docs",
                    lower(rid("item")),
                    "[{'op': 'set', 'path': '/n', 'value': 5}]")
                .json()
                .path("n")
                .intValue())
        .isEqualTo(5);
    RawClient.Reply query =
        raw.request("POST", "/" + container + "/docs")
            .signed("docs", link)
            .header(CosmosHeaders.PARTITION_KEY, "[\"a\"]")
            .header(CosmosHeaders.IS_QUERY, "true")
            .body("{'query': 'SELECT VALUE c.id FROM c'}")
            .send();
    assertThat(query.json().path("Documents")).isEqualTo(RunningSimulator.json("['item', '2']"));
    assertThat(signed("POST", self("sproc"), "sprocs", lower(rid("sproc")), "[]").json().asText())
        .isEqualTo("ran");
    assertThat(
            signed("POST", container + "/operations/partitionkeydelete", "colls", link, "")
                .status())
        .isEqualTo(200);
    assertThat(running.simulator.find("shop", "orders", "item")).isEmpty();
    assertThat(running.simulator.effects())
        .extracting(Effect::resource)
        .allMatch(resource -> !resource.contains(rid("database")));
  }

  @ParameterizedTest
  @CsvSource({
    "database,dbs",
    "container,colls",
    "item,docs",
    "sproc,sprocs",
    "user,users",
    "permission,permissions",
    "key,clientencryptionkeys",
    "offer,offers"
  })
  void takesNoOtherSignature(String word, String type) throws Exception {
    String rid = rid(word);
    assertThat(rid).isNotEqualTo(lower(rid));

    for (String link : List.of(rid, self(word), lower(self(word)), "")) {
      RawClient.Reply reply = signed("GET", self(word), type, link, "");
      assertThat(reply.status()).as(link).isEqualTo(401);
      assertThat(reply.message()).contains("\\n" + lower(rid) + "\\n");
    }
  }

  @Test
  void mixesNoNamesWithRids() throws Exception {
    running.simulator.createDatabase("other");
    running.simulator.createContainer("other", "orders", "/pk");
    String other = running.simulator.rid("other");
    String database = rid("database");
    String container = rid("container");

    for (String path :
        List.of(
            "dbs/shop/colls/" + container,
            "dbs/" + database + "/colls/orders",
            "dbs/" + other + "/colls/" + container,
            ORDERS + "/docs/" + rid("item"),
            self("container") + "/docs/item",
            self("container") + "/sprocs/sproc",
            self("container") + "/sprocs/" + rid("trigger"),
            self("container") + "/docs/" + rid("sproc"),
            self("database") + "/users/user",
            self("user") + "/permissions/permission",
            self("database") + "/users/" + container,
            self("database") + "/clientencryptionkeys/key",
            self("database") + "/clientencryptionkeys/" + rid("user"),
            "dbs/shop/clientencryptionkeys/" + rid("key"),
            self("database") + "/colls/" + rid("user"),
            "offers/" + database)) {
      assertThat(named("GET", path, "").status()).as(path).isEqualTo(404);
    }
  }

  /** Nothing says what it would show: clients list the ranges. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void refusesARangeByItself(boolean byRid) throws Exception {
    RawClient.Reply reply = named("GET", byRid ? self("range") : ORDERS + "/pkranges/0", "");

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.message()).startsWith("not simulated: ");
  }

  @Test
  void isNeverGivenToWhatIsMadeAnew() throws Exception {
    String before = rid("container");
    named("DELETE", ORDERS, "");
    running.simulator.createContainer("shop", "orders", "/pk");

    assertThat(running.simulator.rid("shop", "orders")).isNotEqualTo(before);
    assertThat(signed("GET", self("container"), "colls", lower(before), "").status())
        .isEqualTo(404);
  }
}
