package dev.ephemeris.gateway.cli;

import java.nio.file.Path;
import java.util.Optional;

/**
 * How to use a lease, ready to paste. The credential goes by the environment, so that what is
 * pasted into source has no secret in it.
 */
final class Snippets {

  private Snippets() {}

  static String of(Api.IssuedLease issued, ResourceScope scope, Optional<Path> ca) {
    String endpoint = Json.quoted(issued.endpoint());
    return issued
        .token()
        .map(token -> ofToken(token, endpoint, scope, ca))
        .orElseGet(
            () ->
                issued.connectionString().isPresent()
                    ? ofKey(issued.credential(), ca)
                    : ofRole(endpoint, scope));
  }

  /** What takes a connection string takes this one. */
  private static String ofKey(String connectionString, Optional<Path> ca) {
    return """
    Connection string
      export COSMOS_CONNECTION_STRING=%s%s\
    """
        .formatted(shellQuoted(connectionString), ca.map(Snippets::trust).orElse(""))
        .stripTrailing();
  }

  /** Nothing is handed over: whoever has the role shows who they are. */
  private static String ofRole(String endpoint, ResourceScope scope) {
    return """
    Java (azure-cosmos, azure-identity)
      CosmosClient client = new CosmosClientBuilder()
          .endpoint(%s)
          .credential(new DefaultAzureCredentialBuilder().build())
          .buildClient();
    %s
    JavaScript (@azure/cosmos, @azure/identity)
      const client = new CosmosClient({
        endpoint: %s,
        aadCredentials: new DefaultAzureCredential(),
      });
    %s\
    """
        .formatted(
            endpoint,
            handles("CosmosDatabase", "CosmosContainer", "getDatabase", "getContainer", scope),
            endpoint,
            handles("const", "const", "database", "container", scope))
        .stripTrailing();
  }

  private static String ofToken(
      String token, String endpoint, ResourceScope scope, Optional<Path> ca) {
    return """
    Shell
      export COSMOS_LEASE=%s%s

    Java (azure-cosmos)
      CosmosClient client = new CosmosClientBuilder()
          .endpoint(%s)
          .resourceToken(System.getenv("COSMOS_LEASE"))
          .gatewayMode()
          .buildClient();
    %s
    JavaScript (@azure/cosmos)
      const client = new CosmosClient({
        endpoint: %s,
        tokenProvider: async () => process.env.COSMOS_LEASE,
      });
    %s\
    """
        .formatted(
            shellQuoted(token),
            ca.map(Snippets::trust).orElse(""),
            endpoint,
            handles("CosmosDatabase", "CosmosContainer", "getDatabase", "getContainer", scope),
            endpoint,
            handles("const", "const", "database", "container", scope))
        .stripTrailing();
  }

  private static String trust(Path ca) {
    String file = shellQuoted(ca.toString());
    return """

      export NODE_EXTRA_CA_CERTS=%s
      # Java: with -Djavax.net.ssl.trustStore=ephemeris.p12 -Djavax.net.ssl.trustStorePassword=changeit
      rm -f ephemeris.p12 && keytool -importcert -noprompt -alias ephemeris -file %s -keystore ephemeris.p12 -storepass changeit\
    """
        .formatted(file, file);
  }

  private static String handles(
      String database,
      String container,
      String getDatabase,
      String getContainer,
      ResourceScope scope) {
    if (scope.database().isEmpty()) {
      return "";
    }
    String first =
        "  %s database = client.%s(%s);%n"
            .formatted(database, getDatabase, Json.quoted(scope.database().get()));
    return scope
        .container()
        .map(
            name ->
                first
                    + "  %s container = database.%s(%s);%n"
                        .formatted(container, getContainer, Json.quoted(name)))
        .orElse(first);
  }

  static String shellQuoted(String text) {
    return "'" + text.replace("'", "'\\''") + "'";
  }
}
