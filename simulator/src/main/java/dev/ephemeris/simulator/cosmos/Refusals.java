package dev.ephemeris.simulator.cosmos;

import dev.ephemeris.cosmos.HttpDate;
import dev.ephemeris.cosmos.MasterKey;
import java.time.Instant;

/**
 * The service's words to who isn't let in, from its documentation and from reports of its users.
 */
final class Refusals {

  private static final String LEARN_MORE = " Learn more: https://aka.ms/cosmos-native-rbac.";

  private Refusals() {}

  static Answer nothingShown() {
    return Answer.failure(
        401,
        0,
        "Required Header authorization is missing. Ensure a valid Authorization token is passed.");
  }

  static Answer malformed() {
    return Answer.failure(
        401,
        0,
        "Authorization header doesn't confirm to the required format. Please verify and try"
            + " again.");
  }

  static Answer wrongKey() {
    return Answer.failure(
        401,
        0,
        "The input authorization token can't serve the request. The wrong key is being used or the"
            + " expected payload is not built as per the protocol. For more info:"
            + " https://aka.ms/cosmosdb-tsg-unauthorized.");
  }

  /** To a wrong signature, and to a read-only key where another is needed (dotnet-v2 #123). */
  static Answer wrongSignature(String verb, String type, String link, String date) {
    return Answer.failure(
        401,
        0,
        "The input authorization token can't serve the request. Please check that the expected"
            + " payload is built as per the protocol, and check the key being used. Server used"
            + " the following payload to sign: '"
            + MasterKey.stringToSign(verb, type, link, date).replace("\n", "\\n")
            + "'");
  }

  static Answer noDate() {
    return Answer.failure(401, 0, "Required header 'x-ms-date' is missing.");
  }

  static Answer badDate() {
    return Answer.failure(
        401,
        0,
        "The input date header is invalid format. Please pass in RFC 1123 style date format.");
  }

  static Answer notCurrent(Instant start, Instant end, Instant now) {
    return Answer.failure(
        403,
        0,
        "The authorization token is not valid at the current time. Please create another token and"
            + " retry (token start time: "
            + HttpDate.format(start)
            + ", token expiry time: "
            + HttpDate.format(end)
            + ", current server time: "
            + HttpDate.format(now)
            + ").");
  }

  static Answer insufficientPermissions() {
    return Answer.failure(
        403,
        0,
        "Insufficient permissions provided in the authorization header for the corresponding"
            + " request. Please retry with another authorization header.");
  }

  static Answer localAuthDisabled() {
    return Answer.failure(
        401, 5202, "Local Authorization is disabled. Use an AAD token to authorize all requests.");
  }

  static Answer notByEntra(String account, Call call) {
    return Answer.failure(
        403,
        5300,
        blocked(account)
            + "The given request ["
            + call.method()
            + " /"
            + String.join("/", call.path().segments())
            + "] cannot be authorized by AAD token in data plane."
            + LEARN_MORE);
  }

  static Answer noRole(String account, String principal, DataAction action, String scope) {
    return Answer.failure(
        403,
        5301,
        blocked(account)
            + "Request is blocked because principal ["
            + principal
            + "] does not have required RBAC permissions to perform action ["
            + action.azureName()
            + "] on resource ["
            + (scope.equals("/") ? scope : scope.substring(1))
            + "]."
            + LEARN_MORE);
  }

  static Answer badEntraToken(String account, int subStatus, String why) {
    return Answer.failure(401, subStatus, blocked(account) + why);
  }

  private static String blocked(String account) {
    return "Request blocked by Auth " + account + " : ";
  }
}
