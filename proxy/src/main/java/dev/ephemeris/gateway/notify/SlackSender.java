package dev.ephemeris.gateway.notify;

import dev.ephemeris.config.Notifications;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/**
 * Posts to an incoming webhook of Slack. What people wrote is in blocks of plain text, where
 * nothing is a mention or a link, and escaped where Slack reads markup.
 */
final class SlackSender implements Sender {

  // Block Kit: of a header's text, and of a section's.
  private static final int LONGEST_HEADER = 150;
  private static final int LONGEST_SECTION = 3_000;

  private final Notifications.Slack settings;
  private final Secrets secrets;
  private final Post post = new Post(Optional.empty());

  SlackSender(Notifications.Slack settings, Secrets secrets) {
    this.settings = settings;
    this.secrets = secrets;
  }

  @Override
  public void send(Notification notification) throws UndeliveredException, InterruptedException {
    post.send(
        Post.url(secrets.read(settings.url())),
        payload(Message.of(notification.json())).encode().getBytes(StandardCharsets.UTF_8),
        Map.of());
  }

  static JsonObject payload(Message message) {
    return new JsonObject()
        .put("text", escaped(message.title()))
        .put("unfurl_links", false)
        .put("unfurl_media", false)
        .put(
            "blocks",
            new JsonArray()
                .add(block("header", Message.cut(message.title(), LONGEST_HEADER)))
                .add(block("section", Message.cut(message.body(), LONGEST_SECTION))));
  }

  private static JsonObject block(String type, String text) {
    return new JsonObject()
        .put("type", type)
        .put(
            "text",
            new JsonObject().put("type", "plain_text").put("text", text).put("emoji", false));
  }

  /** Slack, “Formatting text for app surfaces”: these three, and no others. */
  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
