package dev.ephemeris.gateway.identity;

import java.util.Optional;

/**
 * What an issuer says has ended (OpenID Connect Back-Channel Logout 1.0 §2.4).
 *
 * @param subject whose sign-ins, all of them unless {@code session} names one
 * @param session the one that has ended
 * @param id by which it is told again
 */
public record LogoutToken(Optional<String> subject, Optional<String> session, String id) {}
