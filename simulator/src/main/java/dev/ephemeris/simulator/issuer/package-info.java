/**
 * A development identity provider: a real OpenID Connect issuer with sample people, for the demo
 * and for tests.
 *
 * <p>It signs people in without a password, so it binds loopback addresses only. What it issues is
 * real: codes with PKCE, device codes, rotating refresh tokens and RS256 tokens that any relying
 * party verifies from discovery and JWKS.
 *
 * <pre>{@code
 * var alice = new Person("u-7f3a", "alice", "Alice Abara", "alice@example.test");
 * var cli = Client.open("cli", Set.of(GrantType.DEVICE_CODE), List.of());
 * var settings = new DevelopmentIssuer.Settings("127.0.0.1", 0, List.of(alice), List.of(cli), "api://x", Duration.ofHours(1));
 * DevelopmentIssuer.start(vertx, settings).onSuccess(issuer ->
 *     issuer.accessToken(alice, "cli"));                               // or browse to issuer.issuer()
 * }</pre>
 *
 * <p>Public types: {@link dev.ephemeris.simulator.issuer.DevelopmentIssuer} with its settings,
 * {@link dev.ephemeris.simulator.issuer.Person}, {@link dev.ephemeris.simulator.issuer.Client},
 * {@link dev.ephemeris.simulator.issuer.ClientSecret}, {@link
 * dev.ephemeris.simulator.issuer.GrantType}, and {@link dev.ephemeris.simulator.issuer.TokenFault}:
 * the tokens that a relying party must refuse.
 */
@NullMarked
package dev.ephemeris.simulator.issuer;

import org.jspecify.annotations.NullMarked;
