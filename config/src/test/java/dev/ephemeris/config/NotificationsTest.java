package dev.ephemeris.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ephemeris.policy.yaml.YamlException;
import dev.ephemeris.policy.yaml.YamlFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NotificationsTest {

  private static final String REST =
      """
      apiVersion: ephemeris.dev/v1
      hostNames: [gateway.example.com]
      tls: { certificate: c.pem, privateKey: k.pem }
      accounts:
      - { name: abc, environment: prod, endpoint: 'https://abc.example.com', keyFile: abc.key }
      issuers:
      - name: corp
        issuer: https://login.example.com
        audiences: { api: a }
        clients: [c]
        principal: workload
        userAnnotation: u
      catalog: { files: [org.yaml] }
      policy: { files: [policy.yaml] }
      store: { file: s }
      journal: { folder: j, signingKey: { file: k } }
      rootKeys: [{ kid: a, file: r }]
      """;

  private static Configuration read(String text) {
    return YamlFile.read("ephemeris.yaml", text, Configuration.class);
  }

  /** What stands there, whether it is read, and whether the schema takes it. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          name: a, webhook: { url: 'https://a.example.com/x', secret: { file: f } } | yes | yes
          name: a, webhook: { url: 'http://127.0.0.1:9000/x', secret: { file: f } } | yes | yes
          name: a, webhook: { url: 'http://a.example.com/x', secret: { file: f } } | no | no
          name: a, webhook: { url: 'https://a.example.com/x' } | no | no
          name: a, slack: { url: { file: f } } | yes | yes
          name: a, slack: { url: 'https://hooks.slack.com/services/x' } | no | no
          name: a, slack: { url: { file: f } }, teams: { url: { file: f } } | no | no
          name: a | no | no
          name: A, teams: { url: { file: f } } | no | no
          name: a, teams: { url: { vault: 'https://v.vault.azure.net/', secret: s } } | no | yes
          name: a, email: { server: s.example.com, from: a@b.example, to: [c@d.example] } | yes | yes
          name: a, email: { server: s.example.com, from: a, to: [c@d.example] } | no | no
          name: a, email: { server: s.example.com, from: a@b.example, to: [] } | no | no
          name: a, email: { server: localhost, tls: none, from: a@b.example, to: [c@d.example] } | yes | yes
          name: a, email: { server: s.example.com, tls: none, from: a@b.example, to: [c@d.example] } | no | no
          name: a, email: { server: localhost, tls: none, from: a@b.example, to: [c@d.example], username: u, password: { file: f } } | no | no
          name: a, email: { server: s.example.com, tls: implicit, from: a@b.example, to: [c@d.example], username: u, password: { file: f } } | yes | yes
          name: a, email: { server: s.example.com, from: a@b.example, to: [c@d.example], username: u } | no | no
          name: a, email: { server: s.example.com, from: a@b.example, to: [c@d.example], password: { file: f } } | no | no
          """)
  void channelsLeadToOnePlaceEach(String channel, String reads, String fits) throws IOException {
    String text = REST + "notifications: { channels: [{ " + channel + " }] }\n";

    assertThat(accepts(text)).as("reader").isEqualTo(reads.equals("yes"));
    assertThat(new Schema("ephemeris.schema.json").refusals(text).isEmpty())
        .as("schema")
        .isEqualTo(fits.equals("yes"));
  }

  private static boolean accepts(String text) {
    try {
      Configuration unused = read(text);
      return true;
    } catch (YamlException e) {
      return false;
    }
  }

  @Test
  void readsTheReference() {
    assertThat(
            Configuration.read(Path.of("reference", "ephemeris.yaml")).notifications().channels())
        .extracting(way -> way.name() + " " + way.destination().kind())
        .containsExactly("ops webhook", "dba slack", "oncall teams", "mail email");
    assertThat(read(REST).notifications().channels()).isEmpty();
  }

  @Test
  void mailIsEncryptedUnlessItStaysHere() {
    Notifications.Email mail =
        read(REST
                + "notifications: { channels: [{ name: a, email: { server: s.example.com, from:"
                + " a@b.example, to: [c@d.example] } }] }\n")
            .notifications()
            .channels()
            .getFirst()
            .email()
            .orElseThrow();

    assertThat(mail.tls()).isEqualTo(Notifications.MailTls.STARTTLS);
    assertThat(mail.port()).isEqualTo(587);
    assertThat(mail.username()).isEqualTo(Optional.empty());
  }
}
