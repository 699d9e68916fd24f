package dev.ephemeris.simulator.cosmos;

import com.nimbusds.jwt.JWTClaimsSet;
import dev.ephemeris.simulator.issuer.Client;
import dev.ephemeris.simulator.issuer.DevelopmentIssuer;
import dev.ephemeris.simulator.issuer.GrantType;
import dev.ephemeris.simulator.issuer.Person;
import dev.ephemeris.simulator.issuer.TokenFault;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/** A running issuer that stands for the tenant of the account. */
final class TestTenant implements AutoCloseable {

  static final String AUDIENCE = "https://orders-prod.documents.azure.com";
  static final Person ALICE =
      new Person("alice-object-id", "alice", "Alice Abara", "alice@example.test");

  private static final String APPLICATION = "orders-service";

  private final Vertx vertx = Vertx.vertx();
  final DevelopmentIssuer issuer =
      DevelopmentIssuer.start(
              vertx,
              new DevelopmentIssuer.Settings(
                  "127.0.0.1",
                  0,
                  List.of(ALICE),
                  List.of(
                      Client.open(
                          APPLICATION,
                          Set.of(GrantType.AUTHORIZATION_CODE),
                          List.of("http://127.0.0.1/callback"))),
                  AUDIENCE,
                  Duration.ofMinutes(10)))
          .await();

  EntraTenant asTrusted() {
    return new EntraTenant(
        issuer.issuer().toString(),
        Set.of(AUDIENCE, "https://cosmos.azure.com"),
        issuer::publishedKeys);
  }

  String token() {
    return token(claims -> {});
  }

  String token(Consumer<JWTClaimsSet.Builder> change) {
    return issuer.accessToken(ALICE, APPLICATION, change);
  }

  String faultyToken(TokenFault fault) {
    return issuer.faultyToken(fault, ALICE, APPLICATION);
  }

  @Override
  public void close() {
    issuer.close().await();
    vertx.close().await();
  }
}
