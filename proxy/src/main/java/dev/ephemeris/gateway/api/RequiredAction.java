package dev.ephemeris.gateway.api;

import dev.ephemeris.policy.GatewayAction;
import io.vertx.openapi.contract.Operation;

/** What an operation of the API takes, as its {@code x-ephemeris-action} in the contract says. */
sealed interface RequiredAction {

  /** {@code ephemeris/public}: nothing, not even a sign-in. */
  record Public() implements RequiredAction {}

  /** {@code ephemeris/self}: a sign-in; it is about what is the caller's, and nothing else. */
  record Self() implements RequiredAction {}

  /** One that the policy, or the configuration, has to give to the caller. */
  record Given(GatewayAction action) implements RequiredAction {}

  /**
   * What {@code operation} takes.
   *
   * @throws IllegalStateException if the contract doesn't say, or says two things: then the gateway
   *     doesn't start
   */
  static RequiredAction of(Operation operation) {
    boolean open = operation.getSecurityRequirements().isEmpty();
    RequiredAction required =
        switch (operation.getOpenAPIModel().getString("x-ephemeris-action", "")) {
          case "ephemeris/public" -> new Public();
          case "ephemeris/self" -> new Self();
          case String name ->
              GatewayAction.named(name)
                  .<RequiredAction>map(Given::new)
                  .orElseThrow(
                      () ->
                          new IllegalStateException(
                              "The contract names no action for operation "
                                  + operation.getOperationId()
                                  + "."));
        };
    if (open != required instanceof Public) {
      throw new IllegalStateException(
          "The contract doesn't say whether operation "
              + operation.getOperationId()
              + " is everybody's: “security: []” and ephemeris/public belong together.");
    }
    return required;
  }
}
