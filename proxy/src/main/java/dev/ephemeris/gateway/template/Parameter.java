package dev.ephemeris.gateway.template;

import java.util.Optional;

/**
 * What a file leaves to be given, by its name in the file's language.
 *
 * @param number whether it is a number, and no text
 * @param standard what it is unless something else is given
 */
record Parameter(String name, boolean number, String description, Optional<Value> standard) {}
