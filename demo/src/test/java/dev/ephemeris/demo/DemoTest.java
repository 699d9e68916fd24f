package dev.ephemeris.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import picocli.CommandLine;

/** What the README has newcomers begin with. */
@Timeout(300)
class DemoTest {

  private static final Pattern CERTIFICATE = Pattern.compile("certificate +(/.*/ca\\.pem)");

  @Test
  void theTourGoesAsItSaysAndLeavesNothingBehind() {
    StringWriter out = new StringWriter();

    int exitCode =
        new CommandLine(new Demo())
            .setOut(new PrintWriter(out))
            .setErr(new PrintWriter(out))
            .execute("--tour");

    assertThat(exitCode).as(out.toString()).isZero();
    assertThat(out.toString()).contains("steps did what they should.").doesNotContain("FAILED");
    Matcher certificate = CERTIFICATE.matcher(out.toString());
    assertThat(certificate.find()).as(out.toString()).isTrue();
    assertThat(Files.exists(Path.of(certificate.group(1)).getParent())).isFalse();
  }
}
