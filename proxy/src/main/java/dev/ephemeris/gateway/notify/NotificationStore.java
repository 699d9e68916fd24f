package dev.ephemeris.gateway.notify;

import dev.ephemeris.gateway.store.Database;
import dev.ephemeris.gateway.store.RowSeal;
import dev.ephemeris.gateway.store.SealedRows;
import dev.ephemeris.policy.Channel;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is still to be told, in the store. A row whose MAC isn't ours is never sent. When a row is
 * tried isn't under the MAC: whoever can write to the store could as well take the row away.
 */
final class NotificationStore {

  private static final Logger LOG = LoggerFactory.getLogger(NotificationStore.class);

  /** So many are sent at once. */
  static final int MOST = 16;

  /** While one gateway sends it, none of the others takes it; longer than any sender tries. */
  static final Duration HELD = Duration.ofMinutes(2);

  private final RowSeal seal;

  NotificationStore(RowSeal seal) {
    this.seal = seal;
  }

  void insert(Handle handle, Notification notification) {
    handle
        .createUpdate(
            """
            INSERT INTO notification (id, channel, event, at, attempts, next_attempt_at, mac)
            VALUES (:id, :channel, :event, :at, 0, :at, :mac)\
            """)
        .bind("id", notification.id())
        .bind("channel", notification.channel().name())
        .bind("event", notification.event())
        .bind("at", Database.micros(notification.at()))
        .bind(
            "mac",
            seal.mac(
                canonical(
                    notification.id(),
                    notification.channel().name(),
                    notification.event(),
                    Database.micros(notification.at()))))
        .execute();
  }

  /** Those that are due, held for the caller: others don't get them meanwhile. */
  List<Notification> claim(Handle handle, Instant now) {
    List<Row> due =
        handle
            .createQuery(
                """
                SELECT * FROM notification WHERE next_attempt_at <= :now
                ORDER BY next_attempt_at, id LIMIT :most\
                """)
            .bind("now", Database.micros(now))
            .bind("most", MOST)
            .map((row, context) -> read(row))
            .list();
    List<Notification> claimed = new ArrayList<>();
    for (Row row : due) {
      Duration pause = HELD;
      if (row.isOurs()) {
        claimed.add(row.notification());
      } else {
        pause = Notifier.GIVES_UP_AFTER;
        LOG.atError()
            .addKeyValue("notificationId", row.notification().id())
            .log(
                "A stored notification isn't as we wrote it; it isn't sent. Who can write to the"
                    + " store?");
      }
      handle.execute(
          "UPDATE notification SET attempts = ?, next_attempt_at = ? WHERE id = ?",
          row.notification().attempts(),
          Database.micros(now.plus(pause)),
          row.notification().id());
    }
    return claimed;
  }

  /** To be tried again then, unless somebody else has taken it meanwhile. */
  void postpone(Handle handle, Notification notification, Instant until) {
    handle.execute(
        "UPDATE notification SET next_attempt_at = ? WHERE id = ? AND attempts = ?",
        Database.micros(until),
        notification.id(),
        notification.attempts());
  }

  void delete(Handle handle, Notification notification) {
    handle.execute("DELETE FROM notification WHERE id = ?", notification.id());
  }

  /** All of it. */
  SealedRows rows() {
    return SealedRows.of("notification", "id", seal, NotificationStore::canonical);
  }

  private record Row(Notification notification, boolean isOurs) {}

  private Row read(ResultSet row) throws SQLException {
    String channel = row.getString("channel");
    boolean ours = seal.made(canonical(row), row.getBytes("mac"));
    return new Row(
        new Notification(
            row.getString("id"),
            ours ? new Channel(channel) : new Channel("unknown"),
            row.getString("event"),
            Database.instant(row.getLong("at")),
            row.getInt("attempts") + 1),
        ours);
  }

  private static byte[] canonical(ResultSet row) throws SQLException {
    return canonical(
        row.getString("id"), row.getString("channel"), row.getString("event"), row.getLong("at"));
  }

  private static byte[] canonical(String id, String channel, String event, long at) {
    return RowSeal.row("notification", List.of(id, channel, event, Long.toString(at)));
  }
}
