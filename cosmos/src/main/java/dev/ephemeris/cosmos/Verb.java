package dev.ephemeris.cosmos;

import java.util.Optional;

/** The HTTP methods of the data plane. Method names are case-sensitive (RFC 9110 §9.1). */
public enum Verb {
  GET,
  HEAD,
  POST,
  PUT,
  PATCH,
  DELETE;

  static Optional<Verb> of(String method) {
    return switch (method) {
      case "GET" -> Optional.of(GET);
      case "HEAD" -> Optional.of(HEAD);
      case "POST" -> Optional.of(POST);
      case "PUT" -> Optional.of(PUT);
      case "PATCH" -> Optional.of(PATCH);
      case "DELETE" -> Optional.of(DELETE);
      default -> Optional.empty();
    };
  }
}
