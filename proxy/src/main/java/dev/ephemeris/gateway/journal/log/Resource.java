package dev.ephemeris.gateway.journal.log;

/** A tile or bundle with what is in it. */
record Resource(TilePath path, byte[] content) {}
