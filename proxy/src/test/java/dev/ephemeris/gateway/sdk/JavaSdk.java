package dev.ephemeris.gateway.sdk;

import com.azure.cosmos.CosmosClient;
import com.azure.cosmos.CosmosClientBuilder;
import com.azure.cosmos.CosmosException;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** azure-cosmos in gateway mode. */
final class JavaSdk implements SdkCall {

  private final Map<String, Case> cases = new HashMap<>();
  private final Map<List<String>, CosmosClient> clients = new HashMap<>();

  JavaSdk() {
    Stream.of(
            AccountCases.all(),
            ContainerCases.all(),
            ClientEncryptionKeyCases.all(),
            ItemCases.all(),
            KeyCases.all(),
            BatchCases.all(),
            QueryCases.all(),
            ChangeFeedCases.all(),
            ScriptCases.all(),
            UserCases.all())
        .forEach(
            some ->
                some.forEach(
                    (operation, one) -> {
                      if (cases.put(operation, one) != null) {
                        throw new IllegalStateException("two cases for " + operation);
                      }
                    }));
  }

  @Override
  public Set<String> operations() {
    return Set.copyOf(cases.keySet());
  }

  @Override
  public JsonNode run(String operation, Target target) {
    Case found = cases.get(operation);
    if (found == null) {
      throw new IllegalArgumentException("there is no case for " + operation);
    }
    try {
      return found.run(new Place(target, client(target)));
    } catch (CosmosException e) {
      return JavaAnswers.failure(e);
    } catch (RuntimeException e) {
      // How a client says that it wasn't let in when it read the account, before any operation.
      if (e.getCause() instanceof CosmosException notLetIn) {
        return JavaAnswers.failure(notLetIn);
      }
      throw e;
    }
  }

  private CosmosClient client(Target target) {
    return clients.computeIfAbsent(
        List.of(target.endpoint().toString(), target.credential()), key -> newClient(target));
  }

  static CosmosClient newClient(Target target) {
    return new CosmosClientBuilder()
        .endpoint(target.endpoint().toString())
        .key(target.credential())
        .gatewayMode()
        .contentResponseOnWriteEnabled(true)
        .buildClient();
  }

  @Override
  public void close() {
    clients.values().forEach(CosmosClient::close);
  }
}
