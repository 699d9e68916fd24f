package dev.ephemeris.cosmos;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CosmosErrorTest {

  @ParameterizedTest
  @CsvSource({
    "400, BadRequest",
    "401, Unauthorized",
    "403, Forbidden",
    "404, NotFound",
    "405, MethodNotAllowed",
    "408, RequestTimeout",
    "409, Conflict",
    "410, Gone",
    "412, PreconditionFailed",
    "413, RequestEntityTooLarge",
    "429, TooManyRequests",
    "449, RetryWith",
    "500, InternalServerError",
    "503, ServiceUnavailable",
  })
  void namesItsStatusAsTheServiceDoes(int statusCode, String code) {
    assertThat(new CosmosError(statusCode, 0, "").code()).isEqualTo(code);
  }

  @Test
  void putsMessageAndActivityIdIntoItsBodyAsTheServiceDoes() {
    byte[] body = CosmosError.denied("“a\"\n").body("ed04a39d");

    assertThat(new String(body, StandardCharsets.UTF_8))
        .isEqualTo("{\"code\":\"Forbidden\",\"message\":\"“a\\\"\\n\\r\\nActivityId: ed04a39d\"}");
  }

  @Test
  void hasTheStatusesThatSdksDoNotRetry() {
    assertThat(CosmosError.badRequest("m")).isEqualTo(new CosmosError(400, 0, "m"));
    assertThat(CosmosError.unauthorized("m")).isEqualTo(new CosmosError(401, 0, "m"));
    assertThat(CosmosError.denied("m")).isEqualTo(new CosmosError(403, 5301, "m"));
    assertThat(CosmosError.notAvailable("m")).isEqualTo(new CosmosError(403, 5300, "m"));
    assertThat(CosmosError.tooLarge("m")).isEqualTo(new CosmosError(413, 0, "m"));
    assertThat(CosmosError.unavailable("m")).isEqualTo(new CosmosError(503, 0, "m"));
  }
}
