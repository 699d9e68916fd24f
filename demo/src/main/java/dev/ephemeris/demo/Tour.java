package dev.ephemeris.demo;

import com.azure.cosmos.CosmosClient;
import com.azure.cosmos.CosmosClientBuilder;
import com.azure.cosmos.CosmosContainer;
import com.azure.cosmos.CosmosException;
import com.azure.cosmos.models.CosmosItemRequestOptions;
import com.azure.cosmos.models.CosmosQueryRequestOptions;
import com.azure.cosmos.models.PartitionKey;
import com.fasterxml.jackson.databind.JsonNode;
import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.journal.folder.JournalReader;
import dev.ephemeris.gateway.journal.log.Verification;
import dev.ephemeris.gateway.journal.log.VerifierKey;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The story of the gateway, played through its public interfaces with the real Cosmos SDK. Each
 * step says what should come of it; one that goes another way ends the tour as a failure.
 */
final class Tour {

  private static final String ORDERS = "orders-prod:/dbs/shop/colls/orders";
  private static final String NO_DELETE = "nobody of the orders team deletes orders";

  private final DemoWorld world;
  private final Narrator narrator;
  private final HttpClient http = HttpClient.newHttpClient();

  Tour(DemoWorld world, Narrator narrator) {
    this.world = world;
    this.narrator = narrator;
  }

  /** Plays it; whether every step did what it should. */
  boolean play() {
    try {
      story();
    } catch (IOException | JournalException | RuntimeException e) {
      narrator.broke(e);
    }
    return narrator.summary();
  }

  private void story() throws IOException, JournalException {
    narrator.chapter("Two people of different teams sign in, as “ephemeris login” does");
    ApiClient alice = signIn(DemoPeople.ALICE, "group:default/orders-team");
    ApiClient bob = signIn(DemoPeople.BOB, "group:default/payments-team");

    narrator.chapter("What may they do, and why?");
    explains(alice, "Alice", "items/read", ORDERS, "allow", "the orders team reads orders");
    explains(alice, "Alice", "items/delete", ORDERS, "deny", NO_DELETE);
    explains(bob, "Bob", "items/read", ORDERS, "deny", "");

    narrator.chapter("Each asks for a lease on the orders");
    ApiClient.Answer refused = bob.lease(ORDERS, "data-reader", 3600);
    narrator.expect(
        "Bob is refused", refused.status() == 403, refused.body().path("detail").asText());
    ApiClient.Lease lease = alice.leased(ORDERS, "data-reader", 3600);
    narrator.expect(
        "Alice gets lease " + lease.id() + " until " + lease.document().path("expiresAt").asText(),
        lease.token().startsWith("type=resource&ver=1.0&sig="),
        "its credential goes where the SDK takes a key");

    narrator.chapter("Alice's program: the ordinary SDK, with the lease in the place of a key");
    try (CosmosClient client = client(world.dataPlane(), lease.token())) {
      CosmosContainer orders = client.getDatabase("shop").getContainer("orders");
      reads(orders);
      queries(orders);
      isRefusedToDelete(orders);

      narrator.chapter("The lease is revoked");
      narrator.expect("Alice ends it", alice.revoke(lease.id()).status() == 204, lease.id());
      long revokedAt = System.nanoTime();
      CosmosException ended = failure(() -> read(orders));
      long afterMs = (System.nanoTime() - revokedAt) / 1_000_000;
      narrator.expect(
          "the very next call is refused, " + afterMs + " ms later",
          ended.getStatusCode() == 401 && afterMs < 1000,
          firstLine(ended));
    }

    narrator.chapter("A lease of two seconds");
    ApiClient.Lease brief = alice.leased(ORDERS, "data-reader", 2);
    try (CosmosClient client = client(world.dataPlane(), brief.token())) {
      CosmosContainer orders = client.getDatabase("shop").getContainer("orders");
      narrator.expect(
          "is good at first", read(orders).path("id").asText().equals("order-1001"), brief.id());
      pause(2_100);
      CosmosException expired = failure(() -> read(orders));
      narrator.expect(
          "and refused after its end", expired.getStatusCode() == 401, firstLine(expired));
    }

    narrator.chapter("What takes somebody else's yes");
    approved(alice);

    narrator.chapter("Alice's copilot, by a door of its own");
    copilot(alice);

    narrator.chapter("The same credential, presented to the account itself");
    ApiClient.Lease live = alice.leased(ORDERS, "data-reader", 3600);
    CosmosException direct =
        failure(
            () -> {
              try (CosmosClient client = client(world.upstream(), live.token())) {
                read(client.getDatabase("shop").getContainer("orders"));
              }
            });
    narrator.expect(
        "the account refuses it: it is nothing of its own",
        direct.getStatusCode() == 401,
        firstLine(direct));

    narrator.chapter("A program that can't go through the gateway: the lane token");
    atTheAccount(alice);

    narrator.chapter("And all of it is on record");
    journal(lease.id(), brief.id());
    verified();
  }

  private void approved(ApiClient alice) throws IOException {
    ApiClient.Answer refused = alice.lease(ORDERS, "order-changer", 600);
    narrator.expect(
        "Alice may not change orders by herself",
        refused.status() == 403 && refused.body().path("reason").asText().equals("needs-approval"),
        refused.body().path("detail").asText());
    ApiClient.Answer asked = alice.request(ORDERS, "order-changer", "an order is stuck");
    String request = asked.body().at("/accessRequest/id").asText();
    narrator.expect(
        "she asks for it: " + request,
        asked.status() == 201,
        "1 of group:default/orders-operators");
    narrator.expect(
        "her own yes is none",
        alice.approve(request, "myself").status() == 403,
        "by whatever she signs in");
    ApiClient carol = signIn(DemoPeople.CAROL, "group:default/orders-operators");
    narrator.expect(
        "Carol says yes", carol.approve(request, "go ahead").status() == 200, "go ahead");
    ApiClient.Lease lease = alice.given(alice.pickUp(request));
    try (CosmosClient client = client(world.dataPlane(), lease.token())) {
      CosmosContainer orders = client.getDatabase("shop").getContainer("orders");
      JsonNode order = read(orders);
      int status =
          orders
              .replaceItem(
                  order,
                  "order-1001",
                  new PartitionKey("customer-1"),
                  new CosmosItemRequestOptions())
              .getStatusCode();
      narrator.expect("Alice changes the order", status == 200, "with lease " + lease.id());
    }
    narrator.expect(
        "and gets no second lease for it", alice.pickUp(request).status() == 409, request);
  }

  private void copilot(ApiClient alice) throws IOException {
    String token = alice.agentToken();
    narrator.expect(
        "its token opens no other door",
        new ApiClient(http, world.api(), token).me().status() == 401,
        "not the API's, nor the data plane's");
    try (Copilot copilot = new Copilot(world.api(), token)) {
      JsonNode me = copilot.call("whoami", Map.of()).content();
      narrator.expect(
          "it is " + me.path("agent").asText() + ", and acts for Alice",
          me.at("/actsFor/name").asText().equals("user:default/alice"),
          me.at("/actsFor/principal").asText());
      JsonNode item =
          copilot
              .call(
                  "get_item",
                  Map.of(
                      "scope",
                      ORDERS,
                      "id",
                      "order-" + SampleData.WITH_A_KEY,
                      "partitionKey",
                      List.of("customer-5")))
              .content();
      narrator.expect(
          "a key that somebody left in an order isn't shown to it",
          item.path("withheld").asInt() == 1,
          item.at("/item/note").asText());
      JsonNode found =
          copilot
              .call(
                  "query",
                  Map.of(
                      "scope",
                      ORDERS,
                      "query",
                      "SELECT c.id, c.total FROM c WHERE c.status = 'shipped'",
                      "maxRows",
                      3))
              .content();
      narrator.expect(
          "it may query what she may, a little at a time",
          found.path("rows").size() == 3,
          found.path("rows").toString());
      Copilot.Told refused =
          copilot.call("request_lease", Map.of("scope", ORDERS, "role", "order-changer"));
      narrator.expect(
          "what takes a yes for Alice takes one for it", refused.isError(), refused.text());
      JsonNode lease =
          copilot.call("request_lease", Map.of("scope", ORDERS, "role", "data-reader")).content();
      String reference = lease.path("reference").asText();
      narrator.expect(
          "for a lease it gets a reference, and no credential",
          !reference.isEmpty() && !lease.toString().contains("sig="),
          reference);
      ApiClient.Answer handed = alice.handOver(reference);
      try (CosmosClient client = client(world.dataPlane(), handed.body().path("token").asText())) {
        narrator.expect(
            "which Alice's own machine has turned into one",
            read(client.getDatabase("shop").getContainer("orders"))
                .path("id")
                .asText()
                .equals("order-1001"),
            "as “ephemeris exec lease:" + reference + " -- …” does");
      }
      for (JsonNode agent : alice.agents().body().path("agents")) {
        narrator.expect(
            "Alice stops it",
            alice.stop(agent.path("id").asText()).status() / 100 == 2,
            agent.path("principal").asText());
      }
      narrator.expect("and it is out", copilot.isOut(), "its next call is refused");
    }
  }

  private void atTheAccount(ApiClient alice) throws IOException {
    ApiClient.Lease minted = alice.given(alice.resourceToken(ORDERS, "data-reader"));
    narrator.expect(
        "Alice gets a resource token that the gateway made, good until "
            + minted.document().path("worksUntil").asText(),
        minted.token().startsWith("type=resource&ver=1"),
        "nobody can revoke one, so it is short");
    try (CosmosClient client = client(world.upstream(), minted.token())) {
      CosmosContainer orders = client.getDatabase("shop").getContainer("orders");
      narrator.expect(
          "the account itself lets her read",
          read(orders).path("id").asText().equals("order-1001"),
          "with the ordinary SDK");
      CosmosException written = failure(() -> orders.upsertItem(read(orders)));
      narrator.expect("and nothing else", written.getStatusCode() == 403, firstLine(written));
    }
  }

  private ApiClient signIn(dev.ephemeris.simulator.issuer.Person person, String group)
      throws IOException {
    String token = new DeviceSignIn(http, world.issuer().issuer()).signIn(person);
    ApiClient client = new ApiClient(http, world.api(), token);
    JsonNode me = client.me().body();
    boolean inGroup = false;
    for (JsonNode found : me.path("groups")) {
      inGroup |= found.asText().equals(group);
    }
    narrator.expect(
        me.path("principal").path("name").asText() + " is signed in",
        inGroup,
        "groups " + me.path("groups"));
    return client;
  }

  private void explains(
      ApiClient client, String name, String action, String scope, String decision, String rule)
      throws IOException {
    JsonNode explanation = client.explain(action, scope).body();
    narrator.expect(
        name + ", " + action + " on " + scope + ": " + decision,
        explanation.path("decision").asText().equals(decision)
            && explanation.path("rule").asText().equals(rule),
        rule.isEmpty() ? "no rule allows it" : "rule “" + rule + "”");
  }

  private void reads(CosmosContainer orders) {
    JsonNode order = read(orders);
    narrator.expect(
        "a point read is allowed",
        order.path("id").asText().equals("order-1001"),
        order.toString());
  }

  private void queries(CosmosContainer orders) {
    long shipped =
        orders
            .queryItems(
                "SELECT * FROM c WHERE c.status = 'shipped' ORDER BY c.total DESC",
                new CosmosQueryRequestOptions(),
                JsonNode.class)
            .stream()
            .count();
    narrator.expect("a query is allowed", shipped == 6, shipped + " orders are shipped");
  }

  private void isRefusedToDelete(CosmosContainer orders) {
    CosmosException denied =
        failure(
            () ->
                orders.deleteItem(
                    "order-1001", new PartitionKey("customer-1"), new CosmosItemRequestOptions()));
    narrator.expect(
        "a delete is refused, and the rule is named",
        denied.getStatusCode() == 403
            && denied.getSubStatusCode() == 5301
            && String.valueOf(denied.getMessage()).contains(NO_DELETE),
        firstLine(denied));
    narrator.expect(
        "the order is still there", read(orders).path("id").asText().equals("order-1001"), "");
  }

  private void journal(String leaseId, String briefId) throws JournalException {
    Map<String, Integer> ofLease = new HashMap<>();
    Map<String, Integer> all = new HashMap<>();
    new JournalReader(world.journal())
        .forEach(
            entry -> {
              all.merge(entry.type(), 1, Integer::sum);
              String lease = entry.fields().path("leaseId").asText();
              if (lease.equals(leaseId) || lease.equals(briefId)) {
                ofLease.merge(entry.type(), 1, Integer::sum);
              }
            });
    for (String type :
        List.of(
            "leaseIssued", "requestIntent", "decision", "leaseRevoked", "authenticationFailed")) {
      narrator.expect(
          type,
          ofLease.getOrDefault(type, 0) > 0,
          ofLease.getOrDefault(type, 0) + " of the leases");
    }
    narrator.expect(
        "sessionStarted", all.getOrDefault("sessionStarted", 0) >= 2, "of Alice and of Bob");
    narrator.expect(
        "every intent has its outcome",
        all.getOrDefault("requestIntent", 0).equals(all.getOrDefault("requestOutcome", 0)),
        all.toString());
  }

  /** By its files and its key alone, as an auditor does. */
  private void verified() throws IOException, JournalException {
    Verification verification =
        Verification.of(
            world.journal(),
            List.of(VerifierKey.parse(Files.readString(world.verifierKey()).strip())),
            Optional.empty(),
            (index, entry) -> {});
    narrator.expect(
        "the journal's log verifies",
        verification instanceof Verification.Intact,
        verification instanceof Verification.Intact intact
            ? intact.checkpoint().size() + " entries, signed for"
            : verification.toString());
  }

  private static CosmosClient client(URI endpoint, String credential) {
    return new CosmosClientBuilder()
        .endpoint(endpoint.toString())
        .key(credential)
        .gatewayMode()
        .buildClient();
  }

  private static JsonNode read(CosmosContainer orders) {
    return orders.readItem("order-1001", new PartitionKey("customer-1"), JsonNode.class).getItem();
  }

  /** The refusal that must come; anything else is a failure of the tour. */
  private static CosmosException failure(Runnable call) {
    try {
      call.run();
    } catch (CosmosException refused) {
      return refused;
    } catch (RuntimeException wrapped) {
      if (wrapped.getCause() instanceof CosmosException refused) {
        return refused;
      }
      throw wrapped;
    }
    throw new IllegalStateException("A call that must be refused was not.");
  }

  private static String firstLine(CosmosException e) {
    String message =
        e.getShortMessage() == null ? String.valueOf(e.getMessage()) : e.getShortMessage();
    return e.getStatusCode()
        + "/"
        + e.getSubStatusCode()
        + " "
        + message.lines().findFirst().orElse("");
  }

  private static void pause(long ms) {
    try {
      Thread.sleep(ms);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
