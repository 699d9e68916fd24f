/**
 * The way of one data-plane request: each step is one class with one public method, in one list, in
 * this order, and none calls back up.
 *
 * <pre>{@code
 * Parse → Authenticate → Resolve → Decide → Guard → RecordIntent → Forward → Rewrite
 *                                                        └────── RecordOutcome ──────┘
 * }</pre>
 *
 * <ul>
 *   <li>{@code Parse} reads the request once; what comes after uses only what was parsed.
 *   <li>{@code Authenticate} finds the lease behind the credential.
 *   <li>{@code Resolve} turns RIDs into the names that rules are written on.
 *   <li>{@code Decide} asks lease and policy.
 *   <li>{@code Guard} reads the body and refuses what it can't let pass.
 *   <li>{@code RecordIntent} writes down what is about to happen, or it doesn't.
 *   <li>{@code Forward} builds the upstream request from the parsed one and signs it.
 *   <li>{@code Rewrite} gives the answer back, without what would lead clients past the gateway.
 *   <li>{@code RecordOutcome} writes down what became of it, and counts it.
 * </ul>
 */
@NullMarked
package dev.ephemeris.gateway.dataplane;

import org.jspecify.annotations.NullMarked;
