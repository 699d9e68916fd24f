package dev.ephemeris.gateway.sdk;

import com.azure.core.credential.TokenCredential;
import com.azure.cosmos.CosmosClient;
import com.azure.cosmos.CosmosClientBuilder;
import com.azure.cosmos.CosmosException;
import com.azure.cosmos.GatewayConnectionConfig;
import com.azure.cosmos.Http2ConnectionConfig;
import java.util.function.Supplier;

/** What {@code docs/sdk.md} shows of the Java SDK, between the markers. */
final class JavaSnippets {

  private JavaSnippets() {}

  static CosmosClient withALeaseToken(String endpoint, String token) {
    // snippet: java-lease-token
    CosmosClient client =
        new CosmosClientBuilder().endpoint(endpoint).key(token).gatewayMode().buildClient();
    // end
    return client;
  }

  static CosmosClient withLeaseTokens(String endpoint, LeaseTokens tokens) {
    // snippet: java-renewing
    CosmosClient client =
        new CosmosClientBuilder()
            .endpoint(endpoint)
            .authorizationTokenResolver((verb, link, type, properties) -> tokens.current())
            .gatewayMode()
            .buildClient();
    // end
    return client;
  }

  // snippet: java-revoked
  static <T> T withLease(LeaseTokens tokens, Supplier<T> call) {
    try {
      return call.get();
    } catch (CosmosException e) {
      if (e.getStatusCode() != 401) {
        throw e;
      }
      tokens.renew();
      return call.get();
    }
  }

  // end

  static CosmosClient withOwnToken(String endpoint, TokenCredential credential) {
    // snippet: java-own-token
    CosmosClient client =
        new CosmosClientBuilder()
            .endpoint(endpoint)
            .credential(credential)
            .gatewayMode()
            .buildClient();
    // end
    return client;
  }

  static CosmosClient overHttp2(String endpoint, String token) {
    // snippet: java-http2
    GatewayConnectionConfig http2 =
        new GatewayConnectionConfig()
            .setHttp2ConnectionConfig(new Http2ConnectionConfig().setEnabled(true));
    CosmosClient client =
        new CosmosClientBuilder().endpoint(endpoint).key(token).gatewayMode(http2).buildClient();
    // end
    return client;
  }
}
