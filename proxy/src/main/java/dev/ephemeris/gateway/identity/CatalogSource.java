package dev.ephemeris.gateway.identity;

/**
 * The text of one catalog file.
 *
 * @param name for messages, for example the file's path
 */
public record CatalogSource(String name, String text) {}
