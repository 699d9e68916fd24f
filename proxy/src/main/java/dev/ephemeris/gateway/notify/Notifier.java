package dev.ephemeris.gateway.notify;

import dev.ephemeris.config.Notifications;
import dev.ephemeris.gateway.identity.Identity;
import dev.ephemeris.gateway.journal.Journal;
import dev.ephemeris.gateway.journal.JournalException;
import dev.ephemeris.gateway.journal.JournalRecord;
import dev.ephemeris.gateway.lease.Notice;
import dev.ephemeris.gateway.lease.Notices;
import dev.ephemeris.gateway.store.Database;
import dev.ephemeris.gateway.store.RowSeal;
import dev.ephemeris.gateway.store.SealedRows;
import dev.ephemeris.gateway.store.StoreException;
import dev.ephemeris.policy.Channel;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells people, at least once: a notification is kept before anything is sent, and until a receiver
 * has taken it or a day is over. Thread-safe.
 */
public final class Notifier implements Notices {

  private static final Logger LOG = LoggerFactory.getLogger(Notifier.class);

  static final Duration GIVES_UP_AFTER = Duration.ofHours(24);

  private static final Duration SHORTEST_WAIT = Duration.ofSeconds(10);
  private static final Duration LONGEST_WAIT = Duration.ofHours(1);

  private final Database database;
  private final NotificationStore store;
  private final Map<Channel, Sender> senders;
  private final Event events;
  private final Journal journal;
  private final InstantSource clock;

  /**
   * @param names what people know somebody by
   */
  public Notifier(
      Vertx vertx,
      Database database,
      RowSeal seal,
      Notifications channels,
      Secrets secrets,
      Function<Identity, String> names,
      Journal journal,
      InstantSource clock) {
    this(
        database,
        seal,
        channels.channels().stream()
            .collect(
                Collectors.toUnmodifiableMap(
                    Notifications.Way::name,
                    way -> sender(vertx, way.destination(), secrets, clock))),
        names,
        journal,
        clock);
  }

  Notifier(
      Database database,
      RowSeal seal,
      Map<Channel, Sender> senders,
      Function<Identity, String> names,
      Journal journal,
      InstantSource clock) {
    this.database = database;
    this.store = new NotificationStore(seal);
    this.senders = Map.copyOf(senders);
    this.events = new Event(names);
    this.journal = journal;
    this.clock = clock;
  }

  private static Sender sender(
      Vertx vertx, Notifications.Destination to, Secrets secrets, InstantSource clock) {
    return switch (to) {
      case Notifications.Webhook webhook -> new WebhookSender(webhook, secrets, clock);
      case Notifications.Slack slack -> new SlackSender(slack, secrets);
      case Notifications.Teams teams -> new TeamsSender(teams, secrets);
      case Notifications.Email mail -> new MailSender(vertx, mail, secrets);
    };
  }

  @Override
  public void tell(Handle handle, Set<Channel> channels, Notice notice) {
    if (channels.isEmpty()) {
      return;
    }
    Instant at = Database.kept(clock.instant());
    String event = events.of(notice, at).encode();
    for (Channel channel : channels) {
      store.insert(handle, new Notification("msg_" + UUID.randomUUID(), channel, event, at, 0));
    }
  }

  /** Sends what is due. Blocks until it has arrived or not, a minute at most. */
  public void look() {
    try {
      journal.check(); // what couldn't be put on record isn't done
      List<Notification> due =
          database.transaction(handle -> store.claim(handle, clock.instant())).await();
      // At once: one receiver that doesn't answer keeps nobody else waiting.
      try (ExecutorService sending = Executors.newVirtualThreadPerTaskExecutor()) {
        due.forEach(notification -> sending.execute(() -> attempt(notification)));
      }
    } catch (JournalException | StoreException e) {
      LOG.atWarn().setCause(e).log("nobody can be told of anything now; it is tried again");
    }
  }

  private void attempt(Notification notification) {
    Optional<String> failure = failure(notification);
    try {
      database
          .transaction(
              handle -> {
                failure.ifPresentOrElse(
                    why -> failed(handle, notification, why), () -> sent(handle, notification));
                return true;
              })
          .await();
    } catch (StoreException e) {
      LOG.atWarn()
          .addKeyValue("notificationId", notification.id())
          .setCause(e)
          .log("what became of a notification can't be kept; it is sent again");
    }
  }

  /** Why it didn't arrive; empty if it did. */
  private Optional<String> failure(Notification notification) {
    Sender sender = senders.get(notification.channel());
    if (sender == null) {
      return Optional.of("the configuration has no such channel");
    }
    try {
      sender.send(notification);
      return Optional.empty();
    } catch (UndeliveredException e) {
      return Optional.of(String.valueOf(e.getMessage()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.of("the gateway stops");
    } catch (RuntimeException e) {
      // A library's, or a mistake of ours: what it says may have anything in it.
      return Optional.of("it fails by " + e.getClass().getName());
    }
  }

  private void sent(Handle handle, Notification notification) {
    store.delete(handle, notification);
    About about = About.of(notification);
    append(
        new JournalRecord.NotificationSent(
            clock.instant(),
            notification.id(),
            notification.channel().name(),
            about.event(),
            about.accessRequestId(),
            about.leaseId(),
            notification.attempts()));
  }

  private void failed(Handle handle, Notification notification, String why) {
    Instant now = clock.instant();
    boolean over =
        !now.isBefore(notification.at().plus(GIVES_UP_AFTER))
            || !senders.containsKey(notification.channel());
    LOG.atWarn()
        .addKeyValue("channel", notification.channel())
        .addKeyValue("notificationId", notification.id())
        .addKeyValue("attempts", notification.attempts())
        .addKeyValue("reason", why)
        .log(over ? "people aren't told" : "people aren't told yet; it is tried again");
    if (!over) {
      store.postpone(handle, notification, now.plus(waitAfter(notification.attempts())));
      return;
    }
    store.delete(handle, notification);
    About about = About.of(notification);
    append(
        new JournalRecord.NotificationFailed(
            now,
            notification.id(),
            notification.channel().name(),
            about.event(),
            about.accessRequestId(),
            about.leaseId(),
            notification.attempts(),
            why));
  }

  /** Twice as long after each, from ten seconds to an hour. */
  static Duration waitAfter(int attempts) {
    Duration wait = SHORTEST_WAIT.multipliedBy(1L << Math.min(attempts - 1, 20));
    return wait.compareTo(LONGEST_WAIT) < 0 ? wait : LONGEST_WAIT;
  }

  private void append(JournalRecord record) {
    try {
      journal.append(record);
    } catch (JournalException e) {
      throw new StoreException("What is done here must be on record.", e);
    }
  }

  /** What is still to be told, as it is kept. */
  public SealedRows rows() {
    return store.rows();
  }

  /** What the journal says of an event. */
  private record About(String event, Optional<String> accessRequestId, Optional<String> leaseId) {

    static About of(Notification notification) {
      JsonObject event = notification.json();
      JsonObject data = event.getJsonObject("data");
      return new About(
          event.getString("type"),
          Optional.ofNullable(data.getString("accessRequestId")),
          Optional.ofNullable(data.getString("leaseId")));
    }
  }
}
