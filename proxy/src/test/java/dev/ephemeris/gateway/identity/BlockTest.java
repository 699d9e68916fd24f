package dev.ephemeris.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ephemeris.policy.GroupRef;
import dev.ephemeris.policy.Principal;
import dev.ephemeris.policy.PrincipalId;
import dev.ephemeris.policy.PrincipalKind;
import dev.ephemeris.policy.UserRef;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BlockTest {

  private static final Instant AT = Instant.parse("2026-11-24T09:00:00Z");
  private static final PrincipalId OPAL = new PrincipalId("corp", "sub-opal");

  private static Principal alice(PrincipalKind kind) {
    return new Principal(
        new PrincipalId("corp", "sub-alice"),
        kind,
        "Alice",
        Optional.of(UserRef.parse("user:default/alice")),
        Set.of(GroupRef.parse("group:default/team"), GroupRef.parse("group:default/all")),
        Set.of(),
        Map.of(),
        Optional.empty());
  }

  private static Block block(BlockTarget target, boolean suspends) {
    return new Block("b-1", target, Optional.empty(), AT, suspends, OPAL, Optional.empty());
  }

  @ParameterizedTest
  @CsvSource({
    "principal, corp:sub-alice, true",
    "principal, corp:sub-bob, false",
    "principal, other:sub-alice, false",
    "user, user:default/alice, true",
    "user, user:default/bob, false",
    "group, group:default/team, true",
    "group, group:default/all, true",
    "group, group:default/dba, false",
    "client, corp:cli, true",
    "client, corp:portal, false",
    "client, other:cli, false",
    "anyone, '', true",
  })
  void keepsOutWhomItMeans(String kind, String name, boolean out) {
    BlockTarget target = BlockTarget.parse(kind, name);

    assertThat(target.kind()).isEqualTo(kind);
    assertThat(target.name()).isEqualTo(name);
    assertThat(target.means(alice(PrincipalKind.PERSON), "cli")).isEqualTo(out);
  }

  @ParameterizedTest
  @CsvSource({
    "PERSON, false, 2026-11-24T08:59:59Z, true",
    "PERSON, false, 2026-11-24T09:00:00Z, true",
    "PERSON, false, 2026-11-24T09:00:01Z, false",
    "PERSON, false, , true",
    "PERSON, true, 2026-11-24T09:00:01Z, true",
    "WORKLOAD, false, 2026-11-24T09:00:01Z, true",
    "AGENT, false, 2026-11-24T09:00:01Z, true",
  })
  void endsForPeopleWithALaterSignIn(
      PrincipalKind kind, boolean suspends, @Nullable Instant signedInAt, boolean out) {
    Block block = block(new BlockTarget.Anyone(), suspends);

    assertThat(block.target().means(alice(kind), "cli")).isTrue();
    assertThat(block.holds(kind, Optional.ofNullable(signedInAt))).isEqualTo(out);
    assertThat(block.lifted(AT.plusSeconds(5)).holds(kind, Optional.ofNullable(signedInAt)))
        .isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "principal, sub-alice",
    "principal, ':sub-alice'",
    "principal, 'corp:'",
    "user, group:default/team",
    "user, ''",
    "group, user:default/alice",
    "client, cli",
    "planet, mars",
  })
  void isOfSomebodyWhoCanBeNamed(String kind, String name) {
    assertThatThrownBy(() -> BlockTarget.parse(kind, name))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** Whatever is said of a target: it is one, and then reads so again, or it is refused. */
  @Property
  void targetsReadAsTheyAreWritten(
      @ForAll @IntRange(max = 4) int kind, @ForAll("names") String name) {
    BlockTarget target;
    try {
      target = BlockTarget.parse(KINDS.get(kind), name);
    } catch (IllegalArgumentException refused) {
      return;
    }
    assertThat(BlockTarget.parse(target.kind(), target.name())).isEqualTo(target);
  }

  private static final List<String> KINDS =
      List.of("principal", "user", "group", "client", "anyone");

  @Provide
  Arbitrary<String> names() {
    return Arbitraries.oneOf(
        Arbitraries.strings(),
        Arbitraries.of(":", "a:b", "a:b:c", "user:default/a", "group:x", "user:A/B", " ", ""),
        Arbitraries.strings().withChars("ab:/ ").ofMaxLength(8));
  }

  /** No column runs into the next: what differs anywhere differs in what the MAC covers. */
  @Property
  void noTwoBlocksHaveTheSameBytes(
      @ForAll String subject, @ForAll String other, @ForAll String account) {
    if (subject.isBlank() || other.isBlank()) {
      return;
    }
    Block one = block(new BlockTarget.OfPrincipal(new PrincipalId("a", subject)), false);
    Block two =
        new Block(
            "b-1",
            new BlockTarget.OfPrincipal(new PrincipalId("a", other)),
            Optional.of(account).filter(name -> !name.isEmpty()),
            AT,
            false,
            OPAL,
            Optional.empty());

    assertThat(Arrays.equals(one.canonical(), two.canonical())).isEqualTo(one.equals(two));
  }
}
