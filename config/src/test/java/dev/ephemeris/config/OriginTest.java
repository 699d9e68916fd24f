package dev.ephemeris.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OriginTest {

  @ParameterizedTest
  @CsvSource({
    "url:https://g.test/org.yaml, url:https://g.test/org.yaml, true",
    "url:https://g.test/org.yaml, url:https://g.test/org.yamlx, false",
    "url:https://g.test/org.yaml, url:https://g.test/ORG.yaml, false",
    "url:https://g.test/org.yaml, xurl:https://g.test/org.yaml, false",
    "url:https://g.test/acme/*, url:https://g.test/acme/org.yaml, true",
    "url:https://g.test/acme/*, url:https://g.test/acme/a/org.yaml, false",
    "url:https://g.test/acme/*, url:https://g.test/acme, false",
    "url:https://g.test/acme/*, url:https://g.test/acme/, false",
    "url:https://g.test/acme/*, url:https://g.test/acme-evil/org.yaml, false",
    "url:https://g.test/acme/**, url:https://g.test/acme/a/b/org.yaml, true",
    "url:https://g.test/acme/**, url:https://g.test/acme/../evil/org.yaml, false",
    "url:https://g.test/acme/**, url:https://g.test/acme/a/./org.yaml, false",
    "url:https://g.test/acme/**, url:https://g.test/acme/%2e%2e/evil/org.yaml, false",
    "url:https://g.test/acme/**, url:https://g.test/acme/..\\evil/org.yaml, false",
    "url:https://g.test/acme/**, 'url:https://g.test/acme/.\t./evil/org.yaml', false",
    "url:https://g.test/acme/**, url:https://g.test/acme/a?b/../../c, false",
    "url:https://g.test/acme/**, url:https://g.test/acme//org.yaml, false",
    "url:https://g.test/*, url:https://g.test@evil.test/org.yaml, false",
    "msgraph:default/*, msgraph:default/6f1c2e0a, true",
    "msgraph:default/*, msgraph:other/6f1c2e0a, false",
  })
  void covers(String origin, String location, boolean covered) {
    assertThat(Origin.parse(origin).covers(location)).isEqualTo(covered);
  }
}
