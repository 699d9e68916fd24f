package dev.ephemeris.gateway.notify;

import dev.ephemeris.policy.Ttl;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * An event for people to read: who, what, where, why, under which rule, until when, and what to
 * type. Each text is one line, whatever somebody wrote; no sender may take it for markup.
 *
 * @param title a line
 * @param lines what there is to know
 * @param commands what to type, if anything
 */
record Message(String title, List<Line> lines, List<String> commands) {

  /** A value, and what it is of. */
  record Line(String label, String value) {}

  /** Longer than a reason or a comment may be. */
  private static final int LONGEST_VALUE = 600;

  Message {
    title = oneLine(title);
    lines = lines.stream().map(line -> new Line(line.label(), oneLine(line.value()))).toList();
    commands = List.copyOf(commands);
  }

  static Message of(JsonObject event) {
    JsonObject data = event.getJsonObject("data");
    String type = event.getString("type");
    List<Line> lines = new ArrayList<>();
    lines.add(new Line("Who", who(data, "who", "principal")));
    if (data.containsKey("actsFor")) {
      lines.add(new Line("Acting for", who(data, "actsForWho", "actsFor")));
    }
    lines.add(new Line("Role", data.getString("role") + ", lane " + data.getString("lane")));
    lines.add(new Line("On", on(data)));
    if (data.containsKey("ttlSeconds")) {
      lines.add(new Line("For", time(data)));
    }
    add(lines, "Why", text(data, "reason"));
    add(lines, "Ticket", text(data, "ticket"));
    add(lines, "Rule", text(data, "rule"));
    if (data.containsKey("approvals")) {
      lines.add(
          new Line(
              "Approval",
              data.getJsonArray("approvals").stream()
                  .map(Object::toString)
                  .collect(Collectors.joining(" and "))));
    }
    if (type.equals(Event.ACCESS_ANSWERED)) {
      lines.add(new Line("Answer", data.getString("verdict") + " by " + who(data, "byWho", "by")));
      add(lines, "Comment", text(data, "comment"));
      JsonObject agreed = data.getJsonObject("agreed");
      lines.add(new Line("Agreed", on(agreed) + " for " + time(agreed)));
      add(lines, "State", text(data, "state"));
    }
    add(lines, "Open until", text(data, "closesAt").map(Message::seconds));
    add(lines, "Lease", text(data, "leaseId"));
    add(lines, "Ends", text(data, "expiresAt").map(Message::seconds));
    return new Message(title(type, data), lines, commands(type, data));
  }

  private static String title(String type, JsonObject data) {
    String what =
        data.getString("who")
            + text(data, "actsForWho").map(", for "::concat).orElse("")
            + ", "
            + data.getString("role")
            + " on "
            + data.getString("scope");
    return switch (type) {
      case Event.ACCESS_REQUESTED -> "Access requested: " + what;
      case Event.ACCESS_ANSWERED ->
          switch (data.getString("verdict")) {
            case "approved" -> "Access approved: " + what;
            case "denied" -> "Access denied: " + what;
            case "justified" -> "Broken glass was justified: " + what;
            default -> "BROKEN GLASS WAS NOT JUSTIFIED: " + what;
          };
      case Event.GLASS_BROKEN -> "GLASS BROKEN: " + what;
      default -> "Lease issued: " + what;
    };
  }

  private static List<String> commands(String type, JsonObject data) {
    String id = data.getString("accessRequestId", "");
    String show = "ephemeris requests " + id;
    return switch (type) {
      case Event.ACCESS_REQUESTED ->
          List.of(show, "ephemeris approve " + id, "ephemeris deny " + id);
      case Event.ACCESS_ANSWERED ->
          // What an agent asked for nobody picks up for it.
          data.getString("state").equals("approved") && !data.containsKey("actsFor")
              ? List.of(show, "ephemeris pick-up " + id)
              : List.of(show);
      case Event.GLASS_BROKEN ->
          List.of(
              show,
              "ephemeris review " + id + " --justified",
              "ephemeris review " + id + " --no-justified");
      default -> id.isEmpty() ? List.of() : List.of(show);
    };
  }

  private static String who(JsonObject data, String name, String principal) {
    String known = data.getString(name);
    return known.equals(data.getString(principal))
        ? known
        : known + " (" + data.getString(principal) + ")";
  }

  private static String on(JsonObject data) {
    return data.getString("scope")
        + text(data, "partitionKey").map(key -> ", partition key " + key).orElse("");
  }

  private static String time(JsonObject data) {
    return Ttl.words(Duration.ofSeconds(data.getLong("ttlSeconds")));
  }

  private static String seconds(String instant) {
    return Instant.parse(instant).truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private static Optional<String> text(JsonObject data, String field) {
    return Optional.ofNullable(data.getString(field));
  }

  private static void add(List<Line> lines, String label, Optional<String> value) {
    value.ifPresent(text -> lines.add(new Line(label, text)));
  }

  /**
   * What could break a line or a header, or turn around how it reads, shows as the replacement
   * character.
   */
  private static String oneLine(String text) {
    String line =
        text.codePoints()
            .map(
                each ->
                    switch (Character.getType(each)) {
                      case Character.CONTROL,
                          Character.FORMAT,
                          Character.LINE_SEPARATOR,
                          Character.PARAGRAPH_SEPARATOR,
                          Character.SURROGATE ->
                          0xFFFD;
                      default -> each;
                    })
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString();
    return cut(line, LONGEST_VALUE);
  }

  /** So many characters of it at most. */
  static String cut(String text, int most) {
    if (text.length() <= most) {
      return text;
    }
    int end = most - 1;
    return text.substring(0, Character.isHighSurrogate(text.charAt(end - 1)) ? end - 1 : end) + "…";
  }

  /** All but the title, a line each. */
  String body() {
    StringBuilder body = new StringBuilder();
    lines.forEach(line -> body.append(line.label()).append(": ").append(line.value()).append('\n'));
    if (!commands.isEmpty()) {
      body.append('\n');
      commands.forEach(command -> body.append(command).append('\n'));
    }
    return body.toString();
  }
}
