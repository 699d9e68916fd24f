package dev.ephemeris.gateway.notify;

import dev.ephemeris.config.Notifications;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/**
 * Posts an Adaptive Card to a workflow of Microsoft Teams. All of its text is in TextRuns, in which
 * nothing is Markdown.
 */
final class TeamsSender implements Sender {

  private final Notifications.Teams settings;
  private final Secrets secrets;
  private final Post post = new Post(Optional.empty());

  TeamsSender(Notifications.Teams settings, Secrets secrets) {
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
    JsonArray body = new JsonArray().add(block(run(message.title()).put("weight", "bolder")));
    message
        .lines()
        .forEach(
            line ->
                body.add(
                    block(run(line.label() + ": ").put("weight", "bolder"), run(line.value()))));
    message
        .commands()
        .forEach(command -> body.add(block(run(command).put("fontType", "monospace"))));
    JsonObject card =
        new JsonObject()
            .put("$schema", "http://adaptivecards.io/schemas/adaptive-card.json")
            .put("type", "AdaptiveCard")
            .put("version", "1.2") // the first with RichTextBlock
            .put("body", body);
    return new JsonObject()
        .put("type", "message")
        .put(
            "attachments",
            new JsonArray()
                .add(
                    new JsonObject()
                        .put("contentType", "application/vnd.microsoft.card.adaptive")
                        .putNull("contentUrl")
                        .put("content", card)));
  }

  private static JsonObject run(String text) {
    return new JsonObject().put("type", "TextRun").put("text", text);
  }

  private static JsonObject block(JsonObject... runs) {
    JsonArray inlines = new JsonArray();
    for (JsonObject run : runs) {
      inlines.add(run);
    }
    return new JsonObject().put("type", "RichTextBlock").put("inlines", inlines);
  }
}
