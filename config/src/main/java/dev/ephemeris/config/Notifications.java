package dev.ephemeris.config;

import static dev.ephemeris.config.Configuration.require;

import dev.ephemeris.policy.Channel;
import dev.ephemeris.policy.yaml.Default;
import dev.ephemeris.policy.yaml.InvalidField;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How people are told of leases and access requests, where a rule names channels for it.
 *
 * @param channels each has a name of its own
 */
public record Notifications(@Default("[]") List<Way> channels) {

  public Notifications {
    channels = Configuration.distinctIfAny(channels, way -> way.name().name(), "channels", "name");
  }

  /**
   * A channel: one of {@code webhook}, {@code slack}, {@code teams} and {@code email}.
   *
   * @param name by which rules name it
   */
  public record Way(
      Channel name,
      Optional<Webhook> webhook,
      Optional<Slack> slack,
      Optional<Teams> teams,
      Optional<Email> email) {

    /**
     * @throws InvalidField (an IllegalArgumentException) if it is none of them, or several
     */
    public Way {
      if (Stream.of(webhook, slack, teams, email).filter(Optional::isPresent).count() != 1) {
        throw new IllegalArgumentException(
            "to where? expected one of webhook, slack, teams and email");
      }
    }

    /** Where it leads. */
    public Destination destination() {
      return Stream.of(webhook, slack, teams, email)
          .<Destination>flatMap(Optional::stream)
          .findFirst()
          .orElseThrow();
    }
  }

  /** A place of one kind. */
  public sealed interface Destination {

    /** What the kind is called in the file. */
    String kind();

    /** What it is reached by. */
    List<SecretSource> secrets();
  }

  /**
   * A receiver of one's own, who verifies signatures by the Standard Webhooks specification.
   *
   * @param secret what they are made with: {@code whsec_} and Base64
   * @param caCertificate a PEM file with the authority to trust for it, in place of the machine's
   */
  public record Webhook(SinkUrl url, SecretSource secret, Optional<Path> caCertificate)
      implements Destination {
    @Override
    public String kind() {
      return "webhook";
    }

    @Override
    public List<SecretSource> secrets() {
      return List.of(secret);
    }
  }

  /**
   * An incoming webhook of Slack.
   *
   * @param url whoever has it can write there
   */
  public record Slack(SecretSource url) implements Destination {
    @Override
    public String kind() {
      return "slack";
    }

    @Override
    public List<SecretSource> secrets() {
      return List.of(url);
    }
  }

  /**
   * A workflow of Microsoft Teams that begins when a webhook is called.
   *
   * @param url whoever has it can write there
   */
  public record Teams(SecretSource url) implements Destination {
    @Override
    public String kind() {
      return "teams";
    }

    @Override
    public List<SecretSource> secrets() {
      return List.of(url);
    }
  }

  /** How a connection to a mail server is encrypted. */
  public enum MailTls {
    /** From the command STARTTLS on, without which nothing is said (RFC 3207). */
    STARTTLS,
    /** From its beginning on (RFC 8314). */
    IMPLICIT,
    /** Not at all: on this machine only. */
    NONE
  }

  /**
   * Mail, by a server that takes it.
   *
   * @param caCertificate a PEM file with the authority to trust for it, in place of the machine's
   */
  public record Email(
      HostName server,
      @Default("587") int port,
      @Default("starttls") MailTls tls,
      EmailAddress from,
      List<EmailAddress> to,
      Optional<String> username,
      Optional<SecretSource> password,
      Optional<Path> caCertificate)
      implements Destination {

    /**
     * @throws InvalidField (an IllegalArgumentException) naming what is missing, or would be shown
     *     to whoever listens
     */
    public Email {
      require(port >= 1 && port <= 65_535, "expected a port, 1 to 65535", "port");
      require(
          tls != MailTls.NONE || Loopback.is(server.value()),
          "without TLS only to this machine; expected starttls or implicit",
          "tls");
      require(!to.isEmpty(), "expected at least one", "to");
      to = List.copyOf(to);
      require(
          username.isPresent() || password.isEmpty(), "whose? expected username too", "password");
      require(username.isEmpty() || password.isPresent(), "expected password too", "username");
      require(
          username.isEmpty() || tls != MailTls.NONE,
          "no password is sent without TLS; expected starttls or implicit",
          "tls");
    }

    @Override
    public String kind() {
      return "email";
    }

    @Override
    public List<SecretSource> secrets() {
      return password.stream().toList();
    }
  }
}
