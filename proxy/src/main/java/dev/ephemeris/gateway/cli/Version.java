package dev.ephemeris.gateway.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** The version that the build put into the jar. */
final class Version implements IVersionProvider {

  private static final String BUILT =
      "/META-INF/maven/dev.ephemeris/ephemeris-proxy/pom.properties";

  @Override
  public String[] getVersion() throws IOException {
    try (InputStream built = Version.class.getResourceAsStream(BUILT)) {
      Properties properties = new Properties();
      if (built != null) {
        properties.load(built);
      }
      return new String[] {
        "ephemeris " + properties.getProperty("version", "(not packaged)"),
        "Java " + Runtime.version()
      };
    }
  }
}
