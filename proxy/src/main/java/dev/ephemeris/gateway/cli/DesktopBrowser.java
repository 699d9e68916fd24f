package dev.ephemeris.gateway.cli;

import java.io.IOException;
import java.net.URI;
import java.util.Map;

/** The browser of the desktop that the command runs on, by the desktop's own opener. */
record DesktopBrowser(String opener) implements Surroundings.Browser {

  static Surroundings.Browser of(String operatingSystem, Map<String, String> environment) {
    if (operatingSystem.startsWith("Mac")) {
      return new DesktopBrowser("open");
    }
    // Without a screen xdg-open would start a text browser on the terminal that waits for the code.
    boolean screen =
        environment.containsKey("DISPLAY") || environment.containsKey("WAYLAND_DISPLAY");
    return screen ? new DesktopBrowser("xdg-open") : new NoBrowser();
  }

  @Override
  public void open(URI page) {
    try {
      new ProcessBuilder(opener, page.toString())
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .redirectError(ProcessBuilder.Redirect.DISCARD)
          .start();
    } catch (IOException noOpener) {
      // The address is on the terminal too.
    }
  }
}
