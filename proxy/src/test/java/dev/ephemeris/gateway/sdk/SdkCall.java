package dev.ephemeris.gateway.sdk;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Set;

/** One SDK, which runs operations by name. */
interface SdkCall extends AutoCloseable {

  /** The headers of an answer that are compared between the two ways. */
  List<String> COMPARED_HEADERS =
      List.of(
          "etag",
          "x-ms-alt-content-path",
          "x-ms-content-path",
          "x-ms-continuation",
          "x-ms-item-count",
          "x-ms-request-charge",
          "x-ms-session-token",
          "x-ms-substatus");

  /**
   * What an SDK is pointed at.
   *
   * @param prefix what the names of the containers begin with
   */
  record Target(URI endpoint, String credential, String database, String prefix) {

    String container(String name) {
      return prefix + name;
    }

    /** The same by another credential. */
    Target by(String other) {
      return new Target(endpoint, other, database, prefix);
    }

    boolean isLease() {
      return credential.startsWith("type=resource&");
    }
  }

  /** The operations that it has a case for. */
  Set<String> operations();

  /**
   * What came of an operation: {@code status}, {@code subStatus}, {@code headers}, and what else
   * the SDK tells; of a failure, its {@code message}.
   */
  JsonNode run(String operation, Target target) throws IOException;

  @Override
  void close() throws IOException;
}
