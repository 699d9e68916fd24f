package dev.ephemeris.config;

import dev.ephemeris.policy.yaml.Presets;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/**
 * What is known of the tokens of an issuer that many use. Each is a file beside this class, with
 * where it is known from.
 */
enum IssuerPreset implements Presets.Preset {
  ENTRA,
  ENTRA_V1,
  OKTA,
  GOOGLE,
  KEYCLOAK,
  GITHUB_ACTIONS,
  GITLAB,
  KUBERNETES,
  BACKSTAGE;

  @Override
  public String yaml() {
    String file = "issuers/" + name().toLowerCase(Locale.ROOT).replace('_', '-') + ".yaml";
    try (InputStream in = IssuerPreset.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalStateException("there is no " + file);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
