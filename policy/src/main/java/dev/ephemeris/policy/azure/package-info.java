/**
 * Policies to and from Azure's native RBAC for Cosmos DB: role definitions and role assignments.
 * Pure, as all of policy is: JSON comes in as the maps, lists and words that a parser makes of it.
 *
 * <pre>{@code
 * NativeRoles there = NativeRoles.read(json);            // as az prints them
 * Imported policy = Imported.of(there, entra);           // as a policy file
 * Exported here = Exported.of(rules, facts, id, entra);  // from one
 * String bicep = ExportFormat.BICEP.write(here);
 * Drift drift = Drift.between(here.roles(), there);
 * }</pre>
 *
 * <p>Whatever one side can't say is a {@link LeftOut}: it is listed, and it is never said more
 * widely than it was meant.
 */
@NullMarked
package dev.ephemeris.policy.azure;

import org.jspecify.annotations.NullMarked;
