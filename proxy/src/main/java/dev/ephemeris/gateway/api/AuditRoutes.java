package dev.ephemeris.gateway.api;

import dev.ephemeris.config.Issuer;
import dev.ephemeris.gateway.identity.Grants;
import dev.ephemeris.gateway.identity.Session;
import dev.ephemeris.gateway.identity.Sessions;
import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.journal.evidence.AccessReview;
import dev.ephemeris.gateway.journal.evidence.EvidenceIndex;
import dev.ephemeris.gateway.journal.evidence.EvidenceIndex.IndexException;
import dev.ephemeris.gateway.journal.evidence.Found;
import dev.ephemeris.gateway.journal.evidence.JournalQuery;
import dev.ephemeris.gateway.journal.evidence.Report;
import dev.ephemeris.gateway.journal.evidence.Standing;
import dev.ephemeris.gateway.lease.Lease;
import dev.ephemeris.gateway.lease.Leases;
import dev.ephemeris.gateway.policy.Candidates;
import dev.ephemeris.policy.Candidate;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.ext.web.RoutingContext;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * The journal, for auditors: {@link Authorize} stands before each of these, and puts on record that
 * it was asked.
 */
final class AuditRoutes {

  /** Questions may take seconds; those who ask wait for each other rather than all for them. */
  private static final int AT_A_TIME = 2;

  private final EvidenceIndex index;
  private final Supplier<Optional<String>> checkpoint;
  private final Grants grants;
  private final Leases leases;
  private final Sessions sessions;
  private final People people;
  private final List<Issuer> issuers;
  private final InstantSource clock;
  private final WorkerExecutor workers;

  /**
   * @param checkpoint of the journal's log, if it has one
   */
  AuditRoutes(
      Vertx vertx,
      EvidenceIndex index,
      Supplier<Optional<String>> checkpoint,
      Grants grants,
      Leases leases,
      Sessions sessions,
      List<Issuer> issuers,
      InstantSource clock) {
    this.index = index;
    this.checkpoint = checkpoint;
    this.grants = grants;
    this.leases = leases;
    this.sessions = sessions;
    this.issuers = List.copyOf(issuers);
    this.clock = clock;
    this.workers = vertx.createSharedWorkerExecutor("evidence", AT_A_TIME);
    this.people = new People(grants, sessions, workers);
  }

  void entries(RoutingContext context) {
    asked(context, AuditQuestion::ofEntries)
        .ifPresent(
            question ->
                answer(
                    context,
                    known(question)
                        .compose(
                            known ->
                                blocking(
                                    () -> {
                                      JournalQuery query = question.query(known);
                                      Found found = index.search(query, question.page());
                                      return AuditJson.of(found, query.whose());
                                    }))));
  }

  void session(RoutingContext context) {
    String id = context.pathParam("sessionId");
    answer(
        context,
        blocking(
            () ->
                index
                    .session(id)
                    .map(AuditJson::of)
                    .orElseThrow(
                        () ->
                            new NotThereException(
                                "The journal has nothing of a session “" + id + "”."))));
  }

  void access(RoutingContext context) {
    asked(context, AuditQuestion::ofAccess)
        .ifPresent(
            question ->
                answer(
                    context,
                    people
                        .now()
                        .compose(
                            known -> {
                              AccessReview.Wanted wanted = question.access(known);
                              return standing(known)
                                  .compose(
                                      standing ->
                                          blocking(
                                              () ->
                                                  AuditJson.of(
                                                      AccessReview.of(standing, wanted, index))));
                            })));
  }

  void report(RoutingContext context) {
    asked(
            context,
            from -> {
              try {
                return AuditQuestion.ofReport(from).report();
              } catch (NoSuchElementException e) {
                throw new IllegalArgumentException("framework, from and to have to be given.", e);
              }
            })
        .ifPresent(
            wanted ->
                answer(
                    context,
                    people
                        .now()
                        .compose(this::standing)
                        .compose(
                            standing ->
                                blocking(
                                    () ->
                                        AuditJson.of(
                                            Report.of(
                                                wanted, index, standing, checkpoint.get()))))));
  }

  /** Only a question about the catalog asks it. */
  private Future<Map<String, Set<String>>> known(AuditQuestion question) {
    return question.named().isPresent() ? people.now() : Future.succeededFuture(Map.of());
  }

  /** What stands now, of one edition of policy and catalog. */
  private Future<Standing> standing(Map<String, Set<String>> principals) {
    Grants.Edition edition = grants.now();
    return Future.all(leases.active(), sessions.active(clock.instant()))
        .compose(
            held ->
                blocking(
                    () ->
                        new Standing(
                            clock.instant(),
                            edition.policy(),
                            candidates(edition),
                            edition.accounts(),
                            principals,
                            held.<List<Lease>>resultAt(0).stream().map(AuditRoutes::lease).toList(),
                            held.<List<Session>>resultAt(1).stream()
                                .map(AuditRoutes::session)
                                .toList())));
  }

  private List<Candidate> candidates(Grants.Edition edition) {
    return Stream.concat(
            Candidates.in(edition.directory().everybody(), issuers).stream(),
            edition.policy().described().stream())
        .toList();
  }

  private static Standing.Lease lease(Lease lease) {
    return new Standing.Lease(
        lease.id().value(),
        lease.principal().toString(),
        lease.actsForText(),
        lease.scope().toString(),
        lease.role().value(),
        lease.lane().name().toLowerCase(Locale.ROOT),
        lease.rule().value(),
        lease.sessionId(),
        lease.issuedAt(),
        lease.expiresAt());
  }

  private static Standing.Session session(Session session) {
    return new Standing.Session(
        session.id(),
        session.principal().toString(),
        session.actsFor().map(whom -> whom.principal().toString()),
        session.kind().name().toLowerCase(Locale.ROOT),
        session.client(),
        session.startedAt(),
        session.endsAt());
  }

  private static <T> Optional<T> asked(RoutingContext context, Function<RoutingContext, T> reader) {
    try {
      return Optional.of(reader.apply(context));
    } catch (IllegalArgumentException e) {
      Problem.malformed(String.valueOf(e.getMessage())).send(context);
      return Optional.empty();
    }
  }

  private <T> Future<T> blocking(Callable<T> work) {
    return workers.executeBlocking(work, false);
  }

  private static void answer(RoutingContext context, Future<String> json) {
    json.onSuccess(
            text ->
                context
                    .response()
                    .putHeader("content-type", "application/json")
                    .putHeader("cache-control", "no-store")
                    .end(text))
        .onFailure(failure -> failed(context, failure));
  }

  private static void failed(RoutingContext context, Throwable failure) {
    switch (failure) {
      case NotThereException e -> Problem.notFound(String.valueOf(e.getMessage())).send(context);
      case IllegalArgumentException e ->
          Problem.malformed(String.valueOf(e.getMessage())).send(context);
      case IndexException e ->
          Problem.unavailable(
                  "The gateway can't search the journal now: its index doesn't answer. The log says"
                      + " why.")
              .send(context);
      case JournalException e ->
          Problem.unavailable("The gateway can't read the journal now. The log says why.")
              .send(context);
      default -> context.fail(failure);
    }
  }

  /** An expected outcome of a question that runs elsewhere. */
  private static final class NotThereException extends Exception {
    NotThereException(String message) {
      super(message);
    }
  }
}
