package dev.ephemeris.gateway.notify;

import dev.ephemeris.config.Notifications;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Posts events, signed by the Standard Webhooks specification (symmetric, v1). */
final class WebhookSender implements Sender {

  private static final String PREFIX = "whsec_";
  private static final String HMAC = "HmacSHA256";

  // Standard Webhooks, “Signature scheme”: between 24 and 64 bytes.
  private static final int SHORTEST_KEY = 24;
  private static final int LONGEST_KEY = 64;

  private final Notifications.Webhook settings;
  private final Secrets secrets;
  private final Post post;
  private final InstantSource clock;

  WebhookSender(Notifications.Webhook settings, Secrets secrets, InstantSource clock) {
    this.settings = settings;
    this.secrets = secrets;
    this.post = new Post(settings.caCertificate());
    this.clock = clock;
  }

  @Override
  public void send(Notification notification) throws UndeliveredException, InterruptedException {
    byte[] body = notification.event().getBytes(StandardCharsets.UTF_8);
    String timestamp = Long.toString(clock.instant().getEpochSecond());
    Mac mac = mac(key(secrets.read(settings.secret())));
    mac.update((notification.id() + "." + timestamp + ".").getBytes(StandardCharsets.UTF_8));
    post.send(
        settings.url().uri(),
        body,
        Map.of(
            "webhook-id",
            notification.id(),
            "webhook-timestamp",
            timestamp,
            "webhook-signature",
            "v1," + Base64.getEncoder().encodeToString(mac.doFinal(body))));
  }

  private static byte[] key(String secret) throws UndeliveredException {
    try {
      if (secret.startsWith(PREFIX)) {
        byte[] key = Base64.getDecoder().decode(secret.substring(PREFIX.length()));
        if (key.length >= SHORTEST_KEY && key.length <= LONGEST_KEY) {
          return key;
        }
      }
    } catch (IllegalArgumentException notBase64) {
      // Its message would quote of it.
    }
    throw new UndeliveredException(
        "its secret isn't whsec_ and %d to %d bytes as Base64"
            .formatted(SHORTEST_KEY, LONGEST_KEY));
  }

  private static Mac mac(byte[] key) {
    try {
      Mac mac = Mac.getInstance(HMAC);
      mac.init(new SecretKeySpec(key, HMAC));
      return mac;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + HMAC, e);
    }
  }
}
