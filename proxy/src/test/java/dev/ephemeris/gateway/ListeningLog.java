package dev.ephemeris.gateway;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.slf4j.LoggerFactory;

/** Everything that is logged while it listens, as text with its key-values and its cause. */
final class ListeningLog extends AppenderBase<ILoggingEvent> {

  private final Queue<String> lines = new ConcurrentLinkedQueue<>();

  /** Listens from now on. */
  static ListeningLog begin() {
    ListeningLog log = new ListeningLog();
    log.start();
    root().addAppender(log);
    return log;
  }

  /** Listens no more. */
  void end() {
    root().detachAppender(this);
  }

  /** What was logged so far. */
  String text() {
    return String.join("\n", lines);
  }

  @Override
  protected void append(ILoggingEvent event) {
    String cause =
        event.getThrowableProxy() == null
            ? ""
            : ThrowableProxyUtil.asString(event.getThrowableProxy());
    lines.add(event.getFormattedMessage() + " " + event.getKeyValuePairs() + " " + cause);
  }

  private static Logger root() {
    return (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  }
}
