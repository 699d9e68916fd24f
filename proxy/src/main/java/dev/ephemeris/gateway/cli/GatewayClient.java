package dev.ephemeris.gateway.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.ephemeris.config.ResourceId;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/** The gateway's API. Whatever isn't the answer asked for is a {@link Failure} that says why. */
final class GatewayClient {

  /** How many of a list are asked for at a time. */
  private static final int PAGE = 1_000;

  /** Nobody reads further, and it has to be kept until it is printed. */
  static final int MOST_LISTED = 10_000;

  /** How often something is asked for whose answer gets lost. */
  private static final int TRIES = 3;

  /** What is under way is soon over; so many seconds are waited for it. */
  private static final int MOST_WAITED = 30;

  private static final String UNDER_WAY = "urn:ephemeris:problem:key-under-way";

  private final Http http;
  private final URI gateway;
  private final Surroundings.Pause pause;
  private final Optional<String> token;
  private final String ifRefused;

  private GatewayClient(
      Http http, URI gateway, Surroundings.Pause pause, Optional<String> token, String ifRefused) {
    this.http = http;
    this.gateway = gateway;
    this.pause = pause;
    this.token = token;
    this.ifRefused = ifRefused;
  }

  /** For what anybody may ask. */
  static GatewayClient anonymous(Http http, URI gateway, Surroundings.Pause pause) {
    return new GatewayClient(http, gateway, pause, Optional.empty(), "");
  }

  /** The same gateway for the bearer of {@code token}, from a sign-in. */
  GatewayClient as(String token) {
    return new GatewayClient(http, gateway, pause, Optional.of(token), "");
  }

  /** The same gateway for the bearer of a token from the environment, which no sign-in renews. */
  GatewayClient asGiven(String token) {
    return new GatewayClient(
        http, gateway, pause, Optional.of(token), " (The token sent was that in EPHEMERIS_TOKEN.)");
  }

  Reply<Api.SignInOptions> signInOptions() throws Failure {
    return read(send(request("/v1/sign-in")), Api.SignInOptions.class);
  }

  /** What the gateway says to anybody, and how it says it. */
  Http.Response greeting() throws Failure {
    Http.Response response = http.send(request("/v1/sign-in"));
    Reply<Api.SignInOptions> unused = read(answered(response), Api.SignInOptions.class);
    return response;
  }

  Reply<Api.Findings> doctor() throws Failure {
    return read(send(request("/v1/doctor")), Api.Findings.class);
  }

  Reply<Api.Me> me() throws Failure {
    return read(send(request("/v1/me")), Api.Me.class);
  }

  Reply<Api.Sessions> sessions() throws Failure {
    return read(all("/v1/sessions", "sessions"), Api.Sessions.class);
  }

  /** Everybody's. */
  Reply<Api.Sessions> anySessions() throws Failure {
    return read(all("/v1/any/sessions", "sessions"), Api.Sessions.class);
  }

  void endSession(String id) throws Failure {
    send(request("/v1/sessions/" + id).DELETE());
  }

  /** Those that act for whoever asks. */
  Reply<Api.Agents> agents() throws Failure {
    return read(send(request("/v1/agents")), Api.Agents.class);
  }

  Reply<Api.Killed> stopAgent(Api.Agent agent) throws Failure {
    return read(send(request("/v1/agents/" + agent.id()).DELETE()), Api.Killed.class);
  }

  /** Ends access by force; {@code whose} as in openapi.yaml. */
  Reply<Api.Killed> kill(ObjectNode whose) throws Failure {
    return read(sendOnce(post("/v1/any/kills", whose)), Api.Killed.class);
  }

  Reply<Api.Killed> suspend(ObjectNode whom) throws Failure {
    return read(sendOnce(post("/v1/any/suspensions", whom)), Api.Killed.class);
  }

  Reply<Api.Leases> leases() throws Failure {
    return read(all("/v1/leases", "leases"), Api.Leases.class);
  }

  /** Everybody's. */
  Reply<Api.Leases> anyLeases() throws Failure {
    return read(all("/v1/any/leases", "leases"), Api.Leases.class);
  }

  /** Asks for a lease; the gateway chooses the role and the duration that aren't given. */
  Reply<Api.IssuedLease> issueLease(WantedLease wanted) throws Failure {
    return read(sendOnce(post("/v1/leases", wanted.json())), Api.IssuedLease.class);
  }

  /** Gives a lease more time; the gateway chooses how much if none is given. */
  Reply<Api.RenewedLease> renewLease(LeaseId lease, Optional<Duration> ttl) throws Failure {
    ObjectNode body = Json.object();
    ttl.ifPresent(time -> body.put("ttlSeconds", time.toSeconds()));
    return read(
        sendOnce(post("/v1/leases/" + lease.value() + "/renewals", body)), Api.RenewedLease.class);
  }

  /** The credential of a lease that an agent has for whoever is signed in. */
  Reply<Api.IssuedLease> handOver(LeaseId lease) throws Failure {
    return read(
        send(
            request("/v1/leases/" + lease.value() + "/credential")
                .POST(HttpRequest.BodyPublishers.noBody())),
        Api.IssuedLease.class);
  }

  Reply<Api.Lease> lease(LeaseId lease) throws Failure {
    return read(send(request("/v1/leases/" + lease.value())), Api.Lease.class);
  }

  void revokeLease(LeaseId lease) throws Failure {
    send(request("/v1/leases/" + lease.value()).DELETE());
  }

  void revokeAnyLease(LeaseId lease) throws Failure {
    send(request("/v1/any/leases/" + lease.value()).DELETE());
  }

  /** Asks others to agree to a lease; {@code wanted} as in openapi.yaml. */
  Reply<Api.AskedAccess> askForAccess(ObjectNode wanted) throws Failure {
    return read(sendOnce(post("/v1/access-requests", wanted)), Api.AskedAccess.class);
  }

  /**
   * Access requests.
   *
   * @param toAnswer those of others that one may answer, or else one's own
   */
  Reply<Api.AccessRequests> accessRequests(boolean toAnswer) throws Failure {
    return read(
        all("/v1/access-requests" + (toAnswer ? "?of=to-answer" : ""), "accessRequests"),
        Api.AccessRequests.class);
  }

  Reply<Api.AccessRequest> accessRequest(AccessRequestId id) throws Failure {
    return read(send(request("/v1/access-requests/" + id)), Api.AccessRequest.class);
  }

  /**
   * Answers one.
   *
   * @param as {@code approvals}, {@code denials} or {@code reviews}, with their body as in
   *     openapi.yaml
   */
  Reply<Api.AccessRequest> answer(AccessRequestId id, String as, ObjectNode body) throws Failure {
    return read(
        sendOnce(post("/v1/access-requests/" + id + "/" + as, body)), Api.AccessRequest.class);
  }

  Reply<Api.AccessRequest> withdraw(AccessRequestId id) throws Failure {
    return read(send(request("/v1/access-requests/" + id).DELETE()), Api.AccessRequest.class);
  }

  Reply<Api.IssuedLease> pickUp(AccessRequestId id) throws Failure {
    return read(
        sendOnce(request("/v1/access-requests/" + id + "/leases").POST(BodyPublishers.noBody())),
        Api.IssuedLease.class);
  }

  Reply<Api.Blocks> blocks() throws Failure {
    return read(all("/v1/blocks", "blocks"), Api.Blocks.class);
  }

  /** Everybody's. */
  Reply<Api.Blocks> anyBlocks() throws Failure {
    return read(all("/v1/any/blocks", "blocks"), Api.Blocks.class);
  }

  void liftAnyBlock(BlockId block) throws Failure {
    send(request("/v1/any/blocks/" + block.value()).DELETE());
  }

  void liftBlock(BlockId block) throws Failure {
    send(request("/v1/blocks/" + block.value()).DELETE());
  }

  Reply<Api.Accounts> accounts() throws Failure {
    return read(send(request("/v1/accounts")), Api.Accounts.class);
  }

  /** Adds an account for a time, or changes until when one is there. */
  Reply<Api.Account> addAccount(ResourceId id, String environment, Instant endsAt) throws Failure {
    ObjectNode body =
        Json.object()
            .put("resourceId", id.toString())
            .put("environment", environment)
            .put("endsAt", endsAt.toString());
    return read(sendOnce(post("/v1/accounts", body)), Api.Account.class);
  }

  void removeAccount(AccountName account) throws Failure {
    send(request("/v1/accounts/" + account.value()).DELETE());
  }

  Reply<Api.AccountKeys> accountKeys(AccountName account) throws Failure {
    return read(send(request("/v1/accounts/" + account.value() + "/keys")), Api.AccountKeys.class);
  }

  Reply<Api.Posture> posture(AccountName account) throws Failure {
    return read(send(request("/v1/accounts/" + account.value() + "/posture")), Api.Posture.class);
  }

  Reply<Api.AccountKeys> rotateKeys(AccountName account, boolean cutOffOthers) throws Failure {
    ObjectNode body = Json.object().put("cutOffOthers", cutOffOthers);
    return read(
        sendOnce(post("/v1/accounts/" + account.value() + "/rotations", body)),
        Api.AccountKeys.class);
  }

  Reply<Api.KeyUsers> keyUsers(AccountName account, int days) throws Failure {
    return read(
        send(request("/v1/accounts/" + account.value() + "/key-users?days=" + days)),
        Api.KeyUsers.class);
  }

  Reply<Api.AccountKeys> panicAboutAccount(AccountName account, boolean cutOffOthers)
      throws Failure {
    ObjectNode body = Json.object().put("cutOffOthers", cutOffOthers);
    return read(
        sendOnce(post("/v1/accounts/" + account.value() + "/panics", body)), Api.AccountKeys.class);
  }

  Reply<Api.RootKeys> rootKeys() throws Failure {
    return read(send(request("/v1/root-keys")), Api.RootKeys.class);
  }

  Reply<Api.AddedRootKey> rotateRootKey() throws Failure {
    return read(
        sendOnce(request("/v1/root-keys").POST(BodyPublishers.noBody())), Api.AddedRootKey.class);
  }

  Reply<Api.RevokedRootKey> revokeRootKey(Kid kid) throws Failure {
    return read(send(request("/v1/root-keys/" + kid.value()).DELETE()), Api.RevokedRootKey.class);
  }

  /** A page of the journal's records; {@code asked} as in openapi.yaml. */
  Reply<Api.Entries> entries(Map<String, String> asked) throws Failure {
    return read(send(request("/v1/audit/entries" + query(asked))), Api.Entries.class);
  }

  Reply<Api.Timeline> timeline(SessionId session) throws Failure {
    return read(send(request("/v1/audit/sessions/" + session.value())), Api.Timeline.class);
  }

  /** Who has what; {@code asked} as in openapi.yaml. */
  Reply<Api.AccessReview> access(Map<String, String> asked) throws Failure {
    return read(send(request("/v1/audit/access" + query(asked))), Api.AccessReview.class);
  }

  /** A report for an auditor; {@code asked} as in openapi.yaml. */
  Reply<Api.Report> report(Map<String, String> asked) throws Failure {
    return read(send(request("/v1/audit/report" + query(asked))), Api.Report.class);
  }

  private static String query(Map<String, String> asked) {
    return asked.entrySet().stream()
        .map(each -> each.getKey() + "=" + URLEncoder.encode(each.getValue(), UTF_8))
        .collect(Collectors.joining("&", asked.isEmpty() ? "" : "?", ""));
  }

  Reply<Api.Explanation> explain(String action, Optional<ResourceScope> scope) throws Failure {
    ObjectNode question = Json.object().put("action", action);
    scope.ifPresent(where -> question.put("scope", where.toString()));
    return read(send(post("/v1/explain", question)), Api.Explanation.class);
  }

  private HttpRequest.Builder request(String path) {
    HttpRequest.Builder request = HttpRequest.newBuilder(gateway.resolve(path));
    token.ifPresent(bearer -> request.header("Authorization", "Bearer " + bearer));
    return request;
  }

  private HttpRequest.Builder post(String path, JsonNode body) {
    return request(path)
        .header("Content-Type", "application/json")
        .POST(BodyPublishers.ofString(body.toString()));
  }

  private JsonNode send(HttpRequest.Builder request) throws Failure {
    return answered(http.send(request));
  }

  /**
   * The same for what changes something. If its answer gets lost on the way it is asked for again,
   * by a key by which the gateway does it once however often that arrives.
   */
  private JsonNode sendOnce(HttpRequest.Builder request) throws Failure {
    request.header("Idempotency-Key", '"' + UUID.randomUUID().toString() + '"');
    int lost = 0;
    int waited = 0;
    while (true) {
      try {
        Http.Response response = http.send(request.copy());
        if (waited >= MOST_WAITED || !isUnderWay(response)) {
          return answered(response);
        }
      } catch (Failure failure) {
        lost++;
        if (!failure.isAnswerLost() || lost >= TRIES) {
          throw failure;
        }
      }
      waited++;
      sleep();
    }
  }

  private static boolean isUnderWay(Http.Response response) {
    return response.status() == 409 && response.json().path("type").asText().equals(UNDER_WAY);
  }

  private void sleep() throws Failure {
    try {
      pause.sleep(Duration.ofSeconds(1));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Failure(Failure.Kind.LOCAL, "Interrupted.");
    }
  }

  /**
   * All of a list, page after page, as one document. If there is more than {@link #MOST_LISTED},
   * the document says by {@code next} where it goes on.
   *
   * @param name of the list in the documents
   */
  private JsonNode all(String path, String name) throws Failure {
    String from = path + (path.contains("?") ? "&" : "?") + "limit=" + PAGE;
    JsonNode first = send(request(from));
    if (!(first instanceof ObjectNode whole) || !(first.path(name) instanceof ArrayNode list)) {
      return first;
    }
    Set<String> seen = new HashSet<>();
    while (whole.has("next") && list.size() < MOST_LISTED) {
      String cursor = whole.path("next").asText();
      if (!seen.add(cursor)) {
        throw notAGateway("its list has no end");
      }
      JsonNode page = send(request(from + "&cursor=" + URLEncoder.encode(cursor, UTF_8)));
      page.path(name).forEach(list::add);
      if (page.has("next")) {
        whole.set("next", page.path("next"));
      } else {
        whole.remove("next");
      }
    }
    return whole;
  }

  private JsonNode answered(Http.Response response) throws Failure {
    if (response.status() / 100 == 2) {
      return response.json();
    }
    Api.Problem problem =
        Json.read(response.json(), Api.Problem.class)
            .orElseThrow(() -> notAGateway("it answered " + response.status()));
    String message = problem.title() + problem.detail().map(detail -> ": " + detail).orElse("");
    if (response.status() == 401) {
      throw new Failure(Failure.Kind.NOT_SIGNED_IN, message + ifRefused);
    }
    throw new Failure(
        response.status() >= 500 ? Failure.Kind.UNREACHABLE : Failure.Kind.REFUSED, message);
  }

  private <T> Reply<T> read(JsonNode document, Class<T> type) throws Failure {
    return Json.read(document, type)
        .map(value -> new Reply<>(document, value))
        .orElseThrow(() -> notAGateway("its answer isn't what the API promises"));
  }

  private Failure notAGateway(String why) {
    return new Failure(
        Failure.Kind.UNREACHABLE,
        gateway + " doesn't answer like an Ephemeris gateway's API: " + why + ".");
  }
}
