package dev.ephemeris.gateway.custody;

import static org.assertj.core.api.Assertions.assertThat;

import com.azure.json.JsonProviders;
import com.azure.json.JsonReader;
import com.azure.resourcemanager.cosmos.fluent.models.DatabaseAccountGetResultsInner;
import dev.ephemeris.config.Endpoint;
import dev.ephemeris.config.ResourceId;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Azure shows of an account, as its library reads it. */
class AzureAccountTest {

  private static final String ID =
      "/subscriptions/11111111-2222-4333-8444-555555555555/resourceGroups/Shop-RG"
          + "/providers/Microsoft.DocumentDB/databaseAccounts/orders-prod";

  private static final String USUAL =
      """
      {"id": "%s", "kind": "GlobalDocumentDB", "tags": {"Team": "orders", "nothing": null},
       "properties": {"provisioningState": "Succeeded", "capabilities": [],
       "documentEndpoint": "https://orders-prod.documents.azure.com:443/"}}\
      """
          .formatted(ID);

  private static Optional<AzureAccount> of(String json) throws IOException {
    try (JsonReader reader = JsonProviders.createReader(json)) {
      return AzureAccount.of(DatabaseAccountGetResultsInner.fromJson(reader));
    }
  }

  @Test
  void isWhatAzureShows() throws IOException {
    AzureAccount account = of(USUAL).orElseThrow();

    assertThat(account)
        .isEqualTo(
            new AzureAccount(
                ResourceId.parse(ID),
                Endpoint.parse("https://orders-prod.documents.azure.com:443/"),
                Map.of("Team", "orders")));
    assertThat(account.endpoint().port()).isEqualTo(443);
  }

  @Test
  void tagsAreNamedInAnyCase() throws IOException {
    AzureAccount account = of(USUAL).orElseThrow();

    assertThat(account.tag("team")).contains("orders");
    assertThat(account.tag("TEAM")).contains("orders");
    assertThat(account.tag("teams")).isEmpty();
    assertThat(account.tag("nothing")).isEmpty();
    assertThat(of(USUAL.replaceFirst("\"tags\".*\\},", "")).orElseThrow().tags()).isEmpty();
  }

  @ParameterizedTest(name = "{0} → {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          "kind": "GlobalDocumentDB", | "kind": "globalDocumentDB", | yes
          "kind": "GlobalDocumentDB", | "kind": null, | yes
          "kind": "GlobalDocumentDB", | `` | yes
          "GlobalDocumentDB" | "MongoDB" | no
          "GlobalDocumentDB" | "Parse" | no
          "Succeeded" | "Updating" | yes
          "Succeeded" | "Creating" | no
          "Succeeded" | "Deleting" | no
          "Succeeded" | "Failed" | no
          "Succeeded" | "DeletionFailed" | no
          "Succeeded" | "Something" | no
          "provisioningState": "Succeeded", | `` | no
          "capabilities": [] | "capabilities": null | yes
          "capabilities": [] | "capabilities": [{"name": "EnableServerless"}] | yes
          "capabilities": [] | "capabilities": [{"name": "EnableServerless"}, {"name": "EnableCassandra"}] | no
          "capabilities": [] | "capabilities": [{"name": "EnableGremlin"}] | no
          "capabilities": [] | "capabilities": [{"name": "enabletable"}] | no
          "capabilities": [] | "capabilities": [{"name": "EnableMongo"}] | no
          "capabilities": [] | "capabilities": [{}] | yes
          "https://orders-prod | "http://orders-prod | no
          azure.com:443/ | azure.com:443/x | no
          "https://orders-prod.documents.azure.com:443/" | null | no
          "https://orders-prod.documents.azure.com:443/" | "https://orders prod/" | no
          databaseAccounts/orders-prod | databaseAccounts/or | no
          databaseAccounts/orders-prod | databaseAccounts/orders_prod | no
          databaseAccounts/orders-prod | databaseAccounts/orders-prod/x | no
          resourceGroups/Shop-RG | resourceGroups/Gr\u00f6\u00dfe | no
          """)
  void isOfUseOrNot(String shown, String instead, String usable) throws IOException {
    assertThat(USUAL).contains(shown);

    assertThat(of(USUAL.replace(shown, instead)).isPresent()).isEqualTo(usable.equals("yes"));
  }

  @Test
  void ofNothingThereIsNoAccount() throws IOException {
    assertThat(of("{}")).isEmpty();
    assertThat(of("{\"properties\": {}}")).isEmpty();
  }
}
