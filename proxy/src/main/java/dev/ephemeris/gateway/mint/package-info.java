/**
 * The lanes that Cosmos DB itself enforces: what the gateway makes at an account so that clients
 * reach it without going through the gateway, and takes away again.
 *
 * <pre>{@code
 * TokenLane ──► TokenScope (what a token would give) ──► PermissionApi (users, permissions, tokens)
 *     └───────► Leftovers (what nobody uses any more)
 *
 * RoleLane ──► RoleKeeper (one an account, again and again) ──► RolePlan (what is left to do)
 *     └───────► OwnRoles (which are ours) ◄────────────────────────┘
 * }</pre>
 */
@NullMarked
package dev.ephemeris.gateway.mint;

import org.jspecify.annotations.NullMarked;
