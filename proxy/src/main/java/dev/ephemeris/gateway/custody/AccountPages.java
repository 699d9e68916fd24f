package dev.ephemeris.gateway.custody;

import com.azure.core.exception.HttpResponseException;
import com.azure.core.http.HttpMethod;
import com.azure.core.http.HttpPipeline;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import com.azure.core.management.exception.ManagementError;
import com.azure.core.management.exception.ManagementException;
import com.azure.core.util.Context;
import com.azure.json.JsonProviders;
import com.azure.json.JsonReader;
import com.azure.resourcemanager.cosmos.fluent.models.DatabaseAccountGetResultsInner;
import dev.ephemeris.config.AzureScope;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The accounts that Azure lists somewhere, all pages of them or none.
 *
 * <p>The list of Azure's library ends with the first page, whatever Azure says: the provider's
 * specification has no others. Resource Manager's guidelines have, and half a list would look like
 * accounts that are gone.
 *
 * @param endpoint Resource Manager's
 * @param apiVersion the library's
 */
record AccountPages(HttpPipeline pipeline, URI endpoint, String apiVersion) {

  private static final String ACCOUNTS = "/providers/Microsoft.DocumentDB/databaseAccounts";
  private static final int HTTPS = 443;

  private record Page(List<DatabaseAccountGetResultsInner> accounts, Optional<URI> next) {}

  /**
   * All that are listed in the scope, whatever they are.
   *
   * @throws HttpResponseException if Azure refuses, or says what isn't a list that ends; what the
   *     pipeline throws if it doesn't answer
   */
  List<DatabaseAccountGetResultsInner> in(AzureScope scope) {
    List<DatabaseAccountGetResultsInner> accounts = new ArrayList<>();
    Set<URI> asked = new HashSet<>();
    Optional<URI> next =
        Optional.of(endpoint.resolve(scope + ACCOUNTS + "?api-version=" + apiVersion));
    while (next.isPresent()) {
      asked.add(next.get());
      Page page = page(scope, next.get(), asked);
      accounts.addAll(page.accounts());
      next = page.next();
    }
    return accounts;
  }

  private Page page(AzureScope scope, URI address, Set<URI> asked) {
    HttpRequest request = new HttpRequest(HttpMethod.GET, address.toString());
    String question = "Azure Resource Manager was asked for the accounts in " + scope + ", and ";
    try (HttpResponse response = pipeline.sendSync(request, Context.NONE)) {
      String body = response.getBodyAsBinaryData().toString();
      if (response.getStatusCode() != 200) {
        String code = code(body);
        throw new ManagementException(
            question + "answered " + response.getStatusCode() + " " + code,
            response,
            new ManagementError(code, ""));
      }
      try {
        return page(body, asked);
      } catch (IOException | RuntimeException e) {
        throw new HttpResponseException(question + "its answer can't be read", response, e);
      }
    }
  }

  private Page page(String body, Set<URI> asked) throws IOException {
    JsonObject answer = new JsonObject(body);
    JsonArray listed = answer.getJsonArray("value");
    if (listed == null) {
      throw new IllegalArgumentException("there is no list in it");
    }
    List<DatabaseAccountGetResultsInner> accounts = new ArrayList<>();
    for (Object each : listed) {
      JsonObject account = (JsonObject) each;
      if (!(account.getValue("id") instanceof String)) {
        throw new IllegalArgumentException("it has an account without id");
      }
      try (JsonReader json = JsonProviders.createReader(account.encode())) {
        accounts.add(DatabaseAccountGetResultsInner.fromJson(json));
      }
    }
    Optional<URI> next =
        Optional.ofNullable(answer.getString("nextLink"))
            .filter(link -> !link.isEmpty())
            .map(URI::create);
    if (next.filter(link -> !isOfEndpoint(link) || asked.contains(link)).isPresent()) {
      throw new IllegalArgumentException("it goes on elsewhere, or where it was already");
    }
    return new Page(accounts, next);
  }

  /** The gateway's token goes there, and to nobody else. */
  private boolean isOfEndpoint(URI link) {
    return endpoint.getScheme().equals(link.getScheme())
        && endpoint.getHost().equalsIgnoreCase(link.getHost())
        && port(endpoint) == port(link);
  }

  private static int port(URI address) {
    return address.getPort() == -1 ? HTTPS : address.getPort();
  }

  private static String code(String body) {
    try {
      return new JsonObject(body)
          .getJsonObject("error", new JsonObject())
          .getString("code", "without a code");
    } catch (RuntimeException e) { // it may be anything
      return "without a code";
    }
  }
}
