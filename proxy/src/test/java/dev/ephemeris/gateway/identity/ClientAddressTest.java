package dev.ephemeris.gateway.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ephemeris.config.TrustedProxies;
import dev.ephemeris.config.TrustedProxies.ForwardedBy;
import dev.ephemeris.gateway.identity.ClientAddress.Origin;
import dev.ephemeris.policy.Network;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where a request comes from, and who may say so. The proxies are in 10.1.0.0/16 and fd00::/8. */
class ClientAddressTest {

  private static ClientAddress by(ForwardedBy header) {
    return new ClientAddress(
        Optional.of(
            new TrustedProxies(
                List.of(Network.parse("10.1.0.0/16"), Network.parse("fd00::/8")), header)));
  }

  private static String of(ForwardedBy header, String connection, List<String> lines) {
    return switch (by(header).of(connection, connection, lines)) {
      case Origin.Known(String address) -> address;
      case Origin.Unreadable(String proxy) -> "unreadable";
    };
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // Not from a proxy: whatever it says.
        "198.51.100.7 | 203.0.113.9 | 198.51.100.7",
        "198.51.100.7 | 10.1.0.1 | 198.51.100.7",
        "198.51.100.7 | nonsense | 198.51.100.7",
        "10.2.0.1 | 203.0.113.9 | 10.2.0.1",
        // From one: whom it heard from.
        "10.1.0.1 | 203.0.113.9 | 203.0.113.9",
        "10.1.0.1 | 203.0.113.9:4711 | 203.0.113.9",
        "10.1.0.1 | [2001:db8::1]:4711 | 2001:db8:0:0:0:0:0:1",
        "10.1.0.1 | 2001:db8::1 | 2001:db8:0:0:0:0:0:1",
        "fd00::1 | 203.0.113.9 | 203.0.113.9",
        "10.1.0.1 | ::ffff:203.0.113.9 | 203.0.113.9",
        // From one after another: the first from the right that isn't one.
        "10.1.0.1 | 203.0.113.9, 10.1.0.2 | 203.0.113.9",
        "10.1.0.1 | 192.0.2.1, 203.0.113.9, 10.1.0.2 | 203.0.113.9",
        "10.1.0.1 | 10.1.0.9, 203.0.113.9 | 203.0.113.9",
        "10.1.0.1 | nonsense, 203.0.113.9 | 203.0.113.9",
        // All of them are: the one at the beginning.
        "10.1.0.1 | 10.1.0.3, 10.1.0.2 | 10.1.0.3",
        "10.1.0.1 |  | 10.1.0.1",
        // What a proxy itself doesn't say in a way that can be read.
        "10.1.0.1 | nonsense | unreadable",
        "10.1.0.1 | 203.0.113.9, nonsense | unreadable",
        "10.1.0.1 | 203.0.113.9,  | unreadable",
        "10.1.0.1 | localhost | unreadable",
        "10.1.0.1 | 203.0.113 | unreadable",
        "10.1.0.1 | 0x7f.0.0.1 | unreadable",
        "10.1.0.1 | 203.0.113.999 | unreadable",
        "10.1.0.1 | unknown | unreadable",
      })
  void readsXForwardedFor(String connection, String header, String client) {
    List<String> lines = header == null ? List.of() : List.of(header);
    assertThat(of(ForwardedBy.X_FORWARDED_FOR, connection, lines)).isEqualTo(client);
    if (header != null && !header.contains("\"")) {
      assertThat(of(ForwardedBy.X_FORWARDED_FOR, connection, List.of(header.split(",", -1))))
          .as("one line each")
          .isEqualTo(client);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "198.51.100.7 | for=203.0.113.9 | 198.51.100.7",
        "10.1.0.1 | for=203.0.113.9 | 203.0.113.9",
        "10.1.0.1 | FOR=203.0.113.9;proto=https;by=10.1.0.1 | 203.0.113.9",
        "10.1.0.1 | proto=https; for=\"203.0.113.9:80\" | 203.0.113.9",
        "10.1.0.1 | for=\"[2001:db8::1]:4711\" | 2001:db8:0:0:0:0:0:1",
        "10.1.0.1 | for=192.0.2.1, for=203.0.113.9, for=10.1.0.2 | 203.0.113.9",
        "10.1.0.1 | for=\"a,b\", for=203.0.113.9 | 203.0.113.9",
        "10.1.0.1 | for=\"203.0.113.9, for=192.0.2.1 | 192.0.2.1",
        "10.1.0.1 | for=192.0.2.1;for=203.0.113.9 | unreadable",
        "10.1.0.1 | for=_hidden | unreadable",
        "10.1.0.1 | for=unknown | unreadable",
        "10.1.0.1 | proto=https | unreadable",
        "10.1.0.1 | for=203.0.113.9 x | unreadable",
        "10.1.0.1 | 203.0.113.9 | unreadable",
      })
  void readsForwarded(String connection, String header, String client) {
    assertThat(of(ForwardedBy.FORWARDED, connection, List.of(header))).isEqualTo(client);
  }

  @Test
  void believesNobodyByDefault() {
    ClientAddress nobody = new ClientAddress(Optional.empty());

    assertThat(nobody.of("10.1.0.1", "203.0.113.9", List.of("192.0.2.1")))
        .isEqualTo(new Origin.Known("10.1.0.1"));
    assertThat(nobody.of(null, null, List.of())).isEqualTo(new Origin.Known("unknown"));
  }

  /** The PROXY protocol, alone and with a header of the proxy before that one. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "10.1.0.1 | 203.0.113.9 |  | 203.0.113.9",
        "198.51.100.7 | 203.0.113.9 |  | 198.51.100.7",
        "10.1.0.1 | 203.0.113.9 | 192.0.2.1 | 203.0.113.9",
        "10.1.0.1 | 10.1.0.2 | 192.0.2.1 | 192.0.2.1",
      })
  void readsTheProxyProtocol(String connection, String told, String header, String client) {
    assertThat(
            by(ForwardedBy.X_FORWARDED_FOR)
                .of(connection, told, header == null ? List.of() : List.of(header)))
        .isEqualTo(new Origin.Known(client));
  }

  /** What a client writes stands on the left of what the first proxy adds. */
  @Property
  void isWhatTheFirstProxySaysWhateverTheClientWrote(
      @ForAll List<String> written,
      @ForAll("clients") String client,
      @ForAll("chains") List<String> chain) {
    List<String> hops = new ArrayList<>(written);
    hops.add(client);
    hops.addAll(chain);

    assertThat(of(ForwardedBy.X_FORWARDED_FOR, "10.1.0.1", List.of(String.join(",", hops))))
        .isEqualTo(client);
    assertThat(of(ForwardedBy.X_FORWARDED_FOR, "10.1.0.1", hops)).isEqualTo(client);
  }

  /** Never what neither the connection nor the header says, and never a failure. */
  @Property
  void inventsNothing(@ForAll List<String> lines, @ForAll ForwardedBy header) {
    assertThat(of(header, "198.51.100.7", lines)).isEqualTo("198.51.100.7");
    assertThat(of(header, "10.1.0.1", lines)).isNotEmpty();
  }

  @Provide
  Arbitrary<String> clients() {
    return Arbitraries.integers()
        .between(0, 255)
        .list()
        .ofSize(2)
        .map(parts -> "203.0." + parts.get(0) + "." + parts.get(1));
  }

  @Provide
  Arbitrary<List<String>> chains() {
    return Arbitraries.integers().between(1, 255).map(last -> "10.1.7." + last).list().ofMaxSize(4);
  }
}
