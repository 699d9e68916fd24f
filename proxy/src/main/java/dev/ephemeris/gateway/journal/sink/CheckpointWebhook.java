package dev.ephemeris.gateway.journal.sink;

import dev.ephemeris.config.JournalSink;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.Map;

/** Posts checkpoints, as the signed text, to somebody who keeps them. */
final class CheckpointWebhook implements Sink {

  private static final Map<String, String> ABOUT =
      Map.of("Content-Type", "text/plain; charset=utf-8");

  private final Post post;

  CheckpointWebhook(JournalSink.Webhook settings, Map<String, String> headers)
      throws SinkException {
    this.post = new Post(settings.url(), headers, settings.caCertificate());
  }

  @Override
  public int mostBytes() {
    return Integer.MAX_VALUE;
  }

  /** The configuration gives it none. */
  @Override
  public void deliver(List<Delivery> deliveries) {
    throw new IllegalStateException("a webhook takes checkpoints alone");
  }

  @Override
  public void publish(PublishedCheckpoint checkpoint) throws SinkException, InterruptedException {
    HttpResponse<byte[]> answer = post.send(checkpoint.bytes(), ABOUT);
    if (answer.statusCode() / 100 != 2) {
      throw post.refused(answer);
    }
  }

  @Override
  public void close() {
    post.close();
  }
}
