package dev.ephemeris.gateway.policy;

/**
 * Which policy and which catalog: SHA-256 over the content of their files, in the configuration's
 * order.
 *
 * @param policy for example {@code sha256:9f86d08…}
 * @param catalog in the same form
 */
public record PolicyDigests(String policy, String catalog) {}
