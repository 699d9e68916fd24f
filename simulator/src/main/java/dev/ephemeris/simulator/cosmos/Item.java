package dev.ephemeris.simulator.cosmos;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.cosmos.PartitionKey;

/**
 * One version of an item, with its system properties.
 *
 * @param number what its RID ends in; items of a container count up
 * @param lsn the step of its partition that made this version
 * @param content never changed once it is here
 * @param json the content as it goes over the wire, written once
 */
@SuppressWarnings("ArrayRecordComponent") // neither compared nor changed; copying would cost reads
record Item(
    String id,
    PartitionKey key,
    String epk,
    long number,
    long lsn,
    String etag,
    ObjectNode content,
    byte[] json) {}
