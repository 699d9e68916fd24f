package dev.ephemeris.simulator.issuer;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;

/**
 * Devices that wait for a person to let them in (RFC 8628). Confined to the server's event loop.
 */
final class DeviceRequests {
  static final Duration LIFETIME = Duration.ofMinutes(5);
  static final Duration INTERVAL = Duration.ofSeconds(1);
  // RFC 8628 §3.5: slow_down adds five seconds for this and all later polls
  private static final Duration SLOWER = Duration.ofSeconds(5);

  /** One waiting device, as its two codes show it. */
  record Begun(String deviceCode, UserCode userCode) {}

  /** What a device learns when it asks. */
  sealed interface Poll {
    record Approved(Authorization authorization) implements Poll {}

    record Denied() implements Poll {}

    record Pending() implements Poll {}

    record TooFast() implements Poll {}

    record Expired() implements Poll {}

    record Unknown() implements Poll {}
  }

  private sealed interface Verdict {
    record Open() implements Verdict {}

    record Approved(SignIn signIn) implements Verdict {}

    record Denied() implements Verdict {}
  }

  private static final class Device {
    final Client client;
    final String scope;
    final Instant end;
    Verdict verdict = new Verdict.Open();
    Duration interval = INTERVAL;
    Instant nextPoll = Instant.MIN;

    Device(Client client, String scope, Instant end) {
      this.client = client;
      this.scope = scope;
      this.end = end;
    }
  }

  private final InstantSource clock;
  private final Tickets<Device> byDeviceCode;
  private final Tickets<Device> byUserCode;

  DeviceRequests(InstantSource clock) {
    this.clock = clock;
    // Kept past their end, so that a device learns that it was too late.
    byDeviceCode = new Tickets<>(clock, LIFETIME.multipliedBy(2));
    byUserCode = new Tickets<>(clock, LIFETIME);
  }

  Begun begin(Client client, String scope) {
    var device = new Device(client, scope, clock.instant().plus(LIFETIME));
    var userCode = UserCode.random();
    byUserCode.keep(userCode.letters(), device);
    return new Begun(byDeviceCode.issue(device), userCode);
  }

  /** The client that waits behind this code, if nobody has answered it yet. */
  Optional<Client> waiting(UserCode code) {
    return byUserCode.find(code.letters()).map(device -> device.client);
  }

  /** Lets the device in. The code can't be answered again; false if it had been, or has expired. */
  boolean approve(UserCode code, SignIn signIn) {
    return answer(code, new Verdict.Approved(signIn));
  }

  /**
   * Turns the device away. The code can't be answered again; false if it had been, or has expired.
   */
  boolean deny(UserCode code) {
    return answer(code, new Verdict.Denied());
  }

  private boolean answer(UserCode code, Verdict verdict) {
    var device = byUserCode.take(code.letters());
    device.ifPresent(found -> found.verdict = verdict);
    return device.isPresent();
  }

  Poll poll(String deviceCode, Client client) {
    return byDeviceCode
        .find(deviceCode)
        .filter(device -> device.client.clientId().equals(client.clientId()))
        .map(device -> poll(deviceCode, device))
        .orElseGet(Poll.Unknown::new);
  }

  private Poll poll(String deviceCode, Device device) {
    var now = clock.instant();
    if (!device.end.isAfter(now)) {
      return new Poll.Expired();
    }
    var tooFast = now.isBefore(device.nextPoll);
    if (tooFast) {
      device.interval = device.interval.plus(SLOWER);
    }
    device.nextPoll = now.plus(device.interval);
    if (tooFast) {
      return new Poll.TooFast();
    }
    return switch (device.verdict) {
      case Verdict.Open() -> new Poll.Pending();
      case Verdict.Denied() -> {
        byDeviceCode.take(deviceCode);
        yield new Poll.Denied();
      }
      case Verdict.Approved(var signIn) -> {
        byDeviceCode.take(deviceCode);
        yield new Poll.Approved(
            new Authorization(signIn, device.client.clientId(), device.scope, Optional.empty()));
      }
    };
  }
}
