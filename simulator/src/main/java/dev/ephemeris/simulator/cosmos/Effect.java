package dev.ephemeris.simulator.cosmos;

import java.time.Instant;

/**
 * One change of the account's state by a request.
 *
 * @param order counts up from 1, in the order in which the changes happened
 * @param activityId of the request, which sends it or is given one
 * @param operation {@code CREATE_ITEM} and the like; what an upsert did, the status says
 * @param resource what was changed, by its link: {@code dbs/…/colls/…/docs/…}, with names but for
 *     an item that the request named by RID
 * @param partitionKey as the request gave it; empty if it gave none
 * @param statusCode what was answered for this change
 */
public record Effect(
    long order,
    Instant at,
    String activityId,
    String operation,
    String resource,
    String partitionKey,
    int statusCode) {}
