package dev.ephemeris.simulator.cosmos;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a client has seen: how far some partitions had come, as {@code 0:-1#12,1:-1#7}. Read as
 * azure-cosmos reads it ({@code SessionTokenHelper}, {@code VectorSessionToken}).
 */
record SessionToken(List<Entry> entries) {

  /**
   * How far one partition had come.
   *
   * @param rangeId the partition's id, or that of one which it was split from
   * @param version counts changes of a partition's replicas; here it is always -1
   */
  record Entry(String rangeId, long version, long lsn) {}

  SessionToken {
    entries = List.copyOf(entries);
  }

  /** Reads one; empty if any of it can't be read. */
  static Optional<SessionToken> parse(String text) {
    List<Entry> entries = new ArrayList<>();
    for (String entry : parts(text, ",")) {
      List<String> halves = parts(entry, ":");
      Optional<Entry> parsed =
          halves.size() == 2 ? entry(halves.get(0), halves.get(1)) : Optional.empty();
      if (parsed.isEmpty()) {
        return Optional.empty();
      }
      entries.add(parsed.get());
    }
    return Optional.of(new SessionToken(entries));
  }

  /** {@code version#lsn}, then how far each region is; or the LSN alone, as it once was. */
  private static Optional<Entry> entry(String rangeId, String progress) {
    try {
      List<String> segments = parts(progress, "#");
      if (segments.size() == 1 && !progress.contains("#")) {
        return Optional.of(new Entry(rangeId, -1, Long.parseLong(progress)));
      }
      if (segments.size() < 2) {
        return Optional.empty();
      }
      for (String region : segments.subList(2, segments.size())) {
        List<String> halves = parts(region, "=");
        if (halves.size() != 2) {
          return Optional.empty();
        }
        Integer.parseInt(halves.get(0));
        Long.parseLong(halves.get(1));
      }
      return Optional.of(
          new Entry(rangeId, Long.parseLong(segments.get(0)), Long.parseLong(segments.get(1))));
    } catch (NumberFormatException notANumber) {
      return Optional.empty();
    }
  }

  /** What stands between separators; empty parts don't count. */
  private static List<String> parts(String text, String separator) {
    return List.of(text.split(separator, -1)).stream().filter(part -> !part.isEmpty()).toList();
  }
}
