package dev.ephemeris.gateway.custody;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.azure.core.credential.TokenCredential;
import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import com.azure.identity.DefaultAzureCredentialBuilder;
import dev.ephemeris.config.AccountKeys;
import dev.ephemeris.config.AzureScope;
import dev.ephemeris.config.Endpoint;
import dev.ephemeris.config.ResourceId;
import dev.ephemeris.policy.Scope;
import dev.ephemeris.policy.azure.RoleAssignment;
import dev.ephemeris.policy.azure.RoleDefinition;
import io.vertx.core.Vertx;
import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the gateway relies on of Azure Resource Manager and of key vaults. Against the simulator;
 * where {@code EPHEMERIS_TEST_RESOURCE_ID} names an account for tests, against Azure itself, as
 * whoever the environment or {@code az login} says (CONTRIBUTING has the rest).
 */
class AzureContractTest {

  private static final Map<String, String> ENVIRONMENT = System.getenv();
  private static final Vertx VERTX = Vertx.vertx();

  private static Optional<RotationWorld> simulated = Optional.empty();
  private static AzureResources resources;
  private static ResourceId account;
  private static Optional<Path> caCertificate = Optional.empty();
  private static Optional<KeyVault> vault = Optional.empty();
  private static Optional<UUID> somebody = Optional.empty();

  @BeforeAll
  static void start(@TempDir Path folder) throws Exception {
    Optional<String> named = Optional.ofNullable(ENVIRONMENT.get("EPHEMERIS_TEST_RESOURCE_ID"));
    if (named.isPresent()) {
      account = ResourceId.parse(named.get());
      var http = new JdkHttpClientBuilder().build();
      TokenCredential identity = new DefaultAzureCredentialBuilder().httpClient(http).build();
      resources = new AzureResources("https://management.azure.com/", identity, http);
      vault =
          Optional.ofNullable(ENVIRONMENT.get("EPHEMERIS_TEST_VAULT"))
              .map(url -> new KeyVault(inVault(url), identity, http));
      somebody =
          Optional.ofNullable(ENVIRONMENT.get("EPHEMERIS_TEST_OBJECT_ID")).map(UUID::fromString);
    } else {
      RotationWorld world = new RotationWorld(folder);
      simulated = Optional.of(world);
      account = RotationWorld.ID;
      resources = world.resources();
      caCertificate = Optional.of(world.certificate().authority());
      vault = Optional.of(world.read(world.vault()));
      world
          .azure()
          .grant(
              RotationWorld.GATEWAY.objectId(),
              "/subscriptions/" + RotationWorld.SUBSCRIPTION,
              "Microsoft.DocumentDB/databaseAccounts/sqlRoleDefinitions/*",
              "Microsoft.DocumentDB/databaseAccounts/sqlRoleAssignments/*");
      UUID object = UUID.randomUUID();
      world.azure().tenant().addObject(object.toString());
      somebody = Optional.of(object);
    }
  }

  private static AccountKeys inVault(String url) {
    return new AccountKeys(
        AccountKeys.Kind.KEY_VAULT,
        Optional.of(Endpoint.parse(url)),
        Optional.of("ephemeris-test-1"),
        Optional.of("ephemeris-test-2"),
        Optional.empty());
  }

  @AfterAll
  static void stop() {
    simulated.ifPresent(RotationWorld::close);
    VERTX.close().await();
  }

  private static void verify(KeyPair keys, KeyName name) throws Exception {
    List<URI> regions = resources.regions(account);
    assertThat(regions).isNotEmpty();
    new KeyProbe(
            VERTX,
            simulated.<InstantSource>map(world -> world.clock).orElseGet(InstantSource::system))
        .verify(regions, caCertificate, keys.key(name));
  }

  @Test
  void theKeysThatItListsAreTakenInEveryRegion() throws Exception {
    KeyPair keys = KeyPair.of(resources.secrets(account));

    verify(keys, KeyName.PRIMARY);
    verify(keys, KeyName.SECONDARY);
  }

  @Test
  void theAccountIsListedWhereItIsAndFound() {
    AzureAccount found = resources.find(account).orElseThrow();
    for (Optional<String> group :
        List.of(Optional.<String>empty(), Optional.of(account.resourceGroup()))) {
      assertThat(resources.accounts(new AzureScope(account.subscription(), group)))
          .extracting(AzureAccount::endpoint)
          .contains(found.endpoint());
    }
    assertThat(found.id().toString()).isEqualToIgnoringCase(account.toString());
    assertThat(
            resources.find(
                new ResourceId(
                    account.subscription(), account.resourceGroup(), "ephemeris-test-none")))
        .isEmpty();
    assertThat(
            resources.find(
                new ResourceId(account.subscription(), "ephemeris-test-none", account.account())))
        .isEmpty();
  }

  @Test
  void onlyTheKeyIsMadeAnewThatWasAskedFor() throws Exception {
    AccountSecrets before = resources.secrets(account);

    resources.regenerate(account, KeyName.SECONDARY, () -> {});

    AccountSecrets after = resources.secrets(account);
    assertThat(after.primary().isSameAs(before.primary())).isTrue();
    assertThat(after.secondary().isSameAs(before.secondary())).isFalse();
    verify(KeyPair.of(after), KeyName.SECONDARY);
    assertThatThrownBy(() -> verify(KeyPair.of(before), KeyName.SECONDARY))
        .isInstanceOf(KeyProbe.NotTakenException.class);
  }

  @Test
  void rolesAreMadeListedAndRemoved() {
    assumeTrue(somebody.isPresent(), "EPHEMERIS_TEST_OBJECT_ID isn't set");
    AccountRoles roles = resources.roles(account);
    AccountRoles.Listed before = roles.list();
    RoleDefinition definition =
        new RoleDefinition(
            roles.account(),
            UUID.randomUUID(),
            "ephemeris test " + UUID.randomUUID(),
            false,
            List.of(Scope.of(account.account())),
            new TreeSet<>(
                List.of(
                    "Microsoft.DocumentDB/databaseAccounts/readMetadata",
                    "Microsoft.DocumentDB/databaseAccounts/sqlDatabases/containers/items/read")));
    RoleAssignment assignment =
        new RoleAssignment(
            roles.account(),
            UUID.randomUUID(),
            somebody.orElseThrow(),
            definition.id(),
            Scope.of(account.account()));

    roles.define(definition);
    roles.assign(assignment);

    AccountRoles.Listed with = roles.list();
    assertThat(with.definitions()).contains(definition);
    assertThat(with.assignments()).contains(assignment).containsAll(before.assignments());
    roles.unassign(assignment);
    roles.undefine(definition);
    AccountRoles.Listed after = roles.list();
    assertThat(after.definitions()).containsExactlyInAnyOrderElementsOf(before.definitions());
    assertThat(after.assignments()).containsExactlyInAnyOrderElementsOf(before.assignments());
    // What isn't there any more is nothing to remove.
    assertThatCode(() -> roles.unassign(assignment)).doesNotThrowAnyException();
    assertThatCode(() -> roles.undefine(definition)).doesNotThrowAnyException();
  }

  @Test
  void aVaultGivesTheKeyThatWasPutThere() throws Exception {
    assumeTrue(vault.isPresent(), "EPHEMERIS_TEST_VAULT isn't set");
    AccountSecrets keys = resources.secrets(account);

    vault.orElseThrow().publish(keys, KeyName.PRIMARY);
    vault.orElseThrow().publish(keys, KeyName.SECONDARY);

    verify(vault.orElseThrow().read(), KeyName.PRIMARY);
    verify(vault.orElseThrow().read(), KeyName.SECONDARY);
  }
}
