package dev.ephemeris.config;

import dev.ephemeris.policy.GroupRef;
import dev.ephemeris.policy.Lane;
import dev.ephemeris.policy.yaml.ApiVersion;
import dev.ephemeris.policy.yaml.Default;
import dev.ephemeris.policy.yaml.InvalidField;
import dev.ephemeris.policy.yaml.YamlException;
import dev.ephemeris.policy.yaml.YamlFile;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What {@code ephemeris.yaml} says. Immutable.
 *
 * <p>Paths are resolved against the folder of the file; whether there is something at them is for
 * those to find out who open them.
 *
 * @param hostNames the gateway's own names, without ports
 * @param tls for the listeners that the outside world reaches
 * @param dataPlane where Cosmos DB's SDKs connect
 * @param api where people and tools connect
 * @param apiUrl by which name they know it; the first host name with the port of {@code api} if
 *     empty
 * @param management health and metrics, not for the outside world
 * @param accounts those that are named; there may be none if {@code azure} says which others come
 * @param azure who the gateway is to Azure's management, if it needs to be anybody
 * @param catalog where users and groups are
 * @param policy roles and rules
 * @param store where sessions and leases are kept
 * @param journal where everything that happens is recorded
 * @param rootKeys what every credential is derived from; the newest first
 * @param rootKeyVault where the gateway keeps root keys by itself; in the place of {@code rootKeys}
 * @param limits what a request may take up
 * @param sessions how long they go on
 * @param trustedProxies whose word counts on where a request comes from; nobody's if empty
 * @param administrators who may do all of Ephemeris's own actions, whatever the policy says
 * @param notifications how people are told of what rules want them told of
 */
public record Configuration(
    ApiVersion apiVersion,
    List<HostName> hostNames,
    Tls tls,
    @Default("{host: 127.0.0.1, port: 8081}") Listener dataPlane,
    @Default("{host: 127.0.0.1, port: 8080}") Listener api,
    Optional<ApiUrl> apiUrl,
    @Default("{host: 127.0.0.1, port: 9090}") Listener management,
    @Default("[]") List<Account> accounts,
    Optional<Azure> azure,
    List<Issuer> issuers,
    Catalog catalog,
    Sources policy,
    Storage store,
    JournalStorage journal,
    @Default("[]") List<RootKey> rootKeys,
    Optional<RootKeyVault> rootKeyVault,
    @Default("{}") Limits limits,
    @Default("{}") SessionLimits sessions,
    Optional<TrustedProxies> trustedProxies,
    Optional<Administrators> administrators,
    @Default("{}") Notifications notifications) {

  private static final String NOBODY =
      "as whom would the gateway ask? expected azure too, with its identity";

  /**
   * @throws InvalidField (an IllegalArgumentException) naming what is empty or stands there twice
   */
  public Configuration {
    hostNames = distinct(hostNames, HostName::value, "hostNames");
    List<AccountsWithin> within = azure.map(Azure::accountsWithin).orElse(List.of());
    require(!accounts.isEmpty() || !within.isEmpty(), "expected at least one", "accounts");
    accounts = distinctIfAny(accounts, Account::name, "accounts", "name");
    requireOneAccountPerHostName(accounts);
    requireManagement(azure, accounts);
    issuers = distinct(issuers, Issuer::name, "issuers", "name");
    issuers = distinct(issuers, Issuer::issuer, "issuers", "issuer");
    requireOnePurposeEach(issuers);
    requireTenant(azure, accounts, within, issuers);
    require(
        rootKeys.isEmpty() || rootKeyVault.isEmpty(),
        "root keys are listed, or the gateway keeps them in a vault; expected one of the two",
        "rootKeyVault");
    require(
        !rootKeys.isEmpty() || rootKeyVault.isPresent(),
        "what would leases be derived from? expected rootKeys or rootKeyVault",
        "rootKeys");
    if (rootKeyVault.isEmpty()) {
      rootKeys = distinct(rootKeys, RootKey::kid, "rootKeys", "kid");
    }
    rootKeys = List.copyOf(rootKeys);
    requireIdentity(azure, rootKeys, rootKeyVault);
    require(
        azure.isPresent() || journal.signingKey().vault().isEmpty(),
        NOBODY,
        "journal",
        "signingKey",
        "vault");
    requireIdentity(azure, journal.sinks());
    requireIdentity(azure, notifications);
    require(
        !dataPlane.proxyProtocol() || trustedProxies.isPresent(),
        "whose word would that be? expected trustedProxies too",
        "dataPlane",
        "proxyProtocol");
    require(
        !api.proxyProtocol() || trustedProxies.isPresent(),
        "whose word would that be? expected trustedProxies too",
        "api",
        "proxyProtocol");
    require(
        !management.proxyProtocol(),
        "not for the outside world, and so not behind its proxies; expected none",
        "management",
        "proxyProtocol");
  }

  /**
   * Reads the file at {@code path}.
   *
   * @throws ConfigurationException if it can't be read, with everything that is wrong with it
   */
  public static Configuration read(Path path) {
    return parse(path, text(path));
  }

  /**
   * Reads what a file at {@code path} says.
   *
   * @throws ConfigurationException with everything that is wrong with it
   */
  public static Configuration parse(Path path, String text) {
    try {
      return YamlFile.read(path.toString(), text, Configuration.class);
    } catch (YamlException e) {
      throw new ConfigurationException(String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * What the file at {@code path} says.
   *
   * @throws ConfigurationException if it can't be read
   */
  public static String text(Path path) {
    try {
      return Files.readString(path);
    } catch (NoSuchFileException e) {
      throw new ConfigurationException(path + ": there is no such file", e);
    } catch (CharacterCodingException e) {
      throw new ConfigurationException(path + ": not UTF-8", e);
    } catch (IOException e) {
      throw new ConfigurationException(path + ": can't be read: " + e.getMessage(), e);
    }
  }

  /**
   * The same with other accounts.
   *
   * @throws InvalidField (an IllegalArgumentException) as the constructor does
   */
  public Configuration withAccounts(List<Account> others) {
    return new Configuration(
        apiVersion,
        hostNames,
        tls,
        dataPlane,
        api,
        apiUrl,
        management,
        others,
        azure,
        issuers,
        catalog,
        policy,
        store,
        journal,
        rootKeys,
        rootKeyVault,
        limits,
        sessions,
        trustedProxies,
        administrators,
        notifications);
  }

  /** PEM files: the certificate with its chain, and the private key. */
  public record Tls(Path certificate, Path privateKey) {}

  /**
   * An address to listen on.
   *
   * @param port 0 for any that is free
   * @param proxyProtocol whether connections begin with a word of the PROXY protocol, version 1 or
   *     2, which counts from trusted proxies only
   */
  public record Listener(String host, int port, @Default("false") boolean proxyProtocol) {
    public Listener {
      require(!host.isBlank(), "expected a name or an address", "host");
      require(port >= 0 && port <= 65_535, "expected a port, 0 to 65535", "port");
    }
  }

  /** Files to be read as one. */
  public record Sources(List<Path> files) {
    public Sources {
      files = distinct(files, Path::toString, "files");
    }
  }

  /**
   * Backstage entities: users, groups, and who owns what. From one of the two.
   *
   * @param files to be read as one
   * @param backstage whose catalog is read over its REST API
   */
  public record Catalog(@Default("[]") List<Path> files, Optional<Backstage> backstage) {
    public Catalog {
      require(
          files.isEmpty() || backstage.isEmpty(),
          "users and groups are in files or in a Backstage; expected one of the two",
          "backstage");
      if (backstage.isEmpty()) {
        files = distinct(files, Path::toString, "files");
      }
      files = List.copyOf(files);
    }
  }

  /** A file that the gateway writes. */
  public record Storage(Path file) {}

  /**
   * A key that credentials are derived from: in a file, or a secret of a key vault.
   *
   * @param kid its id, which every lease's id carries: one character of lower-case base32
   * @param file the file with the key, which only the gateway can read
   * @param vault the vault with the secret
   * @param secret its name there; the version of when the gateway starts
   */
  public record RootKey(
      String kid, Optional<Path> file, Optional<Endpoint> vault, Optional<String> secret) {

    /**
     * @throws InvalidField (an IllegalArgumentException) naming what is malformed, missing or said
     *     twice
     */
    public RootKey {
      require(kid.matches("[a-z2-7]"), "expected one character, a to z or 2 to 7", "kid");
      require(
          file.isPresent() || vault.isPresent(), "expected a file, or a vault and a secret", "kid");
      require(
          file.isEmpty() || vault.isEmpty(),
          "the key is in a file; expected a file or a vault",
          "vault");
      require(file.isEmpty() || secret.isEmpty(), "expected a secret of a vault only", "secret");
      require(
          vault.isEmpty() || secret.isPresent(),
          "which of its secrets? expected secret too",
          "vault");
      require(
          secret.filter(name -> !AccountKeys.isSecret(name)).isEmpty(),
          "expected the name of a secret: letters, digits and hyphens",
          "secret");
    }
  }

  /**
   * Where the gateway keeps root keys by itself: it makes them, and turns them over.
   *
   * @param prefix what the names of their secrets begin with; a kid follows. No other installation
   *     has the same in the vault
   */
  public record RootKeyVault(Endpoint vault, @Default("ephemeris-root-") String prefix) {

    /**
     * @throws InvalidField (an IllegalArgumentException) if no name begins so
     */
    public RootKeyVault {
      require(
          prefix.matches("[A-Za-z0-9-]{1,100}"),
          "expected the beginning of a secret's name: letters, digits and hyphens",
          "prefix");
    }
  }

  /**
   * What a request may take up.
   *
   * @param requestBody bytes. By default a little more than the 2 MB that Cosmos DB takes for an
   *     item or a batch: that bound is Cosmos DB's to refuse, in its own words
   * @param apiRequestsPerMinute of one principal at the API; so many may come at once
   */
  public record Limits(
      @Default("2200000") int requestBody, @Default("3000") int apiRequestsPerMinute) {
    public Limits {
      require(requestBody > 0, "expected a number of bytes", "requestBody");
      require(
          apiRequestsPerMinute > 0 && apiRequestsPerMinute <= 1_000_000,
          "expected a number from 1 to 1000000",
          "apiRequestsPerMinute");
    }
  }

  /**
   * How long sessions go on.
   *
   * @param longest from sign-in; no lease goes on after it
   * @param idle of a browser, from its last request
   */
  public record SessionLimits(@Default("12h") Duration longest, @Default("1h") Duration idle) {

    /** A sign-in that nobody repeats for longer is a key that nobody revokes. */
    private static final Duration MOST = Duration.ofDays(7);

    public SessionLimits {
      require(
          longest.isPositive() && longest.compareTo(MOST) <= 0,
          "expected a time, up to seven days",
          "longest");
      require(idle.isPositive(), "expected a time longer than none", "idle");
    }
  }

  /**
   * Who may run the gateway before a policy says so, and when it says nothing.
   *
   * @param groups members of any of them
   */
  public record Administrators(Set<GroupRef> groups) {
    public Administrators {
      require(!groups.isEmpty(), "expected at least one group", "groups");
      groups = Set.copyOf(groups);
    }
  }

  /** An account {@code a-westeurope} beside an account {@code a} in West Europe. */
  private static void requireOneAccountPerHostName(List<Account> accounts) {
    Set<String> names = accounts.stream().map(Account::name).collect(Collectors.toSet());
    Set<String> labels = new HashSet<>();
    for (int i = 0; i < accounts.size(); i++) {
      Account account = accounts.get(i);
      for (int j = 0; j < account.regions().size(); j++) {
        String label = account.hostLabel(account.regions().get(j));
        require(
            !names.contains(label) && labels.add(label),
            "the host name of this region, '" + label + "', is another account's too",
            "accounts",
            i,
            "regions",
            j,
            "name");
      }
    }
  }

  /** Whoever asks Azure's management must be somebody there. */
  private static void requireManagement(Optional<Azure> azure, List<Account> accounts) {
    for (int i = 0; i < accounts.size(); i++) {
      Account account = accounts.get(i);
      require(
          azure.isPresent() || (account.keys().isEmpty() && account.resourceId().isEmpty()),
          "as whom would the gateway ask? expected azure too, with its identity",
          "accounts",
          i,
          account.keys().isPresent() ? "keys" : "resourceId");
    }
  }

  /** The same of key vaults. */
  private static void requireIdentity(
      Optional<Azure> azure, List<RootKey> rootKeys, Optional<RootKeyVault> vault) {
    for (int i = 0; i < rootKeys.size(); i++) {
      require(
          azure.isPresent() || rootKeys.get(i).vault().isEmpty(), NOBODY, "rootKeys", i, "vault");
    }
    require(azure.isPresent() || vault.isEmpty(), NOBODY, "rootKeyVault");
  }

  /** And of secrets of sinks. */
  private static void requireIdentity(Optional<Azure> azure, List<JournalSink> sinks) {
    for (int i = 0; i < sinks.size(); i++) {
      JournalSink.Destination to = sinks.get(i).destination();
      require(
          azure.isPresent() || to.secrets().stream().allMatch(each -> each.vault().isEmpty()),
          NOBODY,
          "journal",
          "sinks",
          i,
          to.kind());
    }
  }

  /** And of channels. */
  private static void requireIdentity(Optional<Azure> azure, Notifications notifications) {
    for (int i = 0; i < notifications.channels().size(); i++) {
      Notifications.Destination to = notifications.channels().get(i).destination();
      require(
          azure.isPresent() || to.secrets().stream().allMatch(each -> each.vault().isEmpty()),
          NOBODY,
          "notifications",
          "channels",
          i,
          to.kind());
    }
  }

  /** Somebody of another tenant has an object id too, and it may be anything there. */
  private static void requireTenant(
      Optional<Azure> azure,
      List<Account> accounts,
      List<AccountsWithin> within,
      List<Issuer> issuers) {
    require(
        azure.flatMap(Azure::tenantId).isPresent()
            || Stream.concat(
                    accounts.stream().map(Account::lanes),
                    within.stream().map(AccountsWithin::lanes))
                .noneMatch(lanes -> lanes.contains(Lane.RBAC))
            || issuers.stream().noneMatch(issuer -> issuer.objectIdClaim().isPresent()),
        "for the lane rbac tokens say who their callers are in Entra ID; expected tenantId too, the"
            + " accounts' directory",
        "azure");
  }

  /** An audience that were for one thing at one issuer and for another at another. */
  private static void requireOnePurposeEach(List<Issuer> issuers) {
    for (int i = 0; i < issuers.size(); i++) {
      Audiences own = issuers.get(i).audiences();
      for (Issuer issuer : issuers) {
        Audiences others = issuer.audiences();
        require(
            own.dataPlane().isEmpty() || !own.dataPlane().equals(others.api()),
            "another issuer's tokens for the API have this audience; expected another",
            "issuers",
            i,
            "audiences",
            "dataPlane");
        require(
            own.mcp().isEmpty()
                || !(own.mcp().equals(others.api()) || own.mcp().equals(others.dataPlane())),
            "another issuer's tokens for the API or the data plane have this audience; expected"
                + " another",
            "issuers",
            i,
            "audiences",
            "mcp");
      }
    }
  }

  /** The list, if it isn't empty and no two items have the same key. */
  private static <T> List<T> distinct(
      List<T> items, Function<T, String> key, String list, String... field) {
    require(!items.isEmpty(), "expected at least one", list);
    return distinctIfAny(items, key, list, field);
  }

  /** The list, if no two items have the same key. */
  static <T> List<T> distinctIfAny(
      List<T> items, Function<T, String> key, String list, String... field) {
    Set<String> seen = new HashSet<>();
    for (int i = 0; i < items.size(); i++) {
      String name = key.apply(items.get(i));
      Object[] path = Stream.concat(Stream.of(list, i), Arrays.stream(field)).toArray();
      require(seen.add(name), "'" + name + "' stands here twice; expected another", path);
    }
    return List.copyOf(items);
  }

  static void require(boolean condition, String expectation, Object... path) {
    if (!condition) {
      throw new InvalidField(expectation, path);
    }
  }
}
