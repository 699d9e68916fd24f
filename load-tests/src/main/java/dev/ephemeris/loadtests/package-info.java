/**
 * Load tests. They run only when they are asked to:
 *
 * <pre>{@code
 * JAVA_HOME=$(scripts/find-jdk.sh) mvn -B -q -pl load-tests -am -Dmaven.test.skip -Pbenchmark test
 * }</pre>
 *
 * <p>That is {@link dev.ephemeris.loadtests.GatewayBenchmark}: what the gateway costs beside nginx
 * and beside no proxy at all. {@link dev.ephemeris.loadtests.SimulatorBenchmark} shows that the
 * simulator is fast enough to be the upstream of the others; {@link
 * dev.ephemeris.loadtests.PolicyBenchmark} measures the policy's engine by itself, with JMH. What
 * they measured, and how to run each, is in {@code docs/performance.md}.
 */
@NullMarked
package dev.ephemeris.loadtests;

import org.jspecify.annotations.NullMarked;
