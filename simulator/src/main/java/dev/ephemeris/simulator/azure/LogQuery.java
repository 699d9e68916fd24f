package dev.ephemeris.simulator.azure;

import java.time.Duration;
import java.util.List;

/**
 * A query of logs, and what it means, as nothing here reads KQL:
 *
 * <pre>{@code
 * CDBDataPlaneRequests
 * | where AccountName =~ account and TimeGenerated > ago(last)
 * | summarize Requests = count(), Last = max(TimeGenerated) by …
 * }</pre>
 *
 * @param kql its exact text
 * @param account the name of the account that it asks about
 * @param last how long ago the oldest request may be
 * @param by the columns that it summarizes by, in order
 */
public record LogQuery(String kql, String account, Duration last, List<String> by) {
  public LogQuery {
    by = List.copyOf(by);
  }
}
