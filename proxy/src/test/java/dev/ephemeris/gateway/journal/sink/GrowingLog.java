package dev.ephemeris.gateway.journal.sink;

import dev.ephemeris.gateway.journal.SealedEntries;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Sealed entries in memory, as a log's reader gives them, with the checkpoint of them all. */
final class GrowingLog implements SealedEntries {

  static final String NAME = "gateway.example.com/journal/one";

  private final List<Entry> entries = new ArrayList<>();
  private long first;

  /** Of the time of day. */
  synchronized GrowingLog add(int count) {
    for (int i = 0; i < count; i++) {
      add(json(entries.size()));
    }
    return this;
  }

  synchronized void add(String json) {
    entries.add(new Entry(entries.size(), json.getBytes(StandardCharsets.UTF_8)));
  }

  static String json(long index) {
    return ("{\"type\":\"requestIntent\",\"version\":1,\"at\":\"%s\",\"requestId\":\"r%d\","
            + "\"leaseId\":\"l%d\",\"sessionId\":\"s1\",\"principal\":\"corp:alice\","
            + "\"account\":\"orders-prod\",\"actions\":[\"items/read\"],\"statusCode\":200}")
        .formatted(Instant.now(), index, index % 5);
  }

  /** Nobody keeps the older ones any more. */
  synchronized void forget(long before) {
    first = before;
  }

  @Override
  public synchronized long size() {
    return entries.size();
  }

  @Override
  public synchronized long first() {
    return first;
  }

  @Override
  public synchronized List<Entry> read(long from, int atMost) {
    int begin = Math.toIntExact(from);
    return List.copyOf(entries.subList(begin, Math.min(entries.size(), begin + atMost)));
  }

  @Override
  public synchronized String checkpoint() {
    return entries.isEmpty()
        ? ""
        : note(entries.size(), "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=");
  }

  static String note(long size, String root) {
    return NAME
        + "\n"
        + size
        + "\n"
        + root
        + "\n\n— "
        + NAME
        + " Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n";
  }

  @Override
  public String log() {
    return "gateway.test/journal";
  }
}
