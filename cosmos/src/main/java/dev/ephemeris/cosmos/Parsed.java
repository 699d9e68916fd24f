package dev.ephemeris.cosmos;

/** What reading a raw request gives: the request, or why it can't be taken. */
public sealed interface Parsed permits CosmosRequest, CosmosError {}
