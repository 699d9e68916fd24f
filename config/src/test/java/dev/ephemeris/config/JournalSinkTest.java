package dev.ephemeris.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.ephemeris.config.JournalSink.Cargo;
import dev.ephemeris.policy.yaml.YamlException;
import dev.ephemeris.policy.yaml.YamlFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JournalSinkTest {

  private static final String REST =
      """
      apiVersion: ephemeris.dev/v1
      hostNames: [gateway.example.com]
      tls: { certificate: c.pem, privateKey: k.pem }
      accounts:
      - { name: abc, environment: prod, endpoint: 'https://abc.example.com', keyFile: abc.key }
      azure: { identity: { kind: managed } }
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
      rootKeys: [{ kid: a, file: r }]
      """;

  private static final String JOURNAL =
      "journal: { folder: j, signingKey: { file: k }, sinks: [%s] }\n";

  /** What stands there, whether it is read, and whether the schema takes it. */
  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          name: a, stdout: {} | yes | yes
          name: A, stdout: {} | no | no
          name: a | no | no
          name: a, stdout: {}, file: { folder: f } | no | no
          stdout: {} | no | no
          name: a, file: {} | no | no
          name: a, file: { folder: f, maxBytes: 0 } | no | no
          name: a, file: { folder: f, keep: 0 } | no | no
          name: a, file: { folder: f, maxAge: 0s } | no | yes
          name: a, otlp: { url: 'https://o.example.com/v1/logs' } | yes | yes
          name: a, otlp: { url: 'http://localhost:4318/v1/logs' } | yes | yes
          name: a, otlp: { url: 'http://o.example.com/v1/logs' } | no | no
          name: a, otlp: { url: 'http://localhost.example.com/v1/logs' } | no | no
          name: a, otlp: { url: 'https://me@o.example.com/v1/logs' } | no | no
          name: a, otlp: { url: 'https://o.example.com/v1/logs?key=k' } | no | no
          name: a, otlp: { url: 'https://o.example.com/a/../b' } | no | yes
          name: a, otlp: { url: 'https://o.example.com', headers: { file: h } } | yes | yes
          name: a, otlp: { url: 'https://o.example.com', headers: h } | no | no
          name: a, otlp: { url: 'https://o.example.com', headers: { vault: 'https://v.vault.azure.net' } } | no | no
          name: a, otlp: { url: 'https://o.example.com', resource: { a: b } } | yes | yes
          name: a, otlp: { url: 'https://o.example.com', resource: { a: 1 } } | no | no
          name: a, kafka: { brokers: ['b:9093'], topic: t, identity: { kind: managed } } | yes | yes
          name: a, kafka: { brokers: ['b:9093'], topic: t, connectionString: { file: c } } | yes | yes
          name: a, kafka: { brokers: ['b:9093'], topic: t, sasl: { username: u, password: { file: p } } } | yes | yes
          name: a, kafka: { brokers: ['b:9093'], topic: t, sasl: { mechanism: scram-sha-512, username: u, password: { file: p } } } | yes | yes
          name: a, kafka: { brokers: ['b:9093'], topic: t, sasl: { mechanism: gssapi, username: u, password: { file: p } } } | no | no
          name: a, kafka: { brokers: ['b:9093'], topic: t } | no | no
          name: a, kafka: { brokers: ['b:9093'], topic: t, connectionString: { file: c }, identity: { kind: managed } } | no | no
          name: a, kafka: { brokers: [], topic: t, connectionString: { file: c } } | no | no
          name: a, kafka: { brokers: ['b'], topic: t, connectionString: { file: c } } | no | no
          name: a, kafka: { brokers: ['b:0'], topic: t, connectionString: { file: c } } | no | no
          name: a, kafka: { brokers: ['b:70000'], topic: t, connectionString: { file: c } } | no | yes
          name: a, kafka: { brokers: ['sasl://b:9093'], topic: t, connectionString: { file: c } } | no | no
          name: a, kafka: { brokers: ['b:9093'], topic: 'a b', connectionString: { file: c } } | no | no
          name: a, kafka: { brokers: ['b:9093'], topic: t, connectionString: { file: c }, maxBytes: 100 } | no | no
          name: a, blob: { container: 'https://acme.blob.core.windows.net/journal', identity: { kind: managed } } | yes | yes
          name: a, blob: { container: 'https://acme.blob.core.windows.net/journal', sas: { file: s } } | yes | yes
          name: a, blob: { container: 'https://acme.blob.core.windows.net/journal', accountKey: { file: s } } | yes | yes
          name: a, blob: { container: 'https://acme.blob.core.windows.net/journal' } | no | no
          name: a, blob: { container: 'https://acme.blob.core.windows.net/journal', sas: { file: s }, accountKey: { file: s } } | no | no
          name: a, blob: { container: 'https://acme.blob.core.windows.net/', sas: { file: s } } | no | no
          name: a, blob: { container: 'https://acme.blob.core.windows.net/journal?sv=1&sig=s', sas: { file: s } } | no | no
          name: a, blob: { container: 'https://acme.blob.core.windows.net/journal', sas: { file: s }, prefix: a/b/ } | yes | yes
          name: a, blob: { container: 'https://acme.blob.core.windows.net/journal', sas: { file: s }, prefix: a/../ } | no | no
          name: a, blob: { container: 'https://acme.blob.core.windows.net/journal', sas: { file: s }, prefix: a } | no | no
          name: a, webhook: { url: 'https://w.example.com' } | yes | yes
          name: a, webhook: { url: 'https://w.example.com' }, ships: [checkpoints] | yes | yes
          name: a, webhook: { url: 'https://w.example.com' }, ships: [entries] | no | no
          name: a, webhook: { url: 'http://w.example.com' } | no | no
          name: a, stdout: {}, ships: [] | no | no
          name: a, stdout: {}, ships: [records] | no | no
          name: a, stdout: {}, only: [leaseIssued] | yes | yes
          name: a, stdout: {}, only: [lease-issued] | no | no
          name: a, stdout: {}, only: [leaseIssued], except: [decision] | no | no
          name: a, stdout: {}, redact: [principal, statusCode] | yes | yes
          name: a, stdout: {}, redact: [sequence] | no | no
          name: a, stdout: {}, redact: ['/a'] | no | no
          name: a, stdout: {}, format: ocsf | yes | yes
          name: a, stdout: {}, format: cef | no | no
          name: a, stdout: {}, required: true, maxLag: 10m, maxLagEntries: 1000 | yes | yes
          name: a, stdout: {}, maxLag: 0s | no | yes
          name: a, stdout: {}, maxLag: 30s | no | yes
          name: a, stdout: {}, maxLagEntries: 0 | no | no
          name: a, stdout: {}, checkpointEvery: 1s | yes | yes
          name: a, stdout: {}, checkpointEvery: 0s | no | yes
          """)
  void isReadAsTheSchemaSays(String sink, String reads, String fits) throws IOException {
    String text = REST + JOURNAL.formatted("{ " + sink + " }");

    assertThat(reads(text)).as("reader").isEqualTo(reads.equals("yes"));
    assertThat(new Schema("ephemeris.schema.json").refusals(text).isEmpty())
        .as("schema")
        .isEqualTo(fits.equals("yes"));
  }

  private static boolean reads(String text) {
    try {
      Configuration unused = Configuration.parse(Path.of("ephemeris.yaml"), text);
      return true;
    } catch (ConfigurationException e) {
      return false;
    }
  }

  @Test
  void fillsInWhatIsLeftOut() {
    JournalSink sink = sink("name: a, file: { folder: f }");

    assertThat(sink.file())
        .contains(
            new JournalSink.File(Path.of("f"), 100_000_000, Duration.ofDays(1), Optional.empty()));
    assertThat(sink.format()).isEqualTo(JournalSink.Format.RECORD);
    assertThat(sink.only()).isEmpty();
    assertThat(sink.except()).isEmpty();
    assertThat(sink.redact()).isEmpty();
    assertThat(sink.required()).isFalse();
    assertThat(sink.maxLag()).isEqualTo(Duration.ofMinutes(5));
    assertThat(sink.checkpointEvery()).isEqualTo(Duration.ofMinutes(1));
    assertThat(sink.takes(Cargo.ENTRIES)).isTrue();
    assertThat(sink.takes(Cargo.CHECKPOINTS)).isTrue();
    assertThat(sink("name: a, webhook: { url: 'https://w.example.com' }").takes(Cargo.ENTRIES))
        .isFalse();
  }

  /** Whose checkpoints nobody takes back who owns the machine. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      textBlock =
          """
          file: { folder: f } | no
          stdout: {} | no
          otlp: { url: 'https://o.example.com' } | yes
          otlp: { url: 'https://o.example.com' }, ships: [entries] | no
          otlp: { url: 'https://localhost' } | no
          otlp: { url: 'https://127.8.9.1' } | no
          otlp: { url: 'https://[::1]:4318' } | no
          webhook: { url: 'https://w.example.com' } | yes
          webhook: { url: 'https://a.localhost' } | no
          kafka: { brokers: ['b.example.com:9093'], topic: t, connectionString: { file: c } } | yes
          kafka: { brokers: ['b.example.com:9093', 'localhost:9093'], topic: t, connectionString: { file: c } } | no
          kafka: { brokers: ['[::1]:9093'], topic: t, connectionString: { file: c } } | no
          blob: { container: 'https://acme.blob.core.windows.net/journal', sas: { file: s } } | yes
          blob: { container: 'https://127.0.0.1:10000/acme/journal', sas: { file: s } } | no
          """)
  void knowsWhatIsOffTheHost(String destination, String off) {
    assertThat(sink("name: a, " + destination).keepsCheckpointsOffHost())
        .isEqualTo(off.equals("yes"));
  }

  @Test
  void namesWhatItSignsInWith() {
    JournalSink.Destination hub =
        sink("name: a, kafka: { brokers: ['b:9093'], topic: t, sasl: { username: u, password: {"
                + " file: p } } }")
            .destination();
    JournalSink.Destination blob =
        sink("name: a, blob: { container: 'https://acme.blob.core.windows.net/journal', identity:"
                + " { kind: managed } }")
            .destination();

    assertThat(hub.secrets())
        .extracting(SecretSource::file)
        .containsExactly(Optional.of(Path.of("p")));
    assertThat(blob.identities())
        .extracting(EntraIdentity::kind)
        .containsExactly(EntraIdentity.Kind.MANAGED);
  }

  @Test
  void refusesTwoOfOneName() {
    String text = REST + JOURNAL.formatted("{ name: a, stdout: {} }, { name: a, stdout: {} }");

    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> Configuration.parse(Path.of("ephemeris.yaml"), text))
        .withMessageContaining("'a' stands here twice");
  }

  @Test
  void asksNoKeyVaultAsNobody() {
    String text =
        (REST
                + JOURNAL.formatted(
                    "{ name: a, otlp: { url: 'https://o.example.com', headers: { vault:"
                        + " 'https://v.vault.azure.net/', secret: s } } }"))
            .replace("azure: { identity: { kind: managed } }\n", "");

    assertThatExceptionOfType(ConfigurationException.class)
        .isThrownBy(() -> Configuration.parse(Path.of("ephemeris.yaml"), text))
        .withMessageContaining("as whom would the gateway ask? expected azure too");
  }

  /** What {@code docs/audit-sinks.md} shows. */
  @Test
  void readsWhatTheDocumentationShows() throws IOException {
    List<String> blocks =
        Pattern.compile("(?ms)^```yaml\\n(.*?)^```$")
            .matcher(Files.readString(Path.of("../docs/audit-sinks.md")))
            .results()
            .map((MatchResult block) -> block.group(1))
            .toList();

    assertThat(blocks).hasSize(8);
    for (String block : blocks) {
      String text =
          block.startsWith("journal:")
              ? REST
                  + block.replace(
                      "journal:\n", "journal:\n  folder: j\n  signingKey: { file: k }\n")
              : REST
                  + "journal:\n  folder: j\n  signingKey: { file: k }\n  sinks:\n  - "
                  + block.strip().replace("\n", "\n    ")
                  + "\n";
      assertThat(Configuration.parse(Path.of("ephemeris.yaml"), text).journal().sinks())
          .isNotEmpty();
      assertThat(new Schema("ephemeris.schema.json").refusals(text)).isEmpty();
    }
  }

  @Property(tries = 300)
  void aBrokerIsReadOrRefused(@ForAll String text) {
    try {
      assertThat(Broker.parse(text)).hasToString(text);
    } catch (IllegalArgumentException e) {
      assertThat(e).hasMessageStartingWith("expected host:port");
    }
  }

  @Property(tries = 300)
  void aUrlIsReadOrRefused(@ForAll String text) {
    for (String url : Set.of(text, "https://h.example.com/" + text)) {
      try {
        assertThat(SinkUrl.parse(url)).hasToString(url);
      } catch (IllegalArgumentException e) {
        assertThat(e).hasMessageStartingWith("expected a URL");
      }
    }
  }

  private static JournalSink sink(String yaml) {
    try {
      return YamlFile.read("ephemeris.yaml", "{ " + yaml + " }", JournalSink.class);
    } catch (YamlException e) {
      throw new IllegalStateException(yaml, e);
    }
  }
}
