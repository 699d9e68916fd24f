package dev.ephemeris.gateway.journal.sink;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.ephemeris.config.EntraIdentity;
import dev.ephemeris.config.JournalSink;
import dev.ephemeris.config.SecretSource;
import dev.ephemeris.policy.yaml.YamlFile;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KafkaPasswordTest {

  private static final SinkAccess TWO_LINES =
      new SinkAccess() {
        @Override
        public String secret(SecretSource source) {
          return "first\nhunter2";
        }

        @Override
        public Token token(EntraIdentity identity, String scope) {
          throw new IllegalStateException("by no token");
        }

        @Override
        public Blobs blobs(JournalSink.Blob settings) {
          throw new IllegalStateException("of no blobs");
        }
      };

  /** JAAS would take the second for something else, and might say what. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "connectionString: { file: f }",
        "sasl: { mechanism: plain, username: u, password: { file: f } }"
      })
  void isOneLine(String signIn) {
    JournalSink.Kafka settings =
        YamlFile.read(
            "e.yaml",
            "{ brokers: ['broker.example.com:9093'], topic: t, " + signIn + " }",
            JournalSink.Kafka.class);

    assertThatExceptionOfType(SinkException.class)
        .isThrownBy(() -> new KafkaTopic("log", settings, TWO_LINES))
        .withMessageContaining("the password has a line break")
        .withMessageNotContaining("hunter2");
  }
}
