package dev.ephemeris.gateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is said of an access request. */
class AccessRequestTextTest {

  private static final Instant NOW = Instant.parse("2026-11-24T09:00:00Z");

  private final AccessRequestText text =
      new AccessRequestText(new Surroundings(Map.of(), () -> NOW, time -> {}, new NoBrowser()));

  private static Api.AccessRequest approved(String requester, Optional<String> actsFor) {
    return new Api.AccessRequest(
        "ar-abc",
        "approved",
        requester,
        actsFor,
        "orders-prod:/dbs/shop",
        Optional.empty(),
        "operator",
        List.of("items/read"),
        "proxy",
        1800,
        "a refund is stuck",
        Optional.empty(),
        "four eyes",
        List.of(new Api.Approval(List.of("group:default/dba"), 1)),
        false,
        NOW,
        NOW.plus(Duration.ofHours(2)),
        List.of(),
        new Api.Agreed("orders-prod:/dbs/shop", Optional.empty(), 1800),
        Optional.empty());
  }

  @Test
  void saysHowToPickUpOnesOwn() {
    assertThat(text.of(approved("user:default/alice", Optional.empty())))
        .contains("who       user:default/alice\n")
        .endsWith("pick up   until 2026-11-24T11:00:00Z (in 2h): ephemeris pick-up ar-abc");
  }

  /** Nobody picks up what an agent asked for but the agent. */
  @Test
  void saysForWhomAnAgentAsksAndNotHowToPickThatUp() {
    assertThat(
            text.of(
                approved(
                    "user:default/copilot, acting for user:default/alice",
                    Optional.of("corp:sub-alice"))))
        .contains("who       user:default/copilot, acting for user:default/alice\n")
        .endsWith("pick up   until 2026-11-24T11:00:00Z (in 2h), by the agent that asked")
        .doesNotContain("ephemeris pick-up");
  }
}
