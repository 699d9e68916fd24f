package dev.ephemeris.gateway;

import dev.ephemeris.config.Account;
import dev.ephemeris.config.AccountsWithin;
import dev.ephemeris.config.ApiUrl;
import dev.ephemeris.config.Azure;
import dev.ephemeris.config.Backstage;
import dev.ephemeris.config.Configuration;
import dev.ephemeris.config.Configuration.Listener;
import dev.ephemeris.config.Endpoint;
import dev.ephemeris.config.HostName;
import dev.ephemeris.config.Issuer;
import dev.ephemeris.config.JournalStorage;
import dev.ephemeris.config.SecretSource;
import dev.ephemeris.config.SignIn;
import dev.ephemeris.config.UserKey;
import dev.ephemeris.gateway.account.AccountInForce;
import dev.ephemeris.gateway.account.AccountsInForce;
import dev.ephemeris.gateway.account.AddedAccounts;
import dev.ephemeris.gateway.account.ConfigurationFile;
import dev.ephemeris.gateway.account.FoundAccounts;
import dev.ephemeris.gateway.account.KeptAccounts;
import dev.ephemeris.gateway.account.Origin;
import dev.ephemeris.gateway.account.Parts;
import dev.ephemeris.gateway.api.Api;
import dev.ephemeris.gateway.custody.AccountCustody;
import dev.ephemeris.gateway.custody.AzureResources;
import dev.ephemeris.gateway.custody.EntraToken;
import dev.ephemeris.gateway.custody.GatewaySinkAccess;
import dev.ephemeris.gateway.custody.KeyUsers;
import dev.ephemeris.gateway.custody.Panics;
import dev.ephemeris.gateway.custody.Rotations;
import dev.ephemeris.gateway.custody.SecretFile;
import dev.ephemeris.gateway.custody.SecretFile.SecretFileException;
import dev.ephemeris.gateway.custody.VaultSecrets;
import dev.ephemeris.gateway.custody.VaultSecrets.VaultException;
import dev.ephemeris.gateway.dataplane.DataPlane;
import dev.ephemeris.gateway.identity.Agents;
import dev.ephemeris.gateway.identity.BackstageCatalog;
import dev.ephemeris.gateway.identity.BearerTokens;
import dev.ephemeris.gateway.identity.Blocks;
import dev.ephemeris.gateway.identity.CatalogRefresh;
import dev.ephemeris.gateway.identity.ClientAddress;
import dev.ephemeris.gateway.identity.ClientSecret;
import dev.ephemeris.gateway.identity.Grants;
import dev.ephemeris.gateway.identity.Issuers;
import dev.ephemeris.gateway.identity.ObjectIds;
import dev.ephemeris.gateway.identity.RelyingParty;
import dev.ephemeris.gateway.identity.SessionTokens;
import dev.ephemeris.gateway.identity.Sessions;
import dev.ephemeris.gateway.journal.Journal;
import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.journal.evidence.EvidenceIndex;
import dev.ephemeris.gateway.journal.evidence.EvidenceIndex.IndexException;
import dev.ephemeris.gateway.journal.folder.FolderJournal;
import dev.ephemeris.gateway.journal.folder.FolderJournal.Durability;
import dev.ephemeris.gateway.journal.folder.JournalKey;
import dev.ephemeris.gateway.journal.folder.RetentionByAge;
import dev.ephemeris.gateway.journal.log.LogName;
import dev.ephemeris.gateway.journal.ocsf.Ocsf;
import dev.ephemeris.gateway.journal.sink.ShippedJournal;
import dev.ephemeris.gateway.journal.sink.SinkAccess;
import dev.ephemeris.gateway.journal.sink.SinkException;
import dev.ephemeris.gateway.journal.sink.Sinks;
import dev.ephemeris.gateway.lease.AccessRequests;
import dev.ephemeris.gateway.lease.Kills;
import dev.ephemeris.gateway.lease.LeaseSecrets;
import dev.ephemeris.gateway.lease.Leases;
import dev.ephemeris.gateway.lease.RootKey;
import dev.ephemeris.gateway.lease.RootKeyException;
import dev.ephemeris.gateway.lease.RootKeyHome;
import dev.ephemeris.gateway.lease.RootKeys;
import dev.ephemeris.gateway.management.Management;
import dev.ephemeris.gateway.management.Readiness;
import dev.ephemeris.gateway.management.Readiness.Part;
import dev.ephemeris.gateway.mcp.AgentsDoor;
import dev.ephemeris.gateway.metrics.CatalogMetrics;
import dev.ephemeris.gateway.metrics.Metrics;
import dev.ephemeris.gateway.mint.RoleLane;
import dev.ephemeris.gateway.mint.TokenLane;
import dev.ephemeris.gateway.notify.Notifier;
import dev.ephemeris.gateway.notify.Secrets;
import dev.ephemeris.gateway.notify.UndeliveredException;
import dev.ephemeris.gateway.oauth.AuthorizationServer;
import dev.ephemeris.gateway.policy.CatalogPlace;
import dev.ephemeris.gateway.policy.FilesAtOnce;
import dev.ephemeris.gateway.policy.PolicyFiles;
import dev.ephemeris.gateway.policy.PolicyInForce;
import dev.ephemeris.gateway.policy.PolicyRefusedException;
import dev.ephemeris.gateway.posture.Examination;
import dev.ephemeris.gateway.repetition.Repetitions;
import dev.ephemeris.gateway.store.Database;
import dev.ephemeris.gateway.store.StoreException;
import dev.ephemeris.gateway.watch.Watch;
import dev.ephemeris.policy.Lane;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The map of the house: everything that the gateway is made of, wired here and nowhere else, in the
 * order in which a request meets it.
 */
public final class Gateway implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);

  private static final long FIRST_ANSWER_MS = 10_000;
  private static final Duration BETWEEN_RETENTIONS = Duration.ofHours(1);

  private final Configuration configuration;
  private final DataPlane dataPlane;
  private final Api api;
  private final Management management;
  private final Readiness readiness;
  private final Closing opened;

  private Gateway(
      Configuration configuration,
      DataPlane dataPlane,
      Api api,
      Management management,
      Readiness readiness,
      Closing opened) {
    this.configuration = configuration;
    this.dataPlane = dataPlane;
    this.api = api;
    this.management = management;
    this.readiness = readiness;
    this.opened = opened;
  }

  /** What keeps a gateway from starting: one sentence for whoever starts it. */
  public static final class StartException extends Exception {
    public StartException(@Nullable String message, Throwable cause) {
      super(message, cause);
    }

    StartException(String message) {
      super(message);
    }
  }

  /**
   * Builds a gateway from its configuration and starts it. Blocks.
   *
   * @throws StartException if anything that it needs is missing or wrong; nothing is left running
   */
  public static Gateway start(Configuration configuration, InstantSource clock)
      throws StartException {
    return start(configuration, Optional.empty(), clock, Gateway::opened);
  }

  /**
   * The same, with a configuration that is read from a file, now and again and again: accounts come
   * and go as it says.
   *
   * @throws dev.ephemeris.config.ConfigurationException if it can't be read
   */
  public static Gateway start(ConfigurationFile file, InstantSource clock) throws StartException {
    return start(file.read(), Optional.of(file), clock, Gateway::opened);
  }

  /** How the journal is opened: tests take it away. */
  interface JournalOpener {
    FolderJournal open(JournalStorage settings, JournalKey key, InstantSource clock)
        throws JournalException;

    /** What is appended to in its place. */
    default Journal behind(FolderJournal journal) {
      return journal;
    }
  }

  private static FolderJournal opened(JournalStorage settings, JournalKey key, InstantSource clock)
      throws JournalException {
    return FolderJournal.open(
        settings.folder(),
        key,
        FolderJournal.Settings.of(
            switch (settings.durability()) {
              case PROCESS -> Durability.PROCESS;
              case DISK -> Durability.DISK;
            }),
        clock);
  }

  static Gateway start(
      Configuration configuration,
      Optional<ConfigurationFile> file,
      InstantSource clock,
      JournalOpener journals)
      throws StartException {
    Readiness readiness = new Readiness();

    // What is decided: rules, people, accounts.
    CatalogPlace catalog = catalog(configuration);
    PolicyFiles policyFiles = PolicyFiles.of(configuration, catalog);
    FilesAtOnce.Loaded loaded = loaded(policyFiles);
    readiness.up(Part.POLICY);
    Grants grants = new Grants(loaded.policy(), loaded.directory(), List.of());

    // What is counted.
    Metrics metrics = Metrics.of(List.of());

    // What is held: secrets, in memory only.
    RootKeyHome rootKeyHome = rootKeyHome(configuration);
    JournalKey journalKey = journalKey(configuration);
    Optional<AzureResources> azure = azure(configuration);
    Map<String, AccountCustody> custody = custody(configuration, azure, clock);
    Map<String, ClientSecret> clientSecrets = clientSecrets(configuration);

    // What is needed to listen, before anything is made that a gateway that can't would leave.
    readable("certificate", configuration.tls().certificate());
    readable("private key", configuration.tls().privateKey());
    free("management", configuration.management());
    free("data plane", configuration.dataPlane());
    free("API", configuration.api());

    Closing opened = new Closing();
    try {
      // What is kept: the journal first, since nothing happens without one.
      FolderJournal log = journals.open(configuration.journal(), journalKey, clock);
      LOG.atInfo()
          .addKeyValue("folder", configuration.journal().folder())
          .addKeyValue("entries", log.sealed().size())
          .addKeyValue("verifierKey", journalKey.verifierKey())
          .log("the journal is open");
      Sinks sinks = sinks(configuration, log, clock);
      metrics.sinks(sinks::state);
      opened.add(sinks); // what the journal seals at its end is shipped too
      ShippedJournal shipped = new ShippedJournal(journals.behind(log), sinks);
      Journal journal = metrics.counted(shipped);
      opened.add(journal);
      log.onSealed(sinks::sealed);
      sinks.start();
      readiness.up(Part.JOURNAL, () -> checked(journal));
      readiness.notice(Part.JOURNAL, () -> notice(sinks));
      EvidenceIndex evidence =
          EvidenceIndex.open(configuration.journal().folder().resolve("index.db"), log.sealed());
      opened.add(evidence);
      evidence.follow();
      PolicyInForce policy =
          PolicyInForce.of(policyFiles, loaded, grants, journal, metrics.policy(), clock);
      Database database = Database.open(configuration.store().file());
      opened.add(database);
      readiness.up(Part.STORE, database::check);
      Vertx vertx = Vertx.vertx();
      opened.add(() -> await(vertx.close()));

      Optional<CatalogRefresh> refresh =
          refresh(configuration, catalog, vertx, metrics.catalog(), clock);
      refresh.ifPresent(opened::add);
      refresh.ifPresent(backstage -> firstAnswer(backstage, policy));
      readiness.up(Part.CATALOG, () -> checked(grants, clock));
      readiness.notice(Part.CATALOG, () -> notice(refresh, policy.state()));

      passes(reporting(configuration)).ifPresent(LOG::warn);

      // What proves what the gateway has made.
      RootKeys rootKeys =
          RootKeys.open(vertx, database, rootKeyHome, journal, RootKeys.Times.USUAL, clock);
      opened.add(rootKeys);
      LeaseSecrets secrets = rootKeys.secrets();

      // Who is calling, and what they were given.
      Blocks blocks = Blocks.open(database, secrets, journal, clock);
      Duration longest = configuration.sessions().longest();
      Sessions sessions = new Sessions(database, journal, longest);
      SessionTokens ownTokens =
          new SessionTokens(
              database,
              sessions,
              blocks,
              grants,
              secrets,
              configuration.issuers().stream()
                  .filter(issuer -> issuer.signIn().isPresent())
                  .map(Issuer::name)
                  .collect(Collectors.toUnmodifiableSet()),
              configuration.sessions().idle(),
              clock);
      Issuers issuers = Issuers.of(vertx, configuration.issuers(), clock);
      BearerTokens tokens = new BearerTokens(issuers, ownTokens, sessions, blocks, grants, clock);
      Agents agents = new Agents(sessions, blocks, grants, clock);

      // How they reach data without us, where an account permits that.
      TokenLane tokenLane =
          new TokenLane(vertx, database, new Panics(database, secrets), journal, clock);
      opened.add(tokenLane);
      RoleLane roleLane =
          new RoleLane(
              secrets::roleNamings,
              new ObjectIds(
                  configuration.issuers(), configuration.azure().flatMap(Azure::tenantId), grants),
              journal,
              clock);
      opened.add(roleLane);
      Notifier notifier =
          new Notifier(
              vertx,
              database,
              secrets,
              configuration.notifications(),
              notificationSecrets(configuration),
              grants::describe,
              journal,
              clock);
      Leases leases =
          Leases.of(
              database,
              secrets,
              blocks,
              grants,
              journal,
              notifier,
              metrics.leases(),
              Map.of(Lane.TOKEN, tokenLane, Lane.RBAC, roleLane),
              clock);
      roleLane.start(leases);
      AccessRequests accessRequests =
          new AccessRequests(database, secrets, leases, grants, journal, notifier, clock);
      readiness.notice(Part.API, () -> notice(roleLane.notice(), rootKeys.notice()));
      Rotations rotations =
          new Rotations(
              vertx,
              azure,
              database,
              secrets,
              journal,
              tokens(leases),
              tokenLane.canaries(),
              Rotations.Watch.NOBODY,
              Rotations.Times.USUAL,
              clock);
      opened.add(rotations);
      Examination examination =
          new Examination(
              resource -> azure.orElseThrow().account(resource), secrets::roleNamings, clock);
      Kills kills = new Kills(database, sessions, leases, blocks, grants, journal, clock);

      // How they come in.
      DataPlane dataPlane =
          new DataPlane(
              vertx,
              dataPlane(configuration),
              grants,
              tokens,
              leases,
              journal,
              journalKey.pseudonyms(),
              metrics.requests(),
              clock);
      KeptAccounts keptAccounts = new KeptAccounts(database, secrets);
      AccountsInForce accounts =
          new AccountsInForce(
              configuration,
              file,
              account -> AccountCustody.of(account, configuration.azure(), azure, clock),
              keptAccounts,
              grants,
              leases,
              new Parts() {
                @Override
                public void become(List<AccountInForce> all) {
                  metrics.become(all.stream().map(AccountInForce::name).toList());
                  rotations.become(rotated(all));
                  tokenLane.become(tokenAccounts(all));
                  roleLane.become(roleAccounts(all, azure));
                  examination.become(examined(all));
                  await(dataPlane.become(all.stream().map(Gateway::upstream).toList()));
                }

                @Override
                public void forget(String account) {
                  rotations.forget(account);
                }
              },
              journal,
              clock);
      opened.add(accounts);
      accounts.start(custody);
      List<AccountsWithin> places =
          configuration.azure().map(Azure::accountsWithin).orElse(List.of());
      FoundAccounts found =
          new FoundAccounts(
              places, scope -> azure.orElseThrow().accounts(scope), keptAccounts, clock);
      AddedAccounts added =
          new AddedAccounts(
              places, resource -> azure.orElseThrow().find(resource), accounts, clock);
      readiness.notice(
          Part.POLICY, () -> notice(policy.state(), reporting(accounts.configuration())));
      readiness.notice(Part.DATA_PLANE, () -> notice(accounts, found));
      AtomicReference<URI> apiUrl =
          new AtomicReference<>(apiUrl(configuration, configuration.api().port()));
      RelyingParty relyingParty =
          new RelyingParty(
              vertx,
              issuers,
              configuration.issuers(),
              clientSecrets,
              apiUrl::get,
              longest,
              secrets.cookies(),
              clock);
      AuthorizationServer signIn =
          new AuthorizationServer(
              configuration.issuers(),
              issuers,
              relyingParty,
              ownTokens,
              tokens,
              sessions,
              kills,
              grants,
              database,
              secrets,
              secrets.cookies(),
              new ClientAddress(configuration.trustedProxies()),
              journal,
              apiUrl::get,
              longest,
              clock);
      Repetitions repetitions = new Repetitions(database, secrets, clock);
      rootKeys.start(
          List.of(
              blocks.rows(),
              leases.rows(),
              accessRequests.rows(),
              notifier.rows(),
              rotations.rows(),
              signIn.rows(),
              keptAccounts.rows(),
              repetitions.rows()),
          leases,
          roleLane::hasNothingBy);
      Doctor doctor =
          new Doctor(
              vertx,
              accounts,
              found,
              grants,
              policy,
              refresh,
              database,
              journal,
              () -> notice(roleLane.notice(), rootKeys.notice()),
              clock);
      AgentsDoor door =
          new AgentsDoor(
              vertx,
              apiUrl(configuration, configuration.api().port()).getHost(),
              dataPlane.inner(),
              grants,
              leases,
              accessRequests,
              () -> endpoint(configuration, dataPlane),
              clock);
      opened.add(door);
      sessions.whenEnded(door::ended);
      Api api =
          new Api(
              vertx,
              api(configuration),
              configuration.issuers(),
              signIn,
              tokens,
              agents,
              grants,
              policy,
              refresh,
              leases,
              accessRequests,
              sessions,
              blocks,
              kills,
              rotations,
              new KeyUsers(vertx, rotations, azure, clock),
              examination,
              accounts,
              found,
              added,
              rootKeys,
              repetitions,
              journal,
              configuration.journal().folder(),
              evidence,
              () -> Optional.of(log.sealed().checkpoint()),
              doctor::examine,
              door,
              () -> endpoint(configuration, dataPlane),
              clock);
      Management management =
          new Management(
              vertx,
              configuration.management().host(),
              configuration.management().port(),
              readiness,
              () -> scrape(vertx, leases, metrics));

      shipped.require();
      listen("management", configuration.management(), management.start());
      listen("data plane", configuration.dataPlane(), dataPlane.start());
      readiness.up(Part.DATA_PLANE);
      listen("API", configuration.api(), api.start());
      apiUrl.set(apiUrl(configuration, api.port()));
      readiness.up(Part.API);
      opened.add(Watch.start("expired-leases", leases::recordExpired, Watch.BETWEEN_LOOKS));
      opened.add(Watch.start("notifications", notifier::look, Watch.BETWEEN_LOOKS));
      opened.add(Watch.start("policy", policy::look, Watch.BETWEEN_LOOKS));
      opened.add(Watch.start("idempotency-keys", repetitions::forget, BETWEEN_RETENTIONS));
      configuration
          .journal()
          .retention()
          .map(age -> new RetentionByAge(log, age, sinks::neededFrom, clock))
          .ifPresent(
              retention ->
                  opened.add(Watch.start("retention", retention::look, BETWEEN_RETENTIONS)));
      opened.add(Watch.start("accounts", accounts::look, Watch.BETWEEN_LOOKS));
      if (configuration.azure().isPresent()) {
        opened.add(
            Watch.start("found-accounts", found::look, configuration.azure().get().listEvery()));
      }
      return new Gateway(configuration, dataPlane, api, management, readiness, opened);
    } catch (JournalException | StoreException | IndexException | RootKeyException e) {
      opened.close();
      throw new StartException(e.getMessage(), e);
    } catch (StartException | RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  /** The Cosmos endpoint that SDKs are given. */
  public URI dataPlane() {
    return URI.create(endpoint(configuration, dataPlane));
  }

  /** Where people and tools reach the API. */
  public URI api() {
    return apiUrl(configuration, api.port());
  }

  public URI management() {
    return URI.create("http://" + configuration.management().host() + ":" + management.port());
  }

  /** Stops listening, then closes journal and store. Blocks. */
  @Override
  public void close() {
    readiness.stopping();
    opened.close();
  }

  // --- the parts, from the configuration ---------------------------------------------------------

  private static FilesAtOnce.Loaded loaded(PolicyFiles files) throws StartException {
    try {
      return files.read().load();
    } catch (PolicyRefusedException e) {
      throw new StartException(e.getMessage(), e);
    }
  }

  static CatalogPlace catalog(Configuration configuration) throws StartException {
    Map<String, UserKey> keys =
        configuration.issuers().stream().collect(Collectors.toMap(Issuer::name, Issuer::userKey));
    Optional<Backstage> backstage = configuration.catalog().backstage();
    if (backstage.isEmpty()) {
      return new CatalogPlace.Files(configuration.catalog().files(), keys);
    }
    // Read again whenever it is sent; a gateway without one isn't worth starting.
    String unused = secret(backstage.get().tokenFile(), CatalogRefresh::token);
    if (backstage.get().caCertificate().isPresent()) {
      readable("certificate authority", backstage.get().caCertificate().get());
    }
    return new CatalogPlace.Backstage(
        new BackstageCatalog(backstage.get().origins(), keys, backstage.get().freshness()));
  }

  static Optional<CatalogRefresh> refresh(
      Configuration configuration,
      CatalogPlace catalog,
      Vertx vertx,
      CatalogMetrics metrics,
      InstantSource clock) {
    return switch (catalog) {
      case CatalogPlace.Files files -> Optional.empty();
      case CatalogPlace.Backstage(BackstageCatalog answers) ->
          configuration
              .catalog()
              .backstage()
              .map(settings -> new CatalogRefresh(vertx, settings, answers, metrics, clock));
    };
  }

  /** Not forever: without an answer a gateway starts too, and lets nobody in. */
  private static void firstAnswer(CatalogRefresh backstage, PolicyInForce policy) {
    await(backstage.start().timeout(FIRST_ANSWER_MS, TimeUnit.MILLISECONDS).otherwiseEmpty());
    policy.settle();
  }

  /** The accounts in report mode. */
  static List<String> reporting(Configuration configuration) {
    return configuration.accounts().stream()
        .filter(account -> account.mode() == Account.Mode.REPORT)
        .map(Account::name)
        .toList();
  }

  /** Where the journal is shipped to. Closes it if that can't be known. */
  private static Sinks sinks(
      Configuration configuration, FolderJournal journal, InstantSource clock)
      throws JournalException {
    try {
      return Sinks.open(
          journal.sealed().log(),
          configuration.journal().sinks(),
          journal.sealed(),
          configuration.journal().folder().resolve("sinks"),
          new Sinks.Surroundings(
              new GatewaySinkAccess(configuration.azure().map(Azure::identity)),
              new Ocsf(journal.sealed().log())::event,
              System.out,
              clock));
    } catch (JournalException e) {
      journal.close();
      throw e;
    }
  }

  /** As sinks have theirs: read when they are needed. */
  private static Secrets notificationSecrets(Configuration configuration) {
    SinkAccess access = new GatewaySinkAccess(configuration.azure().map(Azure::identity));
    return source -> {
      try {
        return access.secret(source);
      } catch (SinkException e) {
        throw new UndeliveredException(String.valueOf(e.getMessage()));
      }
    };
  }

  private static Optional<String> notice(Sinks sinks) {
    String notices =
        sinks.state().stream()
            .flatMap(state -> state.notice().stream())
            .collect(Collectors.joining(" "));
    return notices.isEmpty() ? Optional.empty() : Optional.of(notices);
  }

  private static Optional<String> notice(PolicyInForce.State policy, List<String> reporting) {
    String notices =
        Stream.concat(refused(policy).stream(), passes(reporting).stream())
            .collect(Collectors.joining(" "));
    return Optional.of(notices).filter(text -> !text.isEmpty());
  }

  private static Optional<String> notice(Optional<String> roles, Optional<String> rootKeys) {
    String notices =
        Stream.concat(roles.stream(), rootKeys.stream()).collect(Collectors.joining(" "));
    return Optional.of(notices).filter(text -> !text.isEmpty());
  }

  private static Optional<String> notice(AccountsInForce accounts, FoundAccounts found) {
    String notices =
        Stream.concat(accounts.notices().stream(), found.notices().stream())
            .collect(Collectors.joining(" "));
    return Optional.of(notices).filter(text -> !text.isEmpty());
  }

  private static Optional<String> passes(List<String> reporting) {
    return reporting.isEmpty()
        ? Optional.empty()
        : Optional.of(
            "In report mode, where what the rules refuse passes: "
                + String.join(", ", reporting)
                + ".");
  }

  /** For the management port, where nobody learns who is in the catalog. */
  private static Optional<String> notice(
      Optional<CatalogRefresh> refresh, PolicyInForce.State policy) {
    String notices =
        Stream.concat(
                refresh.flatMap(CatalogRefresh::notice).stream(),
                policy.notices().isEmpty()
                    ? Stream.empty()
                    : Stream.of(
                        "Some of the catalog is broken or claimed by two, and doesn't count. The"
                            + " log and GET /v1/policy say what."))
            .collect(Collectors.joining(" "));
    return Optional.of(notices).filter(text -> !text.isEmpty());
  }

  /** For the management port, where nothing of the files themselves is told. */
  private static Optional<String> refused(PolicyInForce.State policy) {
    return policy
        .refusal()
        .map(
            refusal ->
                "The files have changed and are refused since "
                    + refusal.since()
                    + "; what was loaded at "
                    + policy.since()
                    + " stays in force. The log and GET /v1/policy say why.");
  }

  /** Where root keys come from; those that are listed are read. */
  static RootKeyHome rootKeyHome(Configuration configuration) throws StartException {
    Optional<Configuration.RootKeyVault> kept = configuration.rootKeyVault();
    if (kept.isPresent()) {
      return new RootKeyHome.Kept(vault(configuration, kept.get().vault()), kept.get().prefix());
    }
    List<RootKeyHome.Named> keys = new ArrayList<>();
    for (Configuration.RootKey settings : configuration.rootKeys()) {
      keys.add(rootKey(configuration, settings));
    }
    return new RootKeyHome.Listed(keys);
  }

  /**
   * What the journal's checkpoints are verified by: a verifier key of C2SP's signed notes.
   *
   * @throws StartException if its signing key can't be had
   */
  public static String verifierKey(Configuration configuration) throws StartException {
    return journalKey(configuration).verifierKey().toString();
  }

  /** What the journal is signed with. */
  static JournalKey journalKey(Configuration configuration) throws StartException {
    JournalStorage settings = configuration.journal();
    LogName name =
        new LogName(
            settings
                .name()
                .orElseGet(() -> configuration.hostNames().getFirst().value() + "/journal"));
    SecretSource source = settings.signingKey();
    if (source.file().isPresent()) {
      return secret(source.file().get(), text -> JournalKey.parse(name, text));
    }
    try {
      return vault(configuration, source.vault().orElseThrow())
          .read(source.secret().orElseThrow(), text -> JournalKey.ofProduction(name, text));
    } catch (VaultException e) {
      throw new StartException("The journal's signing key can't be had. " + e.getMessage(), e);
    }
  }

  static RootKeyHome.Named rootKey(Configuration configuration, Configuration.RootKey settings)
      throws StartException {
    char kid = settings.kid().charAt(0);
    if (settings.file().isPresent()) {
      return new RootKeyHome.Named(
          secret(settings.file().get(), text -> RootKey.parse(kid, text)), false);
    }
    try {
      return new RootKeyHome.Named(
          RootKey.read(
              kid,
              vault(configuration, settings.vault().orElseThrow()),
              settings.secret().orElseThrow()),
          true);
    } catch (VaultException e) {
      throw new StartException("Root key “" + kid + "” can't be had. " + e.getMessage(), e);
    }
  }

  private static VaultSecrets vault(Configuration configuration, Endpoint vault)
      throws StartException {
    try {
      return VaultSecrets.of(vault, configuration.azure().orElseThrow().identity());
    } catch (SecretFileException e) {
      throw new StartException(e.getMessage(), e);
    }
  }

  private static Map<String, ClientSecret> clientSecrets(Configuration configuration)
      throws StartException {
    Map<String, ClientSecret> secrets = new HashMap<>();
    for (Issuer issuer : configuration.issuers()) {
      Optional<Path> file = issuer.signIn().flatMap(SignIn::clientSecretFile);
      if (file.isPresent()) {
        secrets.put(issuer.name(), secret(file.get(), ClientSecret::parse));
      }
    }
    return secrets;
  }

  private static List<RoleLane.Account> roleAccounts(
      List<AccountInForce> accounts, Optional<AzureResources> azure) {
    return accounts.stream()
        .map(AccountInForce::settings)
        .filter(account -> account.lanes().contains(Lane.RBAC))
        .map(
            account ->
                new RoleLane.Account(
                    account.name(),
                    account.endpoint().uri(),
                    azure.orElseThrow().roles(account.resourceId().orElseThrow())))
        .toList();
  }

  private static Optional<AzureResources> azure(Configuration configuration) throws StartException {
    try {
      return configuration.azure().isPresent()
          ? Optional.of(AzureResources.of(configuration.azure().get()))
          : Optional.empty();
    } catch (SecretFileException e) {
      throw new StartException(e.getMessage(), e);
    }
  }

  /** What is held for each account, by its name. */
  private static Map<String, AccountCustody> custody(
      Configuration configuration, Optional<AzureResources> azure, InstantSource clock)
      throws StartException {
    Map<String, AccountCustody> custody = new HashMap<>();
    for (Account account : configuration.accounts()) {
      custody.put(account.name(), custody(account, configuration, azure, clock));
    }
    return custody;
  }

  private static AccountCustody custody(
      Account account,
      Configuration configuration,
      Optional<AzureResources> azure,
      InstantSource clock)
      throws StartException {
    try {
      return AccountCustody.of(account, configuration.azure(), azure, clock);
    } catch (SecretFileException e) {
      throw new StartException(e.getMessage(), e);
    }
  }

  /** For one account alone, beside a gateway or without one. */
  static DataPlane.Account upstream(
      Account account, Configuration configuration, InstantSource clock) throws StartException {
    return upstream(account, custody(account, configuration, azure(configuration), clock), false);
  }

  static DataPlane.Account upstream(AccountInForce account) {
    return upstream(
        account.settings(), account.custody(), !(account.origin() instanceof Origin.Configured));
  }

  private static DataPlane.Account upstream(Account account, AccountCustody held, boolean comes) {
    return new DataPlane.Account(
        account.name(),
        account.endpoint().uri(),
        held.credential(),
        account.caCertificate(),
        account.regions(),
        account.journal().identifiers(),
        comes);
  }

  /** Which object in Entra ID the gateway is to an account; nobody in particular by a key. */
  private static Future<Optional<UUID>> self(AccountCustody held) {
    return held.credential() instanceof EntraToken token
        ? token.objectId()
        : Future.succeededFuture(Optional.empty());
  }

  private static List<Examination.Account> examined(List<AccountInForce> accounts) {
    return accounts.stream()
        .map(account -> new Examination.Account(account.settings(), () -> self(account.custody())))
        .toList();
  }

  /** Those of the lane, and those of whose keys there may be canaries. */
  private static List<TokenLane.Account> tokenAccounts(List<AccountInForce> accounts) {
    return accounts.stream()
        .filter(
            account ->
                account.settings().lanes().contains(Lane.TOKEN)
                    || account.custody().rotation().isPresent())
        .map(
            account ->
                new TokenLane.Account(
                    account.name(),
                    account.settings().endpoint().uri(),
                    account.settings().caCertificate(),
                    account.custody().keys().orElseThrow()))
        .toList();
  }

  /** The accounts whose keys the gateway turns over. */
  private static List<Rotations.Account> rotated(List<AccountInForce> accounts) {
    return accounts.stream().flatMap(account -> account.custody().rotation().stream()).toList();
  }

  /** What keys have signed for the lane token. */
  private static Rotations.Tokens tokens(Leases leases) {
    return new Rotations.Tokens() {
      @Override
      public Future<Optional<Instant>> workUntil(String account) {
        return leases.tokensWorkUntil(account);
      }

      @Override
      public Future<Void> endLeases(String account, String by) {
        return leases.endAll(Lane.TOKEN, account, by);
      }
    };
  }

  private static <T> T secret(Path file, Function<String, T> parser) throws StartException {
    try {
      return SecretFile.read(file, parser);
    } catch (SecretFileException e) {
      throw new StartException(e.getMessage(), e);
    }
  }

  private static DataPlane.Settings dataPlane(Configuration configuration) {
    return new DataPlane.Settings(
        configuration.dataPlane().host(),
        configuration.dataPlane().port(),
        configuration.tls().certificate(),
        configuration.tls().privateKey(),
        configuration.hostNames().stream().map(HostName::value).toList(),
        configuration.limits().requestBody(),
        List.of(),
        configuration.dataPlane().proxyProtocol(),
        configuration.trustedProxies());
  }

  private static Api.Settings api(Configuration configuration) {
    return new Api.Settings(
        configuration.api().host(),
        configuration.api().port(),
        configuration.tls().certificate(),
        configuration.tls().privateKey(),
        configuration.api().proxyProtocol(),
        configuration.trustedProxies(),
        configuration.limits().apiRequestsPerMinute());
  }

  private static URI apiUrl(Configuration configuration, int port) {
    return configuration
        .apiUrl()
        .map(ApiUrl::uri)
        .orElseGet(
            () ->
                ApiUrl.parse("https://" + configuration.hostNames().getFirst() + ":" + port).uri());
  }

  private static String endpoint(Configuration configuration, DataPlane dataPlane) {
    return "https://" + configuration.hostNames().getFirst() + ":" + dataPlane.port() + "/";
  }

  private static Future<Void> checked(Journal journal) {
    try {
      journal.check();
      return Future.succeededFuture();
    } catch (JournalException e) {
      return Future.failedFuture(e);
    }
  }

  private static Future<Void> checked(Grants grants, InstantSource clock) {
    return grants
        .unavailable(clock.instant())
        .map(why -> Future.<Void>failedFuture(why + "."))
        .orElseGet(Future::succeededFuture);
  }

  private static Future<String> scrape(Vertx vertx, Leases leases, Metrics metrics) {
    return leases.count().compose(counted -> vertx.executeBlocking(metrics::scrape));
  }

  // --- waiting and closing -----------------------------------------------------------------------

  private static void readable(String what, Path file) throws StartException {
    if (!Files.isReadable(file)) {
      throw new StartException(
          "The " + what + " for TLS isn't at " + file + ", or this user may not read it.");
    }
  }

  /** Tries an address. What takes it between now and listening is found by {@link #listen}. */
  static void free(String what, Listener settings) throws StartException {
    if (settings.port() == 0) {
      return;
    }
    try (ServerSocket tried = new ServerSocket()) {
      tried.bind(new InetSocketAddress(settings.host(), settings.port()));
    } catch (IOException e) {
      throw cannotListen(what, settings, e);
    }
  }

  private static void listen(String what, Listener settings, Future<?> started)
      throws StartException {
    try {
      await(started);
    } catch (CompletionException e) {
      throw cannotListen(what, settings, e.getCause() == null ? e : e.getCause());
    }
  }

  private static StartException cannotListen(String what, Listener settings, Throwable cause) {
    String why =
        cause instanceof BindException
            ? "the port is in use or may not be used; choose another, or stop what uses it."
            : cause.getMessage() + ".";
    return new StartException(
        "The " + what + " can't listen on " + settings.host() + ":" + settings.port() + ": " + why,
        cause);
  }

  private static void await(Future<?> future) {
    future.toCompletionStage().toCompletableFuture().join();
  }

  /** What was opened, to be closed in the other order. */
  private static final class Closing {

    private final Deque<AutoCloseable> opened = new ArrayDeque<>();

    void add(AutoCloseable part) {
      opened.push(part);
    }

    void close() {
      while (!opened.isEmpty()) {
        try {
          opened.pop().close();
        } catch (Exception e) {
          LOG.atWarn().setCause(e).log("a part didn't close cleanly");
        }
      }
    }
  }
}
