package dev.ephemeris.gateway.notify;

import dev.ephemeris.config.EmailAddress;
import dev.ephemeris.config.Notifications;
import io.vertx.core.Vertx;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.ext.mail.LoginOption;
import io.vertx.ext.mail.MailClient;
import io.vertx.ext.mail.MailConfig;
import io.vertx.ext.mail.MailMessage;
import io.vertx.ext.mail.SMTPException;
import io.vertx.ext.mail.StartTLSOptions;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Sends mail: plain text, by a server whose certificate fits its name. */
final class MailSender implements Sender {

  private static final int CONNECT_WITHIN_MS = 10_000;
  private static final int SENT_WITHIN_SECONDS = 30;

  private final Vertx vertx;
  private final Notifications.Email settings;
  private final Secrets secrets;

  MailSender(Vertx vertx, Notifications.Email settings, Secrets secrets) {
    this.vertx = vertx;
    this.settings = settings;
    this.secrets = secrets;
  }

  @Override
  public void send(Notification notification) throws UndeliveredException {
    Message message = Message.of(notification.json());
    MailMessage mail =
        new MailMessage()
            .setFrom(settings.from().value())
            .setTo(settings.to().stream().map(EmailAddress::value).toList())
            .setSubject(message.title())
            .setText(message.title() + "\n\n" + message.body())
            // However often it comes, it is the same.
            .addHeader(
                "Message-ID",
                "<" + notification.id() + "@" + settings.from().value().split("@", 2)[1] + ">")
            // RFC 3834 §5: nobody's out-of-office answers.
            .addHeader("Auto-Submitted", "auto-generated");
    // A new one each: mail is rare, and the password may be another by now.
    MailClient client = MailClient.create(vertx, config());
    try {
      client.sendMail(mail).await(SENT_WITHIN_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new UndeliveredException("the mail server takes too long");
    } catch (Exception e) {
      // await throws what the client failed with, whatever it is.
      throw new UndeliveredException(why(e));
    } finally {
      client.close();
    }
  }

  private MailConfig config() throws UndeliveredException {
    MailConfig config =
        new MailConfig()
            .setHostname(settings.server().value())
            .setPort(settings.port())
            .setConnectTimeout(CONNECT_WITHIN_MS)
            .setKeepAlive(false)
            .setHostnameVerificationAlgorithm("HTTPS")
            .setSsl(settings.tls() == Notifications.MailTls.IMPLICIT)
            .setStarttls(
                settings.tls() == Notifications.MailTls.STARTTLS
                    ? StartTLSOptions.REQUIRED
                    : StartTLSOptions.DISABLED)
            .setLogin(LoginOption.DISABLED);
    settings
        .caCertificate()
        .ifPresent(
            pem -> config.setTrustOptions(new PemTrustOptions().addCertPath(pem.toString())));
    if (settings.username().isPresent()) {
      config
          .setLogin(LoginOption.REQUIRED)
          .setUsername(settings.username().get())
          .setPassword(secrets.read(settings.password().orElseThrow()));
    }
    return config;
  }

  /** Of a server's words, which may have anything in them, the code alone. */
  private static String why(Exception failure) {
    return failure instanceof SMTPException refusal
        ? "the mail server refuses it with " + refusal.getReplyCode()
        : "the mail server can't be used: " + failure.getClass().getSimpleName();
  }
}
