package dev.ephemeris.gateway.lease;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LeaseSecretsTest {

  private static final RootKey A = root('a', "a root key of 32 bytes, or more of them");
  private static final RootKey B = root('b', "another root key of 32 bytes, or more");
  private static final LeaseSecrets SECRETS = new LeaseSecrets(List.of(A));

  private static RootKey root(char kid, String key) {
    return RootKey.parse(
        kid, Base64.getEncoder().encodeToString(key.getBytes(StandardCharsets.UTF_8)));
  }

  private static String signature(LeaseSecrets secrets, LeaseId id) {
    return secrets.token(id).reveal().substring("type=resource&ver=1.0&sig=".length());
  }

  @Test
  void knowsItsOwnTokens() {
    LeaseId id = SECRETS.newId();

    assertThat(SECRETS.verify(signature(SECRETS, id))).contains(id);
  }

  @Test
  void makesIdsThatAreLabelsOfHostNamesAndNeverTheSame() {
    LeaseId id = SECRETS.newId();

    assertThat(id.value()).startsWith("a").matches("[a-z2-7]{27}");
    assertThat(SECRETS.newId()).isNotEqualTo(id);
  }

  @Test
  void knowsTheTokensOfOlderRootKeysUntilTheyAreGone() {
    LeaseSecrets older = new LeaseSecrets(List.of(B));
    LeaseId id = older.newId();
    String signature = signature(older, id);

    assertThat(new LeaseSecrets(List.of(A, B)).verify(signature)).contains(id);
    assertThat(new LeaseSecrets(List.of(A, B)).newId().value()).startsWith("a");
    assertThat(SECRETS.verify(signature)).isEmpty();
  }

  @Test
  void namesRolesByEachRootKeyAsNobodyElseCould() {
    List<RoleNaming> both = new LeaseSecrets(List.of(A, B)).roleNamings();
    UUID id = both.getFirst().id(List.of("assignment", "ab", "c"));

    assertThat(id.version()).isEqualTo(8);
    assertThat(id.variant()).isEqualTo(2);
    assertThat(SECRETS.roleNamings().getFirst().id(List.of("assignment", "ab", "c"))).isEqualTo(id);
    assertThat(both).hasSize(2);
    assertThat(both.getLast().id(List.of("assignment", "ab", "c"))).isNotEqualTo(id);
    assertThat(both.getFirst().id(List.of("assignment", "a", "bc"))).isNotEqualTo(id);
  }

  @Test
  void isNotTakenInByAnotherKeyOfTheSameName() {
    LeaseSecrets others =
        new LeaseSecrets(List.of(root('a', "somebody else's key under the same kid")));

    assertThat(SECRETS.verify(signature(others, others.newId()))).isEmpty();
  }

  @Test
  void takesOneTokenForOneLease() {
    LeaseId id = SECRETS.newId();
    LeaseId other = SECRETS.newId();
    String mac = signature(SECRETS, id).substring(id.value().length());

    assertThat(SECRETS.verify(other.value() + mac)).isEmpty();
  }

  /** HKDF with a purpose each: what one is good for, the other isn't. */
  @Test
  void keepsTokensAndRowsApart() {
    LeaseId id = SECRETS.newId();
    byte[] message = id.value().getBytes(StandardCharsets.US_ASCII);

    assertThat(A.leaseTokenMac(message)).isNotEqualTo(A.leaseRowMac(message)).hasSize(32);
    assertThat(
            SECRETS.verify(
                id.value()
                    + "."
                    + Base64.getUrlEncoder()
                        .withoutPadding()
                        .encodeToString(A.leaseRowMac(message))))
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "AAAA", "%%%"})
  void refusesRootKeysThatGuardNothing(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RootKey.parse('a', text))
        .withMessageNotContaining(text.isEmpty() ? "\0" : text);
  }

  @Test
  void refusesNoRootKeyAndTwoOfOneName() {
    assertThatIllegalArgumentException().isThrownBy(() -> new LeaseSecrets(List.of()));
    assertThatIllegalArgumentException().isThrownBy(() -> new LeaseSecrets(List.of(A, A)));
  }

  @Test
  void printsNothingOfWhatItHolds() {
    LeaseToken token = SECRETS.token(SECRETS.newId());

    assertThat(A).hasToString("RootKey[kid=a]");
    assertThat(token).hasToString("LeaseToken[…]");
  }

  @Property(tries = 300)
  void refusesEveryTokenButItsOwn(@ForAll @IntRange(max = 200) int place, @ForAll char other) {
    LeaseId id = SECRETS.newId();
    String signature = signature(SECRETS, id);
    StringBuilder changed = new StringBuilder(signature);
    changed.setCharAt(place % signature.length(), other);

    assertThat(SECRETS.verify(changed.toString()).isPresent())
        .isEqualTo(changed.toString().equals(signature));
  }

  @Property
  void refusesAnythingElse(@ForAll String signature) {
    assertThat(SECRETS.verify(signature)).isEmpty();
    assertThat(SECRETS.verify(SECRETS.newId().value() + "." + signature)).isEmpty();
  }
}
