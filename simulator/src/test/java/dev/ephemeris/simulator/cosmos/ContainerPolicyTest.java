package dev.ephemeris.simulator.cosmos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.azure.cosmos.CosmosClient;
import com.azure.cosmos.CosmosContainer;
import com.azure.cosmos.CosmosDatabase;
import com.azure.cosmos.CosmosException;
import com.azure.cosmos.models.CosmosContainerProperties;
import com.azure.cosmos.models.CosmosContainerRequestOptions;
import com.azure.cosmos.models.ExcludedPath;
import com.azure.cosmos.models.IndexingPolicy;
import com.azure.cosmos.models.PartitionKey;
import com.azure.cosmos.models.PartitionKeyDefinition;
import com.azure.cosmos.models.PartitionKeyDefinitionVersion;
import com.azure.cosmos.models.PartitionKind;
import com.azure.cosmos.models.UniqueKey;
import com.azure.cosmos.models.UniqueKeyPolicy;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.cosmos.CosmosHeaders;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

/** Definitions of containers: which are some, and what of them may change. */
class ContainerPolicyTest {

  private static final String PEOPLE = "dbs/shop/colls/people";

  private static RunningSimulator running;
  private static CosmosClient client;
  private static RawClient raw;
  private CosmosDatabase shop;
  private CosmosContainer people;

  @BeforeAll
  static void start() throws Exception {
    running = new RunningSimulator();
    client = running.sdkClient();
    raw = new RawClient(running);
  }

  @AfterAll
  static void stop() {
    client.close();
    running.close();
  }

  @BeforeEach
  void oneContainer() {
    running.simulator.reset();
    running.simulator.createDatabase("shop");
    shop = client.getDatabase("shop");
    shop.createContainer(
        new CosmosContainerProperties("people", "/pk")
            .setDefaultTimeToLiveInSeconds(-1)
            .setUniqueKeyPolicy(
                new UniqueKeyPolicy().setUniqueKeys(List.of(new UniqueKey(List.of("/email"))))));
    people = shop.getContainer("people");
  }

  @Test
  void createsAContainerOnce() {
    assertStatus(
        409,
        "Resource with specified id or name already exists.",
        () -> shop.createContainer(new CosmosContainerProperties("people", "/other")));
    assertThat(shop.createContainerIfNotExists("people", "/pk").getStatusCode()).isEqualTo(200);
    assertThat(shop.createContainer(new CosmosContainerProperties("People", "/pk")).getStatusCode())
        .as("names are in their letters' case")
        .isEqualTo(201);
  }

  @ParameterizedTest
  @CsvFileSource(resources = "container-definitions.csv", delimiter = '|', quoteCharacter = '\0')
  void refusesDefinitionsThatAreNone(String definition, int status, String message)
      throws Exception {
    RawClient.Reply reply =
        raw.request("POST", "/dbs/shop/colls")
            .signed("colls", "dbs/shop")
            .body(definition.replace("LONG", "x".repeat(256)))
            .send();

    assertThat(reply.status()).as(reply.response().body()).isEqualTo(status);
    if (status == 400) {
      assertThat(reply.message()).contains(message);
      assertThat(shop.readAllContainers()).hasSize(1);
    }
  }

  @Test
  void refusesWhatTheSdkLetsThrough() {
    PartitionKeyDefinition four =
        new PartitionKeyDefinition()
            .setKind(PartitionKind.MULTI_HASH)
            .setVersion(PartitionKeyDefinitionVersion.V2)
            .setPaths(List.of("/a", "/b", "/c", "/d"));

    assertStatus(
        400,
        "Too many partition key paths (4) specified. A maximum of 3 is allowed.",
        () -> shop.createContainer(new CosmosContainerProperties("four", four)));
    assertStatus(
        400,
        "could not be accepted, failed near position '2'",
        () -> shop.createContainer(new CosmosContainerProperties("slash", "/a/")));
  }

  @Test
  void findsKeysInQuotes() {
    shop.createContainer(
        new CosmosContainerProperties("quoted", "/\"first level' 1*()\"/\"le/vel2\""));
    CosmosContainer quoted = shop.getContainer("quoted");
    ObjectNode item = Json.object().put("id", "1");
    item.putObject("first level' 1*()").put("le/vel2", "a");

    quoted.createItem(item);

    assertThat(quoted.readItem("1", new PartitionKey("a"), JsonNode.class).getStatusCode())
        .isEqualTo(200);
  }

  @Test
  void changesPoliciesAndKeepsItems() {
    people.createItem(RunningSimulator.json("{'id': '1', 'pk': 'a', 'email': 'x'}"));
    CosmosContainerProperties before = people.read().getProperties();
    String rid = before.getResourceId();
    before.setIndexingPolicy(
        new IndexingPolicy().setExcludedPaths(List.of(new ExcludedPath("/secret/*"))));
    before.setDefaultTimeToLiveInSeconds(1000);

    people.replace(before);
    CosmosContainerProperties after = people.read().getProperties();

    assertThat(after.getDefaultTimeToLiveInSeconds()).isEqualTo(1000);
    assertThat(after.getIndexingPolicy().getExcludedPaths())
        .extracting(ExcludedPath::getPath)
        .contains("/secret/*");
    assertThat(after.getUniqueKeyPolicy().getUniqueKeys()).hasSize(1);
    assertThat(after.getResourceId()).isEqualTo(rid);
    assertThat(after.getETag()).isNotEqualTo(before.getETag());
    assertThat(people.readAllItems(new PartitionKey("a"), JsonNode.class)).hasSize(1);
  }

  @Test
  void replacesAContainerWithoutUniqueKeysByItself() {
    shop.createContainer(new CosmosContainerProperties("plain", "/pk"));
    CosmosContainer plain = shop.getContainer("plain");

    CosmosContainerProperties properties = plain.read().getProperties();
    assertThat(properties.getUniqueKeyPolicy().getUniqueKeys()).isEmpty();

    assertThat(plain.replace(properties).getStatusCode()).isEqualTo(200);
  }

  @Test
  void goesBackToTheDefaultsOfWhatIsLeftOut() throws Exception {
    RawClient.Reply reply =
        replace(
                "{'id': 'people', 'partitionKey': {'paths': ['/pk'], 'kind': 'Hash'},"
                    + " 'uniqueKeyPolicy': {'uniqueKeys': [{'paths': ['/email']}]}}")
            .send();

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.json().has("defaultTtl")).isFalse();
    assertThat(reply.json().path("indexingPolicy").path("includedPaths").path(0).path("path"))
        .isEqualTo(RunningSimulator.json("'/*'"));
    assertThat(reply.json().path("uniqueKeyPolicy").path("uniqueKeys")).hasSize(1);
    assertThat(reply.header("etag")).isEqualTo(reply.json().path("_etag").textValue());
  }

  @ParameterizedTest
  @CsvFileSource(resources = "container-changes.csv", delimiter = '|', quoteCharacter = '\0')
  void neverChanges(String definition, String message) throws Exception {
    String before = people.read().getProperties().getETag();

    RawClient.Reply reply = replace(definition).send();

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.message()).startsWith(message);
    assertThat(people.read().getProperties().getETag()).isEqualTo(before);
  }

  @Test
  void comparesEtags() throws Exception {
    CosmosContainerProperties properties = people.read().getProperties();
    String old = properties.getETag();
    CosmosContainerRequestOptions ifOld = new CosmosContainerRequestOptions().setIfMatchETag(old);

    people.replace(properties, ifOld);
    assertStatus(412, "precondition", () -> people.replace(properties, ifOld));
    assertStatus(412, "precondition", () -> people.delete(ifOld));
    assertThat(
            people
                .replace(properties, new CosmosContainerRequestOptions().setIfMatchETag("*"))
                .getStatusCode())
        .isEqualTo(200);

    String now = people.read().getProperties().getETag();
    assertThat(read(now).status()).isEqualTo(304);
    assertThat(read(now).response().body()).isEmpty();
    assertThat(read(old).status()).isEqualTo(200);
    assertThat(
            people.delete(new CosmosContainerRequestOptions().setIfMatchETag(now)).getStatusCode())
        .isEqualTo(204);
  }

  private static RawClient.Reply read(String etag) throws Exception {
    return raw.request("GET", "/" + PEOPLE)
        .signed("colls", PEOPLE)
        .header(CosmosHeaders.IF_NONE_MATCH, etag)
        .send();
  }

  @Test
  void doesNotEmptyAContainer() throws Exception {
    RawClient.Reply reply =
        replace("{'id': 'people', 'partitionKey': {'paths': ['/pk'], 'kind': 'Hash'}}")
            .header("x-ms-cosmos-collection-truncate", "True")
            .send();

    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.message()).startsWith("not simulated: ");
  }

  @Test
  void hasNothingToReplaceWhereNothingIs() {
    CosmosContainerProperties properties = people.read().getProperties();
    people.delete();

    assertStatus(404, "Resource Not Found", () -> people.replace(properties));
  }

  private static RawClient.Request replace(String definition) {
    return raw.request("PUT", "/" + PEOPLE).signed("colls", PEOPLE).body(definition);
  }

  private static void assertStatus(int status, String message, Runnable call) {
    assertThatExceptionOfType(CosmosException.class)
        .isThrownBy(call::run)
        .satisfies(e -> assertThat(e.getStatusCode()).isEqualTo(status))
        .withMessageContaining(message);
  }
}
