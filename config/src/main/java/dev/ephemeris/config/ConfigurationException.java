package dev.ephemeris.config;

/**
 * A configuration that can't be read. Its message names every problem, one a line, as {@code
 * file:line:column: what is wrong and what was expected}.
 */
public final class ConfigurationException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** A configuration that can be read, and isn't taken. */
  public ConfigurationException(String message) {
    super(message);
  }

  ConfigurationException(String message, Throwable cause) {
    super(message, cause);
  }
}
