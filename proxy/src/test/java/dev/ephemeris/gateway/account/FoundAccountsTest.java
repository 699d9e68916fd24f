package dev.ephemeris.gateway.account;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ephemeris.config.AccountKeys;
import dev.ephemeris.config.AccountsWithin;
import dev.ephemeris.config.AzureScope;
import dev.ephemeris.config.Endpoint;
import dev.ephemeris.config.ResourceId;
import dev.ephemeris.gateway.custody.AzureAccount;
import dev.ephemeris.gateway.lease.LeaseSecrets;
import dev.ephemeris.gateway.lease.RootKey;
import dev.ephemeris.gateway.store.Database;
import dev.ephemeris.policy.EnvironmentPattern;
import dev.ephemeris.policy.Lane;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of what Azure lists, and of what it doesn't. */
class FoundAccountsTest {

  private static final String SUBSCRIPTION = "/subscriptions/11111111-2222-4333-8444-555555555555";
  private static final AzureScope PREVIEWS =
      AzureScope.parse(SUBSCRIPTION + "/resourceGroups/previews");
  private static final AzureScope STAGING =
      AzureScope.parse(SUBSCRIPTION + "/resourceGroups/staging");
  private static final Instant NOW = Instant.parse("2026-11-24T09:00:00Z");

  private final Map<AzureScope, List<AzureAccount>> listed = new HashMap<>();
  private final List<AzureScope> silent = new ArrayList<>();
  private Database database;
  private KeptAccounts kept;
  private FoundAccounts found;

  @BeforeEach
  void start(@TempDir Path folder) {
    database = Database.open(folder.resolve("store.db"));
    kept = new KeptAccounts(database, secrets());
    found =
        new FoundAccounts(
            List.of(within(PREVIEWS, "preview-*"), within(STAGING, "staging")),
            scope -> {
              if (silent.contains(scope)) {
                throw new IllegalStateException("no answer");
              }
              return listed.getOrDefault(scope, List.of());
            },
            kept,
            () -> NOW);
  }

  @AfterEach
  void stop() {
    database.close();
  }

  private static LeaseSecrets secrets() {
    return new LeaseSecrets(
        List.of(RootKey.parse('a', Base64.getEncoder().encodeToString(new byte[32]))));
  }

  private static AccountsWithin within(AzureScope scope, String environment) {
    return new AccountsWithin(
        scope,
        List.of(EnvironmentPattern.parse(environment)),
        Optional.of("env"),
        Optional.empty(),
        Set.of(Lane.PROXY),
        Optional.empty(),
        Optional.of(
            new AccountKeys(
                AccountKeys.Kind.RESOURCE_MANAGER,
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.empty())),
        Optional.empty());
  }

  private static AzureAccount account(AzureScope scope, String name, Map<String, String> tags) {
    return new AzureAccount(
        id(scope, name), Endpoint.parse("https://" + name + ".documents.azure.com:443/"), tags);
  }

  private static ResourceId id(AzureScope scope, String name) {
    return ResourceId.parse(scope + "/providers/Microsoft.DocumentDB/databaseAccounts/" + name);
  }

  private List<String> all() {
    return kept.all().await().stream()
        .map(account -> account.name() + " in " + account.environment() + ", " + account.origin())
        .toList();
  }

  @Test
  void keepsWhatHasTheTagAndNothingElse() {
    listed.put(
        PREVIEWS,
        List.of(
            account(PREVIEWS, "pr-1", Map.of("ENV", "preview-1")),
            account(PREVIEWS, "pr-2", Map.of("env", "prod")),
            account(PREVIEWS, "pr-3", Map.of("environment", "preview-3"))));

    found.look();

    assertThat(all()).containsExactly("pr-1 in preview-1, found");
    assertThat(found.notices())
        .containsExactly(
            "Account “pr-2” in Azure has tag env=prod, whose value isn't among the environments"
                + " of accounts in "
                + PREVIEWS
                + ".");
  }

  @Test
  void showsNothingThatSomebodyWroteToForgeALog() {
    List<AzureAccount> many = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      many.add(account(PREVIEWS, "pr-" + i, Map.of("env", "x\" level=ERROR\n" + i)));
    }
    listed.put(PREVIEWS, many);

    found.look();

    assertThat(found.notices())
        .hasSize(20)
        .allMatch(notice -> notice.contains("has tag env, whose value isn't among"));
  }

  @Test
  void doesNotUndoWhatSomebodyAddsMeanwhile() {
    KeptAccount added =
        new KeptAccount(
            id(PREVIEWS, "pr-1"),
            Endpoint.parse("https://pr-1.documents.azure.com/"),
            "preview-9",
            new Origin.Added("corp:opal", NOW, NOW.plusSeconds(3600)));
    KeptAccount foundOne =
        new KeptAccount(added.id(), added.endpoint(), "preview-1", new Origin.Found(NOW));
    kept.keep(added).await();

    assertThat(kept.change(Optional.empty(), foundOne).await()).isFalse();
    assertThat(kept.all().await()).containsExactly(added);
    assertThat(kept.change(Optional.of(added), foundOne).await()).isTrue();
    assertThat(kept.all().await()).containsExactly(foundOne);
  }

  @Test
  void takesAwayWhatAzureHasTwiceNotListed() {
    AzureAccount preview = account(PREVIEWS, "pr-1", Map.of("env", "preview-1"));
    listed.put(PREVIEWS, List.of(preview));
    found.look();

    listed.clear();
    found.look();
    assertThat(all()).hasSize(1);
    listed.put(PREVIEWS, List.of(preview));
    found.look();
    listed.clear();
    found.look();
    assertThat(all()).describedAs("missed twice, but not in a row").hasSize(1);

    found.look();
    assertThat(all()).isEmpty();
  }

  @Test
  void takesNothingAwayWhereAzureDoesNotAnswer() {
    listed.put(PREVIEWS, List.of(account(PREVIEWS, "pr-1", Map.of("env", "preview-1"))));
    listed.put(STAGING, List.of(account(STAGING, "st-1", Map.of("env", "staging"))));
    found.look();

    listed.clear();
    silent.add(PREVIEWS);
    found.look();
    found.look();
    found.look();

    assertThat(all()).containsExactly("pr-1 in preview-1, found");
    assertThat(found.notices())
        .containsExactly(
            "Which accounts there are in "
                + PREVIEWS
                + " can't be found out; those that were found there stay. no answer");
  }

  @Test
  void followsTheTag() {
    listed.put(PREVIEWS, List.of(account(PREVIEWS, "pr-1", Map.of("env", "preview-1"))));
    found.look();

    listed.put(PREVIEWS, List.of(account(PREVIEWS, "pr-1", Map.of("env", "preview-2"))));
    found.look();

    assertThat(all()).containsExactly("pr-1 in preview-2, found");
  }

  @Test
  void leavesWhatSomebodyHasAdded() {
    KeptAccount added =
        new KeptAccount(
            id(PREVIEWS, "pr-1"),
            Endpoint.parse("https://pr-1.documents.azure.com/"),
            "preview-9",
            new Origin.Added("corp:opal", NOW, NOW.plusSeconds(3600)));
    kept.keep(added).await();
    listed.put(PREVIEWS, List.of(account(PREVIEWS, "pr-1", Map.of("env", "preview-1"))));

    found.look();
    listed.clear();
    found.look();
    found.look();

    assertThat(kept.all().await()).containsExactly(added);
  }

  @Test
  void aRowIsOnlyWhatAGatewayHasSealed() {
    listed.put(PREVIEWS, List.of(account(PREVIEWS, "pr-1", Map.of("env", "preview-1"))));
    found.look();
    KeptAccount made = kept.all().await().getFirst();

    for (String change :
        List.of(
            "name = 'pr-2'",
            "resource_id = replace(resource_id, 'pr-1', 'pr-2')",
            "endpoint = 'https://evil.example/'",
            "environment = 'prod'",
            "since = since + 1",
            "added_by = 'corp:mallory', ends_at = since + 1")) {
      int changed =
          database.transaction(handle -> handle.execute("UPDATE account SET " + change)).await();
      assertThat(changed).isEqualTo(1);
      assertThat(all()).describedAs(change).isEmpty();
      int removed = database.transaction(handle -> handle.execute("DELETE FROM account")).await();
      assertThat(removed).isEqualTo(1);
      kept.keep(made).await();
      assertThat(all()).describedAs("as before " + change).hasSize(1);
    }
  }
}
