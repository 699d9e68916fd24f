package dev.ephemeris.gateway.custody;

/** What Azure was asked for, and perhaps said. */
public sealed interface AzureRead<T> {

  /** It said so. */
  record Known<T>(T value) implements AzureRead<T> {}

  /**
   * It didn't.
   *
   * @param why a sentence without its end; no secret
   * @param isForbidden whether the gateway's identity may not read it
   */
  record Unknown<T>(String why, boolean isForbidden) implements AzureRead<T> {}
}
