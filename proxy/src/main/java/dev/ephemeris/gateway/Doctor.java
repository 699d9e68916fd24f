package dev.ephemeris.gateway;

import static java.util.stream.Collectors.toUnmodifiableSet;

import dev.ephemeris.config.Account;
import dev.ephemeris.config.Configuration;
import dev.ephemeris.config.Configuration.Listener;
import dev.ephemeris.config.HostName;
import dev.ephemeris.config.Issuer;
import dev.ephemeris.config.SignIn;
import dev.ephemeris.cosmos.MasterKey;
import dev.ephemeris.gateway.Gateway.StartException;
import dev.ephemeris.gateway.account.AccountsInForce;
import dev.ephemeris.gateway.account.FoundAccounts;
import dev.ephemeris.gateway.custody.SecretFile;
import dev.ephemeris.gateway.custody.SecretFile.SecretFileException;
import dev.ephemeris.gateway.custody.VaultSecrets;
import dev.ephemeris.gateway.custody.VaultSecrets.VaultException;
import dev.ephemeris.gateway.dataplane.DataPlane;
import dev.ephemeris.gateway.dataplane.UpstreamCheck;
import dev.ephemeris.gateway.doctor.CertificateCheck;
import dev.ephemeris.gateway.doctor.Finding;
import dev.ephemeris.gateway.identity.CatalogRefresh;
import dev.ephemeris.gateway.identity.ClientSecret;
import dev.ephemeris.gateway.identity.Grants;
import dev.ephemeris.gateway.identity.GroupDirectory;
import dev.ephemeris.gateway.identity.IssuerCheck;
import dev.ephemeris.gateway.journal.Journal;
import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.journal.folder.JournalKey;
import dev.ephemeris.gateway.lease.RootKeyHome;
import dev.ephemeris.gateway.metrics.Metrics;
import dev.ephemeris.gateway.policy.CatalogPlace;
import dev.ephemeris.gateway.policy.FilesAtOnce;
import dev.ephemeris.gateway.policy.PolicyFiles;
import dev.ephemeris.gateway.policy.PolicyInForce;
import dev.ephemeris.gateway.policy.PolicyRefusedException;
import dev.ephemeris.gateway.store.Database;
import dev.ephemeris.policy.PrincipalKind;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Examines a gateway, part by part: before it runs, by its configuration, or while it does. What is
 * the same in both is looked at in the same way; nobody is asked who isn't in the configuration.
 *
 * <p>Thread-safe.
 */
public final class Doctor {

  private static final String CATALOG = "catalog";
  private static final String POLICY = "policy";
  private static final String STORE = "store";
  private static final String JOURNAL = "journal";
  private static final String KEYS = "keys";

  private final Vertx vertx;
  private final AccountsInForce accounts;
  private final FoundAccounts found;
  private final Grants grants;
  private final PolicyInForce policy;
  private final Optional<CatalogRefresh> refresh;
  private final Database database;
  private final Journal journal;
  private final Supplier<Optional<String>> roles;
  private final InstantSource clock;

  /** Guarded by this: one examination at a time, however many ask. */
  private @Nullable Future<List<Finding>> running;

  /**
   * For a gateway that runs, of these parts.
   *
   * @param roles what is to be known of roles at accounts; empty if all is well
   */
  Doctor(
      Vertx vertx,
      AccountsInForce accounts,
      FoundAccounts found,
      Grants grants,
      PolicyInForce policy,
      Optional<CatalogRefresh> refresh,
      Database database,
      Journal journal,
      Supplier<Optional<String>> roles,
      InstantSource clock) {
    this.vertx = vertx;
    this.accounts = accounts;
    this.found = found;
    this.grants = grants;
    this.policy = policy;
    this.refresh = refresh;
    this.database = database;
    this.journal = journal;
    this.roles = roles;
    this.clock = clock;
  }

  /** Examines the gateway that runs. Doesn't fail for what it finds. */
  public synchronized Future<List<Finding>> examine() {
    Future<List<Finding>> begun = running;
    if (begun != null && !begun.isComplete()) {
      return begun;
    }
    Configuration configuration = accounts.configuration();
    Future<List<Finding>> all =
        inOrder(
            List.of(
                vertx.executeBlocking(() -> onThisMachine(configuration, clock.instant())),
                issuers(vertx, configuration, clock),
                Future.succeededFuture(catalogInForce(configuration, clock.instant())),
                Future.succeededFuture(policyInForce()),
                database
                    .check()
                    .map(ok -> List.of(Finding.ok(STORE, "It answers.")))
                    .otherwise(
                        failure ->
                            List.of(
                                Finding.problem(
                                    STORE,
                                    configuration.store().file() + " doesn't answer.",
                                    "Look at its disk; nobody new gets in, and nothing is given"
                                        + " until it does. The log has more."))),
                Future.succeededFuture(journalNow()),
                Future.succeededFuture(rolesNow()),
                Future.succeededFuture(accountsNow()),
                accounts(
                    vertx,
                    configuration,
                    accounts.now().stream().map(Gateway::upstream).toList(),
                    clock)));
    running = all;
    return all;
  }

  /**
   * Examines what a gateway with this configuration would find, without one. Opens nothing for
   * writing, and makes nothing. Blocks.
   */
  public static List<Finding> examine(Configuration configuration, InstantSource clock) {
    List<Finding> findings = new ArrayList<>();
    try {
      Production.require(configuration);
    } catch (StartException e) {
      // What can't be read is told with the keys.
      if (!(e.getCause() instanceof SecretFileException)) {
        findings.add(Finding.problem("configuration", String.valueOf(e.getMessage())));
      }
    }
    findings.addAll(onThisMachine(configuration, clock.instant()));
    findings.addAll(listeners(configuration));
    Vertx vertx = Vertx.vertx();
    try {
      findings.addAll(await(issuers(vertx, configuration, clock)));
      findings.addAll(policyAndCatalog(vertx, configuration, clock));
      findings.add(writable(STORE, configuration.store().file()));
      findings.add(writable(JOURNAL, configuration.journal().folder()));
      List<DataPlane.Account> upstreams = new ArrayList<>();
      for (Account account : configuration.accounts()) {
        try {
          upstreams.add(Gateway.upstream(account, configuration, clock));
        } catch (StartException withoutKey) {
          // said of the keys already
        }
      }
      findings.addAll(await(accounts(vertx, configuration, upstreams, clock)));
    } finally {
      await(vertx.close());
    }
    return List.copyOf(findings);
  }

  // --- what is looked at in the same way whether a gateway runs or not
  // ----------------------------

  private static List<Finding> onThisMachine(Configuration configuration, Instant now) {
    List<Finding> findings =
        new ArrayList<>(
            CertificateCheck.of(
                configuration.tls().certificate(),
                configuration.tls().privateKey(),
                configuration.hostNames().stream()
                    .map(HostName::value)
                    .collect(toUnmodifiableSet()),
                namesOfSome(configuration),
                now));
    List<Finding> keys = new ArrayList<>();
    for (Configuration.RootKey key : configuration.rootKeys()) {
      rootKey(configuration, key).ifPresent(keys::add);
    }
    configuration
        .rootKeyVault()
        .flatMap(kept -> rootKeys(configuration, kept))
        .ifPresent(keys::add);
    journalKey(configuration).ifPresent(keys::add);
    for (Account account : configuration.accounts()) {
      account.keyFile().flatMap(file -> secret(file, MasterKey::ofBase64)).ifPresent(keys::add);
      account
          .identity()
          .flatMap(identity -> identity.certificate())
          .flatMap(file -> secret(file, Function.identity()))
          .ifPresent(keys::add);
    }
    configuration.azure().stream()
        .flatMap(
            azure ->
                Stream.concat(
                    Stream.of(azure.identity()),
                    azure.accountsWithin().stream().flatMap(within -> within.identity().stream())))
        .flatMap(identity -> identity.certificate().stream())
        .distinct()
        .flatMap(file -> secret(file, Function.identity()).stream())
        .forEach(keys::add);
    for (Issuer issuer : configuration.issuers()) {
      issuer
          .signIn()
          .flatMap(SignIn::clientSecretFile)
          .flatMap(file -> secret(file, ClientSecret::parse))
          .ifPresent(keys::add);
    }
    configuration
        .catalog()
        .backstage()
        .flatMap(backstage -> secret(backstage.tokenFile(), CatalogRefresh::token))
        .ifPresent(keys::add);
    if (keys.isEmpty()) {
      keys.add(Finding.ok(KEYS, "All can be read, by the gateway's user alone."));
    }
    findings.addAll(keys);
    return findings;
  }

  /** The names of accounts, of their regions, and one that stands for those of leases. */
  private static Set<String> namesOfSome(Configuration configuration) {
    return configuration.hostNames().stream()
        .map(HostName::value)
        .filter(name -> !CertificateCheck.isAddress(name))
        .flatMap(
            gateway ->
                Stream.concat(
                        configuration.accounts().stream()
                            .flatMap(
                                account ->
                                    Stream.concat(
                                        Stream.of(account.name()),
                                        account.regions().stream().map(account::hostLabel))),
                        Stream.of("{lease}.lease"))
                    .map(label -> label + "." + gateway))
        .collect(toUnmodifiableSet());
  }

  private static Optional<Finding> secret(Path file, Function<String, ?> parser) {
    try {
      Object unused = SecretFile.read(file, parser);
      return Optional.empty();
    } catch (SecretFileException e) {
      return Optional.of(Finding.problem(KEYS, String.valueOf(e.getMessage())));
    }
  }

  private static Optional<Finding> journalKey(Configuration configuration) {
    try {
      JournalKey unused = Gateway.journalKey(configuration);
      return Optional.empty();
    } catch (StartException e) {
      return Optional.of(Finding.problem(KEYS, String.valueOf(e.getMessage())));
    }
  }

  private static Optional<Finding> rootKey(Configuration configuration, Configuration.RootKey key) {
    try {
      RootKeyHome.Named unused = Gateway.rootKey(configuration, key);
      return Optional.empty();
    } catch (StartException e) {
      return Optional.of(Finding.problem(KEYS, String.valueOf(e.getMessage())));
    }
  }

  /** Whether the gateway may look for its own, and what it finds can be read. */
  private static Optional<Finding> rootKeys(
      Configuration configuration, Configuration.RootKeyVault kept) {
    try {
      RootKeyHome.Kept home = (RootKeyHome.Kept) Gateway.rootKeyHome(configuration);
      for (VaultSecrets.Listed secret : home.vault().beginningWith(kept.prefix())) {
        if (secret.enabled()) {
          VaultSecrets.Kept unused = home.vault().read(secret.name(), Optional.empty());
        }
      }
      return Optional.empty();
    } catch (StartException | VaultException e) {
      return Optional.of(Finding.problem(KEYS, String.valueOf(e.getMessage())));
    }
  }

  private static Future<List<Finding>> issuers(
      Vertx vertx, Configuration configuration, InstantSource clock) {
    IssuerCheck check = new IssuerCheck(vertx, clock);
    return inOrder(configuration.issuers().stream().map(check::of).toList());
  }

  private static Future<List<Finding>> accounts(
      Vertx vertx,
      Configuration configuration,
      List<DataPlane.Account> upstreams,
      InstantSource clock) {
    UpstreamCheck check = new UpstreamCheck(vertx, clock);
    return inOrder(
        Stream.concat(
                upstreams.stream().map(check::of),
                Stream.of(
                    Future.succeededFuture(
                        Gateway.reporting(configuration).stream()
                            .map(
                                account ->
                                    Finding.warning(
                                        "account " + account,
                                        "It is in report mode: what the rules refuse passes.",
                                        "Take “mode: report” away once the journal shows nothing"
                                            + " that should pass (docs/policy.md)."))
                            .toList())))
            .toList());
  }

  /** Who is to be found, and what doesn't count. */
  private static List<Finding> catalog(
      Configuration configuration, GroupDirectory directory, List<String> notices) {
    List<Finding> findings = new ArrayList<>();
    GroupDirectory.Found found = directory.found();
    for (Issuer issuer : configuration.issuers()) {
      int users = found.users().getOrDefault(issuer.name(), 0);
      int workloads = found.workloads().getOrDefault(issuer.name(), 0);
      if (users == 0 && workloads == 0 && issuer.principal() == PrincipalKind.PERSON) {
        findings.add(
            Finding.warning(
                CATALOG,
                "It has no User whom issuer "
                    + issuer.name()
                    + " could mean: none has “"
                    + issuer.userAnnotation()
                    + "”.",
                "Write "
                    + issuer.userClaim().map(claim -> "the claim " + claim).orElse("the subject")
                    + " of each person's tokens there, or say with userAnnotation where it is."));
      } else {
        findings.add(
            Finding.ok(
                CATALOG,
                "By issuer "
                    + issuer.name()
                    + " it has "
                    + counted(users, "User")
                    + (workloads == 0 ? "" : " and " + counted(workloads, "workload"))
                    + "."));
      }
    }
    Set<String> unknown = new TreeSet<>(found.workloads().keySet());
    configuration.issuers().forEach(issuer -> unknown.remove(issuer.name()));
    unknown.forEach(
        issuer ->
            findings.add(
                Finding.warning(
                    CATALOG,
                    "It names workloads of issuer "
                        + issuer
                        + ", which the configuration hasn't got.",
                    "What stands before the first colon of ephemeris.dev/workload-identity has to"
                        + " be an issuer's name.")));
    notices.forEach(
        notice ->
            findings.add(
                Finding.warning(
                    CATALOG,
                    "This doesn't count: " + notice + ".",
                    "Put it right where it is written (docs/identity.md, “What doesn't count”).")));
    return findings;
  }

  private static String counted(int number, String what) {
    return number == 1 ? "one " + what : number + " " + what + "s";
  }

  // --- what a gateway that runs knows ------------------------------------------------------------

  private List<Finding> catalogInForce(Configuration configuration, Instant now) {
    List<Finding> findings = new ArrayList<>();
    Optional<String> unavailable = grants.unavailable(now);
    Optional<String> notice = refresh.flatMap(CatalogRefresh::notice);
    if (unavailable.isPresent()) {
      findings.add(
          Finding.problem(
              CATALOG,
              unavailable.get() + ", so that nobody gets through.",
              notice.orElse("The log says why.")));
    } else {
      notice.ifPresent(
          text ->
              findings.add(
                  Finding.warning(
                      CATALOG, text, "Look at Backstage, and at the token in tokenFile.")));
      findings.addAll(catalog(configuration, grants.now().directory(), policy.state().notices()));
    }
    return findings;
  }

  private List<Finding> policyInForce() {
    PolicyInForce.State state = policy.state();
    return state
        .refusal()
        .map(
            refusal ->
                refusal.problems().stream()
                    .map(
                        problem ->
                            Finding.problem(
                                POLICY,
                                "Since " + refusal.since() + " its files are refused: " + problem,
                                "Put it right; until then what was read at "
                                    + state.since()
                                    + " stays in force."))
                    .toList())
        .orElse(List.of(Finding.ok(POLICY, "In force since " + state.since() + ".")));
  }

  private List<Finding> journalNow() {
    try {
      journal.check();
      return List.of(Finding.ok(JOURNAL, "It takes records."));
    } catch (JournalException e) {
      return List.of(
          Finding.problem(
              JOURNAL,
              String.valueOf(e.getMessage()),
              "Nobody gets through until it takes records again: look at its disk."));
    }
  }

  private List<Finding> accountsNow() {
    return Stream.concat(accounts.notices().stream(), found.notices().stream())
        .map(
            notice ->
                Finding.warning(
                    "accounts",
                    notice,
                    "Look at the configuration, and at what “azure.identity” may read"
                        + " (docs/accounts.md)."))
        .toList();
  }

  private List<Finding> rolesNow() {
    return roles.get().stream()
        .map(
            notice ->
                Finding.problem(
                    "roles",
                    notice,
                    "Look at what “azure.identity” may do in the account, and who else makes roles"
                        + " there (docs/lanes.md)."))
        .toList();
  }

  // --- what is found without one -----------------------------------------------------------------

  private static List<Finding> listeners(Configuration configuration) {
    List<Finding> findings = new ArrayList<>();
    free("management", configuration.management()).ifPresent(findings::add);
    free("data plane", configuration.dataPlane()).ifPresent(findings::add);
    free("API", configuration.api()).ifPresent(findings::add);
    return findings.isEmpty()
        ? List.of(Finding.ok("listeners", "All addresses are free."))
        : findings;
  }

  private static Optional<Finding> free(String what, Listener listener) {
    try {
      Gateway.free(what, listener);
      return Optional.empty();
    } catch (StartException e) {
      return Optional.of(
          Finding.problem(
              "listeners",
              String.valueOf(e.getMessage()),
              "If it is this gateway that runs there, ask it: “ephemeris doctor” without"
                  + " --config."));
    }
  }

  private static List<Finding> policyAndCatalog(
      Vertx vertx, Configuration configuration, InstantSource clock) {
    CatalogPlace place;
    try {
      place = Gateway.catalog(configuration);
    } catch (StartException withoutToken) {
      // The token is among the keys; only the certificate authority is looked for here.
      return List.of(Finding.problem(CATALOG, String.valueOf(withoutToken.getMessage())));
    }
    Optional<CatalogRefresh> backstage =
        Gateway.refresh(configuration, place, vertx, Metrics.of(List.of()).catalog(), clock);
    backstage.ifPresent(asking -> await(asking.start()));
    try {
      FilesAtOnce.Loaded loaded = PolicyFiles.of(configuration, place).read().load();
      List<Finding> findings = new ArrayList<>();
      Optional<String> unavailable = loaded.directory().unavailable(clock.instant());
      if (unavailable.isPresent()) {
        findings.add(
            Finding.problem(
                CATALOG,
                backstage.flatMap(CatalogRefresh::notice).orElse(unavailable.get() + "."),
                "Look at baseUrl, at tokenFile, and whether this machine reaches it."));
      } else {
        findings.addAll(catalog(configuration, loaded.directory(), loaded.directory().notices()));
      }
      findings.add(Finding.ok(POLICY, "Its files are good."));
      return findings;
    } catch (PolicyRefusedException e) {
      return e.problems().stream()
          .map(problem -> Finding.problem("policy and catalog", problem))
          .toList();
    } finally {
      backstage.ifPresent(CatalogRefresh::close);
    }
  }

  /** Whether it could be made or written, without doing so. */
  private static Finding writable(String part, Path file) {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null || !Files.isDirectory(folder)) {
      return Finding.problem(
          part, "There is no folder for " + file + ".", "Make it, for the gateway's user.");
    }
    boolean writable = Files.isWritable(folder) && (!Files.exists(file) || Files.isWritable(file));
    return writable
        ? Finding.ok(part, file + " can be written.")
        : Finding.problem(
            part,
            file + " can't be written by this user.",
            "Give it and its folder to the gateway's user, or ask as that user.");
  }

  private static Future<List<Finding>> inOrder(List<Future<List<Finding>>> parts) {
    return Future.all(parts)
        .map(all -> all.<List<Finding>>list().stream().flatMap(List::stream).toList());
  }

  private static <T> T await(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().join();
  }
}
