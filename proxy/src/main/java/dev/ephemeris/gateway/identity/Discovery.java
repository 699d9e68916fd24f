package dev.ephemeris.gateway.identity;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;

/** Reads issuers' metadata (OpenID Connect Discovery 1.0 §4) and the keys that it names. */
final class Discovery {

  private final IssuerHttp http;

  Discovery(Vertx vertx) {
    this(new IssuerHttp(vertx));
  }

  /**
   * @param patience how long each answer may take, from its first byte to its last
   */
  Discovery(Vertx vertx, Duration patience) {
    this(new IssuerHttp(vertx, patience));
  }

  private Discovery(IssuerHttp http) {
    this.http = http;
  }

  /** What an issuer says of itself; fails as {@link IssuerMetadata#read} does. */
  Future<IssuerMetadata> metadata(String issuer) {
    String base = issuer.endsWith("/") ? issuer.substring(0, issuer.length() - 1) : issuer;
    return http.get("its discovery", base + "/.well-known/openid-configuration")
        .map(text -> IssuerMetadata.read(issuer, text));
  }

  /** The key set of an issuer. */
  Future<String> keys(String issuer) {
    return metadata(issuer).compose(this::keys);
  }

  /** The key set of an issuer that says this of itself. */
  Future<String> keys(IssuerMetadata metadata) {
    return http.get("its keys", metadata.jwksUri());
  }
}
