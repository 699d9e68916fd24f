package dev.ephemeris.gateway.journal.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ephemeris.simulator.tls.LoopbackCertificate;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import kafka.Kafka;
import kafka.tools.StorageTool;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * A broker of Apache Kafka in a process of its own. As Event Hubs does it takes a connection string
 * as a password, by SASL PLAIN over TLS; and unsigned tokens by OAUTHBEARER.
 */
final class RunningBroker implements AutoCloseable {

  static final String CONNECTION_STRING =
      "Endpoint=sb://acme.servicebus.windows.net/;SharedAccessKeyName=send;SharedAccessKey=a\\\"b+/=";

  private final Path folder;
  private final int port;
  private final int insidePort;
  private final Path properties;
  private Process process;

  RunningBroker(Path folder, LoopbackCertificate certificate) throws Exception {
    this.folder = Files.createDirectories(folder);
    Path keyStore =
        Files.writeString(
            folder.resolve("broker.pem"),
            Files.readString(certificate.privateKey())
                + Files.readString(certificate.certificate()));
    try (ServerSocket outside = new ServerSocket(0);
        ServerSocket inside = new ServerSocket(0);
        ServerSocket controller = new ServerSocket(0)) {
      port = outside.getLocalPort();
      insidePort = inside.getLocalPort();
      properties =
          Files.writeString(
              folder.resolve("server.properties"),
              """
              process.roles=broker,controller
              node.id=1
              controller.quorum.voters=1@127.0.0.1:%1$d
              controller.listener.names=CONTROLLER
              listeners=OUTSIDE://127.0.0.1:%2$d,INSIDE://127.0.0.1:%3$d,CONTROLLER://127.0.0.1:%1$d
              inter.broker.listener.name=INSIDE
              listener.security.protocol.map=OUTSIDE:SASL_SSL,INSIDE:PLAINTEXT,CONTROLLER:PLAINTEXT
              listener.name.outside.ssl.keystore.type=PEM
              listener.name.outside.ssl.keystore.location=%4$s
              listener.name.outside.sasl.enabled.mechanisms=PLAIN,OAUTHBEARER
              listener.name.outside.plain.sasl.jaas.config=\
              org.apache.kafka.common.security.plain.PlainLoginModule required \
              user_$ConnectionString="%5$s" user_gateway="pass word";
              listener.name.outside.oauthbearer.sasl.jaas.config=\
              org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required \
              unsecuredLoginStringClaim_sub="broker";
              log.dirs=%6$s
              num.partitions=3
              offsets.topic.replication.factor=1
              auto.create.topics.enable=true
              message.max.bytes=1000000
              group.initial.rebalance.delay.ms=0
              """
                  .formatted(
                      controller.getLocalPort(),
                      port,
                      insidePort,
                      keyStore,
                      // Once for JAAS, and once for the file.
                      CONNECTION_STRING
                          .replace("\\", "\\\\")
                          .replace("\"", "\\\"")
                          .replace("\\", "\\\\"),
                      folder.resolve("data")));
    }
    process = start();
  }

  String broker() {
    return "127.0.0.1:" + port;
  }

  void startAgain() throws Exception {
    process = start();
  }

  private Process start() throws Exception {
    Process started =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                Main.class.getName(),
                properties.toString())
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("broker.log").toFile())
            .start();
    for (int i = 0; i < 900; i++) {
      try (Socket socket = new Socket()) {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
        return started;
      } catch (IOException notYet) {
        if (!started.isAlive()) {
          break;
        }
        Thread.sleep(100);
      }
    }
    started.destroyForcibly();
    throw new IllegalStateException(
        "The broker doesn't run: " + Files.readString(folder.resolve("broker.log")));
  }

  /** In the broker's process. */
  static final class Main {
    private Main() {}

    /** Makes a new disk ready, if it isn't, and runs. */
    public static void main(String... args) {
      if (!Files.exists(Path.of(args[0]).resolveSibling("data"))) {
        int unused =
            StorageTool.execute(
                new String[] {
                  "format", "--cluster-id", Uuid.randomUuid().toString(), "--config", args[0]
                },
                System.out);
      }
      Kafka.main(args);
    }
  }

  /** Ends it at once, as a crash does. */
  void kill() throws Exception {
    assertThat(process.destroyForcibly().waitFor(30, TimeUnit.SECONDS)).isTrue();
  }

  /** What a topic has by now, all partitions, each in its order. */
  List<ConsumerRecord<String, byte[]>> records(String topic) {
    try (KafkaConsumer<String, byte[]> consumer =
        new KafkaConsumer<>(
            Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                "127.0.0.1:" + insidePort,
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "earliest",
                ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
                false),
            new StringDeserializer(),
            new ByteArrayDeserializer())) {
      Set<TopicPartition> partitions = new HashSet<>();
      for (PartitionInfo each : consumer.partitionsFor(topic)) {
        partitions.add(new TopicPartition(topic, each.partition()));
      }
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      List<ConsumerRecord<String, byte[]>> records = new ArrayList<>();
      while (partitions.stream()
          .anyMatch(each -> consumer.position(each) < ends.getOrDefault(each, 0L))) {
        consumer.poll(Duration.ofMillis(200)).forEach(records::add);
      }
      return records;
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
