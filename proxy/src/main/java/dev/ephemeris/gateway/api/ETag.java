package dev.ephemeris.gateway.api;

import dev.ephemeris.gateway.identity.Digest;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What a document is known again by (RFC 9110 §8.8.3): a digest of just what is shown, so that it
 * is another one whenever that is, and tells nobody more than they are shown.
 *
 * @param text in its quotes
 */
record ETag(String text) {

  private static final Pattern ENTITY_TAG = Pattern.compile("(W/)?(\"[!#-~\\x80-\\xff]*\")");

  static ETag of(Buffer shown) {
    return new ETag('"' + Digest.base64Url(shown.toString(StandardCharsets.UTF_8)) + '"');
  }

  static ETag of(JsonObject shown) {
    return of(shown.toBuffer());
  }

  /** Whether whoever asks has it already (RFC 9110 §13.1.2): weak ones count, too. */
  boolean isKnownTo(RoutingContext context) {
    return context.request().headers().getAll(HttpHeaders.IF_NONE_MATCH).stream()
        .anyMatch(
            header ->
                header.strip().equals("*")
                    || ENTITY_TAG
                        .matcher(header)
                        .results()
                        .anyMatch(tag -> tag.group(2).equals(text)));
  }

  /**
   * Whether it is what whoever asks decides on (RFC 9110 §13.1.1): if they don't say, it is. Weak
   * ones count for nothing, nor does what can't be read.
   */
  boolean isAsSeenBy(RoutingContext context) {
    List<String> headers = context.request().headers().getAll(HttpHeaders.IF_MATCH);
    return headers.isEmpty()
        || headers.stream()
            .anyMatch(
                header ->
                    header.strip().equals("*")
                        || ENTITY_TAG
                            .matcher(header)
                            .results()
                            .anyMatch(tag -> tag.group().equals(text)));
  }
}
