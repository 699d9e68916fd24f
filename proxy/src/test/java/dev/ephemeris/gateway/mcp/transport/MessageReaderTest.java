package dev.ephemeris.gateway.mcp.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class MessageReaderTest {

  private final MessageReader reader = new MessageReader(1024);

  @Property
  void whateverComesIsAMessageOrRefused(@ForAll byte[] body) {
    if (reader.read(Buffer.buffer(body)) instanceof MessageReader.Outcome.Refused(Refusal why)) {
      assertThat(why.status()).isEqualTo(400);
    }
  }

  @Property
  void whatIsAlmostAMessageIsOneOrRefused(@ForAll("almost") String body) {
    if (read(body) instanceof MessageReader.Outcome.Refused(Refusal why)) {
      assertThat(why.status()).isEqualTo(400);
      // What is refused isn't repeated.
      assertThat(why.message()).doesNotContain("secret");
    }
  }

  /** Whatever a message consists of, with values of every kind where others belong. */
  @Provide
  Arbitrary<String> almost() {
    Arbitrary<String> value =
        Arbitraries.of("\"2.0\"", "\"secret\"", "1", "-0.5", "1e9999", "null", "true", "[1]", "{}");
    Arbitrary<String> member =
        Arbitraries.of("jsonrpc", "id", "method", "params", "result", "error", "secret")
            .flatMap(name -> value.map(v -> "\"" + name + "\":" + v));
    return member.list().ofMaxSize(6).map(members -> "{" + String.join(",", members) + "}");
  }

  @Property
  void aNameThatStandsThereTwiceIsRefusedWhereverItDoes(
      @ForAll("places") List<String> place, @ForAll("name") String name) {
    String once = "{\"" + name + "\":1}";
    String twice = "{\"" + name + "\":1,\"" + escaped(name) + "\":1}";

    assertThat(read(message(place, once))).isInstanceOf(MessageReader.Outcome.Message.class);
    assertThat(read(message(place, twice)))
        .isEqualTo(new MessageReader.Outcome.Refused(Refusal.unreadable()));
  }

  @Provide
  Arbitrary<List<String>> places() {
    return Arbitraries.of("{\"a\":%s}", "[%s]", "[0,%s]", "{\"b\":1,\"c\":%s}").list().ofMaxSize(9);
  }

  @Provide
  Arbitrary<String> name() {
    return Arbitraries.strings().withCharRange('a', 'z').ofMinLength(1).ofMaxLength(9);
  }

  /** The same name, spelt otherwise. */
  private static String escaped(String name) {
    return "\\u%04x".formatted((int) name.charAt(0)) + name.substring(1);
  }

  private static String message(List<String> place, String value) {
    String params = value;
    for (String around : place) {
      params = around.formatted(params);
    }
    return "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"m\",\"params\":{\"p\":" + params + "}}";
  }

  private MessageReader.Outcome read(String body) {
    return reader.read(Buffer.buffer(body.getBytes(StandardCharsets.UTF_8)));
  }
}
