package dev.ephemeris.simulator.cosmos;

import dev.ephemeris.cosmos.Authorization;
import dev.ephemeris.cosmos.CosmosHeaders;
import dev.ephemeris.cosmos.HttpDate;
import dev.ephemeris.cosmos.MasterKey;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Refuses whoever doesn't hold the account's key. The signed link is computed from this side's
 * reading of the path. Other forms than {@code type=master} were issued by nobody here.
 */
final class Authenticate {

  private static final Duration EARLY = Duration.ofMinutes(5);
  private static final Duration LATE = Duration.ofMinutes(20);

  private final String accountName;
  private final MasterKey key;
  private final InstantSource clock;

  Authenticate(String accountName, MasterKey key, InstantSource clock) {
    this.accountName = accountName;
    this.key = key;
    this.clock = clock;
  }

  /** Why the call is refused; empty if it isn't. */
  Optional<Answer> refusal(Call call) {
    Optional<String> header = call.header(CosmosHeaders.AUTHORIZATION);
    if (header.isEmpty()) {
      return refused(
          401,
          "Required Header authorization is missing. Ensure a valid Authorization token is"
              + " passed.");
    }
    return switch (Authorization.parse(header.get())) {
      case Authorization.Master(String signature) -> signed(call, signature);
      case Authorization.ResourceToken _ ->
          refused(
              401,
              "The input authorization token can't serve the request. The wrong key is being used"
                  + " or the expected payload is not built as per the protocol.");
      case Authorization.Aad _ ->
          refused(
              401,
              "Request blocked by Auth "
                  + accountName
                  + " : The provided AAD token was not issued by an authority that this account"
                  + " trusts.");
      case Authorization.Malformed _ ->
          refused(
              401,
              "Authorization header doesn't confirm to the required format. Please verify and try"
                  + " again.");
    };
  }

  private Optional<Answer> signed(Call call, String signature) {
    Optional<String> sent = call.header(CosmosHeaders.DATE);
    if (sent.isEmpty()) {
      return refused(401, "Required header 'x-ms-date' is missing.");
    }
    Optional<Instant> date = HttpDate.parse(sent.get());
    if (date.isEmpty()) {
      return refused(
          401,
          "The input date header is invalid format. Please pass in RFC 1123 style date format.");
    }
    ResourcePath path = call.path().signed(call.target());
    String type = path.resourceType();
    String link = path.link();
    if (!key.verifies(signature, call.wireMethod(), type, link, sent.get())) {
      String payload =
          MasterKey.stringToSign(call.wireMethod(), type, link, sent.get()).replace("\n", "\\n");
      return refused(
          401,
          "The input authorization token can't serve the request. Please check that the expected"
              + " payload is built as per the protocol, and check the key being used. Server used"
              + " the following payload to sign: '"
              + payload
              + "'");
    }
    Instant now = clock.instant();
    return now.isBefore(date.get().minus(EARLY)) || now.isAfter(date.get().plus(LATE))
        ? refused(403, notCurrent(date.get(), now))
        : Optional.empty();
  }

  private static String notCurrent(Instant date, Instant now) {
    return "The authorization token is not valid at the current time. Please create another token"
        + " and retry (token start time: "
        + HttpDate.format(date)
        + ", token expiry time: "
        + HttpDate.format(date.plus(Duration.ofMinutes(15)))
        + ", current server time: "
        + HttpDate.format(now)
        + ").";
  }

  private static Optional<Answer> refused(int status, String message) {
    return Optional.of(Answer.failure(status, 0, message));
  }
}
