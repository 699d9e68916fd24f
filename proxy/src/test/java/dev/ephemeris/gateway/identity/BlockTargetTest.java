package dev.ephemeris.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ephemeris.policy.PrincipalId;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whom a block names: in the store as it was said. */
class BlockTargetTest {

  private static final List<String> SUBJECTS =
      List.of("a", "a b", "a%20b", "a%b", "%", " ", "a corp:b", "https://agent.example/x?y=z", "é");

  /** Subjects are what issuers like: no two of them may come to mean the same pair. */
  @Test
  void namesAnAgentAndWhomItActsForInOneWay() {
    Set<String> names = new HashSet<>();
    for (String agent : SUBJECTS) {
      for (String whom : SUBJECTS) {
        if (!agent.isBlank() && !whom.isBlank()) {
          BlockTarget target =
              new BlockTarget.OfAgent(new PrincipalId("ci", agent), new PrincipalId("corp", whom));

          assertThat(BlockTarget.parse(target.kind(), target.name())).isEqualTo(target);
          assertThat(names.add(target.name())).as(target.name()).isTrue();
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "ci:a", "ci:a ", "ci:a corp:b x:c", "a corp:b"})
  void namesNoAgentIfItDoesNotNameBoth(String name) {
    assertThatThrownBy(() -> BlockTarget.parse("agent", name))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void meansAnAgentOnlyAsFarAsItActsForThatOne() {
    PrincipalId agent = new PrincipalId("ci", "a");
    PrincipalId whom = new PrincipalId("corp", "b");
    BlockTarget.OfAgent target = new BlockTarget.OfAgent(agent, whom);

    assertThat(target.isOf(agent, Optional.of(whom))).isTrue();
    assertThat(target.isOf(agent, Optional.empty())).isFalse();
    assertThat(target.isOf(agent, Optional.of(agent))).isFalse();
    assertThat(target.isOf(whom, Optional.of(whom))).isFalse();
  }
}
