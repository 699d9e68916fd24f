package dev.ephemeris.gateway.posture;

import dev.ephemeris.policy.Lane;
import java.time.Instant;
import java.util.List;
import java.util.Set;

/**
 * What was found of an account.
 *
 * @param lanes that it was judged against
 * @param readAt when Azure was asked
 * @param findings the worst first
 * @param notRead what this says nothing about, a sentence each
 */
public record Posture(
    String account, Set<Lane> lanes, Instant readAt, List<Finding> findings, List<String> notRead) {
  public Posture {
    lanes = Set.copyOf(lanes);
    findings = List.copyOf(findings);
    notRead = List.copyOf(notRead);
  }
}
