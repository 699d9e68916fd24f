/**
 * Load tests. They run only when they are asked to:
 *
 * <pre>{@code
 * JAVA_HOME=$(scripts/find-jdk.sh) mvn -B -q -pl load-tests -am -DskipTests -Pbenchmark test
 * }</pre>
 *
 * <p>{@link dev.ephemeris.loadtests.SimulatorBenchmark} shows that the simulator is fast enough to
 * be the upstream of the others. What they measured is in {@code docs/performance.md}.
 */
@NullMarked
package dev.ephemeris.loadtests;

import org.jspecify.annotations.NullMarked;
