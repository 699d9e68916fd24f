package dev.ephemeris.simulator.cosmos;

import java.time.Instant;

/**
 * One line of an account's log of requests.
 *
 * @param operation such as {@code READ_ITEM}
 * @param scope what it was about, by name: {@code /}, {@code /dbs/…} or {@code /dbs/…/colls/…}
 * @param userAgent as sent, perhaps empty
 * @param clientAddress where it came from
 */
public record DataPlaneRequest(
    Instant at,
    String activityId,
    String operation,
    String scope,
    Credential credential,
    int statusCode,
    String userAgent,
    String clientAddress) {}
