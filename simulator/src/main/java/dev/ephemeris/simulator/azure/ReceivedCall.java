package dev.ephemeris.simulator.azure;

import java.util.Optional;

/**
 * A request as it arrived, and the status it got. Neither headers nor body: keys and secrets are
 * among these.
 *
 * @param host whom it was for, without the port: {@code localhost}, or a vault's name
 * @param target as sent, with the query
 * @param principal the object id that its token was good for; empty if it showed none that was
 */
public record ReceivedCall(
    String method, String host, String target, Optional<String> principal, int statusCode) {}
