package dev.ephemeris.gateway.dataplane;

import dev.ephemeris.cosmos.Address;
import dev.ephemeris.cosmos.Continuation;
import dev.ephemeris.cosmos.CosmosError;
import dev.ephemeris.cosmos.CosmosHeaders;
import dev.ephemeris.cosmos.Operation;
import dev.ephemeris.cosmos.PartitionKey;
import dev.ephemeris.gateway.identity.Seal;
import dev.ephemeris.gateway.lease.Lease;
import io.vertx.core.Future;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Where a page or feed goes on is said by the client, in words of the account's that nobody signed.
 * With a lease for one partition key only the gateway's own words count: they are sealed in each
 * answer for this principal, whom it acts for, container, key and query. With any other, the items
 * that a continuation names must be of the container that is asked.
 *
 * <p>The account's words may have values of items in them: those by which a query sorts. Agents are
 * given them hidden, for this principal, whom it acts for, and container.
 */
final class Continue implements Step {

  private static final CosmosError ANOTHERS =
      CosmosError.badRequest(
          "The continuation is of another container. Go on with one that this container gave.");

  private final Seal seal;
  private final Seal hiding;

  /**
   * @param hiding hides what it seals
   */
  Continue(Seal seal, Seal hiding) {
    this.seal = seal;
    this.hiding = hiding;
  }

  @Override
  public Future<Verdict> take(Exchange exchange) {
    Optional<String> continuation = exchange.request().headers().get(CosmosHeaders.CONTINUATION);
    Optional<String> since = since(exchange);
    if (continuation.isEmpty() && since.isEmpty()) {
      return Verdict.PROCEED;
    }
    if (isOfOneKey(exchange)) {
      return unsealed(exchange, continuation, since);
    }
    return isHidden(exchange)
        ? unsealed(exchange, continuation, Optional.empty())
        : continuation.map(text -> ofContainer(exchange, text)).orElse(Verdict.PROCEED);
  }

  private static boolean isOfOneKey(Exchange exchange) {
    return exchange.lease().partitionKey().isPresent();
  }

  /** Of what else is listed there are names in a continuation, which are there to be read. */
  private static boolean isHidden(Exchange exchange) {
    return exchange.isOfAgent() && exchange.request().operation().isPaged();
  }

  private Seal seal(Exchange exchange) {
    return isHidden(exchange) ? hiding : seal;
  }

  /** From where a change feed is asked; empty if from its start or from now. */
  private static Optional<String> since(Exchange exchange) {
    return isChangeFeed(exchange.request().operation())
        ? exchange
            .request()
            .headers()
            .get(CosmosHeaders.IF_NONE_MATCH)
            .filter(etag -> !etag.equals("*"))
        : Optional.empty();
  }

  private static boolean isChangeFeed(Operation operation) {
    return operation == Operation.READ_CHANGE_FEED || operation == Operation.QUERY_CHANGE_FEED;
  }

  // --- sealed ------------------------------------------------------------------------------------

  private Future<Verdict> unsealed(
      Exchange exchange, Optional<String> continuation, Optional<String> since) {
    List<String> about = about(exchange);
    for (String name : List.of(CosmosHeaders.CONTINUATION, CosmosHeaders.IF_NONE_MATCH)) {
      Optional<String> given = name.equals(CosmosHeaders.CONTINUATION) ? continuation : since;
      if (given.isPresent()) {
        Optional<String> text = seal(exchange).unseal(unquoted(given.get()), about);
        if (text.isEmpty()) {
          return Verdict.refuse(
              CosmosError.badRequest(
                  "The header "
                      + name
                      + " isn't one that this gateway gave for this query, container and partition"
                      + " key. With lease "
                      + exchange.lease().id()
                      + " go on from what its own answers said, or begin anew."));
        }
        exchange.sentAs(name, text.get());
      }
    }
    return Verdict.PROCEED;
  }

  /**
   * What an answer's header says to the client.
   *
   * @param name in lower case
   */
  String shown(Exchange exchange, String name, String value) {
    boolean goesOn =
        name.equals(CosmosHeaders.CONTINUATION)
            ? isHidden(exchange)
                || (isOfOneKey(exchange) && exchange.request().operation().isPaged())
            : name.equals("etag")
                && isOfOneKey(exchange)
                && isChangeFeed(exchange.request().operation());
    if (!goesOn || value.isEmpty()) {
      return value;
    }
    String sealed = seal(exchange).seal(value, about(exchange));
    return value.startsWith("\"") ? '"' + sealed + '"' : sealed;
  }

  private static String unquoted(String value) {
    return value.length() > 1 && value.startsWith("\"") && value.endsWith("\"")
        ? value.substring(1, value.length() - 1)
        : value;
  }

  private static List<String> about(Exchange exchange) {
    Lease lease = exchange.lease();
    if (!isOfOneKey(exchange)) {
      // SDKs go on with a sorted query in other words than they began it.
      return List.of(
          lease.principal().issuer(),
          lease.principal().subject(),
          lease.actsForText().orElse(""),
          exchange.upstream().account(),
          exchange.address().link(exchange.request().resourceType()));
    }
    return List.of(
        lease.principal().issuer(),
        lease.principal().subject(),
        lease.actsForText().orElse(""),
        lease.scope().toString(),
        lease.partitionKey().map(PartitionKey::header).orElse(""),
        exchange.request().partitionKey().map(PartitionKey::header).orElse(""),
        exchange.request().operation().name(),
        fingerprint(exchange.body().getBytes()));
  }

  private static String fingerprint(byte[] query) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(query));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  // --- of the same container ---------------------------------------------------------------------

  private static Future<Verdict> ofContainer(Exchange exchange, String continuation) {
    Optional<List<Address>> containers = Continuation.containers(continuation);
    if (containers.isEmpty()) {
      return Verdict.refuse(ANOTHERS);
    }
    Future<Verdict> verdict = Verdict.PROCEED;
    for (Address container : containers.get().stream().distinct().toList()) {
      verdict =
          verdict.compose(
              before ->
                  before instanceof Verdict.Proceed
                      ? sameContainer(exchange, container)
                      : Future.succeededFuture(before));
    }
    return verdict;
  }

  private static Future<Verdict> sameContainer(Exchange exchange, Address named) {
    return exchange
        .upstream()
        .rids()
        .resolve(exchange.request().resourceType(), named, exchange.asker())
        .map(
            found ->
                found.filter(name -> name.equals(exchange.address())).isPresent()
                    ? new Verdict.Proceed()
                    : (Verdict) new Verdict.Refuse(ANOTHERS))
        .otherwise(failure -> Resolve.unknown(exchange, failure));
  }
}
