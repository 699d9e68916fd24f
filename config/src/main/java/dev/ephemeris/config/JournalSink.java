package dev.ephemeris.config;

import static dev.ephemeris.config.Configuration.require;

import dev.ephemeris.policy.yaml.Default;
import dev.ephemeris.policy.yaml.InvalidField;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Where the journal is shipped to besides: one of {@code file}, {@code stdout}, {@code otlp},
 * {@code kafka}, {@code blob} and {@code webhook}.
 *
 * @param name by which its position is remembered: another name begins anew
 * @param ships what it is sent; all that its kind takes if empty
 * @param format what a record looks like there
 * @param only types of record that it is sent; all if empty
 * @param except types of record that it isn't sent
 * @param redact names of fields whose values it isn't sent, at any depth
 * @param required whether access is refused while it lags too much
 * @param maxLag how long a record or checkpoint may wait until it has it
 * @param maxLagEntries how many may wait; as many as will if empty
 * @param checkpointEvery how often it is sent a checkpoint, if there is a new one
 */
public record JournalSink(
    String name,
    Optional<File> file,
    Optional<Stdout> stdout,
    Optional<Otlp> otlp,
    Optional<Kafka> kafka,
    Optional<Blob> blob,
    Optional<Webhook> webhook,
    Optional<Set<Cargo>> ships,
    @Default("record") Format format,
    @Default("[]") Set<String> only,
    @Default("[]") Set<String> except,
    @Default("[]") Set<String> redact,
    @Default("false") boolean required,
    @Default("5m") Duration maxLag,
    Optional<Long> maxLagEntries,
    @Default("1m") Duration checkpointEvery) {

  /** What of a journal can be shipped. */
  public enum Cargo {
    /** Its records. */
    ENTRIES,
    /** Its signed checkpoints. */
    CHECKPOINTS
  }

  /** What a record looks like where it is shipped to. */
  public enum Format {
    /** As the journal has it. */
    RECORD,
    /** As an event of the Open Cybersecurity Schema Framework. */
    OCSF
  }

  /** A place of one kind. */
  public sealed interface Destination {

    /** What the kind is called in the file. */
    String kind();

    /** Whether what is shipped there is out of reach for whoever owns this machine. */
    boolean isOffHost();

    /** Secrets that it signs in with. */
    default List<SecretSource> secrets() {
      return List.of();
    }

    /** Identities in Entra ID that it signs in with. */
    default List<EntraIdentity> identities() {
      return List.of();
    }
  }

  /**
   * Files of JSON lines.
   *
   * @param folder where they are made, by nobody else
   * @param maxBytes how long a file gets before the next is begun
   * @param maxAge how old it gets before that
   * @param keep how many finished ones are kept; all if empty
   */
  public record File(
      Path folder,
      @Default("100000000") long maxBytes,
      @Default("1d") Duration maxAge,
      Optional<Integer> keep)
      implements Destination {
    public File {
      require(maxBytes > 0, "expected a number of bytes", "maxBytes");
      require(maxAge.isPositive(), "expected a time longer than none", "maxAge");
      require(keep.filter(files -> files < 1).isEmpty(), "expected at least one", "keep");
    }

    @Override
    public String kind() {
      return "file";
    }

    @Override
    public boolean isOffHost() {
      return false;
    }
  }

  /** JSON lines on the standard output, for a platform that collects it. */
  public record Stdout() implements Destination {
    @Override
    public String kind() {
      return "stdout";
    }

    /** Whether anybody collects it nobody says. */
    @Override
    public boolean isOffHost() {
      return false;
    }
  }

  /**
   * A collector that takes OTLP over HTTP.
   *
   * @param url where it takes logs
   * @param headers lines of {@code Name: value} that each request has, such as a key
   * @param resource attributes of the resource, beside {@code service.name} and {@code
   *     service.instance.id}
   * @param caCertificate a PEM file with the authority to trust for it, in place of the machine's
   */
  public record Otlp(
      SinkUrl url,
      Optional<SecretSource> headers,
      @Default("{}") Map<String, String> resource,
      Optional<Path> caCertificate)
      implements Destination {
    public Otlp {
      resource = Map.copyOf(resource);
    }

    @Override
    public String kind() {
      return "otlp";
    }

    @Override
    public boolean isOffHost() {
      return !url.isOnThisMachine();
    }

    @Override
    public List<SecretSource> secrets() {
      return headers.stream().toList();
    }
  }

  /**
   * A topic of brokers that speak Kafka's protocol, over TLS: Azure Event Hubs among them.
   *
   * @param brokers where to find the first of them
   * @param topic a topic, or an event hub
   * @param connectionString Event Hubs' own
   * @param identity to Event Hubs, which has to have the role “Azure Event Hubs Data Sender”
   * @param sasl a name and a password
   * @param maxBytes of a record and of a request, as the brokers take them
   * @param caCertificate a PEM file with the authority to trust for it, in place of the machine's
   */
  public record Kafka(
      List<Broker> brokers,
      String topic,
      Optional<SecretSource> connectionString,
      Optional<EntraIdentity> identity,
      Optional<Sasl> sasl,
      @Default("1000000") int maxBytes,
      Optional<Path> caCertificate)
      implements Destination {

    private static final Pattern TOPIC = Pattern.compile("[A-Za-z0-9._-]{1,249}");

    /** A record that was shortened takes less. */
    private static final int LEAST_BYTES = 16_000;

    public Kafka {
      require(!brokers.isEmpty(), "expected at least one", "brokers");
      brokers = List.copyOf(brokers);
      require(
          TOPIC.matcher(topic).matches(),
          "expected the name of a topic: letters, digits, dots, hyphens and underscores",
          "topic");
      requireOne(
          "as whom? expected one of connectionString, identity and sasl",
          connectionString,
          identity,
          sasl);
      require(maxBytes >= LEAST_BYTES, "expected at least " + LEAST_BYTES, "maxBytes");
    }

    @Override
    public String kind() {
      return "kafka";
    }

    @Override
    public boolean isOffHost() {
      return brokers.stream().noneMatch(broker -> Loopback.is(broker.host()));
    }

    @Override
    public List<SecretSource> secrets() {
      return Stream.concat(connectionString.stream(), sasl.map(Sasl::password).stream()).toList();
    }

    @Override
    public List<EntraIdentity> identities() {
      return identity.stream().toList();
    }
  }

  /** A name and a password for brokers, as SASL's mechanism has them. */
  public record Sasl(
      @Default("plain") Mechanism mechanism, String username, SecretSource password) {

    /** How the password is shown. */
    public enum Mechanism {
      PLAIN,
      SCRAM_SHA_256,
      SCRAM_SHA_512;

      /** As SASL's registry has it. */
      public String registered() {
        return name().replace('_', '-');
      }
    }

    public Sasl {
      require(!username.isBlank(), "expected a name", "username");
    }
  }

  /**
   * A container of Azure Blob Storage: entries in append blobs, and each checkpoint in a blob of
   * its own, so that a policy can keep both from being changed.
   *
   * @param container its URL
   * @param prefix what names of blobs begin with
   * @param identity which has to have the role “Storage Blob Data Contributor”
   * @param accountKey or the storage account's key
   * @param sas or a shared access signature
   * @param newBlobEvery how long a blob is appended to
   * @param maxBytes how long a blob gets
   * @param caCertificate a PEM file with the authority to trust for it, in place of the machine's
   */
  public record Blob(
      SinkUrl container,
      @Default("''") String prefix,
      Optional<EntraIdentity> identity,
      Optional<SecretSource> accountKey,
      Optional<SecretSource> sas,
      @Default("1h") Duration newBlobEvery,
      @Default("1000000000") long maxBytes,
      Optional<Path> caCertificate)
      implements Destination {

    private static final Pattern PREFIX = Pattern.compile("([A-Za-z0-9_-][A-Za-z0-9._-]*/)*");

    public Blob {
      require(
          container.uri().getRawPath().matches("(/[a-z0-9]+)?/[a-z0-9]([a-z0-9-]{1,61})[a-z0-9]"),
          "expected a container's URL, such as https://acme.blob.core.windows.net/journal",
          "container");
      require(
          PREFIX.matcher(prefix).matches(),
          "expected nothing, or names that each end in /",
          "prefix");
      requireOne(
          "as whom? expected one of identity, accountKey and sas", identity, accountKey, sas);
      require(newBlobEvery.isPositive(), "expected a time longer than none", "newBlobEvery");
      require(maxBytes > 0, "expected a number of bytes", "maxBytes");
    }

    @Override
    public String kind() {
      return "blob";
    }

    @Override
    public boolean isOffHost() {
      return !container.isOnThisMachine();
    }

    @Override
    public List<SecretSource> secrets() {
      return Stream.concat(accountKey.stream(), sas.stream()).toList();
    }

    @Override
    public List<EntraIdentity> identities() {
      return identity.stream().toList();
    }
  }

  /**
   * Somebody who keeps checkpoints: each is posted there.
   *
   * @param headers lines of {@code Name: value} that each request has, such as a key
   * @param caCertificate a PEM file with the authority to trust for it, in place of the machine's
   */
  public record Webhook(SinkUrl url, Optional<SecretSource> headers, Optional<Path> caCertificate)
      implements Destination {
    @Override
    public String kind() {
      return "webhook";
    }

    @Override
    public boolean isOffHost() {
      return !url.isOnThisMachine();
    }

    @Override
    public List<SecretSource> secrets() {
      return headers.stream().toList();
    }
  }

  private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");
  private static final Pattern TYPE = Pattern.compile("[a-z][A-Za-z0-9]*");

  /** By these records are told apart, and put in order. */
  private static final Set<String> NEVER_REDACTED =
      Set.of("log", "sequence", "type", "version", "at");

  private static final Duration OFTENEST = Duration.ofSeconds(1);

  /**
   * @throws InvalidField (an IllegalArgumentException) naming what is malformed, missing, or isn't
   *     of this kind
   */
  public JournalSink {
    require(
        NAME.matcher(name).matches(), "expected lower-case letters, digits and hyphens", "name");
    requireOne(
        "to where? expected one of file, stdout, otlp, kafka, blob and webhook",
        file,
        stdout,
        otlp,
        kafka,
        blob,
        webhook);
    ships = ships.map(Set::copyOf);
    require(ships.filter(Set::isEmpty).isEmpty(), "expected entries, checkpoints or both", "ships");
    require(
        webhook.isEmpty() || ships.filter(cargo -> cargo.contains(Cargo.ENTRIES)).isEmpty(),
        "a webhook takes checkpoints alone",
        "ships");
    only = types(only, "only");
    except = types(except, "except");
    require(only.isEmpty() || except.isEmpty(), "expected only or except", "except");
    for (String field : redact) {
      require(
          TYPE.matcher(field).matches() && !NEVER_REDACTED.contains(field),
          "expected names of fields, but those that records are told apart by: log, sequence, type,"
              + " version, at",
          "redact");
    }
    redact = Set.copyOf(redact);
    require(maxLag.isPositive(), "expected a time longer than none", "maxLag");
    require(
        maxLagEntries.filter(entries -> entries < 1).isEmpty(),
        "expected at least one",
        "maxLagEntries");
    require(
        checkpointEvery.compareTo(OFTENEST) >= 0, "expected at least a second", "checkpointEvery");
    require(
        checkpointEvery.compareTo(maxLag) <= 0,
        "a checkpoint that isn't due yet doesn't lag; expected a time up to maxLag",
        "checkpointEvery");
  }

  /** Where it is shipped to. */
  public Destination destination() {
    return Stream.of(file, stdout, otlp, kafka, blob, webhook)
        .<Destination>flatMap(Optional::stream)
        .findFirst()
        .orElseThrow();
  }

  /** Whether it is sent that. */
  public boolean takes(Cargo cargo) {
    return ships
        .map(named -> named.contains(cargo))
        .orElse(webhook.isEmpty() || cargo == Cargo.CHECKPOINTS);
  }

  /**
   * Whether it keeps checkpoints where whoever owns this machine doesn't reach them: with those an
   * auditor sees it if the journal isn't what it was.
   */
  public boolean keepsCheckpointsOffHost() {
    return takes(Cargo.CHECKPOINTS) && destination().isOffHost();
  }

  private static Set<String> types(Set<String> names, String field) {
    for (String type : names) {
      require(TYPE.matcher(type).matches(), "expected types of record, such as leaseIssued", field);
    }
    return Set.copyOf(names);
  }

  private static void requireOne(String expectation, Optional<?>... choices) {
    if (Stream.of(choices).filter(Optional::isPresent).count() != 1) {
      throw new IllegalArgumentException(expectation);
    }
  }
}
