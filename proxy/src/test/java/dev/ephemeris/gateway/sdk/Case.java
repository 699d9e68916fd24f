package dev.ephemeris.gateway.sdk;

import com.fasterxml.jackson.databind.JsonNode;

/** One operation of the Java SDK: what it does, and what it tells of it. */
@FunctionalInterface
interface Case {
  JsonNode run(Place at);
}
