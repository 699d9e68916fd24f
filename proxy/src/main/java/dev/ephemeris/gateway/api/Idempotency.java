package dev.ephemeris.gateway.api;

import dev.ephemeris.gateway.identity.Authentication;
import dev.ephemeris.gateway.identity.Digest;
import dev.ephemeris.gateway.identity.Pace;
import dev.ephemeris.gateway.lease.LeaseId;
import dev.ephemeris.gateway.lease.Leases;
import dev.ephemeris.gateway.lease.Leases.GivenAgain;
import dev.ephemeris.gateway.repetition.Asked;
import dev.ephemeris.gateway.repetition.Attempt;
import dev.ephemeris.gateway.repetition.Once;
import dev.ephemeris.gateway.repetition.Repetitions;
import dev.ephemeris.gateway.repetition.Repetitions.IfInterrupted;
import dev.ephemeris.gateway.repetition.Turn;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import io.vertx.openapi.contract.Operation;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does what is asked for with an {@code Idempotency-Key} once
 * (draft-ietf-httpapi-idempotency-key-header): whoever asks again with the same key is answered
 * again. It stands before each operation for which the contract has the header, behind {@link
 * Authorize}: who may not ask any more isn't answered either.
 */
final class Idempotency implements Handler<RoutingContext> {

  static final String HEADER = "idempotency-key";

  private static final Logger LOG = LoggerFactory.getLogger(Idempotency.class);

  private static final String BEGUN = "begun";

  /** When most of what is under way is over. */
  private static final Duration SOON = Duration.ofSeconds(1);

  private record Begun(Attempt attempt, IfInterrupted ifInterrupted) {}

  /** A string of RFC 9651 §3.3.3; or a token without quotes, as many send it. */
  private static final Pattern KEY =
      Pattern.compile("\"([ !#-\\[\\]-~]{1,255})\"|([A-Za-z0-9!#$%&'*+.^_|~:/=-]{1,255})");

  /**
   * What makes keys anew, for which nothing tells afterwards by whom that was asked for, and which
   * cuts somebody off each time.
   */
  private static final Set<String> NEVER_AGAIN =
      Set.of("rotateAccountKeys", "panicAboutAccount", "rotateRootKey");

  private final String operation;
  private final IfInterrupted ifInterrupted;
  private final Repetitions repetitions;
  private final Leases leases;
  private final LeaseRoutes leaseRoutes;
  private final AccessRequestRoutes accessRequests;

  Idempotency(
      String operation,
      Repetitions repetitions,
      Leases leases,
      LeaseRoutes leaseRoutes,
      AccessRequestRoutes accessRequests) {
    this.operation = operation;
    this.ifInterrupted =
        NEVER_AGAIN.contains(operation) ? IfInterrupted.NEVER_AGAIN : IfInterrupted.AGAIN;
    this.repetitions = repetitions;
    this.leases = leases;
    this.leaseRoutes = leaseRoutes;
    this.accessRequests = accessRequests;
  }

  /** Whether the contract has the header for an operation. */
  static boolean isFor(Operation operation) {
    return operation.getParameters().stream()
        .anyMatch(parameter -> parameter.getName().equalsIgnoreCase(HEADER));
  }

  // --- for what is behind it ---------------------------------------------------------------------

  /** Whether what is asked for may take place. */
  static Once once(RoutingContext context) {
    Begun begun = context.get(BEGUN);
    return begun == null ? Once.EACH_TIME : begun.attempt();
  }

  /**
   * Keeps what is answered. If the store can't, what was done is done all the same: then whoever
   * asks again isn't told before the attempt is over.
   */
  static Future<Void> done(RoutingContext context, Answer answer) {
    Begun begun = context.get(BEGUN);
    return begun == null
        ? Future.succeededFuture()
        : begun.attempt().keep(answer.kept()).recover(Idempotency::logged);
  }

  /** It wasn't done: whoever asks again with the key has it tried again. */
  static Future<Void> notDone(RoutingContext context) {
    Begun begun = context.remove(BEGUN);
    return begun == null
        ? Future.succeededFuture()
        : begun.attempt().release().recover(Idempotency::logged);
  }

  /** It failed, and may have been done before. */
  static Future<Void> failed(RoutingContext context) {
    Begun begun = context.remove(BEGUN);
    return begun == null || begun.ifInterrupted() == IfInterrupted.NEVER_AGAIN
        ? Future.succeededFuture()
        : begun.attempt().releaseUnlessDone().recover(Idempotency::logged);
  }

  private static Future<Void> logged(Throwable failure) {
    LOG.atWarn()
        .setCause(failure)
        .log("what came of an idempotency key can't be kept; asked again, it isn't done again");
    return Future.succeededFuture();
  }

  // --- before it ---------------------------------------------------------------------------------

  @Override
  public void handle(RoutingContext context) {
    List<String> headers = context.request().headers().getAll(HEADER);
    if (headers.isEmpty()) {
      context.next();
      return;
    }
    Matcher key = KEY.matcher(headers.getFirst().strip());
    if (headers.size() > 1 || !key.matches()) {
      Problem.malformed(
              "Idempotency-Key has to be one string of up to 255 printable characters, in quotes.")
          .send(context);
      return;
    }
    Authentication.Accepted caller = BearerAuthentication.caller(context);
    Asked asked =
        new Asked(
            caller.principal().id(),
            caller.actsFor().map(whom -> whom.principal().id()),
            operation,
            Optional.ofNullable(key.group(1)).orElseGet(() -> key.group(2)),
            Digest.of(
                context.normalizedPath(),
                Optional.ofNullable(context.body().asString()).orElse("")));
    repetitions
        .begin(asked, ifInterrupted)
        .onSuccess(turn -> go(context, turn))
        .onFailure(context::fail);
  }

  private void go(RoutingContext context, Turn turn) {
    switch (turn) {
      case Turn.First(Attempt attempt) -> {
        context.put(BEGUN, new Begun(attempt, ifInterrupted));
        context.next();
      }
      case Turn.Answered(String outcome) -> answerAgain(context, Answer.Kept.parse(outcome));
      case Turn.Done(String effect) -> answerDone(context, new JsonObject(effect));
      case Turn.UnderWay(Duration retryAfter) -> {
        retryAfter(context, retryAfter.compareTo(SOON) < 0 ? retryAfter : SOON);
        Problem.of(
                409,
                "key-under-way",
                "under way",
                "What you have asked for with this idempotency key is being done. Ask again in a"
                    + " moment, for at most "
                    + seconds(retryAfter)
                    + " s.")
            .send(context);
      }
      case Turn.OtherRequest() ->
          Problem.of(
                  422,
                  "key-reused",
                  "key used for something else",
                  "You have used this idempotency key for another request within a day. Take a new"
                      + " one for each thing that you ask for, and the same only to ask again.")
              .send(context);
      case Turn.TooMany(Duration retryAfter) -> {
        retryAfter(context, retryAfter);
        Problem.busy(
                "You have used too many idempotency keys in a day. Ask without one, or wait until"
                    + " the oldest is forgotten.")
            .send(context);
      }
      case Turn.Unknown() ->
          Problem.of(
                  409,
                  "outcome-unknown",
                  "outcome unknown",
                  "You have asked for this with the same idempotency key before, and nobody knows"
                      + " whether it was done. Look, and ask with another key if it wasn't.")
              .send(context);
    }
  }

  private static void retryAfter(RoutingContext context, Duration wait) {
    context.response().putHeader("retry-after", Long.toString(seconds(wait)));
  }

  private static long seconds(Duration wait) {
    return Math.max(1, Pace.seconds(wait));
  }

  // --- again -------------------------------------------------------------------------------------

  private void answerAgain(RoutingContext context, Answer.Kept kept) {
    Optional<LeaseId> withheld = kept.withheld().flatMap(LeaseId::parse);
    if (withheld.isEmpty()) {
      replay(context, kept.answer());
      return;
    }
    leases
        .givenAgain(BearerAuthentication.caller(context), withheld.get())
        .onSuccess(
            given -> {
              switch (given) {
                case GivenAgain.Not(String why) -> Problem.over(why).send(context);
                case GivenAgain.Given(var issuance) -> {
                  JsonObject into = kept.answer().given().orElseThrow().of(kept.answer().body());
                  into.mergeIn(leaseRoutes.issued(issuance).orElseThrow());
                  replay(context, kept.answer());
                }
              }
            })
        .onFailure(context::fail);
  }

  /** What a gateway has done that stopped before it could answer. */
  private void answerDone(RoutingContext context, JsonObject effect) {
    Optional<String> lease = Optional.ofNullable(effect.getString("lease"));
    Optional<String> accessRequest = Optional.ofNullable(effect.getString("accessRequest"));
    if (accessRequest.isEmpty()) {
      answerAgain(
          context,
          new Answer.Kept(
              Answer.of(201, new JsonObject())
                  .at("/v1/leases/" + lease.orElseThrow())
                  .giving(new Answer.Given("")),
              lease));
      return;
    }
    accessRequests
        .shown(context, accessRequest.get())
        .onSuccess(
            found ->
                found.ifPresentOrElse(
                    request -> {
                      JsonObject body = new JsonObject().put("accessRequest", request);
                      if (lease.isPresent()) {
                        body.put("issued", new JsonObject());
                      }
                      answerAgain(
                          context,
                          new Answer.Kept(
                              Answer.of(201, body)
                                  .at("/v1/access-requests/" + accessRequest.get())
                                  .giving(new Answer.Given("issued")),
                              lease));
                    },
                    () -> go(context, new Turn.Unknown())))
        .onFailure(context::fail);
  }

  private static void replay(RoutingContext context, Answer answer) {
    context.response().putHeader("idempotency-replayed", "true");
    answer.write(context);
  }
}
