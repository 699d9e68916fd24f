package dev.ephemeris.gateway;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** What guards all the others: it sees a secret wherever one gets. */
class PlantedSecretsTest {

  private static final String SECRET = "a secret of some length, for this test only";
  private static final String TOKEN = "type=resource&ver=1.0&sig=lease.c2VjcmV0IG9mIGEgbGVhc2U";

  private final Path folder;
  private final PlantedSecrets planted = new PlantedSecrets();

  PlantedSecretsTest(@TempDir Path folder) {
    this.folder = folder;
    planted.plant("it", Base64.getEncoder().encodeToString(SECRET.getBytes(US_ASCII)));
  }

  private void assertSeen(String where) {
    assertThatThrownBy(() -> planted.check(folder, "")).hasMessageContaining(where);
  }

  @Test
  void isContentWithWhatIsHandedOverOnce() {
    planted.answered(answer("{\"token\":\"" + TOKEN + "\"}"));
    planted.answered(answer("{\"lease\":\"lease\"}"));

    assertThatCode(() -> planted.check(folder, "")).doesNotThrowAnyException();
  }

  @Test
  void seesOneInTheLog() {
    LoggerFactory.getLogger("dev.ephemeris.Test").atWarn().addKeyValue("reason", SECRET).log("so");

    assertSeen("in the clear in the log");
  }

  @Test
  void seesOneInTheCauseOfWhatIsLogged() {
    LoggerFactory.getLogger("dev.ephemeris.Test")
        .atWarn()
        .setCause(new IllegalStateException(new IllegalArgumentException("no such " + SECRET)))
        .log("so");

    assertSeen("in the log");
  }

  @Test
  void seesOneInStoreAndJournal() throws Exception {
    Files.createDirectories(folder.resolve("journal/tile/entries"));
    Path journal =
        Files.writeString(folder.resolve("journal/tile/entries/000"), "{\"reason\":\"" + SECRET);

    assertSeen("in file 000");

    Files.move(journal, folder.resolve("ephemeris.db-wal"));
    assertSeen("in file ephemeris.db-wal");
  }

  @Test
  void seesOneInAnAnswerAndInMetrics() {
    assertThatThrownBy(() -> planted.check(folder, "requests{by=\"" + SECRET + "\"} 1"))
        .hasMessageContaining("in metrics");

    planted.answered(answer("{\"detail\":\"" + SECRET + "\"}"));
    assertSeen("in an answer");
  }

  @Test
  void seesWhatIsHandedOverTwiceOrLogged() {
    planted.answered(answer("{\"token\":\"" + TOKEN + "\"}"));
    planted.answered(answer("{\"detail\":\"not so: " + TOKEN + "\"}"));
    assertSeen("answers with the same token");
  }

  @Test
  void seesWhatIsHandedOverInTheLog() {
    planted.answered(
        answer("{\"connectionString\":\"AccountEndpoint=x;AccountKey=bGVhc2Uga2V5\"}"));
    LoggerFactory.getLogger("dev.ephemeris.Test").warn("signed with {}", "bGVhc2Uga2V5");

    assertSeen("lease key in the log");
  }

  private static HttpResponse<String> answer(String body) {
    return new Answer(body);
  }

  private record Answer(String body) implements HttpResponse<String> {

    @Override
    public int statusCode() {
      return 200;
    }

    @Override
    public HttpRequest request() {
      return HttpRequest.newBuilder(uri()).build();
    }

    @Override
    public Optional<HttpResponse<String>> previousResponse() {
      return Optional.empty();
    }

    @Override
    public HttpHeaders headers() {
      return HttpHeaders.of(Map.of(), (name, value) -> true);
    }

    @Override
    public Optional<SSLSession> sslSession() {
      return Optional.empty();
    }

    @Override
    public URI uri() {
      return URI.create("https://localhost/");
    }

    @Override
    public HttpClient.Version version() {
      return HttpClient.Version.HTTP_1_1;
    }
  }
}
