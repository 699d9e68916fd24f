package dev.ephemeris.config;

import static java.util.stream.Collectors.toUnmodifiableSet;

import dev.ephemeris.policy.PrincipalKind;
import dev.ephemeris.policy.yaml.Default;
import dev.ephemeris.policy.yaml.Presets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One issuer of tokens that the gateway trusts, and how far. Where it names a preset in the file,
 * this is what became of it: nothing asks later which one it was.
 *
 * @param name what principals of it are called by; lower-case letters, digits and hyphens
 * @param issuer the exact {@code iss} of its tokens; https, or http on the machine itself
 * @param jwksFile its keys, where they can't be fetched; discovered from the issuer if empty
 * @param audiences what the {@code aud} of its tokens must hold, by what they are for
 * @param algorithms what its tokens may be signed with
 * @param tokenTypes the {@code typ} that its access tokens may have
 * @param clientClaims where its tokens name the client that they were given to: the first of these
 *     that is there. None if they are given to no client
 * @param clients the clients whose tokens are accepted; the command line signs in as the first
 * @param subject the claims that say who it is, all of them, joined by slashes
 * @param principal what its subjects are, unless {@code persons} and {@code workloads} tell them
 *     apart
 * @param persons what the claims of a person's tokens hold, all of it
 * @param workloads what the claims of a workload's tokens hold, all of it
 * @param require what the claims of every token must hold, all of it
 * @param refuse what a claim of no token may hold, any of it
 * @param maxLifetime how long a token may be good, from {@code iat} to {@code exp}
 * @param userAnnotation the annotation of a catalog's User that holds what the token says; compared
 *     exactly. In its place {@value UserField#ENTITY_REFERENCE}, {@value UserField#NAME} or, with a
 *     claim only, {@value UserField#EMAIL}
 * @param userClaim the claim that is looked for there, which every person's token must have; the
 *     subject if empty
 * @param objectIdClaim the claim that says which object in Entra ID it is, if one does; what it
 *     says counts if {@code tid} says which tenant
 * @param claims those of its tokens that rules may ask, {@code userClaim} and those of the object
 *     in Entra ID among them; all others are forgotten
 * @param mfa by what its tokens show a second factor; none does if empty
 * @param idTokens where its ID tokens are otherwise than its access tokens
 * @param signIn the gateway's own registration there, so that people sign in by the gateway
 */
@Presets(IssuerPreset.class)
public record Issuer(
    String name,
    String issuer,
    Optional<Path> jwksFile,
    @Default("{}") Audiences audiences,
    @Default("[RS256]") Set<SigningAlgorithm> algorithms,
    @Default("[at+jwt]") Set<TokenType> tokenTypes,
    @Default("[client_id, azp]") List<ClaimPath> clientClaims,
    @Default("[]") List<String> clients,
    @Default("[sub]") List<ClaimPath> subject,
    PrincipalKind principal,
    @Default("{}") Map<ClaimPath, Set<String>> persons,
    @Default("{}") Map<ClaimPath, Set<String>> workloads,
    @Default("{}") Map<ClaimPath, Set<String>> require,
    @Default("{}") Map<ClaimPath, Set<String>> refuse,
    Optional<Duration> maxLifetime,
    String userAnnotation,
    Optional<ClaimPath> userClaim,
    Optional<ClaimPath> objectIdClaim,
    @Default("[]") Set<ClaimPath> claims,
    Optional<Mfa> mfa,
    @Default("{}") IdTokens idTokens,
    Optional<SignIn> signIn) {

  /** The name of the gateway itself, as the issuer that knows its own clients. */
  public static final String GATEWAY = "ephemeris";

  /** In the place of a value: any value, if only the claim is there. */
  public static final String ANY_VALUE = ClaimValues.ANY;

  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]*");
  // OpenID Connect Discovery 1.0 §3, but for issuers on the machine itself.
  private static final Pattern ISSUER =
      Pattern.compile(
          "(https://[^\\s/?#@]+|http://(127\\.0\\.0\\.1|localhost|\\[::1])(:[0-9]+)?)(/[^\\s?#]*)?");

  /** Entra ID's, for sign-ins of whatever tenant; tokens never have it as their issuer. */
  private static final Pattern OF_ANY_TENANT =
      Pattern.compile("https://login\\.[^/]+/(common|organizations|consumers)(/.*)?");

  /** Entra ID's, in all of Azure's clouds. */
  private static final Pattern OF_ENTRA =
      Pattern.compile(
          "https://(login\\.microsoftonline\\.(com|us)|login\\.partner\\.microsoftonline\\.cn"
              + "|login\\.chinacloudapi\\.cn|sts\\.windows\\.net|sts\\.chinacloudapi\\.cn"
              + "|[^/]+\\.ciamlogin\\.com)/.*");

  /**
   * What Entra ID's tokens repeat of a directory, where administrators, and some of it people
   * themselves, write what they like, other people's addresses too (“nOAuth”).
   */
  private static final Set<ClaimPath> NOT_VOUCHED_FOR =
      Stream.of("email", "preferred_username", "upn", "unique_name", "name", "nickname")
          .map(ClaimPath::parse)
          .collect(toUnmodifiableSet());

  /** Which tenant of Entra ID an object id is of. */
  public static final ClaimPath TENANT_ID = ClaimPath.parse("tid");

  private static final ClaimPath EMAIL = ClaimPath.parse("email");
  private static final ClaimPath EMAIL_VERIFIED = ClaimPath.parse("email_verified");

  /** Okta's org authorization server, whose access tokens only Okta itself may read. */
  private static final Pattern OF_AN_ORG =
      Pattern.compile("https://[^/]+\\.okta(preview|-emea|-gov)?\\.com/?");

  /**
   * @throws dev.ephemeris.policy.yaml.InvalidField (an IllegalArgumentException) naming what is
   *     malformed
   */
  public Issuer {
    Configuration.require(
        NAME.matcher(name).matches(), "expected lower-case letters, digits and hyphens", "name");
    Configuration.require(
        !name.equals(GATEWAY), "the gateway itself is called so; expected another name", "name");
    Configuration.require(
        ISSUER.matcher(issuer).matches(),
        "expected an https URL without user, query or fragment",
        "issuer");
    Configuration.require(
        !OF_ANY_TENANT.matcher(issuer).matches(),
        "tokens have the id of their tenant there; expected"
            + " https://login.microsoftonline.com/{tenant id}/v2.0",
        "issuer");
    Configuration.require(
        !OF_AN_ORG.matcher(issuer).matches(),
        "access tokens of Okta's org server are for Okta alone; expected an authorization server"
            + " of your own, such as https://{org}.okta.com/oauth2/default",
        "issuer");
    Configuration.require(!algorithms.isEmpty(), "expected at least one", "algorithms");
    Configuration.require(!tokenTypes.isEmpty(), "expected at least one", "tokenTypes");
    Configuration.require(
        signIn.isPresent() || !audiences.all().isEmpty(),
        "nobody could come by it; expected at least one of api, dataPlane and mcp, or signIn",
        "audiences");
    if (clientClaims.isEmpty()) {
      Configuration.require(
          clients.isEmpty(),
          "its tokens name no client; expected none, or clientClaims",
          "clients");
    } else {
      Configuration.require(
          audiences.all().isEmpty() || !clients.isEmpty(), "expected at least one", "clients");
    }
    Configuration.require(
        clients.stream().noneMatch(String::isBlank), "expected client ids", "clients");
    // The audience of an ID token is its client (OpenID Connect Core 1.0 §2): it would pass for one
    // for us, and every application that people sign in to could act for them.
    Configuration.require(
        Collections.disjoint(clients, audiences.all()),
        "this client is an audience too, so that its ID tokens would pass for access tokens;"
            + " expected a client that isn't",
        "clients");
    Configuration.require(
        signIn.filter(own -> audiences.all().contains(own.clientId())).isEmpty(),
        "this client is an audience too, so that its ID tokens would pass for access tokens;"
            + " expected a client that isn't",
        "signIn",
        "clientId");
    Configuration.require(!subject.isEmpty(), "expected at least one claim", "subject");
    Configuration.require(
        principal != PrincipalKind.AGENT, "expected person or workload", "principal");
    Configuration.require(
        !userAnnotation.isBlank(), "expected an annotation's name", "userAnnotation");
    Configuration.require(
        userClaim.isPresent() || !userAnnotation.equals(UserField.EMAIL),
        "no subject is an address that counts; expected userClaim too",
        "userAnnotation");
    Configuration.require(
        userClaim.isEmpty() || principal == PrincipalKind.PERSON || !persons.isEmpty(),
        "it is by the subject that workloads are found; expected none for an issuer of workloads",
        "userClaim");
    Configuration.require(
        userClaim.filter(NOT_VOUCHED_FOR::contains).isEmpty()
            || !OF_ENTRA.matcher(issuer).matches(),
        "Entra ID doesn't vouch for this claim, which others can have say whatever they like;"
            + " expected none, so that it is the subject (userAnnotation:"
            + " graph.microsoft.com/user-id)",
        "userClaim");
    Configuration.require(
        !isAddress(userAnnotation, userClaim) || isVerified(require) || isVerified(persons),
        "an address that nobody has verified may be anybody's; expected require: { email_verified:"
            + " [\"true\"] } too, and an issuer whose word on that is good",
        "userClaim");
    Configuration.require(
        maxLifetime.filter(most -> !most.isPositive()).isEmpty(),
        "expected a time longer than none",
        "maxLifetime");
    algorithms = Set.copyOf(algorithms);
    tokenTypes = Set.copyOf(tokenTypes);
    clientClaims = List.copyOf(clientClaims);
    clients = List.copyOf(clients);
    subject = List.copyOf(subject);
    persons = ClaimValues.each(persons, "persons");
    workloads = ClaimValues.each(workloads, "workloads");
    require = ClaimValues.each(require, "require");
    refuse = ClaimValues.any(refuse, "refuse");
    // Whoever was found by it has to be found by it again, as long as a lease of theirs lasts.
    claims =
        Stream.of(
                claims.stream(),
                userClaim.stream(),
                objectIdClaim.stream().flatMap(claim -> Stream.of(claim, TENANT_ID)))
            .flatMap(each -> each)
            .collect(toUnmodifiableSet());
  }

  /** Whether its people are found by an address, which has to be verified. */
  public boolean findsByAddress() {
    return isAddress(userAnnotation, userClaim);
  }

  private static boolean isAddress(String userAnnotation, Optional<ClaimPath> userClaim) {
    return userAnnotation.equals(UserField.EMAIL) || userClaim.filter(EMAIL::equals).isPresent();
  }

  private static boolean isVerified(Map<ClaimPath, Set<String>> asked) {
    return Set.of("true").equals(asked.get(EMAIL_VERIFIED));
  }

  /** How its people are found in the catalog. */
  public UserKey userKey() {
    return new UserKey(userClaim, UserField.parse(userAnnotation));
  }

  /** What the claims of an ID token must hold, all of it. */
  public Map<ClaimPath, Set<String>> requiredOfIdTokens() {
    Map<ClaimPath, Set<String>> required = new LinkedHashMap<>(require);
    idTokens.require().forEach(required::put);
    return Collections.unmodifiableMap(required);
  }

  /** The claims of an ID token that say who it is. */
  public List<ClaimPath> subjectOfIdTokens() {
    return idTokens.subject().isEmpty() ? subject : idTokens.subject();
  }
}
