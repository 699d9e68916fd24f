package dev.ephemeris.gateway.api;

import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.journal.log.LogReader;
import dev.ephemeris.gateway.journal.log.TilePath;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The journal, under the paths of C2SP's tlog-tiles, for auditors and for whatever else reads logs
 * of that form. Nothing is served that the checkpoint doesn't speak of, nor by a path that isn't
 * one of a tile.
 */
final class LogRoutes {

  private static final Logger LOG = LoggerFactory.getLogger(LogRoutes.class);

  /** The log's URL, from which the specification's paths go on. */
  private static final String PREFIX = "/audit/";

  /** The paths of tiles, for a router. */
  static final String TILES = PREFIX + TilePath.FOLDER + "/*";

  private final Vertx vertx;
  private final LogReader log;

  /**
   * @param journal the folder of the journal
   */
  LogRoutes(Vertx vertx, Path journal) {
    this.vertx = vertx;
    this.log = new LogReader(journal);
  }

  void checkpoint(RoutingContext context) {
    // Mutable: tlog-tiles has it kept for no longer than seconds.
    answer(context, "text/plain; charset=utf-8", "no-store", () -> Optional.of(log.checkpoint()));
  }

  void tile(RoutingContext context) {
    // As it was sent: what has to be decoded or normalised first is no path of a tile.
    String path = context.request().path();
    Optional<TilePath> tile =
        path.startsWith(PREFIX)
            ? TilePath.parse(path.substring(PREFIX.length()))
            : Optional.empty();
    if (tile.isEmpty()) {
      Problem.notFound("That is no path of a tile. See c2sp.org/tlog-tiles.").send(context);
      return;
    }
    // Never another under the same path; for the caller alone, as others may not read it.
    answer(
        context,
        "application/octet-stream",
        "private, max-age=31536000, immutable",
        () -> log.read(tile.get()));
  }

  private void answer(
      RoutingContext context, String type, String caching, Callable<Optional<byte[]>> content) {
    vertx
        .executeBlocking(content, false)
        .onSuccess(
            found -> {
              if (found.isEmpty()) {
                Problem.notFound(
                        "There is no such tile. A partial one goes once the full one is there;"
                            + " entries may have been removed as their time was over.")
                    .send(context);
                return;
              }
              HttpServerResponse response = context.response();
              response.putHeader(HttpHeaders.CONTENT_TYPE, type);
              response.putHeader(HttpHeaders.CACHE_CONTROL, caching);
              response.end(Buffer.buffer(found.get()));
            })
        .onFailure(
            e -> {
              if (!JournalException.isBehind(e)) {
                context.fail(e);
                return;
              }
              LOG.atWarn().setCause(e).log("the journal can't be read");
              Problem.unavailable("The journal can't be read now; the gateway's log says why.")
                  .send(context);
            });
  }
}
