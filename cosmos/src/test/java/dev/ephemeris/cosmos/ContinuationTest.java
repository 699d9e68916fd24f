package dev.ephemeris.cosmos;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Base64;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ContinuationTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "-RID:~Sl8fALN4sw4CAAAAAAAAAA==#RT:1#TRC:1 | /dbs/Sl8fAA==/colls/Sl8fALN4sw4=",
        "+RID:Sl8fALN4sw4CAAAAAAAAAA==#RT:1 | /dbs/Sl8fAA==/colls/Sl8fALN4sw4=",
        "[{\"token\":\"-RID:~Sl8fALN4sw4CAAAAAAAAAA==#RT:1\",\"range\":{\"min\":\"\",\"max\":\"FF\"}}]"
            + " | /dbs/Sl8fAA==/colls/Sl8fALN4sw4=",
        "{\"token\":\"-\\u0052ID:~Sl8fALN4sw4CAAAAAAAAAA==#RT:1\"}"
            + " | /dbs/Sl8fAA==/colls/Sl8fALN4sw4=",
        "-RID\\\\u003a~\\u005cu0053l8fALN4sw4CAAAAAAAAAA== | /dbs/Sl8fAA==/colls/Sl8fALN4sw4=",
        "-\\u0052ID:~AAAA#RT:1 | -",
        "\\u005cu005cu0058 | ``",
        "\\u005cu005cu005cu0058 | -",
        "-RID:~Sl8fALN4sw4=#RT:1 | /dbs/Sl8fAA==/colls/Sl8fALN4sw4=",
        "-RID:~Sl8fALN4sw4CAAAAAAAAAA==#RT:1-RID:~Sl8fAP-4sw4CAAAAAAAAAA== |"
            + " /dbs/Sl8fAA==/colls/Sl8fALN4sw4= /dbs/Sl8fAA==/colls/Sl8fAP-4sw4=",
        "\"123\" | ``",
        "opaque | ``",
        "-RID:~ | -",
        "-RID:~AAAA#RT:1 | -",
        "-RID:~Sl8fAA==#RT:1 | -",
        "-RID:~Sl8fALN4sw4CAAAAAAAAAAAA#RT:1 | -",
        "-RID:~Sl8fAAN4sw4CAAAAAAAAAA==#RT:1 | -",
      })
  void namesTheContainersOfItsItems(String continuation, String containers) {
    assertThat(
            Continuation.containers(continuation)
                .map(all -> String.join(" ", all.stream().map(Address::toString).toList()))
                .orElse("-"))
        .isEqualTo(containers);
  }

  @Property
  void hasAnAnswerForAnyText(@ForAll String text) {
    assertThat(Continuation.containers(text)).isNotNull();
    assertThat(Continuation.containers("-RID:~" + text)).isNotNull();
  }

  @Property
  void anItemsContainerIsWhatItsRidBeginsWith(@ForAll @Size(16) List<Byte> bytes) {
    byte[] rid = new byte[16];
    for (int i = 0; i < 16; i++) {
      rid[i] = bytes.get(i);
    }
    rid[4] |= (byte) 0x80;
    String text = Base64.getEncoder().encodeToString(rid).replace('/', '-');

    assertThat(Continuation.containers("-RID:~" + text + "#RT:1"))
        .hasValueSatisfying(
            found -> {
              assertThat(found).hasSize(1);
              assertThat(text)
                  .startsWith(found.getFirst().container().orElseThrow().substring(0, 10));
            });
  }
}
