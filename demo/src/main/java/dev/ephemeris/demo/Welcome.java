package dev.ephemeris.demo;

import dev.ephemeris.simulator.tls.LoopbackCertificate;
import java.io.PrintWriter;
import java.util.Map;

/** What a newcomer sees first: where everything is, and lines to copy. */
final class Welcome {

  private final PrintWriter out;
  private final DemoWorld world;
  private final Map<String, ApiClient.Lease> leases;

  Welcome(PrintWriter out, DemoWorld world, Map<String, ApiClient.Lease> leases) {
    this.out = out;
    this.world = world;
    this.leases = leases;
  }

  void print() {
    ApiClient.Lease reader = java.util.Objects.requireNonNull(leases.get("reader"));
    out.println("Ephemeris demo. Everything is on this machine's loopback, for this run only.");
    out.println();
    line("Cosmos endpoint", world.dataPlane() + "  (account orders-prod, through the gateway)");
    line("API", world.api() + "/openapi.yaml");
    line("health", world.management() + "/health/ready");
    line("issuer", world.issuer().issuer() + "  (alice, bob and carol sign in without a password)");
    line(
        "account itself", world.upstream() + "  (a simulator; nobody but the gateway has its key)");
    world
        .azure()
        .ifPresent(
            azure ->
                line(
                    "Azure",
                    azure + "  (Entra ID, Resource Manager; the gateway is a service principal)"));
    line("certificate", world.caCertificate().toString());
    line("policy, catalog", world.folder() + "/policy.yaml, org.yaml");
    line("journal", world.journal() + "  (verified by journal.vkey beside it)");
    out.println();
    out.println("Sign in and get a lease, in another terminal:");
    out.println();
    out.println("  export EPHEMERIS_GATEWAY=" + world.api());
    out.println("  export EPHEMERIS_CA=" + world.caCertificate());
    out.println("  ./ephemeris login");
    out.println("  ./ephemeris lease orders-prod/shop/orders --role data-reader --ttl 1h");
    out.println("  ./ephemeris explain items/delete orders-prod/shop/orders");
    out.println();
    out.println("Then let a copilot act for you, by MCP (docs/agents.md), here Claude Code:");
    out.println();
    out.println("  claude mcp add ephemeris -- \"$PWD\"/ephemeris mcp \\");
    out.println("    --gateway " + world.api() + " --ca " + world.caCertificate());
    if (world.azure().isPresent()) {
      out.println();
      out.println("As Carol, see how the account stands in Azure, and turn its keys over:");
      out.println();
      out.println("  ./ephemeris account check orders-prod");
      out.println("  ./ephemeris account rotate orders-prod --cut-off-others");
      out.println("  ./ephemeris account keys orders-prod");
    }
    out.println();
    out.println(
        "Or take this lease, Alice's: it reads orders until "
            + reader.document().path("expiresAt").asText()
            + ".");
    out.println();
    out.println("  " + reader.token());
    out.println();
    out.println(
        "Java (azure-cosmos), started with -Djavax.net.ssl.trustStorePassword="
            + LoopbackCertificate.TRUST_STORE_PASSWORD);
    out.println("and -Djavax.net.ssl.trustStore=" + world.trustStore() + ":");
    out.println();
    out.println("  CosmosClient client = new CosmosClientBuilder()");
    out.println("      .endpoint(\"" + world.dataPlane() + "\")");
    out.println("      .key(\"" + reader.token() + "\")");
    out.println("      .gatewayMode()");
    out.println("      .buildClient();");
    out.println();
    out.println(
        "JavaScript (@azure/cosmos), with NODE_EXTRA_CA_CERTS=" + world.caCertificate() + ":");
    out.println();
    out.println("  const client = new CosmosClient({");
    out.println("    endpoint: '" + world.dataPlane() + "',");
    out.println("    tokenProvider: async () => '" + reader.token() + "' });");
    out.println();
  }

  private void line(String what, String where) {
    out.println("  " + (what + " ".repeat(20)).substring(0, 18) + where);
  }
}
