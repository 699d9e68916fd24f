package dev.ephemeris.gateway.cli;

import java.net.URI;

/** On a machine without a screen, or where somebody wants none opened: pages are only named. */
record NoBrowser() implements Surroundings.Browser {

  @Override
  public void open(URI page) {
    // The address is on the terminal.
  }

  @Override
  public boolean isThere() {
    return false;
  }
}
