package dev.ephemeris.gateway.scan;

import java.util.Optional;

/**
 * Something in a text that shouldn't be there. Holds no secret.
 *
 * @param line from 1
 * @param column from 1, in code points
 * @param of the account, or the id of the lease, if the text around says whose it is
 * @param fingerprint the same for the same secret, however it is written; empty for a call
 */
public record Finding(
    Kind kind, long line, long column, Optional<String> of, Optional<Fingerprint> fingerprint) {}
