/**
 * Decisions: who may do what where. Pure: no I/O, no clock, no framework.
 *
 * <p>A {@link Policy} is read from files. For a {@link Principal} it is compiled into a {@link
 * Grant}, which answers for an {@link Action} on a {@link Scope} with a {@link Decision}, and says
 * on which {@link LeaseTerms} a lease may be had. {@link Explanation} says why. What is done to
 * Ephemeris itself is a {@link GatewayAction}, on which the policy decides directly.
 *
 * <pre>{@code
 * Policy policy = Policy.parse(List.of(new PolicySource("policy.yaml", text)));
 * Grant grant = policy.compile(alice, accounts);
 * Circumstances now = Circumstances.of(clock.instant(), "192.0.2.1");
 * Decision decision = grant.decide(Action.ITEMS_READ, scope, CredentialForm.LEASE_TOKEN, now);
 * LeaseTerms terms =
 *     grant.leaseTerms(
 *         Action.matching("reads"), scope, Lane.PROXY, CredentialForm.LEASE_TOKEN, now);
 * System.out.println(policy.explain(alice, Action.ITEMS_READ, scope, account, now).toText());
 * }</pre>
 *
 * <p>Who works on a policy has its {@link PolicyText}: {@link PolicyTests} ask it what it should
 * say, {@link Coverage} tells which rules they ask of, and {@link Lint} what may not be meant.
 */
@NullMarked
package dev.ephemeris.policy;

import org.jspecify.annotations.NullMarked;
