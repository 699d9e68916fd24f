package dev.ephemeris.loadtests;

/**
 * What a target came to in one round.
 *
 * @param control nginx, measured right before it
 * @param direct the way without a proxy, right before that
 */
record Turn(String target, Measurement measured, Measurement control, Measurement direct) {

  double timesNginx() {
    return measured.processorSeconds() / control.processorSeconds();
  }

  double addedP50() {
    return measured.latencies().p50() - direct.latencies().p50();
  }

  double addedP99() {
    return measured.latencies().p99() - direct.latencies().p99();
  }
}
