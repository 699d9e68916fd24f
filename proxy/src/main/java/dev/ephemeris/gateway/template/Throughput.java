package dev.ephemeris.gateway.template;

import dev.ephemeris.gateway.template.Throughput.Autoscale;
import dev.ephemeris.gateway.template.Throughput.Manual;
import dev.ephemeris.gateway.template.Throughput.NotItsOwn;
import java.util.Optional;

/** What a container may take per second. */
sealed interface Throughput permits NotItsOwn, Autoscale, Manual {
  int MOST = 1_000_000;

  /** What it has isn't its own. */
  enum NotItsOwn implements Throughput {
    /** It shares that of its database. */
    SHARED,
    /** The account has none, and bills what is taken. */
    SERVERLESS
  }

  /** Between a tenth of this and this. */
  record Autoscale(int maxRequestUnits) implements Throughput {
    static final int LEAST = 1_000;

    /**
     * @throws IllegalArgumentException if Azure gives no such
     */
    public Autoscale {
      require(maxRequestUnits, LEAST, LEAST);
    }
  }

  /** Just this. */
  record Manual(int requestUnits) implements Throughput {
    static final int LEAST = 400;
    private static final int STEP = 100;

    /**
     * @throws IllegalArgumentException if Azure gives no such
     */
    public Manual {
      require(requestUnits, LEAST, STEP);
    }
  }

  private static void require(int requestUnits, int least, int step) {
    if (requestUnits < least || requestUnits > MOST || requestUnits % step != 0) {
      throw new IllegalArgumentException(
          "expected from %d to %d, in steps of %d".formatted(least, MOST, step));
    }
  }

  /** How it is told to people. */
  default String inWords() {
    return switch (this) {
      case NotItsOwn none ->
          none == NotItsOwn.SHARED
              ? "it shares the throughput of its database"
              : "its account is serverless";
      case Autoscale(int most) -> "autoscale to %d request units per second".formatted(most);
      case Manual(int units) -> "%d request units per second".formatted(units);
    };
  }

  /**
   * Reads {@code shared}, {@code serverless}, or an object with {@code autoscale} or {@code
   * manual}.
   */
  static Optional<Throughput> read(Fields fields, String key) {
    if (!fields.hasObject(key)) {
      return fields.required(key, Throughput::notItsOwn);
    }
    return fields.object(
        key,
        object -> {
          Optional<Integer> autoscale = object.whole("autoscale", Autoscale.LEAST, MOST);
          Optional<Integer> manual = object.whole("manual", Manual.LEAST, MOST);
          if (object.has("autoscale") == object.has("manual")) {
            return fields.wrong(fields.path(key), "expected either autoscale or manual");
          }
          try {
            return autoscale.<Throughput>map(Autoscale::new).or(() -> manual.map(Manual::new));
          } catch (IllegalArgumentException e) {
            return fields.wrong(fields.path(key), String.valueOf(e.getMessage()));
          }
        });
  }

  private static Throughput notItsOwn(String text) {
    return switch (text) {
      case "shared" -> NotItsOwn.SHARED;
      case "serverless" -> NotItsOwn.SERVERLESS;
      default ->
          throw new IllegalArgumentException(
              "expected shared, serverless, { autoscale: 4000 } or { manual: 400 }");
    };
  }
}
