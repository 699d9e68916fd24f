package dev.ephemeris.simulator.issuer;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Chars;
import org.junit.jupiter.api.Test;

final class HtmlTest {

  @Property
  void turnsNoTextIntoMarkup(
      @ForAll @Chars({'<', '>', '"', '\'', '&', ';', '#', 'a', '3', '9'}) String text) {
    // When
    var markup = Html.of("%s", text).markup();
    // Then
    assertThat(markup).doesNotContainAnyWhitespaces().doesNotContain("<", ">", "\"", "'");
    assertThat(unescape(markup)).isEqualTo(text);
  }

  @Property
  void keepsEveryCharacter(@ForAll String text) {
    assertThat(unescape(Html.of("%s", text).markup())).isEqualTo(text);
  }

  @Test
  void keepsMarkupAsItIs() {
    assertThat(Html.of("<p>%s</p>", Html.of("<b>%s</b>", "a < b")).markup())
        .isEqualTo("<p><b>a &lt; b</b></p>");
  }

  private static String unescape(String markup) {
    return markup
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&");
  }
}
