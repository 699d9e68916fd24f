package dev.ephemeris.gateway.lease;

import dev.ephemeris.policy.Lane;
import dev.ephemeris.policy.RoleName;
import dev.ephemeris.policy.Scope;
import java.time.Duration;
import java.util.Optional;

/**
 * What somebody asks for.
 *
 * @param ttl how long; the rule's default if empty
 */
public record LeaseRequest(Scope scope, RoleName role, Lane lane, Optional<Duration> ttl) {}
