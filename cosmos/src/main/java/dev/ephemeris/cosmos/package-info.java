/**
 * The wire of Azure Cosmos DB for NoSQL as data: requests, links, authorization forms, signatures,
 * errors. Pure: no I/O, no clock, no framework.
 *
 * <pre>{@code
 * raw method, target, headers ── CosmosRequest.parse ──► CosmosRequest (Operation, Address, …)
 *                                                   └──► CosmosError   (why it is not forwarded)
 * authorization header ───────── Authorization.parse ──► MasterKey | ResourceToken | Aad
 * Address + Operation ────────── Address.path, .link ──► MasterKey.sign ──► authorization header
 * }</pre>
 *
 * <p>What is parsed is safe to rebuild: an upstream request made from a {@link
 * dev.ephemeris.cosmos.CosmosRequest} parses to an equal one. Whatever can be read in two ways is a
 * {@link dev.ephemeris.cosmos.CosmosError}.
 */
@NullMarked
package dev.ephemeris.cosmos;

import org.jspecify.annotations.NullMarked;
