package dev.ephemeris.gateway.mint;

import dev.ephemeris.cosmos.PartitionKey;
import dev.ephemeris.gateway.custody.Canaries;
import dev.ephemeris.gateway.custody.HeldKeys;
import dev.ephemeris.gateway.custody.Panics;
import dev.ephemeris.gateway.custody.Secret;
import dev.ephemeris.gateway.custody.UpstreamCredential.CredentialException;
import dev.ephemeris.gateway.identity.Authentication;
import dev.ephemeris.gateway.identity.Digest;
import dev.ephemeris.gateway.journal.Journal;
import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.journal.JournalRecord;
import dev.ephemeris.gateway.lease.AtAccount;
import dev.ephemeris.gateway.lease.DirectLane;
import dev.ephemeris.gateway.lease.Lease;
import dev.ephemeris.gateway.store.Database;
import dev.ephemeris.gateway.store.StoreException;
import dev.ephemeris.policy.PrincipalId;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The lane token: clients reach an account with a resource token of Cosmos DB's own, which the
 * gateway has made there.
 *
 * <p>Each principal is a user of the database, one for reading and one for everything; each thing
 * that it has tokens for is a permission of that user. A token can't be taken back, by anybody: it
 * ends by itself, some minutes after the end that was asked for.
 */
public final class TokenLane implements DirectLane, AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(TokenLane.class);

  /** Of all that is asked of an account for one lease. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Between two looks for permissions that nobody uses. */
  private static final Duration BETWEEN_CLEARINGS = Duration.ofMinutes(10);

  /** Until a lease is kept for which a permission was made. */
  private static final Duration UNTIL_KEPT = Duration.ofHours(1);

  /** Of a digest in hexadecimal: 160 bits. */
  private static final int NAME_LENGTH = 40;

  static final Pattern TOKEN =
      Pattern.compile("type=resource&ver=1(\\.0)?&sig=[\\x21-\\x7e]{1,8000}");

  private final Vertx vertx;
  private final Map<String, Served> accounts = new ConcurrentHashMap<>();
  private final Leftovers leftovers;
  private final Panics panics;
  private final Journal journal;
  private final InstantSource clock;
  private final LanePace pace;
  private final long timer;

  /**
   * An account of which the gateway has keys. Whether it permits the lane is for the policy to say.
   *
   * @param endpoint where clients connect, too
   * @param keys what makes tokens: nothing else can
   */
  public record Account(String name, URI endpoint, Optional<Path> caCertificate, HeldKeys keys) {}

  private record Served(Account account, PermissionApi api) {}

  public TokenLane(
      Vertx vertx, Database database, Panics panics, Journal journal, InstantSource clock) {
    this.vertx = vertx;
    this.leftovers = new Leftovers(database, this::api, clock);
    this.panics = panics;
    this.journal = journal;
    this.clock = clock;
    this.pace = new LanePace("resource tokens", 20, 300, clock);
    this.timer =
        vertx.setPeriodic(
            BETWEEN_CLEARINGS.toMillis(),
            tick ->
                leftovers
                    .clear()
                    .onFailure(
                        failure ->
                            LOG.atWarn().setCause(failure).log("permissions weren't cleared")));
  }

  /** Has these accounts, and no others. For one caller at a time. */
  public void become(List<Account> next) {
    Map<String, Account> wanted = new HashMap<>();
    next.forEach(account -> wanted.put(account.name(), account));
    accounts.forEach(
        (name, served) -> {
          if (!served.account().equals(wanted.get(name))) {
            accounts.remove(name);
            served.api().close();
          }
        });
    wanted.forEach(
        (name, account) ->
            accounts.computeIfAbsent(
                name,
                absent ->
                    new Served(
                        account,
                        new PermissionApi(
                            vertx,
                            account.endpoint(),
                            account.caCertificate(),
                            account.keys(),
                            clock))));
  }

  /** What makes tokens that nobody is given. */
  public Canaries canaries() {
    return new CanaryTokens(this::api, leftovers, clock);
  }

  @Override
  public Future<Answer<AtAccount>> prepare(Wanted wanted) {
    return switch (TokenScope.of(wanted)) {
      case TokenScope.Made.Refused(String message) -> answer(new Answer.Refused<>(message));
      case TokenScope.Made.Fits(TokenScope scope) -> {
        String account = wanted.scope().account();
        Optional<PermissionApi> api = api(account);
        if (api.isEmpty()) {
          yield answer(new Answer.Refused<>(GoneAccount.refusal(account)));
        }
        yield pace.inTurn(
            wanted.caller().principal().id(),
            account,
            () ->
                unlessPanicking(
                        account,
                        () ->
                            prepared(
                                api.get(), account, userId(wanted.caller(), scope.all()), scope))
                    .timeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
                    .recover(failure -> unavailable(account, failure)));
      }
    };
  }

  private Future<Answer<AtAccount>> prepared(
      PermissionApi api, String account, String userId, TokenScope scope) {
    String permissionId = permissionId(scope);
    return leftovers
        .use(
            new Leftovers.Permission(account, scope.database(), userId, permissionId),
            clock.instant().plus(UNTIL_KEPT))
        .compose(written -> api.createUser(scope.database(), userId))
        .compose(
            created ->
                created.status() == 409
                    ? api.readUser(scope.database(), userId)
                    : Future.succeededFuture(created))
        .compose(
            user -> {
              if (!user.isSuccess()) {
                return Future.succeededFuture(Made.failed(user));
              }
              String rid = user.body().getString("_rid", "");
              return api.createPermission(userId, permissionId, scope)
                  .map(
                      made ->
                          made.isSuccess() || made.status() == 409
                              ? Made.of(rid)
                              : Made.failed(made));
            })
        .map(
            made ->
                made.failure()
                    .<Answer<AtAccount>>map(failure -> refused(account, scope, failure))
                    .orElseGet(
                        () ->
                            new Answer.Given<>(
                                new AtAccount.Permission(
                                    scope.item(),
                                    scope.all(),
                                    userId,
                                    made.userRid(),
                                    permissionId))));
  }

  /** A permission that is there, or what the account said instead. */
  private record Made(String userRid, Optional<PermissionApi.Answer> failure) {
    static Made of(String userRid) {
      return new Made(userRid, Optional.empty());
    }

    static Made failed(PermissionApi.Answer answer) {
      return new Made("", Optional.of(answer));
    }
  }

  @Override
  public Future<Answer<Handed>> open(Lease lease) {
    if (!(lease.atAccount().orElseThrow() instanceof AtAccount.Permission at)) {
      throw new IllegalArgumentException("a lease of another lane");
    }
    String account = lease.scope().account();
    TokenScope scope =
        new TokenScope(
            lease.scope().database().orElseThrow(),
            lease.scope().container().orElseThrow(),
            lease.partitionKey(),
            at.item(),
            at.all());
    Optional<PermissionApi> served = api(account);
    if (served.isEmpty()) {
      return answer(new Answer.Refused<>(GoneAccount.refusal(account)));
    }
    PermissionApi api = served.get();
    return leftovers
        .use(
            new Leftovers.Permission(account, scope.database(), at.userId(), at.permissionId()),
            lease.worksUntil())
        .compose(
            written ->
                api.readPermission(
                    scope.database(), at.userId(), at.permissionId(), lease.expiresAt()))
        .compose(
            read ->
                // Somebody tidied up meanwhile, perhaps we.
                read.status() == 404
                    ? prepared(api, account, at.userId(), scope)
                        .compose(
                            made ->
                                api.readPermission(
                                    scope.database(),
                                    at.userId(),
                                    at.permissionId(),
                                    lease.expiresAt()))
                    : Future.succeededFuture(read))
        .compose(read -> handed(api, lease, at, scope, read))
        .timeout(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
        .recover(failure -> unavailable(account, failure));
  }

  @Override
  public Future<Answer<Handed>> openAgain(Lease lease) {
    return pace.inTurn(lease.principal(), lease.scope().account(), () -> open(lease));
  }

  private Future<Answer<Handed>> handed(
      PermissionApi api,
      Lease lease,
      AtAccount.Permission at,
      TokenScope scope,
      PermissionApi.Answer read) {
    String account = lease.scope().account();
    if (!read.isSuccess()) {
      return answer(refused(account, scope, read));
    }
    if (!isAsMade(read, scope)) {
      LOG.atError()
          .addKeyValue("account", account)
          .addKeyValue("leaseId", lease.id())
          .log(
              "A permission in the account isn't as the gateway made it; no token was given. Who"
                  + " has a key of the account?");
      return answer(
          new Answer.Unavailable<>(
              "A permission in account “"
                  + account
                  + "” isn't as the gateway made it, so no token of it was given. Tell whoever runs"
                  + " the gateway."));
    }
    String token = read.body().getString("_token", "");
    if (!TOKEN.matcher(token).matches()) {
      return answer(
          new Answer.Refused<>(
              "account “"
                  + account
                  + "” made no token for "
                  + scope.resource()
                  + ": there is no such thing there."));
    }
    // Asked last: a panic ends the leases that there are once it is known to be on.
    return unlessPanicking(account, () -> handed(api, lease, at, scope, new Secret(token)));
  }

  /** What a key signs that is about to be made anew isn't handed out. */
  private <T> Future<Answer<T>> unlessPanicking(
      String account, Supplier<Future<Answer<T>>> otherwise) {
    return panics
        .isOn(account)
        .compose(
            panicking ->
                panicking
                    ? answer(
                        new Answer.Unavailable<>(
                            "A key of account “"
                                + account
                                + "” may have leaked, and all of them are being made anew. Until"
                                + " that is done there are no resource tokens; use the lane"
                                + " proxy."))
                    : otherwise.get());
  }

  private Future<Answer<Handed>> handed(
      PermissionApi api, Lease lease, AtAccount.Permission at, TokenScope scope, Secret token) {
    try {
      journal.append(
          new JournalRecord.TokenMinted(
              clock.instant(),
              lease.id().value(),
              lease.principal().toString(),
              lease.actsForText(),
              lease.scope().account(),
              scope.resource(),
              scope.all() ? "All" : "Read",
              at.userRid(),
              at.permissionId(),
              lease.expiresAt(),
              lease.worksUntil()));
    } catch (JournalException e) {
      return Future.failedFuture(e);
    }
    return answer(new Answer.Given<>(new Handed.ResourceToken(api.endpoint().toString(), token)));
  }

  /** Whoever has a key of the account could make it wider, for us to hand out a token of it. */
  private static boolean isAsMade(PermissionApi.Answer read, TokenScope scope) {
    return (scope.all() ? "All" : "Read").equalsIgnoreCase(read.body().getString("permissionMode"))
        && scope.resource().equals(read.body().getString("resource"))
        && scope
            .key()
            .equals(
                Optional.ofNullable(read.body().getJsonArray("resourcePartitionKey"))
                    .flatMap(key -> PartitionKey.parse(key.encode())));
  }

  /** What the account said, for whoever asked. */
  private static <T> Answer<T> refused(
      String account, TokenScope scope, PermissionApi.Answer answer) {
    return switch (answer.status()) {
      case 401 ->
          answer.subStatus() == PermissionApi.LOCAL_AUTH_OFF
              ? new Answer.Refused<>(
                  "local authentication is off in account “"
                      + account
                      + "” (disableLocalAuth), and without it there are neither keys nor resource"
                      + " tokens. Use the lane proxy, or rbac.")
              : new Answer.Unavailable<>(
                  "Account “" + account + "” doesn't accept the gateway's key. Ask again later.");
      case 403 ->
          answer.message().contains("is not allowed through Azure Cosmos DB endpoint")
              ? new Answer.Refused<>(
                  "account “"
                      + account
                      + "” doesn't let keys change what isn't data"
                      + " (disableKeyBasedMetadataWriteAccess), and so makes no permissions. Use"
                      + " the lane proxy, or rbac.")
              : new Answer.Unavailable<>(
                  "Account “" + account + "” forbids it to the gateway. Ask again later.");
      case 404 ->
          new Answer.Refused<>(
              "there is no " + scope.resource() + " in account “" + account + "”.");
      case 429 ->
          new Answer.Busy<>(
              "Account “" + account + "” is busy and makes no token now.", answer.retryAfter());
      default ->
          new Answer.Unavailable<>(
              "Account “" + account + "” answered " + answer.status() + " and made no token.");
    };
  }

  private static <T> Future<Answer<T>> unavailable(String account, Throwable failure) {
    if (JournalException.isBehind(failure) || failure instanceof StoreException) {
      return Future.failedFuture(failure);
    }
    LOG.atWarn().addKeyValue("account", account).setCause(failure).log("no token was made");
    return Future.succeededFuture(
        new Answer.Unavailable<>(
            failure instanceof CredentialException
                ? "The gateway has no key of account “"
                    + account
                    + "” now; its log says why. Ask again later."
                : "Account “" + account + "” can't be reached. Ask again later."));
  }

  /** Nothing takes a token back; what there is goes with the others that nobody uses. */
  @Override
  public void ended(Lease lease) {}

  private static <T> Future<Answer<T>> answer(Answer<T> answer) {
    return Future.succeededFuture(answer);
  }

  private Optional<PermissionApi> api(String account) {
    return Optional.ofNullable(accounts.get(account)).map(Served::api);
  }

  private static String userId(Authentication.Accepted caller, boolean all) {
    PrincipalId own = caller.principal().id();
    Optional<PrincipalId> actsFor = caller.actsFor().map(whom -> whom.principal().id());
    return name(
        "user",
        own.issuer(),
        own.subject(),
        actsFor.map(PrincipalId::issuer).orElse(""),
        actsFor.map(PrincipalId::subject).orElse(""),
        all ? "all" : "read");
  }

  static String permissionId(TokenScope scope) {
    return name(
        "permission",
        scope.container(),
        scope.key().map(PartitionKey::header).orElse(""),
        scope.item().orElse(""));
  }

  /** One name for the same, which says nothing of it. */
  static String name(String... of) {
    return Leftovers.OURS + Digest.of(of).substring(0, NAME_LENGTH);
  }

  /** Tidies up no more. */
  @Override
  public void close() {
    vertx.cancelTimer(timer);
  }
}
