package dev.ephemeris.gateway.account;

import dev.ephemeris.config.Configuration;
import dev.ephemeris.config.ConfigurationException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Function;

/**
 * The file that the configuration is read from, again and again.
 *
 * @param refusal why a gateway like this one doesn't take a configuration; empty if it does
 */
public record ConfigurationFile(Path path, Function<Configuration, Optional<String>> refusal) {

  /**
   * What it says now.
   *
   * @throws ConfigurationException if it can't be read, or isn't taken
   */
  public Configuration read() {
    return parse(text());
  }

  /**
   * @throws ConfigurationException if it can't be read
   */
  String text() {
    return Configuration.text(path);
  }

  /**
   * @throws ConfigurationException if it isn't a configuration, or isn't taken
   */
  Configuration parse(String text) {
    Configuration configuration = Configuration.parse(path, text);
    Optional<String> why = refusal.apply(configuration);
    if (why.isPresent()) {
      throw new ConfigurationException(why.get());
    }
    return configuration;
  }
}
