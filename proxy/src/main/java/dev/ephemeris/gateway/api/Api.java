package dev.ephemeris.gateway.api;

import dev.ephemeris.config.Issuer;
import dev.ephemeris.config.TrustedProxies;
import dev.ephemeris.cosmos.HttpDate;
import dev.ephemeris.gateway.account.AccountsInForce;
import dev.ephemeris.gateway.account.AddedAccounts;
import dev.ephemeris.gateway.account.FoundAccounts;
import dev.ephemeris.gateway.custody.KeyUsers;
import dev.ephemeris.gateway.custody.Rotations;
import dev.ephemeris.gateway.doctor.Finding;
import dev.ephemeris.gateway.identity.Agents;
import dev.ephemeris.gateway.identity.Audience;
import dev.ephemeris.gateway.identity.BearerTokens;
import dev.ephemeris.gateway.identity.Blocks;
import dev.ephemeris.gateway.identity.CatalogRefresh;
import dev.ephemeris.gateway.identity.ClientAddress;
import dev.ephemeris.gateway.identity.FailedAttempts;
import dev.ephemeris.gateway.identity.Grants;
import dev.ephemeris.gateway.identity.Sessions;
import dev.ephemeris.gateway.journal.Journal;
import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.journal.evidence.EvidenceIndex;
import dev.ephemeris.gateway.lease.AccessRequests;
import dev.ephemeris.gateway.lease.Kills;
import dev.ephemeris.gateway.lease.Leases;
import dev.ephemeris.gateway.lease.RootKeys;
import dev.ephemeris.gateway.mcp.Agent;
import dev.ephemeris.gateway.mcp.AgentsDoor;
import dev.ephemeris.gateway.oauth.AuthorizationServer;
import dev.ephemeris.gateway.oauth.OAuthError;
import dev.ephemeris.gateway.policy.PolicyInForce;
import dev.ephemeris.gateway.posture.Examination;
import dev.ephemeris.gateway.repetition.Repetitions;
import dev.ephemeris.gateway.store.StoreException;
import dev.ephemeris.policy.AccountFacts;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.BodyHandler;
import io.vertx.ext.web.handler.HttpException;
import io.vertx.ext.web.openapi.router.OpenAPIRoute;
import io.vertx.ext.web.openapi.router.RequestExtractor;
import io.vertx.ext.web.openapi.router.RouterBuilder;
import io.vertx.json.schema.OutputUnit;
import io.vertx.json.schema.Validator;
import io.vertx.openapi.contract.MediaType;
import io.vertx.openapi.contract.OpenAPIContract;
import io.vertx.openapi.contract.Operation;
import io.vertx.openapi.validation.ValidatorErrorType;
import io.vertx.openapi.validation.ValidatorException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The REST API's listener: TLS, and for each operation of the contract its handler. */
public final class Api {

  private static final Logger LOG = LoggerFactory.getLogger(Api.class);

  private static final long BODY_LIMIT = 64 * 1024;

  /**
   * Where the API listens.
   *
   * @param proxyProtocol whether connections begin with a word of the PROXY protocol
   * @param trustedProxies whose word counts on where a request comes from
   * @param mostPerMinute how many requests one principal may make
   */
  public record Settings(
      String host,
      int port,
      Path certificate,
      Path privateKey,
      boolean proxyProtocol,
      Optional<TrustedProxies> trustedProxies,
      int mostPerMinute) {}

  private final Contract contract = Contract.published();
  private final Vertx vertx;
  private final Settings settings;
  private final BearerTokens tokens;
  private final Grants grants;
  private final Journal journal;
  private final InstantSource clock;
  private final AuthorizationServer signIn;
  private final IdentityRoutes identity;
  private final LeaseRoutes leases;
  private final AccessRequestRoutes accessRequests;
  private final SessionRoutes sessions;
  private final AgentRoutes actingAgents;
  private final OthersRoutes others;
  private final ExplainRoute explain;
  private final Agents agents;
  private final Leases exchanged;
  private final AgentsDoor door;
  private final Supplier<String> dataPlane;
  private final PolicyRoute policy;
  private final CatalogRoute catalog;
  private final DoctorRoute doctor;
  private final AccountRoutes accounts;
  private final RootKeyRoutes rootKeys;
  private final Repetitions repetitions;
  private final AuditRoutes audit;
  private final LogRoutes log;
  private int port;

  /**
   * @param signIn the gateway as an authorization server
   * @param refresh asks Backstage for its catalog, if it has it
   * @param examination of accounts, as Azure shows them
   * @param repetitions what was asked for with a key
   * @param journalFolder where the journal is
   * @param evidence finds what the journal has
   * @param checkpoint of the journal's log, if it has one
   * @param doctor examines the gateway
   * @param door where agents come in
   * @param dataPlane the Cosmos endpoint to give to SDKs, once it is known
   */
  public Api(
      Vertx vertx,
      Settings settings,
      List<Issuer> issuers,
      AuthorizationServer signIn,
      BearerTokens tokens,
      Agents agents,
      Grants grants,
      PolicyInForce policy,
      Optional<CatalogRefresh> refresh,
      Leases leases,
      AccessRequests accessRequests,
      Sessions sessions,
      Blocks blocks,
      Kills kills,
      Rotations rotations,
      KeyUsers keyUsers,
      Examination examination,
      AccountsInForce accounts,
      FoundAccounts found,
      AddedAccounts added,
      RootKeys rootKeys,
      Repetitions repetitions,
      Journal journal,
      Path journalFolder,
      EvidenceIndex evidence,
      Supplier<Optional<String>> checkpoint,
      Supplier<Future<List<Finding>>> doctor,
      AgentsDoor door,
      Supplier<String> dataPlane,
      InstantSource clock) {
    this.vertx = vertx;
    this.settings = settings;
    this.tokens = tokens;
    this.journal = journal;
    this.clock = clock;
    this.signIn = signIn;
    this.identity = new IdentityRoutes(issuers, grants, signIn);
    Pages pages = new Pages(leases.secrets().cursors());
    this.leases = new LeaseRoutes(leases, blocks, pages, dataPlane, clock);
    this.accessRequests = new AccessRequestRoutes(accessRequests, this.leases, pages, clock);
    this.sessions = new SessionRoutes(sessions, kills, pages, clock);
    this.repetitions = repetitions;
    this.actingAgents = new AgentRoutes(sessions, leases, kills, grants, clock);
    this.others =
        new OthersRoutes(
            leases,
            sessions,
            blocks,
            kills,
            pages,
            () ->
                grants.now().accounts().stream()
                    .map(AccountFacts::name)
                    .collect(Collectors.toUnmodifiableSet()),
            issuers.stream().map(Issuer::name).collect(Collectors.toUnmodifiableSet()),
            clock);
    this.explain = new ExplainRoute(grants, clock);
    this.grants = grants;
    this.agents = agents;
    this.exchanged = leases;
    this.dataPlane = dataPlane;
    this.door = door;
    this.policy = new PolicyRoute(policy);
    this.catalog = new CatalogRoute(refresh);
    this.doctor = new DoctorRoute(doctor);
    this.accounts = new AccountRoutes(accounts, found, added, rotations, keyUsers, examination);
    this.rootKeys = new RootKeyRoutes(rootKeys);
    this.log = new LogRoutes(vertx, journalFolder);
    this.audit =
        new AuditRoutes(vertx, evidence, checkpoint, grants, leases, sessions, issuers, clock);
  }

  /** Listens; the port is known when the future completes. It stops when Vert.x is closed. */
  public Future<Api> start() {
    return contract
        .load(vertx)
        .map(this::router)
        .compose(
            router ->
                vertx
                    .createHttpServer(options())
                    .requestHandler(request -> router.handle(dated(request)))
                    .listen(settings.port(), settings.host()))
        .map(
            (HttpServer server) -> {
              port = server.actualPort();
              return this;
            });
  }

  public int port() {
    return port;
  }

  /** RFC 9110 §6.6.1: by this whoever asks can tell how far their clock is off. */
  private HttpServerRequest dated(HttpServerRequest request) {
    request.response().putHeader(HttpHeaders.DATE, HttpDate.format(clock.instant()));
    return request;
  }

  /** The handler of each operation, by its id in the contract. */
  private Map<String, Handler<RoutingContext>> operations(TokenRoute token) {
    Buffer text = Buffer.buffer(contract.text());
    return Map.ofEntries(
        entry("readContract", context -> Answer.read(context, text, "application/yaml")),
        entry("readSignIn", identity::signIn),
        entry("readMe", identity::me),
        entry("exchangeToken", token::exchange),
        entry("explain", explain::explain),
        entry("readPolicy", policy::read),
        entry("readDoctor", doctor::read),
        entry("listAccounts", accounts::list),
        entry("addAccount", accounts::add),
        entry("readAccount", accounts::read),
        entry("removeAccount", accounts::remove),
        entry("readAccountKeys", accounts::readKeys),
        entry("listKeyUsers", accounts::listUsers),
        entry("rotateAccountKeys", accounts::rotate),
        entry("panicAboutAccount", accounts::panic),
        entry("readAccountPosture", accounts::readPosture),
        entry("listRootKeys", rootKeys::list),
        entry("rotateRootKey", rootKeys::rotate),
        entry("revokeRootKey", rootKeys::revoke),
        entry("listSessions", sessions::list),
        entry("endSession", sessions::end),
        entry("listAgents", actingAgents::list),
        entry("stopAgent", actingAgents::stop),
        entry("refreshCatalog", catalog::refresh),
        entry("listLeases", leases::list),
        entry("issueLease", leases::issue),
        entry("readLease", leases::read),
        entry("renewLease", leases::renew),
        entry("revokeLease", leases::revoke),
        entry("handLeaseOver", leases::handOver),
        entry("listAccessRequests", accessRequests::list),
        entry("askForAccess", accessRequests::ask),
        entry("readAccessRequest", accessRequests::read),
        entry("withdrawAccessRequest", accessRequests::withdraw),
        entry("approveAccess", accessRequests::approve),
        entry("denyAccess", accessRequests::deny),
        entry("reviewAccessRequest", accessRequests::review),
        entry("pickUpLease", accessRequests::pickUp),
        entry("listBlocks", leases::listBlocks),
        entry("liftBlock", leases::liftBlock),
        entry("readCheckpoint", log::checkpoint),
        entry("readTile", log::tile),
        entry("searchEntries", audit::entries),
        entry("readSessionTimeline", audit::session),
        entry("reviewAccess", audit::access),
        entry("makeReport", audit::report),
        entry("listAnySessions", others::sessions),
        entry("kill", others::kill),
        entry("suspend", others::suspend),
        entry("listAnyLeases", others::leases),
        entry("revokeAnyLease", others::revoke),
        entry("listAnyBlocks", others::blocks),
        entry("liftAnyBlock", others::lift));
  }

  private static Map.Entry<String, Handler<RoutingContext>> entry(
      String operation, Handler<RoutingContext> handler) {
    return Map.entry(operation, handler);
  }

  private Router router(OpenAPIContract contract) {
    RouterBuilder builder =
        RouterBuilder.create(vertx, contract, RequestExtractor.withBodyHandler());
    builder.rootHandler(BodyHandler.create(false).setBodyLimit(BODY_LIMIT));
    ClientAddress from = new ClientAddress(settings.trustedProxies());
    FailedAttempts failures = new FailedAttempts(clock);
    builder.rootHandler(
        new BearerAuthentication(
            openPaths(contract),
            from,
            failures,
            tokens,
            Audience.API,
            settings.mostPerMinute(),
            () -> signIn.issuer() + AuthorizationServer.RESOURCE_METADATA,
            journal,
            clock));
    TokenRoute token =
        new TokenRoute(
            new ExchangeForm(leaseRequest(contract)),
            from,
            failures,
            tokens,
            agents,
            exchanged,
            journal,
            dataPlane,
            clock);
    Map<String, Handler<RoutingContext>> operations = operations(token);
    for (OpenAPIRoute route : builder.getRoutes()) {
      Handler<RoutingContext> handler = operations.get(route.getOperation().getOperationId());
      if (handler == null) {
        throw new IllegalStateException(
            "The contract has operation "
                + route.getOperation().getOperationId()
                + ", and nothing handles it.");
      }
      // Authentication is a root handler, for every path that isn't open.
      route.setDoSecurity(false).addHandler(authorize(route.getOperation()));
      if (Idempotency.isFor(route.getOperation())) {
        route.addHandler(idempotency(route.getOperation()));
      }
      route.addHandler(handler);
    }
    Router router = builder.createRouter();
    signIn.addTo(router);
    openAgentsDoor(router, from, failures);
    // Of the contract too, which has no word for a parameter with slashes in it.
    router
        .get(LogRoutes.TILES)
        .handler(authorize(Objects.requireNonNull(contract.operation("readTile"))))
        .handler(log::tile);
    router.errorHandler(404, Api::noSuchPath);
    router.errorHandler(
        405,
        context -> {
          // RFC 9110 §15.5.6: which methods there are.
          context.response().putHeader(HttpHeaders.ALLOW, methods(contract, context));
          Problem.of(
                  405,
                  "method-not-allowed",
                  "method not allowed",
                  "See /openapi.yaml for what there is.")
              .send(context);
        });
    router.errorHandler(400, Api::malformed);
    router.errorHandler(413, Api::tooLarge);
    router.errorHandler(500, Api::failed);
    return router;
  }

  /** Before everything that needs a token of the API's, whose bodies are read in another way. */
  private void openAgentsDoor(Router router, ClientAddress from, FailedAttempts failures) {
    // Nothing of the body is lost while it is found out whose it is.
    router
        .route(AuthorizationServer.MCP)
        .order(AuthorizationServer.FIRST - 2)
        .handler(
            context -> {
              context.request().pause();
              context.addEndHandler(answered -> context.request().resume());
              context.next();
            });
    router
        .route(AuthorizationServer.MCP)
        .order(AuthorizationServer.FIRST - 1)
        .handler(
            new BearerAuthentication(
                Set.of(),
                from,
                failures,
                tokens,
                Audience.MCP,
                settings.mostPerMinute(),
                () ->
                    signIn.issuer()
                        + AuthorizationServer.RESOURCE_METADATA
                        + AuthorizationServer.MCP,
                journal,
                clock))
        .handler(
            door.handler(
                context ->
                    new Agent(
                        BearerAuthentication.caller(context),
                        BearerAuthentication.address(context))));
  }

  private Idempotency idempotency(Operation operation) {
    return new Idempotency(
        operation.getOperationId(), repetitions, exchanged, leases, accessRequests);
  }

  private Authorize authorize(Operation operation) {
    return new Authorize(
        operation.getOperationId(), RequiredAction.of(operation), grants, journal, clock);
  }

  /** What the body of a lease request has to be, as {@code POST /v1/leases} has it. */
  static ExchangeForm.Shape leaseRequest(OpenAPIContract contract) {
    Operation issueLease = Objects.requireNonNull(contract.operation("issueLease"));
    MediaType json =
        Objects.requireNonNull(issueLease.getRequestBody().getContent().get("application/json"));
    Validator validator = contract.getSchemaRepository().validator(json.getSchema());
    return request -> {
      OutputUnit output = validator.validate(request);
      return Boolean.TRUE.equals(output.getValid())
          ? Optional.empty()
          : Optional.of(
              output.getErrors() == null || output.getErrors().isEmpty()
                  ? "see /openapi.yaml"
                  : String.valueOf(output.getErrors().getFirst().getError()));
    };
  }

  /** The paths that the contract opens to everybody: {@code security: []}. */
  private static Set<String> openPaths(OpenAPIContract contract) {
    return contract.operations().stream()
        .filter(operation -> operation.getSecurityRequirements().isEmpty())
        .map(Operation::getAbsoluteOpenAPIPath)
        .collect(Collectors.toUnmodifiableSet());
  }

  private static String methods(OpenAPIContract contract, RoutingContext context) {
    var path = contract.findPath(context.normalizedPath());
    return path == null
        ? ""
        : path.getOperations().stream()
            .map(operation -> operation.getHttpMethod().name())
            .sorted()
            .collect(Collectors.joining(", "));
  }

  private static void tooLarge(RoutingContext context) {
    String detail = "A body has at most " + BODY_LIMIT + " bytes.";
    if (isOAuth(context)) {
      new OAuthError(OAuthError.Code.TOO_LARGE, detail).send(context);
    } else {
      Problem.of(413, "too-large", "body too long", detail).send(context);
    }
  }

  /** Whether errors have OAuth's form, and aren't problem documents. */
  private static boolean isOAuth(RoutingContext context) {
    String path = context.request().path();
    return path.equals(TokenRoute.PATH) || path.startsWith("/oauth/");
  }

  private static void noSuchPath(RoutingContext context) {
    Problem.notFound("There is no such path. See /openapi.yaml for what there is.").send(context);
  }

  private static void malformed(RoutingContext context) {
    if (isOAuth(context)) {
      new OAuthError(OAuthError.Code.INVALID_REQUEST, "the form can't be read in one way")
          .send(context);
      return;
    }
    if (context.failure() != null
        && context.failure().getCause() instanceof ValidatorException invalid
        && invalid.type() == ValidatorErrorType.UNSUPPORTED_VALUE_FORMAT) {
      Problem.of(
              415,
              "unsupported-media-type",
              "not JSON",
              "The content type of a body has to be application/json. See /openapi.yaml.")
          .send(context);
      return;
    }
    String detail =
        context.failure() instanceof HttpException http && http.getPayload() != null
            ? http.getPayload()
            : "The request can't be read.";
    Problem.malformed(detail + (detail.endsWith(".") ? "" : ".") + " See /openapi.yaml.")
        .send(context);
  }

  private static void failed(RoutingContext context) {
    Throwable failure = context.failure();
    LOG.atError()
        .addKeyValue("path", context.request().path())
        .setCause(failure)
        .log("request failed");
    String part =
        JournalException.isBehind(failure)
            ? "the journal takes no records"
            : failure instanceof StoreException
                ? "the store doesn't answer"
                : "it failed on this request; its log says why";
    String detail = "The gateway can't do this now: " + part + ".";
    if (isOAuth(context)) {
      new OAuthError(OAuthError.Code.TEMPORARILY_UNAVAILABLE, detail).send(context);
    } else {
      Idempotency.failed(context).onComplete(released -> Problem.unavailable(detail).send(context));
    }
  }

  private HttpServerOptions options() {
    return new HttpServerOptions()
        .setSsl(true)
        .setKeyCertOptions(
            new PemKeyCertOptions()
                .setCertPath(settings.certificate().toString())
                .setKeyPath(settings.privateKey().toString()))
        .setUseProxyProtocol(settings.proxyProtocol())
        .setIdleTimeout(60)
        // Tokens are longer than what forms usually hold; the body's limit is theirs.
        .setMaxFormAttributeSize((int) BODY_LIMIT)
        .setMaxHeaderSize(32 * 1024);
  }
}
