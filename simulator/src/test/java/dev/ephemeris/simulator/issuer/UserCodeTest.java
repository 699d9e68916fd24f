package dev.ephemeris.simulator.issuer;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class UserCodeTest {

  @RepeatedTest(20)
  void readsBackWhatItShows() {
    var code = UserCode.random();
    assertThat(UserCode.parse(code.toString())).contains(code);
  }

  @ParameterizedTest
  @ValueSource(strings = {"wdjb-mjht", "WDJBMJHT", " wdjb mjht ", "W.D.J.B-M.J.H.T"})
  void readsACodeHoweverItIsTyped(String typed) {
    assertThat(UserCode.parse(typed)).contains(new UserCode("WDJBMJHT"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "WDJB-MJH", "WDJB-MJHTT", "WDJB-MJHA", "WDJB-MJH1", "ＷDJB-MJHT"})
  void readsNothingElse(String typed) {
    assertThat(UserCode.parse(typed)).isEmpty();
  }

  @Property
  void readsAnyTextWithoutFailing(@ForAll String typed) {
    UserCode.parse(typed)
        .ifPresent(code -> assertThat(UserCode.parse(code.toString())).contains(code));
  }
}
