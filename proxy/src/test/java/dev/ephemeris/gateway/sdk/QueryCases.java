package dev.ephemeris.gateway.sdk;

import static dev.ephemeris.gateway.sdk.ItemCases.C1;

import com.azure.cosmos.CosmosClient;
import com.azure.cosmos.CosmosContainer;
import com.azure.cosmos.models.CosmosQueryRequestOptions;
import com.azure.cosmos.models.FeedResponse;
import com.azure.cosmos.models.SqlParameter;
import com.azure.cosmos.models.SqlQuerySpec;
import com.azure.cosmos.util.CosmosPagedIterable;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Queries: those of {@code queries.csv}, and those that are more than a text. */
final class QueryCases {

  private final Map<String, Case> cases = new HashMap<>();

  private QueryCases() {
    table();
    cases.put(
        "query-one-partition",
        at -> JavaAnswers.pages(firstPartition(at.orders()).iterableByPage()));
    cases.put(
        "query-with-parameters",
        at ->
            JavaAnswers.pages(
                at.orders()
                    .queryItems(
                        new SqlQuerySpec(
                            "SELECT * FROM c WHERE c.status = @status AND c.n > @n",
                            new SqlParameter("@status", "open"),
                            new SqlParameter("@n", 3)),
                        new CosmosQueryRequestOptions(),
                        JsonNode.class)
                    .iterableByPage()));
    cases.put(
        "query-page-by-page",
        at -> JavaAnswers.pages(firstPartition(at.orders()).iterableByPage(2)));
    cases.put("query-goes-on-in-another-client", QueryCases::goesOn);
    cases.put(
        "read-all-of-a-partition",
        at -> JavaAnswers.pages(at.orders().readAllItems(C1, JsonNode.class).iterableByPage()));
  }

  static Map<String, Case> all() {
    return new QueryCases().cases;
  }

  private void table() {
    try (InputStream table =
        Objects.requireNonNull(QueryCases.class.getResourceAsStream("queries.csv"))) {
      new String(table.readAllBytes(), StandardCharsets.UTF_8).lines().skip(1).forEach(this::row);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void row(String line) {
    String[] row = line.split("¦", -1);
    cases.put(
        row[0],
        at -> {
          CosmosPagedIterable<JsonNode> rows =
              at.orders().queryItems(row[2], new CosmosQueryRequestOptions(), JsonNode.class);
          return JavaAnswers.pages(
              row[1].isEmpty()
                  ? rows.iterableByPage()
                  : rows.iterableByPage(Integer.parseInt(row[1])));
        });
  }

  private static JsonNode goesOn(Place at) {
    FeedResponse<JsonNode> first = firstPartition(at.orders()).iterableByPage(2).iterator().next();
    try (CosmosClient another = JavaSdk.newClient(at.target())) {
      FeedResponse<JsonNode> second =
          firstPartition(new Place(at.target(), another).orders())
              .iterableByPage(first.getContinuationToken(), 2)
              .iterator()
              .next();
      return JavaAnswers.pages(List.of(first, second));
    }
  }

  private static CosmosPagedIterable<JsonNode> firstPartition(CosmosContainer orders) {
    return orders.queryItems(
        "SELECT * FROM c", new CosmosQueryRequestOptions().setPartitionKey(C1), JsonNode.class);
  }
}
