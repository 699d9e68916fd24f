/**
 * Who is calling: tokens verified against their issuer, sign-ins kept as sessions, groups read from
 * the catalog.
 *
 * <pre>{@code
 * BearerTokens.authenticate(token, address) ──► Accepted(Principal, Session) | Rejected(why)
 *    TrustedIssuer: issuer, audience, algorithm, client, time, and what its claims must hold
 *    IssuerKeys: its keys, fetched when they are needed; VerificationKeys: those that count
 *    GroupDirectory: the catalog User with this subject, and its groups, transitively
 *    Sessions: one sign-in, from its start to its end
 * CatalogFiles, or CatalogRefresh ──► BackstageCatalog: the entities that count
 *    Entity ──► EntityDirectory: what they mean, and the flaws that don't
 * Grants.of(principalId, kind) ──► what the policy gives it now
 * }</pre>
 */
@NullMarked
package dev.ephemeris.gateway.identity;

import org.jspecify.annotations.NullMarked;
