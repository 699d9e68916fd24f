package dev.ephemeris.simulator.azure;

import java.time.Duration;
import java.util.List;
import java.util.function.BinaryOperator;

/**
 * A query of logs, and what it means, as nothing here reads KQL:
 *
 * <pre>{@code
 * CDBDataPlaneRequests
 * | where AccountName =~ account and TimeGenerated > ago(last)
 * | summarize Requests = count(), Last = max(TimeGenerated), First = min(TimeGenerated) by …
 * }</pre>
 *
 * @param kql its exact text
 * @param account the name of the account that it asks about
 * @param last how long ago the oldest request may be
 * @param by the columns that it summarizes by, in order
 * @param written what it makes of a column's value before that
 */
public record LogQuery(
    String kql, String account, Duration last, List<String> by, BinaryOperator<String> written) {

  /** One that takes values as they are. */
  public LogQuery(String kql, String account, Duration last, List<String> by) {
    this(kql, account, last, by, (column, value) -> value);
  }

  public LogQuery {
    by = List.copyOf(by);
  }
}
