package dev.ephemeris.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.ephemeris.policy.Lane;
import dev.ephemeris.policy.PrincipalKind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigurationTest {
  private static final Path REFERENCE = Path.of("reference", "ephemeris.yaml");
  private static final String LEAST =
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
      journal: { file: j }
      rootKeys: [{ kid: a, file: r }]
      """;

  private final Path folder;

  ConfigurationTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void readsTheReference() {
    Configuration configuration = Configuration.read(REFERENCE);

    assertThat(configuration.hostNames()).containsExactly(new HostName("gateway.example.com"));
    assertThat(configuration.dataPlane()).isEqualTo(new Configuration.Listener("0.0.0.0", 443));
    assertThat(configuration.accounts())
        .containsExactly(
            new Account(
                "orders-prod",
                "prod",
                Endpoint.parse("https://orders-prod.documents.azure.com/"),
                Set.of(Lane.PROXY),
                Path.of("reference", "keys", "orders-prod.key"),
                Optional.empty()));
    assertThat(configuration.issuers())
        .containsExactly(
            new Issuer(
                "corp",
                "https://login.example.com/realms/corp",
                new Audiences(Optional.of("api://ephemeris"), Optional.of("api://ephemeris-data")),
                Set.of(SigningAlgorithm.RS256),
                Set.of(TokenType.AT_JWT),
                List.of("ephemeris-cli"),
                PrincipalKind.PERSON,
                "example.com/login-subject"));
    assertThat(configuration.limits()).isEqualTo(new Configuration.Limits(2_200_000));
  }

  @Test
  void fillsInWhatIsLeftOut() throws IOException {
    Configuration configuration = Configuration.read(file(LEAST));

    assertThat(configuration.dataPlane()).isEqualTo(new Configuration.Listener("127.0.0.1", 8081));
    assertThat(configuration.api()).isEqualTo(new Configuration.Listener("127.0.0.1", 8080));
    assertThat(configuration.management()).isEqualTo(new Configuration.Listener("127.0.0.1", 9090));
    assertThat(configuration.limits()).isEqualTo(new Configuration.Limits(2_200_000));
    assertThat(configuration.accounts().getFirst().lanes()).containsExactly(Lane.PROXY);
    assertThat(configuration.issuers().getFirst().algorithms())
        .containsExactly(SigningAlgorithm.RS256);
  }

  @Test
  void fillsInWhatASectionLeavesOut() throws IOException {
    Configuration configuration =
        Configuration.read(file(LEAST + "api: { port: 0 }\nmanagement: { host: '::1' }\n"));

    assertThat(configuration.api()).isEqualTo(new Configuration.Listener("127.0.0.1", 0));
    assertThat(configuration.management()).isEqualTo(new Configuration.Listener("::1", 9090));
  }

  @Test
  void resolvesPathsAgainstTheFolderOfTheFile() throws IOException {
    Configuration configuration =
        Configuration.read(file(LEAST.replace("store: { file: s }", "store: { file: /var/s }")));

    assertThat(configuration.journal().file()).isEqualTo(folder.resolve("j"));
    assertThat(configuration.store().file()).isEqualTo(Path.of("/var/s"));
    assertThat(configuration.policy().files()).containsExactly(folder.resolve("policy.yaml"));
  }

  @ParameterizedTest(name = "{0}")
  @CsvFileSource(resources = "refusals.csv", delimiter = '|', numLinesToSkip = 1)
  void refuses(String what, String find, String replacement, String problem, String bySchema)
      throws IOException {
    String reference = Files.readString(REFERENCE);
    String text =
        reference.replaceFirst(Pattern.quote(find), Matcher.quoteReplacement(replacement));
    assertThat(text).isNotEqualTo(reference);
    Path path = file(text);

    String message = refusal(path);

    assertThat(message.lines()).contains(path + ":" + problem.formatted(folder));
    assertThat(new Schema("ephemeris.schema.json").refusals(text).isEmpty())
        .isEqualTo(bySchema.equals("accepts"));
  }

  @Test
  void tellsEverythingThatIsWrongAtOnce() throws IOException {
    Path path =
        file(
            Files.readString(REFERENCE)
                .replace("port: 443", "port: 4430000000")
                .replace("principal: person", "principal: human")
                .replace("kid: a", "id: a"));

    assertThat(refusal(path).lines()).hasSize(4).allMatch(line -> line.startsWith(path + ":"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"hunter2: [", "accounts: hunter2", "tls: !!hunter2 x"})
  void keepsWhatItCantReadToItself(String text) throws IOException {
    assertThat(refusal(file(text + "\n")).lines())
        .isNotEmpty()
        .allMatch(line -> line.startsWith(folder.toString()));
  }

  @Test
  void saysWhichFileThereIsNot() {
    Path path = folder.resolve("absent.yaml");

    assertThat(refusal(path)).isEqualTo(path + ": there is no such file");
  }

  @Test
  void refusesWhatIsNoText() throws IOException {
    Path path = Files.write(folder.resolve("binary.yaml"), new byte[] {(byte) 0xC3, (byte) 0x28});

    assertThat(refusal(path)).isEqualTo(path + ": not UTF-8");
  }

  @Test
  void refusesAFolder() {
    assertThat(refusal(folder)).startsWith(folder + ": can't be read: ").doesNotContain("\n");
  }

  private Path file(String text) throws IOException {
    return Files.writeString(folder.resolve("ephemeris.yaml"), text, StandardCharsets.UTF_8);
  }

  private static String refusal(Path path) {
    return String.valueOf(
        assertThatExceptionOfType(ConfigurationException.class)
            .isThrownBy(() -> Configuration.read(path))
            .actual()
            .getMessage());
  }
}
