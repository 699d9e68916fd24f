package dev.ephemeris.gateway.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.ephemeris.policy.GatewayAction;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.openapi.contract.OpenAPIContract;
import io.vertx.openapi.contract.Operation;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the gateway makes of a contract's word on an operation, and that it needs one. */
class RequiredActionTest {

  private static final Vertx VERTX = Vertx.vertx();
  private static final String OPEN = "\"security\": [],";

  @AfterAll
  static void stop() {
    VERTX.close().await();
  }

  @Test
  void isWhatTheContractSays() {
    assertThat(RequiredAction.of(operation(OPEN + action("ephemeris/public"))))
        .isEqualTo(new RequiredAction.Public());
    assertThat(RequiredAction.of(operation(action("ephemeris/self"))))
        .isEqualTo(new RequiredAction.Self());
    assertThat(RequiredAction.of(operation(action("ephemeris/audit/read"))))
        .isEqualTo(new RequiredAction.Given(GatewayAction.AUDIT_READ));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        OPEN,
        "\"x-ephemeris-action\": \"\",",
        "\"x-ephemeris-action\": \"ephemeris/audit/reed\",",
        "\"x-ephemeris-action\": \"ephemeris/*\",",
        "\"x-ephemeris-action\": \"items/read\",",
        "\"x-ephemeris-action\": \"ephemeris/public\",",
        OPEN + "\"x-ephemeris-action\": \"ephemeris/self\",",
        OPEN + "\"x-ephemeris-action\": \"ephemeris/audit/read\","
      })
  void isNeverGuessed(String definition) {
    Operation operation = operation(definition);

    assertThatIllegalStateException()
        .isThrownBy(() -> RequiredAction.of(operation))
        .withMessageContaining("operation anything");
  }

  private static String action(String name) {
    return "\"x-ephemeris-action\": \"" + name + "\",";
  }

  private static Operation operation(String definition) {
    String contract =
        """
        {"openapi": "3.1.0", "info": {"title": "t", "version": "v1"},
         "security": [{"bearer": []}],
         "components": {"securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}}},
         "paths": {"/anything": {"get": {%s "operationId": "anything",
           "responses": {"204": {"description": "Done."}}}}}}
        """
            .formatted(definition);
    return OpenAPIContract.from(VERTX, new JsonObject(contract)).await().operation("anything");
  }
}
