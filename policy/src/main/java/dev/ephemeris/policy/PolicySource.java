package dev.ephemeris.policy;

/**
 * The text of one policy file.
 *
 * @param name for messages, for example the file's path
 */
public record PolicySource(String name, String text) {}
