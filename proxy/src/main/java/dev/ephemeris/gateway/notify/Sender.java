package dev.ephemeris.gateway.notify;

/** Sends notifications to where one channel leads. Thread-safe. */
interface Sender {

  /**
   * Returns once it is taken there. Blocks, for less than a minute.
   *
   * @throws UndeliveredException if it isn't, or nobody knows
   */
  void send(Notification notification) throws UndeliveredException, InterruptedException;
}
