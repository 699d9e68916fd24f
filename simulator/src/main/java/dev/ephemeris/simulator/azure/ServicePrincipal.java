package dev.ephemeris.simulator.azure;

import com.nimbusds.jose.jwk.JWKSet;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.function.Supplier;

/**
 * An application or a managed identity in the tenant.
 *
 * @param objectId what roles are given to
 * @param clientId what it asks for tokens as
 * @param proofs how it may show who it is at the token endpoint; none for a managed identity, which
 *     shows nothing but where it runs
 */
public record ServicePrincipal(String objectId, String clientId, List<Proof> proofs) {

  public ServicePrincipal {
    proofs = List.copyOf(proofs);
  }

  /** What a service principal shows in the place of a secret. */
  public sealed interface Proof {

    /**
     * A federated identity credential: a token of the platform that it runs on, such as Kubernetes.
     *
     * @param issuer its exact {@code iss}
     * @param subject its exact {@code sub}
     * @param audience what must be among its {@code aud}; in Azure {@value #AUDIENCE} unless
     *     configured otherwise
     * @param keys the issuer's keys as published now
     */
    record Federated(String issuer, String subject, String audience, Supplier<JWKSet> keys)
        implements Proof {

      /** What Azure recommends. */
      public static final String AUDIENCE = "api://AzureADTokenExchange";
    }

    /** A certificate whose private key signs the assertion. */
    record Certificate(X509Certificate certificate) implements Proof {}
  }
}
