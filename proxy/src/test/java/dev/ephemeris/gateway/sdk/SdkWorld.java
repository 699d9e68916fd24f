package dev.ephemeris.gateway.sdk;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.ephemeris.gateway.dataplane.DataPlaneFixture;
import dev.ephemeris.simulator.cosmos.CosmosSimulator;
import java.io.IOException;
import java.net.URI;
import java.util.List;

/**
 * An account with the same content before each operation, and a gateway before it.
 *
 * <ul>
 *   <li>{@code shop/orders}: twelve orders of three customers, all of it the team's
 *   <li>{@code shop/closed}: of which a rule denies all but metadata
 *   <li>{@code vault/orders}: which no rule names
 * </ul>
 */
final class SdkWorld implements AutoCloseable {

  static final String POLICY = "/dev/ephemeris/gateway/sdk/policy.yaml";
  static final String DENYING_RULE = "nobody touches what is closed";

  private static final ObjectMapper JSON = new ObjectMapper();

  private final DataPlaneFixture fixture;
  private final URI gateway;

  SdkWorld() throws Exception {
    fixture = new DataPlaneFixture(POLICY);
    gateway = fixture.gateway();
  }

  /** Everything as it was at first, and no requests received yet. */
  void reset() {
    CosmosSimulator account = fixture.simulator();
    account.reset();
    account.createDatabase("shop");
    account.createContainer("shop", "orders", "/customerId");
    account.createContainer("shop", "closed", "/customerId");
    account.createDatabase("vault");
    account.createContainer("vault", "orders", "/customerId");
    for (int n = 1; n <= 12; n++) {
      account.put("shop", "orders", order(n));
    }
    account.put("shop", "closed", order(1));
    account.put("vault", "orders", order(1));
  }

  private static JsonNode order(int n) {
    String note = n % 2 == 0 ? "" : ",\"note\":\"a gift, number " + n + "\"";
    return json(
        """
        {"id":"o%1$d","customerId":"c%2$d","n":%1$d,"status":"%3$s",\
        "lines":[{"sku":"s-%1$d","quantity":2}]%4$s}\
        """
            .formatted(n, (n - 1) % 3 + 1, n % 4 == 0 ? "shipped" : "open", note));
  }

  static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  DataPlaneFixture fixture() {
    return fixture;
  }

  URI account() {
    return fixture.simulator().endpoint();
  }

  String accountKey() {
    return DataPlaneFixture.UPSTREAM_KEY;
  }

  URI gateway() {
    return gateway;
  }

  /** A lease on the whole shop, as an SDK takes it. */
  String lease() {
    return fixture.lease("orders-prod:/dbs/shop", "data-contributor").token().reveal();
  }

  /** The methods and paths of items that reached the account since the last reset. */
  List<String> itemRequests() {
    return fixture.simulator().received().stream()
        .filter(request -> request.target().contains("/docs"))
        .map(request -> request.method() + " " + request.target())
        .toList();
  }

  @Override
  public void close() throws IOException {
    try {
      fixture.close();
    } catch (dev.ephemeris.gateway.journal.JournalException e) {
      throw new IOException(e);
    }
  }
}
