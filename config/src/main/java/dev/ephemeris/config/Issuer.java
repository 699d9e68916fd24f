package dev.ephemeris.config;

import static dev.ephemeris.config.Configuration.require;

import dev.ephemeris.policy.PrincipalKind;
import dev.ephemeris.policy.yaml.Default;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * One issuer of tokens that the gateway trusts, and how far.
 *
 * @param name what principals of it are called by; lower-case letters, digits and hyphens
 * @param issuer the exact {@code iss} of its tokens; https, or http on the machine itself
 * @param audiences what the {@code aud} of its tokens must hold, by what they are for
 * @param algorithms what its tokens may be signed with
 * @param tokenTypes the {@code typ} that its access tokens may have
 * @param clients the clients whose tokens are accepted, by {@code azp} or {@code client_id}; the
 *     command line signs in as the first
 * @param principal what its subjects are: persons or workloads
 * @param userAnnotation the annotation of a catalog's User that holds the token's subject; compared
 *     exactly
 * @param claims those of its tokens that rules may ask; all others are forgotten
 * @param mfa by what its tokens show a second factor; none does if empty
 */
public record Issuer(
    String name,
    String issuer,
    Audiences audiences,
    @Default("[RS256]") Set<SigningAlgorithm> algorithms,
    @Default("[at+jwt]") Set<TokenType> tokenTypes,
    List<String> clients,
    PrincipalKind principal,
    String userAnnotation,
    @Default("[]") Set<String> claims,
    Optional<Mfa> mfa) {
  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]*");
  // OpenID Connect Discovery 1.0 §3, but for issuers on the machine itself.
  private static final Pattern ISSUER =
      Pattern.compile(
          "(https://[^\\s/?#@]+|http://(127\\.0\\.0\\.1|localhost|\\[::1])(:[0-9]+)?)(/[^\\s?#]*)?");

  /**
   * @throws dev.ephemeris.policy.yaml.InvalidField (an IllegalArgumentException) naming what is
   *     malformed
   */
  public Issuer {
    require(
        NAME.matcher(name).matches(), "expected lower-case letters, digits and hyphens", "name");
    require(
        ISSUER.matcher(issuer).matches(),
        "expected an https URL without user, query or fragment",
        "issuer");
    require(!algorithms.isEmpty(), "expected at least one", "algorithms");
    require(!tokenTypes.isEmpty(), "expected at least one", "tokenTypes");
    require(!clients.isEmpty(), "expected at least one", "clients");
    require(clients.stream().noneMatch(String::isBlank), "expected client ids", "clients");
    require(principal != PrincipalKind.AGENT, "expected person or workload", "principal");
    require(!userAnnotation.isBlank(), "expected an annotation's name", "userAnnotation");
    algorithms = Set.copyOf(algorithms);
    tokenTypes = Set.copyOf(tokenTypes);
    clients = List.copyOf(clients);
    require(claims.stream().noneMatch(String::isBlank), "expected names of claims", "claims");
    claims = Set.copyOf(claims);
  }
}
