package dev.ephemeris.gateway.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What every command that asks for a lease lets one say about it. */
final class LeaseOptions {

  /** What it is for, if that is said. */
  sealed interface Reason {

    Optional<String> said();

    /** For what a rule gives at once. */
    final class IfWanted implements Reason {

      @Option(
          names = "--reason",
          paramLabel = "TEXT",
          description = "What it is for; recorded. Some rules want one.")
      private Optional<String> reason = Optional.empty();

      @Override
      public Optional<String> said() {
        return reason;
      }
    }

    /** For what others are to agree to, who have to know why. */
    final class ForOthers implements Reason {

      @Option(
          names = "--reason",
          paramLabel = "TEXT",
          required = true,
          description = "What it is for; recorded, and shown to whoever answers.")
      private String reason = "";

      @Override
      public Optional<String> said() {
        return Optional.of(reason);
      }
    }
  }

  @Mixin private final Reason reason;

  @Option(
      names = "--partition-key",
      paramLabel = "KEY",
      converter = PartitionKeyLevels.Converter.class,
      description =
          "Only items with this partition key, or with keys that begin with it: its text, or a"
              + " JSON array of its levels.")
  private Optional<PartitionKeyLevels> partitionKey = Optional.empty();

  @Option(
      names = "--role",
      paramLabel = "ROLE",
      description = "A role of Azure's or the policy's; data-reader if you name none.")
  private Optional<String> role = Optional.empty();

  @Option(
      names = "--ttl",
      paramLabel = "DURATION",
      description = "How long, such as 30m or 4h; else as the policy's rule says.")
  private Optional<Duration> ttl = Optional.empty();

  @Option(
      names = "--ticket",
      paramLabel = "ID",
      description = "Where that is written down; recorded. Some rules want one.")
  private Optional<String> ticket = Optional.empty();

  LeaseOptions(Reason reason) {
    this.reason = reason;
  }

  /** A lease on {@code scope}, in the proxy lane if nobody says otherwise. */
  WantedLease wanted(ResourceScope scope, WantedLease.Form form) {
    return new WantedLease(
        scope,
        partitionKey,
        Optional.empty(),
        Optional.empty(),
        role,
        ttl,
        form,
        Optional.empty(),
        reason.said(),
        ticket);
  }

  /** What is said about a lease whose scope and role are said otherwise. */
  ObjectNode about(ObjectNode json) {
    ttl.ifPresent(duration -> json.put("ttlSeconds", duration.toSeconds()));
    reason.said().ifPresent(text -> json.put("reason", text));
    ticket.ifPresent(text -> json.put("ticket", text));
    return json;
  }

  /** Those that were given, by their names. */
  List<String> given() {
    return Stream.of(
            partitionKey.map(said -> "--partition-key"),
            role.map(said -> "--role"),
            ttl.map(said -> "--ttl"),
            reason.said().map(said -> "--reason"),
            ticket.map(said -> "--ticket"))
        .flatMap(Optional::stream)
        .toList();
  }

  /** How long, each time. */
  Optional<Duration> ttl() {
    return ttl;
  }
}
