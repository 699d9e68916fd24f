package dev.ephemeris.gateway.dataplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ephemeris.cosmos.Address;
import dev.ephemeris.cosmos.ResourceType;
import dev.ephemeris.gateway.dataplane.InnerClient.Request;
import dev.ephemeris.gateway.lease.LeaseToken;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The gateway asks its own data plane, and nobody else by that way. */
class InnerClientTest {

  private static final Request CARTS =
      new Request(
          DataPlaneFixture.ACCOUNT,
          Address.container("shop", "carts"),
          ResourceType.CONTAINER,
          Map.of(),
          Optional.empty());
  private static final int MUCH = 1_000_000;

  private static DataPlaneFixture fixture;
  private static DataPlane plane;

  @BeforeAll
  static void start() throws Exception {
    fixture = new DataPlaneFixture("team-policy.yaml");
    fixture.simulator().createDatabase("shop");
    fixture.simulator().createContainer("shop", "carts", "/pk");
    plane = fixture.dataPlane();
  }

  @AfterAll
  static void stop() throws Exception {
    fixture.close();
  }

  private static LeaseToken lease() {
    return fixture.lease("orders-prod:/dbs/shop/colls/carts", "data-reader").token();
  }

  @Test
  void asksByTheSameSteps() throws Exception {
    InnerClient.Answer answer = plane.inner().ask(lease(), "192.0.2.7", CARTS, MUCH).await();

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body().toJsonObject().getString("id")).isEqualTo("carts");
    assertThat(answer.withheld()).isZero();
    assertThat(fixture.journal()).contains("requestIntent");
  }

  /** What is recorded of addresses, and asked of them, is the asker's. */
  @Test
  void asksOnBehalfOfAnAddress() throws Exception {
    InnerClient.Answer answer =
        plane
            .inner()
            .ask(new LeaseToken("type=resource&ver=1.0&sig=no"), "192.0.2.8", CARTS, MUCH)
            .await();

    assertThat(answer.status()).isEqualTo(401);
    assertThat(answer.isGateways()).isTrue();
    assertThat(fixture.journal()).contains("192.0.2.8");
  }

  /** What the account refuses it doesn't take for the gateway's. */
  @Test
  void tellsWhoseWordsAnErrorIs() throws Exception {
    InnerClient.Answer answer =
        plane
            .inner()
            .ask(
                lease(),
                "192.0.2.7",
                new Request(
                    DataPlaneFixture.ACCOUNT,
                    Address.container("shop", "carts"),
                    ResourceType.ITEM,
                    Map.of(
                        "content-type", "application/query+json",
                        "x-ms-documentdb-isquery", "true",
                        "x-ms-documentdb-partitionkey", "[\"a\"]"),
                    Optional.of(Buffer.buffer("{\"query\":\"SELEC\",\"parameters\":[]}"))),
                MUCH)
            .await();

    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.isGateways()).isFalse();
  }

  @Test
  void readsNoMoreThanItIsTold() {
    assertThatThrownBy(() -> plane.inner().ask(lease(), "192.0.2.7", CARTS, 10).await())
        .isInstanceOf(InnerClient.TooLongException.class);
  }

  /** Who finds the port has a good lease and nothing by it; nor is there one on the other. */
  @ParameterizedTest
  @ValueSource(strings = {"", "x"})
  void isHeardAloneWhereItIsHeard(String secret) {
    RequestOptions options =
        new RequestOptions()
            .setMethod(HttpMethod.GET)
            .setHost("localhost")
            .setPort(plane.innerPort())
            .setSsl(true)
            .setURI("/dbs/shop/colls/carts")
            .putHeader("x-ms-version", "2020-07-15")
            .putHeader(InnerClient.ON_BEHALF, "192.0.2.9")
            .putHeader(
                "authorization", URLEncoder.encode(lease().reveal(), StandardCharsets.UTF_8));
    if (!secret.isEmpty()) {
      options.putHeader(InnerClient.SECRET, secret);
    }

    assertThatThrownBy(
            () -> fixture.client().request(options).compose(asking -> asking.send()).await())
        .hasMessageContaining("closed");
    assertThat(plane.innerPort()).isNotEqualTo(plane.port());
  }
}
