package dev.ephemeris.gateway.management;

import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * What the gateway needs to take requests, and what of it isn't there.
 *
 * <p>An account that can't be reached isn't among it: other accounts can, and taking the gateway
 * out of the balance wouldn't help.
 *
 * <p>Thread-safe.
 */
public final class Readiness {

  private static final Duration CHECKED_WITHIN = Duration.ofSeconds(2);

  /** What it takes, in the order in which a gateway starts. */
  public enum Part {
    POLICY("policy"),
    CATALOG("catalog"),
    JOURNAL("journal"),
    STORE("store"),
    DATA_PLANE("dataPlane"),
    API("api");

    private final String label;

    Part(String label) {
      this.label = label;
    }
  }

  /** Asks a part that is up whether it still works. */
  public interface Check {

    /** The future fails, with a message for an operator, if it doesn't. */
    Future<?> now();
  }

  private final Map<Part, Check> up = new ConcurrentHashMap<>();
  private final Map<Part, Supplier<Optional<String>>> notices = new ConcurrentHashMap<>();
  private volatile boolean stopping;

  /** The part is there, and stays. */
  public void up(Part part) {
    up(part, Future::succeededFuture);
  }

  /** The part is there, as long as {@code check} says so. */
  public void up(Part part, Check check) {
    up.put(part, check);
  }

  /** What an operator should know of a part that works nevertheless; asked with each report. */
  public void notice(Part part, Supplier<Optional<String>> notice) {
    notices.put(part, notice);
  }

  /** From now on the gateway isn't ready any more, whatever its parts say. */
  public void stopping() {
    stopping = true;
  }

  /**
   * What is ready and what isn't.
   *
   * @param flaws the parts that aren't, each with why
   * @param notices what is to be known of parts, ready or not
   */
  record Report(boolean stopping, Map<Part, String> flaws, Map<Part, String> notices) {

    boolean ready() {
      return !stopping && flaws.isEmpty();
    }

    JsonObject json() {
      JsonObject parts = new JsonObject();
      for (Part part : Part.values()) {
        String why = flaws.get(part);
        JsonObject state = new JsonObject().put("ready", why == null);
        if (why != null) {
          state.put("why", why);
        }
        String notice = notices.get(part);
        if (notice != null) {
          state.put("notice", notice);
        }
        parts.put(part.label, state);
      }
      return new JsonObject()
          .put("status", stopping ? "stopping" : ready() ? "ready" : "not ready")
          .put("parts", parts);
    }
  }

  /** Asks every part. Never fails. */
  Future<Report> report() {
    Map<Part, String> flaws = new ConcurrentHashMap<>();
    List<Future<Void>> asked = new ArrayList<>();
    for (Part part : Part.values()) {
      asked.add(
          checked(part)
              .<Void>mapEmpty()
              .otherwise(
                  failure -> {
                    flaws.put(part, why(failure));
                    return null;
                  }));
    }
    Map<Part, String> told = new EnumMap<>(Part.class);
    notices.forEach((part, notice) -> notice.get().ifPresent(text -> told.put(part, text)));
    return Future.join(asked).map(all -> new Report(stopping, flaws, told));
  }

  private Future<?> checked(Part part) {
    Check check = up.get(part);
    return check == null
        ? Future.failedFuture("It hasn't started yet.")
        : check.now().timeout(CHECKED_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
  }

  private static String why(Throwable failure) {
    return failure instanceof TimeoutException
        ? "It didn't answer within " + CHECKED_WITHIN.toSeconds() + " seconds."
        : String.valueOf(failure.getMessage());
  }
}
