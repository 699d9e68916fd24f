package dev.ephemeris.gateway.scan;

import java.util.Optional;

/** What a rule has seen, and where in the piece it begins. */
record Sighting(int at, Kind kind, Optional<String> of, Optional<Fingerprint> fingerprint) {}
