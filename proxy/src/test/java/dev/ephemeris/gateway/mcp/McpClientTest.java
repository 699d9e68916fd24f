package dev.ephemeris.gateway.mcp;

import static dev.ephemeris.gateway.GatewayFixture.ALICE;
import static dev.ephemeris.gateway.GatewayFixture.BOB;
import static dev.ephemeris.gateway.GatewayFixture.OPAL;
import static dev.ephemeris.gateway.GatewayFixture.ORDERS;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.ephemeris.gateway.CertifiedProvider;
import dev.ephemeris.gateway.GatewayFixture;
import dev.ephemeris.gateway.GatewayFixture.Reply;
import dev.ephemeris.gateway.oauth.TestBrowser;
import dev.ephemeris.gateway.oauth.TestBrowser.Page;
import dev.ephemeris.simulator.issuer.Person;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The protocol's own client, let in by OAuth in a browser with people of a certified provider, and
 * every tool by it.
 */
@Timeout(180)
class McpClientTest {

  private static final Path FOLDER = Path.of("src/test/mcp").toAbsolutePath();
  private static final Pattern ASK_BY =
      Pattern.compile("Others can approve it; ask them by refusal “([A-Za-z0-9._-]+)”");

  private static final String BACK = "http://127.0.0.1:43211/callback";

  private final GatewayFixture fixture;
  private final CertifiedProvider provider;
  private final Process process;
  private final BufferedReader out;
  private final PrintWriter in;
  private final Set<String> called = new HashSet<>();

  McpClientTest() throws Exception {
    fixture = new GatewayFixture();
    fixture.write(
        "policy.yaml",
        """
        apiVersion: ephemeris.dev/v1
        roles:
          # Smaller than the reader's, and only after approval.
          changer: { actions: [readMetadata, items/read, items/replace] }
        rules:
          - name: agents change orders after approval
            for: { principal: agent }
            role: changer
            scopes: ["orders-prod:/dbs/shop/colls/orders"]
            approval: { from: [group:default/platform], expires: 1h }
          - name: the team reads orders
            for: { groups: [group:default/team] }
            role: data-reader
            scopes: ["orders-prod:/dbs/shop/colls/orders"]
          - name: the team changes orders after approval
            for: { groups: [group:default/team] }
            role: data-contributor
            scopes: ["orders-prod:/dbs/shop/colls/orders"]
            approval: { from: [group:default/platform], expires: 1h }
          - name: agents work on orders
            for: { principal: agent }
            role: data-contributor
            scopes: ["orders-prod:/dbs/shop/colls/orders"]
            limits: { itemsPerPage: 50 }
        """);
    provider = new CertifiedProvider(fixture.certificate().authority());
    provider.serve(fixture);
    ProcessBuilder client =
        new ProcessBuilder(
            FOLDER.resolve("node_modules/node/bin/node").toString(),
            "client.mjs",
            fixture.gateway().api() + "/mcp",
            BACK);
    client.environment().put("NODE_EXTRA_CA_CERTS", fixture.certificate().authority().toString());
    process =
        client.directory(FOLDER.toFile()).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    out =
        new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    in = new PrintWriter(process.getOutputStream(), true, StandardCharsets.UTF_8);
  }

  @AfterEach
  void stop() throws IOException {
    process.destroyForcibly();
    provider.close();
    fixture.close();
  }

  private String token(Person person) throws Exception {
    return provider.tokens(person.subject()).path("access_token").asText();
  }

  private JsonNode said() throws IOException {
    String line = out.readLine();
    assertThat(line).as("the client goes on").isNotNull();
    return GatewayFixture.json(line);
  }

  private JsonNode call(String tool, String arguments) throws IOException {
    called.add(tool);
    in.println("{\"name\": \"" + tool + "\", \"arguments\": " + arguments + "}");
    return said();
  }

  private JsonNode found(String tool, String arguments) throws IOException {
    JsonNode answer = call(tool, arguments);
    assertThat(answer.path("isError").asBoolean()).as(answer.toString()).isFalse();
    return answer.path("structuredContent");
  }

  /**
   * The credential of a lease that the agent has a reference to, as the person's machine gets it.
   */
  private String handedOver(JsonNode lease) throws Exception {
    String path = "/v1/leases/" + lease.path("reference").asText() + "/credential";
    return fixture.api("POST", path, token(ALICE), "").json().path("token").asText();
  }

  private Reply replace(String leaseToken) throws Exception {
    return fixture.send(
        HttpRequest.newBuilder(
                fixture.gateway().dataPlane().resolve("/dbs/shop/colls/orders/docs/o1"))
            .header("authorization", URLEncoder.encode(leaseToken, StandardCharsets.UTF_8))
            .header("x-ms-version", "2020-07-15")
            .header("x-ms-documentdb-partitionkey", "[\"c1\"]")
            .PUT(HttpRequest.BodyPublishers.ofString("{\"id\":\"o1\",\"customerId\":\"c1\"}")));
  }

  /** Refused, asked for, agreed to by somebody else, picked up, used, and on record. */
  @Test
  void isLetInAndDoesAllThatThereIs() throws Exception {
    URI authorize = URI.create(said().path("authorize").asText());
    try (TestBrowser browser = new TestBrowser(fixture.certificate())) {
      Page consent = browser.identify(authorize, ALICE.subject());
      assertThat(consent.body())
          .contains("A copilot")
          .contains("as an agent")
          .contains("Nobody has checked that");
      Page back = browser.submit(consent, "/oauth/authorize", "answer", "allow");
      in.println(back.query("code"));
    }
    JsonNode tools = said().path("tools");
    assertThat(said().path("resources")).hasSize(2);
    String orders = "{\"scope\": \"" + ORDERS + "\"";

    JsonNode me = found("whoami", "{}");
    assertThat(me.path("agent").asText()).startsWith("ephemeris:c-");
    assertThat(me.at("/actsFor/principal").asText()).isEqualTo("corp:sub-alice");
    assertThat(found("list_access", "{}").path("access"))
        .extracting(place -> place.path("needsApproval").asBoolean())
        .containsExactly(false, true, true);
    assertThat(
            found("explain_access", orders + ", \"action\": \"items/create\"}")
                .path("needsApproval")
                .asBoolean())
        .isTrue();
    assertThat(found("describe_container", orders + "}").path("fields")).isNotEmpty();
    assertThat(
            found(
                    "query",
                    "{\"scope\": \"orders-prod/shop/orders\", \"query\": \"SELECT c.id FROM c\","
                        + " \"maxRows\": 1}")
                .path("rows"))
        .hasSize(1);
    assertThat(
            found("get_item", orders + ", \"id\": \"o1\", \"partitionKey\": [\"c1\"]}")
                .at("/item/id")
                .asText())
        .isEqualTo("o1");
    assertThat(
            call(
                    "request_lease",
                    orders + ", \"role\": \"data-contributor\", \"reason\": \"a refund is stuck\"}")
                .path("text")
                .asText())
        .contains("request_access");
    assertThat(call("request_access", orders + ", \"reason\": \"to read\"}").path("text").asText())
        .contains("No approval is needed");
    Reply refused = replace(handedOver(found("request_lease", orders + "}")));
    assertThat(refused.status()).isEqualTo(403);
    Matcher told = ASK_BY.matcher(refused.json().path("message").asText());
    assertThat(told.find()).as(refused.body()).isTrue();

    String request =
        found(
                "request_access",
                "{\"refusal\": \"" + told.group(1) + "\", \"reason\": \"a refund is stuck\"}")
            .path("requestId")
            .asText();
    String path = "/v1/access-requests/" + request;
    // Neither whom it acts for, nor anybody's token but an approver's.
    for (String not : new String[] {token(ALICE), token(BOB)}) {
      assertThat(fixture.api("POST", path + "/approvals", not, "{}").status()).isIn(403, 404);
    }
    String pickUp = "{\"requestId\": \"" + request + "\"}";
    assertThat(call("request_lease", pickUp).path("isError").asBoolean()).isTrue();
    Reply approved = fixture.api("POST", path + "/approvals", token(OPAL), "{}");
    assertThat(approved.status()).as(approved.body()).isEqualTo(200);
    assertThat(found("request_status", pickUp).path("state").asText()).isEqualTo("approved");
    JsonNode lease = found("request_lease", pickUp);
    assertThat(call("request_lease", pickUp).path("isError").asBoolean()).as("once").isTrue();

    String secret = handedOver(lease);
    assertThat(secret).startsWith("type=resource");
    assertThat(replace(secret).status()).isEqualTo(200);
    // Whom it acts for ends it as any other of their agents' leases.
    String ended = "/v1/leases/" + lease.path("reference").asText();
    assertThat(fixture.api("DELETE", ended, token(ALICE), "").status()).isEqualTo(204);
    assertThat(replace(secret).status()).isEqualTo(401);
    JsonNode made =
        found(
            "generate_template",
            "{\"kind\": \"policy\", \"container\": {\"account\": \"orders-prod\", \"environment\":"
                + " \"staging\", \"database\": \"shop\", \"container\": \"carts\","
                + " \"partitionKey\": [\"/id\"], \"throughput\": \"shared\", \"owner\":"
                + " \"group:default/team\", \"access\": \"reader\"}}");
    assertThat(made.path("files")).isNotEmpty();

    assertThat(tools).extracting(JsonNode::asText).containsExactlyInAnyOrderElementsOf(called);
    JsonNode picked = fixture.journal("accessPickedUp").getLast();
    assertThat(picked.path("principal").asText()).isEqualTo(me.path("agent").asText());
    assertThat(picked.path("actsFor").asText()).isEqualTo("corp:sub-alice");
    assertThat(picked.path("approvedBy").toString()).contains("sub-opal");
    in.println();
    assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).isZero();
  }
}
