/**
 * An embedded Azure Cosmos DB for NoSQL account that checks what it is asked: signatures, dates,
 * partition keys, preconditions, syntax. The public SDKs run against it directly.
 *
 * <pre>{@code
 * CosmosSimulator.start(vertx, settings) ──► endpoint()          give it to an SDK, or to a proxy
 *   createDatabase, createContainer, put     data, without HTTP
 *   access()                                 its keys, tokens and roles
 *   received()                               every request as it arrived, with the status it got
 *   faults(), effects()                      what shall go wrong, and what requests changed
 *   reset()                                  empty again, and counting from the start
 * }</pre>
 *
 * <p>It reads requests as leniently as the service might at worst, so that a proxy that forwards
 * something ambiguous is caught out; it answers what it doesn't simulate with a plain refusal,
 * never with a guess. The module's README lists both.
 *
 * <p>Start reading at {@link dev.ephemeris.simulator.cosmos.CosmosSimulator}, and for who may do
 * what at {@link dev.ephemeris.simulator.cosmos.AccountAccess}.
 */
@NullMarked
package dev.ephemeris.simulator.cosmos;

import org.jspecify.annotations.NullMarked;
