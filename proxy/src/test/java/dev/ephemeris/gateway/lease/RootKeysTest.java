package dev.ephemeris.gateway.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.ephemeris.gateway.custody.VaultBeside;
import dev.ephemeris.gateway.custody.VaultSecrets.VaultException;
import dev.ephemeris.gateway.identity.Block;
import dev.ephemeris.gateway.identity.BlockTarget;
import dev.ephemeris.gateway.journal.JournalRecord.LeaseRevoked;
import dev.ephemeris.gateway.journal.JournalRecord.RootKeyAdded;
import dev.ephemeris.gateway.journal.JournalRecord.RootKeyRevoked;
import dev.ephemeris.gateway.lease.RootKeyHome.Kept;
import dev.ephemeris.gateway.lease.RootKeyHome.Listed;
import dev.ephemeris.gateway.lease.RootKeyHome.Named;
import dev.ephemeris.gateway.lease.RootKeyWorld.Gateway;
import dev.ephemeris.gateway.lease.RootKeys.Revocation;
import dev.ephemeris.gateway.lease.RootKeys.Rotation;
import dev.ephemeris.gateway.lease.RootKeys.Standing;
import dev.ephemeris.gateway.store.Database;
import dev.ephemeris.gateway.store.PageWanted;
import dev.ephemeris.gateway.store.StoreException;
import dev.ephemeris.policy.PrincipalId;
import dev.ephemeris.simulator.azure.Vault;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Root keys from their making to their revocation, with gateways that share a store. */
class RootKeysTest {

  private static final PageWanted NEWEST = new PageWanted(Optional.empty(), 10);

  private static final String OPAL = "corp:sub-opal";
  private static final Duration LEAD = Duration.ofSeconds(31);

  private static VaultBeside azure;

  private final RootKeyWorld world;
  private final Vault vault;
  private final Kept kept;

  RootKeysTest(@TempDir Path folder) throws Exception {
    world = new RootKeyWorld(folder);
    vault = azure.vault();
    kept = new Kept(azure.secrets(vault), "root-");
  }

  @BeforeAll
  static void startAzure(@TempDir Path folder) throws Exception {
    azure = new VaultBeside(folder);
  }

  @AfterAll
  static void stopAzure() {
    azure.close();
  }

  @AfterEach
  void close() {
    world.close();
  }

  private static String text(int seed) {
    byte[] key = new byte[32];
    Arrays.fill(key, (byte) seed);
    return Base64.getEncoder().encodeToString(key);
  }

  private static Listed listed(String kids) {
    return new Listed(
        kids.chars()
            .mapToObj(kid -> new Named(RootKey.parse((char) kid, text(kid)), false))
            .toList());
  }

  private String secret(char kid) {
    return vault.value("root-" + kid).orElseThrow();
  }

  /** Another root key that derives, at all of these. */
  private char rotated(Gateway first, Gateway... others) {
    Rotation.Added added = (Rotation.Added) first.rootKeys().rotate(OPAL).await();
    for (Gateway other : others) {
      other.rootKeys().look();
    }
    world.clock.advance(LEAD);
    return added.kid();
  }

  private Standing standing(Gateway at, char kid) {
    return at.rootKeys().list().await().stream()
        .filter(key -> key.kid() == kid)
        .map(RootKeys.Seen::standing)
        .findFirst()
        .orElseThrow();
  }

  // --- kept in a vault ---------------------------------------------------------------------------

  @Test
  void makesTheFirstAndKeepsItInTheVault() throws Exception {
    Gateway one = world.gateway(kept);
    Gateway two = world.gateway(kept);

    Issuance.Issued issued = one.lease();

    assertThat(issued.lease().id().kid()).isEqualTo('a');
    assertThat(Base64.getDecoder().decode(secret('a'))).hasSize(32);
    assertThat(two.takes(issued)).isTrue();
    assertThat(world.recorded(RootKeyAdded.class))
        .singleElement()
        .satisfies(
            added -> {
              assertThat(added.kid()).isEqualTo("a");
              assertThat(added.by()).isEqualTo(RootKeyAdded.BY_GATEWAY);
            });
    byte[] store = Files.readAllBytes(world.store());
    assertThat(new String(store, StandardCharsets.ISO_8859_1)).doesNotContain(secret('a'));
  }

  @Test
  void agreesOnOneHoweverManyBeginAtOnce() throws Exception {
    List<Gateway> gateways =
        together(
            List.of(
                () -> world.gateway(kept), () -> world.gateway(kept), () -> world.gateway(kept)));

    Issuance.Issued issued = gateways.getFirst().lease();
    assertThat(gateways).allMatch(gateway -> gateway.takes(issued));
    List<Rotation> rotations =
        together(
            List.of(
                () -> gateways.get(0).rootKeys().rotate(OPAL).await(),
                () -> gateways.get(1).rootKeys().rotate(OPAL).await()));

    assertThat(rotations).filteredOn(Rotation.Added.class::isInstance).hasSize(1);
    assertThat(rotations).filteredOn(Rotation.UnderWay.class::isInstance).hasSize(1);
    gateways.forEach(gateway -> gateway.rootKeys().look());
    world.clock.advance(LEAD);
    Issuance.Issued fresh = gateways.getLast().lease();
    assertThat(fresh.lease().id().kid()).isEqualTo('b');
    assertThat(gateways).allMatch(gateway -> gateway.takes(fresh));
    assertThat(world.recorded(RootKeyAdded.class)).hasSize(2);
  }

  /** On platform threads: those who wait for SQLite's lock in native code keep theirs. */
  private static <T> List<T> together(List<Callable<T>> work) throws Exception {
    List<T> done = new ArrayList<>();
    try (ExecutorService threads = Executors.newCachedThreadPool()) {
      for (Future<T> each : threads.invokeAll(work)) {
        done.add(each.get());
      }
    }
    return done;
  }

  /** What a gateway remembers of leases is of no account then. */
  @Test
  void takesNoLeaseThatItRemembersOfARevokedOne() throws Exception {
    Gateway one = world.gateway(kept);
    Issuance.Issued old = one.lease();
    rotated(one);
    assertThat(one.takes(old)).isTrue();
    LeaseSecrets secrets = one.rootKeys().secrets();

    secrets.hold(secrets.held().revoking(Map.of('a', world.clock.instant())));

    assertThat(one.shown(old)).isInstanceOf(Credential.Ended.class);
  }

  @Test
  void derivesFromAnotherOnceEveryGatewayHasHadTimeToReadIt() throws Exception {
    Gateway one = world.gateway(kept);
    Gateway two = world.gateway(kept);
    Issuance.Issued before = one.lease();

    Rotation rotation = one.rootKeys().rotate(OPAL).await();

    assertThat(rotation)
        .isInstanceOfSatisfying(
            Rotation.Added.class, added -> assertThat(added.kid()).isEqualTo('b'));
    assertThat(one.derives()).isEqualTo('a');
    assertThat(standing(one, 'b')).isEqualTo(Standing.COMING);
    assertThat(one.rootKeys().rotate(OPAL).await()).isInstanceOf(Rotation.UnderWay.class);
    two.rootKeys().look();
    assertThat(two.derives()).isEqualTo('a');

    world.clock.advance(LEAD);

    Issuance.Issued after = one.lease();
    assertThat(after.lease().id().kid()).isEqualTo('b');
    assertThat(two.derives()).isEqualTo('b');
    assertThat(two.takes(after)).isTrue();
    assertThat(one.takes(before)).isTrue();
    assertThat(two.takes(before)).isTrue();
    assertThat(standing(two, 'b')).isEqualTo(Standing.DERIVES);
    assertThat(standing(two, 'a')).isEqualTo(Standing.VERIFIES);
    assertThat(secret('a')).isNotEqualTo(secret('b'));
    assertThat(world.recorded(RootKeyAdded.class).getLast().by()).isEqualTo(OPAL);
    // And after a restart.
    Gateway three = world.gateway(kept);
    assertThat(three.takes(before)).isTrue();
    assertThat(three.takes(after)).isTrue();
    assertThat(three.derives()).isEqualTo('b');
  }

  @Test
  void endsTheLeasesOfARevokedOneAtEveryGatewayAndForGood() throws Exception {
    Gateway one = world.gateway(kept);
    Gateway two = world.gateway(kept);
    Issuance.Issued old = one.lease();
    assertThat(two.takes(old)).isTrue();
    char newer = rotated(one, two);
    Issuance.Issued fresh = one.lease();

    Revocation revocation = one.rootKeys().revoke('a', OPAL).await();

    assertThat(revocation).isEqualTo(new Revocation.Revoked(1, false));
    assertThat(one.shown(old)).isInstanceOf(Credential.Ended.class);
    two.rootKeys().look();
    assertThat(two.shown(old)).isInstanceOf(Credential.Ended.class);
    assertThat(one.takes(fresh)).isTrue();
    assertThat(two.takes(fresh)).isTrue();
    assertThat(world.recorded(RootKeyRevoked.class))
        .singleElement()
        .satisfies(
            revoked -> {
              assertThat(revoked.kid()).isEqualTo("a");
              assertThat(revoked.by()).isEqualTo(OPAL);
            });
    assertThat(world.recorded(LeaseRevoked.class))
        .extracting(LeaseRevoked::leaseId)
        .containsExactly(old.lease().id().value());
    assertThat(one.leases().all(NEWEST).await().entries())
        .filteredOn(lease -> lease.id().equals(old.lease().id()))
        .singleElement()
        .satisfies(lease -> assertThat(lease.revokedAt()).isPresent());

    Gateway three = world.gateway(kept);
    assertThat(three.takes(old)).isFalse();
    assertThat(three.takes(fresh)).isTrue();
    assertThat(three.derives()).isEqualTo(newer);
    assertThat(standing(three, 'a')).isEqualTo(Standing.REVOKED);
    assertThat(one.rootKeys().revoke('a', OPAL).await())
        .isEqualTo(new Revocation.Revoked(0, false));
  }

  /** Its secret, too, though nobody has given the lease up in the store. */
  @Test
  void takesNothingThatARevokedOneHasMade() throws Exception {
    Gateway one = world.gateway(kept);
    Issuance.Issued old = one.lease();
    String cookie = one.rootKeys().secrets().cookies().seal("state", List.of("sign-in"));
    byte[] row = "a row".getBytes(StandardCharsets.UTF_8);
    byte[] mac = one.rootKeys().secrets().mac(row);
    rotated(one);
    assertThat(one.rootKeys().secrets().cookies().unseal(cookie, List.of("sign-in"))).isPresent();
    assertThat(one.rootKeys().secrets().made(row, mac)).isTrue();

    one.rootKeys().revoke('a', OPAL).await();
    world.sql("UPDATE lease SET revoked_at = NULL WHERE id = '" + old.lease().id() + "'");

    assertThat(one.rootKeys().secrets().cookies().unseal(cookie, List.of("sign-in"))).isEmpty();
    assertThat(one.rootKeys().secrets().made(row, mac)).isFalse();
    assertThat(world.gateway(kept).takes(old)).isFalse();
  }

  @Test
  void doesNotRevokeWhatDerivesOrIsAboutTo() throws Exception {
    Gateway one = world.gateway(kept);

    assertThat(one.rootKeys().revoke('a', OPAL).await()).isEqualTo(new Revocation.Derives());
    assertThat(one.rootKeys().revoke('z', OPAL).await()).isEqualTo(new Revocation.NotFound());
    one.rootKeys().rotate(OPAL).await();
    assertThat(one.rootKeys().revoke('a', OPAL).await()).isEqualTo(new Revocation.Derives());
    assertThat(one.rootKeys().revoke('b', OPAL).await()).isEqualTo(new Revocation.Derives());
    assertThat(world.recorded(RootKeyRevoked.class)).isEmpty();
  }

  @Test
  void revokesNothingThatIsNotOnRecord() throws Exception {
    Gateway one = world.gateway(kept);
    Issuance.Issued old = one.lease();
    rotated(one);
    world.journalLost = true;

    assertThat(one.rootKeys().revoke('a', OPAL))
        .satisfies(failed -> assertThatThrownBy(failed::await).isNotNull());
    assertThatThrownBy(() -> one.rootKeys().rotate(OPAL).await()).isNotNull();
    world.journalLost = false;

    assertThat(one.takes(old)).isTrue();
    assertThat(world.gateway(kept).takes(old)).isTrue();
    // What was made for nothing nobody can read.
    assertThatThrownBy(() -> kept.vault().read("root-c", Optional.empty()))
        .hasMessageContaining("is disabled");
  }

  @Test
  void keepsBlocksThatARevokedOneHasSealed() throws Exception {
    Gateway one = world.gateway(kept);
    PrincipalId bob = new PrincipalId("corp", "sub-bob");
    Block block =
        new Block(
            Block.newId(),
            new BlockTarget.OfPrincipal(bob),
            Optional.of("orders-prod"),
            Database.kept(world.clock.instant()),
            false,
            RootKeyWorld.ALICE,
            Optional.empty());
    try (var database = Database.open(world.store())) {
      database
          .transaction(
              handle -> {
                one.blocks().keep(handle, block);
                return true;
              })
          .await();
    }
    rotated(one);
    one.rootKeys().revoke('a', OPAL).await();

    assertThat(world.gateway(kept).blocks().of(bob, NEWEST).await().entries())
        .containsExactly(block);
  }

  @Test
  void disablesItsSecretOnceNothingAtAccountsIsKnownByIt() throws Exception {
    Gateway one = world.gateway(kept);
    rotated(one);
    world.roles.add('a');
    one.rootKeys().revoke('a', OPAL).await();
    one.rootKeys().look();
    assertThat(one.rootKeys().secrets().roleNamings()).extracting(RoleNaming::kid).contains('a');
    assertThat(world.gateway(kept).rootKeys().secrets().roleNamings())
        .extracting(RoleNaming::kid)
        .containsExactly('b', 'a');

    world.roles.clear();
    one.rootKeys().look();

    assertThatThrownBy(() -> kept.vault().read("root-a", Optional.empty()))
        .hasMessageContaining("“root-a”")
        .hasMessageContaining("is disabled");
    Gateway two = world.gateway(kept);
    assertThat(two.rootKeys().secrets().roleNamings())
        .extracting(RoleNaming::kid)
        .containsExactly('b');
    assertThat(two.rootKeys().notice()).isEmpty();
  }

  /** What whoever may set secrets puts in its place isn't what the store names. */
  @Test
  void goesByTheVersionThatItHasMade() throws Exception {
    Gateway one = world.gateway(kept);
    Issuance.Issued issued = one.lease();
    String unused = vault.set("root-a", text('x'));

    Gateway two = world.gateway(kept);

    assertThat(two.takes(issued)).isTrue();
    assertThat(one.takes(two.lease())).isTrue();
  }

  @Test
  void doesNotStartWithoutOneThatItNeeds() throws Exception {
    Gateway one = world.gateway(kept);
    rotated(one);
    kept.vault().disable("root-a", kept.vault().read("root-a", Optional.empty()).version());

    assertThatThrownBy(() -> world.gateway(kept))
        .isInstanceOf(RootKeyException.class)
        .hasMessageContaining("“root-a”")
        .hasMessageContaining(vault.endpoint().toString())
        .hasMessageContaining("is disabled");
    // One that runs has it.
    one.rootKeys().look();
    assertThat(one.rootKeys().notice()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "UPDATE root_key SET derives_at = derives_at - 1 WHERE kid = 'a'",
        "UPDATE root_key SET version = 'another' WHERE kid = 'b'",
        "UPDATE root_key SET mac = x'00' WHERE kid = 'b'",
        "UPDATE root_key SET mac = (SELECT mac FROM root_key WHERE kid = 'b') WHERE kid = 'a'",
      })
  void trustsNothingInTheStoreThatItHasNotWritten(String forgery) throws Exception {
    Gateway one = world.gateway(kept);
    Issuance.Issued old = one.lease();
    rotated(one);
    Issuance.Issued fresh = one.lease();

    world.sql(forgery);
    one.rootKeys().look();

    assertThat(one.rootKeys().notice()).isPresent();
    assertThat(one.takes(old)).isTrue();
    assertThat(one.takes(fresh)).isTrue();
    assertThat(one.derives()).isEqualTo('b');
    assertThat(one.rootKeys().rotate(OPAL).await()).isInstanceOf(Rotation.NotMade.class);
    assertThatThrownBy(() -> one.rootKeys().revoke('a', OPAL).await())
        .isInstanceOf(StoreException.class);
    assertThatThrownBy(() -> world.gateway(kept)).isInstanceOf(RootKeyException.class);
  }

  /** By whoever has the store, and by whoever has the store and the key, too. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void staysRevokedWhateverTheStoreSaysLater(boolean sealed) throws Exception {
    Gateway one = world.gateway(kept);
    Issuance.Issued old = one.lease();
    RootKey leaked = RootKey.parse('a', secret('a'));
    rotated(one);
    world.roles.add('a');
    one.rootKeys().revoke('a', OPAL).await();

    world.sql("UPDATE root_key SET revoked_at = NULL WHERE kid = 'a'");
    if (sealed) {
      try (var database = Database.open(world.store())) {
        database
            .transaction(
                handle -> {
                  RootKeyStates.read(handle).stream()
                      .filter(row -> row.kid() == 'a')
                      .forEach(row -> RootKeyStates.keep(handle, row.state(), leaked));
                  return true;
                })
            .await();
      }
    }
    one.rootKeys().look();

    assertThat(one.takes(old)).isFalse();
    assertThat(one.rootKeys().notice()).isPresent();
    assertThatThrownBy(() -> world.gateway(kept))
        .isInstanceOf(RootKeyException.class)
        .hasMessageContaining("Who can write to the store?");
  }

  @Test
  void takesWhatSaysThatItIsRevokedAtItsWord() throws Exception {
    Gateway one = world.gateway(kept);
    Issuance.Issued old = one.lease();
    rotated(one);

    world.sql("UPDATE root_key SET revoked_at = 1, mac = x'00' WHERE kid = 'a'");
    one.rootKeys().look();

    assertThat(one.takes(old)).isFalse();
    assertThat(world.gateway(kept).takes(old)).isFalse();
  }

  /** Only roles are left then of what there was: by the older ones they are known again. */
  @Test
  void takesUpTheNewestOfTheVaultOnceTheStoreIsLost() throws Exception {
    Gateway one = world.gateway(kept);
    Issuance.Issued old = one.lease();
    // A vault tells seconds.
    azure.clock().advance(Duration.ofSeconds(1));
    rotated(one);
    Issuance.Issued fresh = one.lease();

    world.sql("DELETE FROM root_key");
    Gateway two = world.gateway(kept);

    assertThat(two.derives()).isEqualTo('b');
    assertThat(two.takes(fresh)).isTrue();
    assertThat(two.takes(old)).isFalse();
    assertThat(two.rootKeys().secrets().roleNamings())
        .extracting(RoleNaming::kid)
        .containsExactly('b', 'a');
  }

  /** Put there under its name, it is what it was; and what was kept is listed again likewise. */
  @Test
  void movesFromTheConfigurationIntoTheVaultAndBack() throws Exception {
    Issuance.Issued issued = world.gateway(listed("a")).lease();
    assertThatThrownBy(() -> world.gateway(kept))
        .hasMessageContaining("“root-a”")
        .hasMessageContaining("isn't there");

    String unused = vault.set("root-a", text('a'));
    Gateway moved = world.gateway(kept);

    assertThat(moved.takes(issued)).isTrue();
    assertThat(rotated(moved)).isEqualTo('b');
    assertThat(moved.takes(issued)).isTrue();
    Gateway back =
        world.gateway(
            new Listed(
                List.of(
                    new Named(RootKey.parse('b', secret('b')), false),
                    new Named(RootKey.parse('a', text('a')), false))));
    assertThat(back.takes(issued)).isTrue();
    assertThat(back.derives()).isEqualTo('b');
  }

  /** Those that only verify, too, although none of them has ever derived there. */
  @Test
  void movesAllThatAreListedIntoTheVault() throws Exception {
    Issuance.Issued old = world.gateway(listed("a")).lease();
    world.sql("DELETE FROM root_key");
    Issuance.Issued fresh = world.gateway(listed("ba")).lease();
    String unused = vault.set("root-b", text('b'));
    String unusedEither = vault.set("root-a", text('a'));

    Gateway moved = world.gateway(kept);

    assertThat(moved.takes(old)).isTrue();
    assertThat(moved.takes(fresh)).isTrue();
    assertThat(moved.derives()).isEqualTo('b');
  }

  /** Whoever has a leaked key and the store to write in could keep it from being revoked so. */
  @Test
  void revokesThoughTheStoreHasRowsThatNobodyCanRead() throws Exception {
    Gateway gateway = world.gateway(kept);
    Issuance.Issued old = gateway.lease();
    Issuance.Issued bad = gateway.lease();
    world.sql("UPDATE lease SET claims = '{\"x\":null}' WHERE id = '" + bad.lease().id() + "'");
    char unused = rotated(gateway);

    assertThat(gateway.rootKeys().revoke('a', OPAL).await())
        .isEqualTo(new Revocation.Revoked(1, false));

    assertThat(gateway.takes(old)).isFalse();
    assertThat(world.gateway(kept).takes(bad)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "missing, isn't there",
    "disabled, is disabled",
    "text, is of no use: the root key is not Base64",
    "short, is of no use: the root key is shorter than 32 bytes",
    "demo, is of no use: the root key was made for development",
  })
  void saysWhatIsWrongWithASecret(String name, String what) throws Exception {
    List<String> set =
        List.of(
            vault.set("text", "canary %%%"),
            vault.set("short", "Y2FuYXJ5"),
            vault.set("demo", RootKey.DEVELOPMENT + text('a')));
    kept.vault().disable("disabled", vault.set("disabled", text('a')));

    assertThat(set).doesNotHaveDuplicates();
    assertThatThrownBy(() -> RootKey.read('a', kept.vault(), name))
        .isInstanceOf(VaultException.class)
        .hasMessageContaining("Secret “" + name + "” in the key vault " + vault.endpoint())
        .hasMessageContaining(what)
        .hasMessageNotContaining("canary")
        .hasMessageNotContaining("Y2FuYXJ5")
        .hasMessageNotContaining(text('a'));
  }

  // --- listed ------------------------------------------------------------------------------------

  @Test
  void isTurnedOverByHandWhereItIsListed() throws Exception {
    Gateway before = world.gateway(listed("a"));
    Issuance.Issued old = before.lease();
    assertThat(before.rootKeys().rotate(OPAL).await()).isEqualTo(new Rotation.ByHand());
    assertThat(world.recorded(RootKeyAdded.class)).isEmpty();

    Gateway both = world.gateway(listed("ab"));
    assertThat(both.derives()).isEqualTo('a');
    Gateway after = world.gateway(listed("ba"));

    assertThat(after.derives()).isEqualTo('b');
    assertThat(after.takes(old)).isTrue();
    assertThat(both.takes(after.lease())).isTrue();
    assertThat(world.recorded(RootKeyAdded.class))
        .extracting(RootKeyAdded::kid, RootKeyAdded::by)
        .containsExactly(tuple("b", RootKeyAdded.BY_CONFIGURATION));
    assertThat(after.rootKeys().list().await())
        .extracting(RootKeys.Seen::kid, RootKeys.Seen::standing)
        .containsExactly(tuple('b', Standing.DERIVES), tuple('a', Standing.VERIFIES));
  }

  @Test
  void staysRevokedThoughTheConfigurationListsIt() throws Exception {
    Issuance.Issued old = world.gateway(listed("a")).lease();
    Gateway one = world.gateway(listed("ba"));
    Gateway two = world.gateway(listed("ba"));
    assertThat(two.takes(old)).isTrue();

    assertThat(one.rootKeys().revoke('a', OPAL).await()).isEqualTo(new Revocation.Revoked(1, true));

    two.rootKeys().look();
    assertThat(one.takes(old)).isFalse();
    assertThat(two.takes(old)).isFalse();
    assertThat(world.gateway(listed("ba")).takes(old)).isFalse();
    assertThatThrownBy(() -> world.gateway(listed("ab")))
        .isInstanceOf(RootKeyException.class)
        .hasMessageContaining("Root key “a”, the first of rootKeys, was revoked at ");
    assertThatThrownBy(() -> world.gateway(listed("a"))).isInstanceOf(RootKeyException.class);
    assertThat(world.gateway(listed("b")).derives()).isEqualTo('b');
  }

  @Test
  void isNotTakenForAnotherOfItsName() throws Exception {
    Gateway unused = world.gateway(listed("a"));

    assertThatThrownBy(
            () ->
                world.gateway(new Listed(List.of(new Named(RootKey.parse('a', text('x')), false)))))
        .isInstanceOf(RootKeyException.class)
        .hasMessageContaining("root key “a”");
  }
}
