package dev.ephemeris.gateway.custody;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ephemeris.cosmos.MasterKey;
import dev.ephemeris.cosmos.ResourceType;
import dev.ephemeris.cosmos.Verb;
import dev.ephemeris.gateway.SettableClock;
import dev.ephemeris.gateway.custody.UpstreamCredential.Signature;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Which key signs, and which one instead. */
class HeldKeysTest {

  private final SettableClock clock = new SettableClock();
  private final AtomicInteger read = new AtomicInteger();
  private volatile String primary = "one";
  private volatile String secondary = "two";
  private volatile boolean lost;
  private final HeldKeys keys = new HeldKeys("orders-prod", this::pair, clock);

  private KeyPair pair() {
    read.incrementAndGet();
    if (lost) {
      throw new IllegalStateException("the vault is on fire");
    }
    return new KeyPair(key(primary), Optional.of(key(secondary)));
  }

  private static MasterKey key(String name) {
    return MasterKey.ofBase64(
        Base64.getEncoder().encodeToString(name.getBytes(StandardCharsets.UTF_8)));
  }

  private Signature now() {
    return keys.signature().await();
  }

  private static String sample(Signature signature) {
    return signature.authorization(Verb.GET, ResourceType.ITEM, "l", "d");
  }

  private static String by(String name) {
    return key(name).authorization(Verb.GET, ResourceType.ITEM, "l", "d");
  }

  @Test
  void thePrimaryKeySignsUntilItIsChangedFor() throws Exception {
    assertThat(sample(now())).isEqualTo(by("one"));

    keys.use(KeyName.SECONDARY);

    assertThat(sample(now())).isEqualTo(by("two"));
    assertThat(keys.inUse()).isEqualTo(KeyName.SECONDARY);
  }

  @Test
  void aGatewayGoesOnWithTheKeyThatWasInUse() {
    keys.startWith(KeyName.SECONDARY);

    assertThat(sample(now())).isEqualTo(by("two"));
  }

  @Test
  void isReadOnceAndAgainAfterAWhile() {
    Signature first = now();
    assertThat(now()).isSameAs(first);
    assertThat(read).hasValue(1);

    primary = "three";
    clock.advance(Duration.ofMinutes(6));
    while (now() == first) {
      Thread.onSpinWait();
    }

    assertThat(sample(now())).isEqualTo(by("three"));
    assertThat(read).hasValue(2);
  }

  /** Somebody else has turned it over. */
  @Test
  void aRefusedKeyIsReadAnew() {
    Signature refused = now();
    primary = "three";
    clock.advance(Duration.ofSeconds(11));

    assertThat(sample(keys.insteadOf(refused).await())).isEqualTo(by("three"));
    assertThat(sample(now())).isEqualTo(by("three"));
    // Who was refused a little later isn't a reason to read it once more.
    assertThat(sample(keys.insteadOf(refused).await())).isEqualTo(by("three"));
    assertThat(read).hasValue(2);
  }

  /** A node that doesn't know the new key yet knows the other one. */
  @Test
  void theOtherKeyStandsInForARefusedOne() {
    Signature refused = now();
    clock.advance(Duration.ofSeconds(11));

    assertThat(sample(keys.insteadOf(refused).await())).isEqualTo(by("two"));
    assertThat(sample(keys.insteadOf(refused).await())).isEqualTo(by("two"));
    assertThat(sample(now())).isEqualTo(by("one"));
    assertThat(read).hasValue(2);
  }

  @Test
  void thereIsNothingInsteadOfASingleKey() {
    HeldKeys single = new HeldKeys("orders-prod", KeySource.of(key("one")), clock);
    Signature only = single.signature().await();
    clock.advance(Duration.ofSeconds(11));

    assertThat(single.insteadOf(only).await()).isSameAs(only);
  }

  @Test
  void aSourceThatIsLostTakesNothingAway() {
    Signature first = now();
    lost = true;
    clock.advance(Duration.ofMinutes(6));

    assertThat(now()).isSameAs(first);
    HeldKeys never = new HeldKeys("orders-prod", this::pair, clock);
    assertThatThrownBy(() -> never.signature().await())
        .hasMessageContaining("No key of account “orders-prod”: the vault is on fire");
  }
}
