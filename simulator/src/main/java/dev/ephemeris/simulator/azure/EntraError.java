package dev.ephemeris.simulator.azure;

import com.nimbusds.jwt.JWTClaimsSet;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.UUID;

/**
 * What Entra ID's token endpoint answers to who gets no token: RFC 6749 §5.2 with a number, by
 * which clients tell one from another.
 */
record EntraError(int status, String error, int number, String description) {

  static EntraError unknownTenant(String tenant) {
    return new EntraError(
        400,
        "invalid_request",
        90002,
        "Tenant '"
            + tenant
            + "' not found. Check to make sure you"
            + " have the correct tenant ID and are signing into the correct cloud.");
  }

  static EntraError unknownClient(String clientId, String tenant) {
    return new EntraError(
        400,
        "unauthorized_client",
        700016,
        "Application with identifier '"
            + clientId
            + "' was not found in the directory '"
            + tenant
            + "'.");
  }

  static EntraError unknownGrant() {
    return new EntraError(
        400, "unsupported_grant_type", 70003, "The app requested an unsupported grant type.");
  }

  static EntraError badScope(String scope) {
    return new EntraError(
        400,
        "invalid_scope",
        1002012,
        "The provided value for scope "
            + scope
            + " is not valid. Client credential flows must have a scope value with /.default"
            + " suffixed to the resource identifier (application ID URI).");
  }

  static EntraError unknownResource(String resource, String tenant) {
    return new EntraError(
        400,
        "invalid_resource",
        500011,
        "The resource principal named "
            + resource
            + " was not found in the tenant named "
            + tenant
            + ".");
  }

  static EntraError noAssertion() {
    return new EntraError(
        401,
        "invalid_client",
        7000218,
        "The request body must contain the following parameter: 'client_assertion' or"
            + " 'client_secret'.");
  }

  static EntraError malformedAssertion() {
    return new EntraError(400, "invalid_request", 50027, "JWT token is invalid or malformed.");
  }

  static EntraError badSignature() {
    return new EntraError(
        401, "invalid_client", 700027, "The key was not found, or signature validation failed.");
  }

  static EntraError notCurrent() {
    return new EntraError(
        401, "invalid_client", 700024, "Client assertion is not within its valid time range.");
  }

  static EntraError noFederation(JWTClaimsSet claims) {
    return new EntraError(
        401,
        "invalid_client",
        700213,
        "No matching federated identity record found for presented assertion. Assertion Issuer: '"
            + claims.getIssuer()
            + "'. Assertion Subject: '"
            + claims.getSubject()
            + "'. Assertion Audience: '"
            + String.join(", ", claims.getAudience())
            + "'.");
  }

  Answer answer() {
    return Answer.of(
        status,
        new JsonObject()
            .put("error", error)
            .put("error_description", "AADSTS" + number + ": " + description)
            .put("error_codes", JsonArray.of(number))
            .put("trace_id", UUID.randomUUID().toString())
            .put("correlation_id", UUID.randomUUID().toString()));
  }
}
