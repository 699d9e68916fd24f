package dev.ephemeris.gateway.journal.evidence;

import java.util.List;

/**
 * A control of a framework, and what of the journal is evidence for it. Frameworks are copyrighted:
 * controls are named by their numbers, and what they are about is said in our words.
 *
 * @param about what it asks for
 * @param shows what the evidence shows
 * @param leavesOut what an auditor has to look for elsewhere
 * @param review whether who has what now is part of it
 */
public record Control(
    String number,
    String about,
    String shows,
    String leavesOut,
    boolean review,
    List<Topic> topics) {

  public Control {
    topics = List.copyOf(topics);
  }
}
