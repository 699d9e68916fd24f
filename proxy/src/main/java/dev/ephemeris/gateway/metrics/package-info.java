/**
 * What the gateway counts, for Prometheus: {@code docs/metrics.md} names it all.
 *
 * <p>Every label's values come from a closed list or from the configuration, so that no caller can
 * make a time series: never a principal, a lease, a path, the name of a database or container.
 * Meters are looked up once; counting is an addition.
 *
 * <pre>{@code
 * Metrics metrics = Metrics.of(accounts);
 * Journal journal = metrics.counted(opened);
 * metrics.requests().ended(Optional.of(Operation.READ_ITEM), Disposition.ALLOWED, nanos);
 * metrics.scrape();
 * }</pre>
 */
@NullMarked
package dev.ephemeris.gateway.metrics;

import org.jspecify.annotations.NullMarked;
