/**
 * The way of one data-plane request: each step is one class with one public method, in one list, in
 * this order, and none calls back up.
 *
 * <pre>{@code
 * Parse → Authenticate → Resolve → Decide → Reach → Confine → Guard → Continue → DecideBatch
 *       → WithinBudget → RecordIntent → Forward → Withhold → Rewrite
 *                             └── RecordOutcome ──┘
 * }</pre>
 *
 * <ul>
 *   <li>{@code Parse} reads the request once; what comes after uses only what was parsed.
 *   <li>{@code Authenticate} finds the lease behind the credential.
 *   <li>{@code Resolve} turns RIDs into the names that rules are written on.
 *   <li>{@code Decide} asks lease and policy.
 *   <li>{@code Reach} refuses what the account wouldn't let the gateway itself do.
 *   <li>{@code Confine} binds the request to the partition key that the lease is for.
 *   <li>{@code Guard} reads the body and refuses what it can't let pass.
 *   <li>{@code Continue} takes continuations that are of this lease, container and query only.
 *   <li>{@code DecideBatch} asks lease and policy for each operation of a batch.
 *   <li>{@code WithinBudget} refuses what is beyond the limits of the rule.
 *   <li>{@code RecordIntent} writes down what is about to happen, or it doesn't.
 *   <li>{@code Forward} builds the upstream request from the parsed one and signs it.
 *   <li>{@code Withhold} takes credentials out of what agents are given.
 *   <li>{@code Rewrite} gives the answer back, without what would lead clients past the gateway.
 *   <li>{@code RecordOutcome} writes down what became of it, and counts it.
 * </ul>
 */
@NullMarked
package dev.ephemeris.gateway.dataplane;

import org.jspecify.annotations.NullMarked;
