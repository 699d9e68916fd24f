package dev.ephemeris.gateway.notify;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ephemeris.gateway.lease.AccessAnswer;
import dev.ephemeris.gateway.lease.Notice;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What people read of an agent that asks for somebody. */
class MessageTest {

  private static final Event EVENT = new Event(who -> who.id().subject().replace("sub-", ""));

  private static Message message(Notice notice) {
    return Message.of(EVENT.of(notice, Samples.AT));
  }

  @Test
  void saysWhoAsksAndForWhom() {
    Message asked = message(new Notice.AccessRequested(Samples.ofAgent(List.of())));

    assertThat(asked.title())
        .isEqualTo(
            "Access requested: copilot, for alice, order-operator on"
                + " orders-prod:/dbs/shop/colls/orders");
    assertThat(asked.lines())
        .contains(
            new Message.Line("Who", "copilot (ci:sub-copilot)"),
            new Message.Line("Acting for", "alice (corp:sub-alice)"));
    assertThat(asked.body()).doesNotContain("claim");
  }

  /** Nobody picks up for an agent what it asked for. */
  @Test
  void tellsNobodyToPickUpWhatIsAnAgents() {
    AccessAnswer answer = Samples.answer(AccessAnswer.Verdict.APPROVED, "fine");

    assertThat(
            message(new Notice.AccessAnswered(Samples.ofAgent(List.of(answer)), answer)).commands())
        .containsExactly("ephemeris requests ar-abc");
    assertThat(message(Samples.answered(AccessAnswer.Verdict.APPROVED, "fine")).commands())
        .containsExactly("ephemeris requests ar-abc", "ephemeris pick-up ar-abc");
  }
}
