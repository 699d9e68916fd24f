package dev.ephemeris.gateway.cli;

import java.io.PrintWriter;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;

/** Signs a person in with a code that they enter in a browser, here or elsewhere (RFC 8628). */
final class DeviceSignIn {

  /** RFC 8628 §3.5: what slow_down adds. Without an answer the interval doubles. */
  private static final Duration SLOWER = Duration.ofSeconds(5);

  private final IssuerClient issuer;
  private final Surroundings surroundings;
  private final PrintWriter prompt;

  DeviceSignIn(IssuerClient issuer, Surroundings surroundings, PrintWriter prompt) {
    this.issuer = issuer;
    this.surroundings = surroundings;
    this.prompt = prompt;
  }

  /** Shows page and code, opens the page in {@code browser}, and waits for the user's decision. */
  Tokens complete(Surroundings.Browser browser) throws Failure {
    IssuerClient.Device device = issuer.authorizeDevice();
    Instant end = surroundings.now().plus(device.lifetime());
    URI page = device.pageWithCode().orElse(device.page());
    prompt.println();
    prompt.println("  Open      " + device.page());
    prompt.println("  and enter " + Text.printable(device.userCode()));
    prompt.println();
    prompt.println("Waiting for you there, for " + Durations.format(device.lifetime()) + " ...");
    prompt.flush();
    browser.open(page);
    return await(device, end);
  }

  private Tokens await(IssuerClient.Device device, Instant end) throws Failure {
    Duration interval = device.interval();
    while (surroundings.now().plus(interval).isBefore(end)) {
      sleep(interval);
      switch (issuer.poll(device)) {
        case IssuerClient.Poll.Granted(Tokens tokens) -> {
          return tokens;
        }
        case IssuerClient.Poll.Pending() -> {}
        case IssuerClient.Poll.SlowDown() -> interval = interval.plus(SLOWER);
        case IssuerClient.Poll.Unanswered() -> interval = interval.multipliedBy(2);
        case IssuerClient.Poll.Expired() -> throw expired();
        case IssuerClient.Poll.Denied() ->
            throw new Failure(
                Failure.Kind.NOT_SIGNED_IN, "The sign-in was refused in the browser.");
      }
    }
    throw expired();
  }

  private void sleep(Duration interval) throws Failure {
    try {
      surroundings.pause().sleep(interval);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Failure(Failure.Kind.LOCAL, "Interrupted.");
    }
  }

  private static Failure expired() {
    return new Failure(
        Failure.Kind.NOT_SIGNED_IN,
        "The code has expired before it was used. Start again: ephemeris login");
  }
}
