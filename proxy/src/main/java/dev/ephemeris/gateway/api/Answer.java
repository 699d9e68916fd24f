package dev.ephemeris.gateway.api;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;
import java.util.Set;

/**
 * What a request is answered with that was done. What is read has an {@link ETag}; what was done
 * for a key is kept under it before anybody learns of it, without any credential.
 *
 * @param location where it is what was made
 * @param given what of the body may hold a credential
 */
record Answer(int status, JsonObject body, Optional<String> location, Optional<Given> given) {

  /** What is no secret beside a lease, and all that is kept of it. */
  private static final Set<String> NO_SECRETS =
      Set.of("lease", "endpoint", "effectiveWithinSeconds");

  /**
   * A member of the body that says what was given for a lease.
   *
   * @param name empty for the body itself
   */
  record Given(String name) {
    JsonObject of(JsonObject body) {
      return name.isEmpty() ? body : body.getJsonObject(name);
    }
  }

  static Answer of(JsonObject body) {
    return of(200, body);
  }

  static Answer of(int status, JsonObject body) {
    return new Answer(status, body, Optional.empty(), Optional.empty());
  }

  Answer at(String path) {
    return new Answer(status, body, Optional.of(path), given);
  }

  /** The same, which holds a credential: nobody on the way keeps it. */
  Answer giving(Given credential) {
    return new Answer(status, body, location, Optional.of(credential));
  }

  void send(RoutingContext context) {
    if (context.request().method().equals(HttpMethod.GET)) {
      read(context);
    } else {
      // Whoever asks again may do so as soon as they have this.
      Idempotency.done(context, this).onComplete(kept -> write(context));
    }
  }

  private void read(RoutingContext context) {
    Buffer shown = body.toBuffer();
    read(context, shown, "application/json");
  }

  /** Answers with what is read, unless whoever asks has it. */
  static void read(RoutingContext context, Buffer shown, String mediaType) {
    ETag tag = ETag.of(shown);
    HttpServerResponse response =
        context
            .response()
            .putHeader(HttpHeaders.ETAG, tag.text())
            .putHeader(HttpHeaders.CACHE_CONTROL, "private, no-cache");
    if (tag.isKnownTo(context)) {
      response.setStatusCode(304).end();
    } else {
      response.putHeader(HttpHeaders.CONTENT_TYPE, mediaType).end(shown);
    }
  }

  void write(RoutingContext context) {
    HttpServerResponse response = context.response().setStatusCode(status);
    location.ifPresent(path -> response.putHeader(HttpHeaders.LOCATION, path));
    if (given.isPresent()) {
      response.putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
    }
    response.putHeader(HttpHeaders.CONTENT_TYPE, "application/json").end(body.toBuffer());
  }

  // --- as it is kept -----------------------------------------------------------------------------

  /** Without any credential. */
  String kept() {
    JsonObject shown = body.copy();
    JsonObject kept = new JsonObject().put("status", status).put("body", shown);
    location.ifPresent(path -> kept.put("location", path));
    given.ifPresent(
        which -> {
          JsonObject credential = which.of(shown);
          boolean isSecret = !NO_SECRETS.containsAll(credential.fieldNames());
          credential.fieldNames().retainAll(NO_SECRETS);
          kept.put("given", which.name());
          if (isSecret) {
            kept.put("lease", credential.getJsonObject("lease").getString("id"));
          }
        });
    return kept.encode();
  }

  /**
   * @param withheld the lease whose credential was in it, if there was one
   */
  record Kept(Answer answer, Optional<String> withheld) {

    static Kept parse(String text) {
      JsonObject json = new JsonObject(text);
      return new Kept(
          new Answer(
              json.getInteger("status"),
              json.getJsonObject("body"),
              Optional.ofNullable(json.getString("location")),
              Optional.ofNullable(json.getString("given")).map(Given::new)),
          Optional.ofNullable(json.getString("lease")));
    }
  }
}
