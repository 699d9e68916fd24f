package dev.ephemeris.config;

import static dev.ephemeris.config.Configuration.require;

import dev.ephemeris.policy.yaml.Default;
import dev.ephemeris.policy.yaml.Suggestion;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Who the gateway is in Entra ID, to accounts whose data it may reach by role and not by key.
 *
 * @param kind where its proof comes from
 * @param tenantId the directory that it is in; of {@link Kind#MANAGED} the platform knows
 * @param clientId the application's; of {@link Kind#MANAGED} the user-assigned identity's, if it
 *     isn't the machine's own
 * @param tokenFile of {@link Kind#WORKLOAD} the file with the platform's token, if it isn't what
 *     {@code AZURE_FEDERATED_TOKEN_FILE} says; so for the other two ids
 * @param certificate of {@link Kind#CERTIFICATE} a PEM file with the certificate and its private
 *     key
 * @param authority where tokens come from: Entra ID's address in the account's cloud
 */
public record EntraIdentity(
    Kind kind,
    Optional<String> tenantId,
    Optional<String> clientId,
    Optional<Path> tokenFile,
    Optional<Path> certificate,
    @Default("https://login.microsoftonline.com/") Authority authority) {

  /** Where the proof of an identity comes from; none is a secret that is passed around. */
  public enum Kind {
    /** From the platform that the gateway runs on: a managed identity of Azure's. */
    MANAGED,
    /** From a platform that Entra ID trusts, such as Kubernetes: workload identity federation. */
    WORKLOAD,
    /** A certificate that was registered with the application. */
    CERTIFICATE;

    /**
     * Reads a name as the file spells it.
     *
     * @throws IllegalArgumentException if it isn't one of these
     */
    public static Kind parse(String name) {
      return Suggestion.choose("kind", name, List.of(values()));
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** {@code https://host/}, and nothing more. */
  public record Authority(URI uri) {

    /** As the constructor, from text. */
    public static Authority parse(String url) {
      try {
        return new Authority(Endpoint.parse(url).uri());
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            "expected a URL such as https://login.microsoftonline.com/, without tenant");
      }
    }

    @Override
    public String toString() {
      return uri.toString();
    }
  }

  private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9.-]{0,99}");

  /**
   * @throws dev.ephemeris.policy.yaml.InvalidField (an IllegalArgumentException) naming what is
   *     malformed, missing, or isn't of this kind
   */
  public EntraIdentity {
    require(
        tenantId.filter(id -> !ID.matcher(id).matches()).isEmpty(),
        "expected a tenant's id",
        "tenantId");
    require(
        clientId.filter(id -> !ID.matcher(id).matches()).isEmpty(),
        "expected a client's id",
        "clientId");
    require(
        kind != Kind.MANAGED || tenantId.isEmpty(),
        "a managed identity is in the tenant of its platform; expected no tenantId",
        "tenantId");
    require(
        kind == Kind.WORKLOAD || tokenFile.isEmpty(),
        "expected a tokenFile for kind workload only",
        "tokenFile");
    require(
        kind == Kind.CERTIFICATE || certificate.isEmpty(),
        "expected a certificate for kind certificate only",
        "certificate");
    require(
        kind != Kind.CERTIFICATE
            || (certificate.isPresent() && tenantId.isPresent() && clientId.isPresent()),
        "expected tenantId, clientId and certificate for kind certificate",
        "kind");
  }
}
