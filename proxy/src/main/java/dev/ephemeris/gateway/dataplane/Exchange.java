package dev.ephemeris.gateway.dataplane;

import dev.ephemeris.cosmos.Address;
import dev.ephemeris.cosmos.CosmosHeaders;
import dev.ephemeris.cosmos.CosmosRequest;
import dev.ephemeris.cosmos.Operation;
import dev.ephemeris.cosmos.PartitionKey;
import dev.ephemeris.gateway.dataplane.HostNames.Host;
import dev.ephemeris.gateway.identity.ActedFor;
import dev.ephemeris.gateway.identity.ClientAddress;
import dev.ephemeris.gateway.lease.Lease;
import dev.ephemeris.policy.Action;
import dev.ephemeris.policy.Limits;
import dev.ephemeris.policy.PrincipalId;
import dev.ephemeris.policy.PrincipalKind;
import dev.ephemeris.policy.RuleName;
import dev.ephemeris.policy.Scope;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One request on its way, and what the steps have found out so far. Each part is set by one step
 * and read by later ones; asking for it earlier is a bug in the order of the steps.
 *
 * <p>Confined to the request's event loop.
 */
final class Exchange {

  /**
   * What {@link Decide} found: the actions taken, on what, the rule that lets it, and how much.
   *
   * @param reported what the policy refuses of it and lets pass, as the account is in report mode
   */
  record Allowed(
      Set<Action> actions,
      Scope scope,
      RuleName rule,
      Limits limits,
      List<Access.Answer.No> reported) {}

  /** Of HTTP/2: RFC 9113 §7. */
  private static final long NO_ERROR = 0;

  private static final long INTERNAL_ERROR = 2;

  private final HttpServerRequest incoming;
  private final ClientAddress from;
  private final Consumer<HttpConnection> close;
  private final long startedNanos = System.nanoTime();

  private ClientAddress.@Nullable Origin origin;
  private @Nullable CosmosRequest request;
  private @Nullable Lease lease;
  private @Nullable Upstream upstream;
  private @Nullable Host host;
  private @Nullable Address address;
  private @Nullable Address subject;
  private RidDirectory.@Nullable Offer offer;
  private @Nullable Allowed allowed;
  private List<Charge> charges = List.of();
  private @Nullable PartitionKey confinedTo;
  private @Nullable String query;
  private @Nullable BatchRefusals refusedInBatch;
  private Optional<Integer> batchOperations = Optional.empty();
  private @Nullable String requestId;
  private @Nullable HttpClientResponse answer;
  private @Nullable Buffer readAnswer;
  private int withheld;
  private @Nullable String activityId;
  private Map<String, String> sentAs = Map.of();
  private Buffer body = Buffer.buffer();
  private Outcome outcome = Outcome.NONE;

  /** Counted from the start; negative before. */
  private long forwardedNanos = -1;

  private long answeredNanos = -1;

  /**
   * What the client was answered, for the journal.
   *
   * @param itemCount as the answer has it, if it does
   */
  record Outcome(
      int statusCode,
      int subStatus,
      double requestCharge,
      Optional<Integer> itemCount,
      long bytes) {
    static final Outcome NONE = new Outcome(0, 0, 0, Optional.empty(), 0);
  }

  /**
   * @param from finds out where it comes from
   * @param close sees to it that nothing more is read on a connection
   */
  Exchange(HttpServerRequest incoming, ClientAddress from, Consumer<HttpConnection> close) {
    this.incoming = incoming;
    this.from = from;
    this.close = close;
  }

  private boolean isHttp2() {
    return incoming.version() == HttpVersion.HTTP_2;
  }

  /**
   * The rest of the request isn't read: no other may follow it on this connection. In HTTP/2 it is
   * the stream alone that ends.
   */
  void closing() {
    if (!isHttp2()) {
      response().putHeader(HttpHeaders.CONNECTION, "close");
      close.accept(incoming.connection());
    }
  }

  /**
   * After an answer that asked for {@link #closing}. The server closes the connection by itself; a
   * stream is told that nobody reads it any more, without an error (RFC 9113 §8.1).
   */
  void closed() {
    if (isHttp2()) {
      response().reset(NO_ERROR);
    }
  }

  /** The answer stays in pieces, and whoever reads it must see that (RFC 9113 §7). */
  void breakOff() {
    if (isHttp2()) {
      response().reset(INTERNAL_ERROR);
    } else {
      incoming.connection().close();
    }
  }

  HttpServerRequest incoming() {
    return incoming;
  }

  HttpServerResponse response() {
    return incoming.response();
  }

  /** Found out when it is first asked for. */
  ClientAddress.Origin origin() {
    ClientAddress.Origin known = origin;
    if (known == null) {
      known = from.of(incoming);
      origin = known;
    }
    return known;
  }

  String clientAddress() {
    return switch (origin()) {
      case ClientAddress.Origin.Known(String address) -> address;
      case ClientAddress.Origin.Unreadable unreadable -> "unknown";
    };
  }

  long durationNanos() {
    return System.nanoTime() - startedNanos;
  }

  /** Empty before Parse, and for what it refused. */
  Optional<Operation> operation() {
    return Optional.ofNullable(request).map(CosmosRequest::operation);
  }

  CosmosRequest request() {
    return set(request, "Parse");
  }

  void request(CosmosRequest parsed) {
    request = parsed;
  }

  Lease lease() {
    return set(lease, "Authenticate");
  }

  /** Whether what it is given isn't all that its lease reads: see {@link Withhold}. */
  boolean isOfAgent() {
    return lease().kind() == PrincipalKind.AGENT;
  }

  /** On whose account it is asked: whom an agent acts for, as many have the same agent. */
  PrincipalId asker() {
    return lease().actedFor().map(ActedFor::id).orElseGet(() -> lease().principal());
  }

  Upstream upstream() {
    return set(upstream, "Authenticate");
  }

  /** What the client called the gateway. */
  Host host() {
    return set(host, "Authenticate");
  }

  void authenticated(Lease owner, Upstream account, Host by) {
    lease = owner;
    upstream = account;
    host = by;
  }

  /** What goes upstream, by name wherever there is one. */
  Address address() {
    return set(address, "Resolve");
  }

  /** The database or container that the request is about. */
  Address subject() {
    return set(subject, "Resolve");
  }

  void address(Address resolved) {
    address = resolved;
    subject = resolved;
  }

  void offer(Address sent, RidDirectory.Offer found) {
    address = sent;
    subject = found.of();
    offer = found;
  }

  /** The offer that the request names; empty if it names none. */
  Optional<RidDirectory.Offer> offer() {
    return Optional.ofNullable(offer);
  }

  /** What is sent in the place of a header's own value; empty if that is sent. */
  Optional<String> sentAs(String name) {
    return Optional.ofNullable(sentAs.get(name));
  }

  void sentAs(String name, String value) {
    sentAs = new HashMap<>(sentAs);
    sentAs.put(name, value);
  }

  /** The key to send in the place of ranges; empty if the request's own headers go on. */
  Optional<PartitionKey> confinedTo() {
    return Optional.ofNullable(confinedTo);
  }

  void confinedTo(PartitionKey key) {
    confinedTo = key;
  }

  /** The text of the query that the body is; empty if it is none. */
  Optional<String> query() {
    return Optional.ofNullable(query);
  }

  void query(String text) {
    query = text;
  }

  Allowed allowed() {
    return set(allowed, "Decide");
  }

  void allowed(Allowed by) {
    allowed = by;
  }

  /** What this request is charged to; nothing if nothing limits it. */
  List<Charge> charges() {
    return charges;
  }

  void charged(List<Charge> to) {
    charges = List.copyOf(to);
  }

  Buffer body() {
    return body;
  }

  void body(Buffer read) {
    body = read;
  }

  /** What was taken out of a bulk request; empty unless something was. */
  Optional<BatchRefusals> refusedInBatch() {
    return Optional.ofNullable(refusedInBatch);
  }

  void refusedInBatch(BatchRefusals refusals) {
    refusedInBatch = refusals;
  }

  /** How many operations of a batch go upstream; empty if it is none. */
  Optional<Integer> batchOperations() {
    return batchOperations;
  }

  void batchOperations(int count) {
    batchOperations = Optional.of(count);
  }

  /** The id that intent and outcome share; empty while no intent is recorded. */
  Optional<String> requestId() {
    return Optional.ofNullable(requestId);
  }

  void intended(String id) {
    requestId = id;
  }

  HttpClientResponse answer() {
    return set(answer, "Forward");
  }

  void answer(HttpClientResponse received) {
    answer = received;
    answeredNanos = durationNanos();
  }

  /** The body of the answer, if a step has read it, as it is to be given. */
  Optional<Buffer> readAnswer() {
    return Optional.ofNullable(readAnswer);
  }

  /** In how many values of the answer something was withheld. */
  int withheld() {
    return withheld;
  }

  void read(Buffer answersBody, int values) {
    readAnswer = answersBody;
    withheld = values;
  }

  /** What upstream charged; 0 if it hasn't answered. */
  double requestCharge() {
    return answer == null ? 0 : Rewrite.requestCharge(answer);
  }

  /** It is on its way upstream from now on. */
  void forwarded() {
    forwardedNanos = durationNanos();
  }

  boolean isForwarded() {
    return forwardedNanos >= 0;
  }

  /** What upstream answered; 0 if it hasn't. */
  int upstreamStatus() {
    return answer == null ? 0 : answer.statusCode();
  }

  /** From forwarding to the head of upstream's answer, or to now if there is none. */
  long upstreamNanos() {
    if (!isForwarded()) {
      return 0;
    }
    return (answeredNanos < 0 ? durationNanos() : answeredNanos) - forwardedNanos;
  }

  Outcome outcome() {
    return outcome;
  }

  void outcome(Outcome answered) {
    outcome = answered;
  }

  /** The client's activity id if it sent one that is one, else ours. */
  String activityId() {
    if (activityId == null) {
      CosmosRequest parsed = request;
      activityId =
          parsed == null
              ? UUID.randomUUID().toString()
              : parsed
                  .headers()
                  .get(CosmosHeaders.ACTIVITY_ID)
                  .orElseGet(() -> UUID.randomUUID().toString());
    }
    return activityId;
  }

  private static <T> T set(@Nullable T part, String step) {
    if (part == null) {
      throw new IllegalStateException(step + " hasn't been taken yet");
    }
    return part;
  }
}
