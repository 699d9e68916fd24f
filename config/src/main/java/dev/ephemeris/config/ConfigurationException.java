package dev.ephemeris.config;

/**
 * A configuration that can't be read. Its message names every problem, one a line, as {@code
 * file:line:column: what is wrong and what was expected}.
 */
public final class ConfigurationException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ConfigurationException(String message, Throwable cause) {
    super(message, cause);
  }
}
