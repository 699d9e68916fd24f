package dev.ephemeris.gateway.repetition;

import dev.ephemeris.gateway.store.Database;
import dev.ephemeris.gateway.store.RowSeal;
import dev.ephemeris.policy.PrincipalId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A key as the store has it, and as the bytes that its MAC covers. */
record Row(
    String id,
    PrincipalId principal,
    String request,
    int attempt,
    Instant startedAt,
    Instant until,
    Optional<String> effect,
    Optional<String> outcome) {

  /** How long it is known what came of one. */
  static final Duration KEPT = Duration.ofHours(24);

  /** No request takes longer: connections that say nothing for as long are closed. */
  static final Duration UNDER_WAY = Duration.ofMinutes(1);

  static Row first(Asked asked, Instant now) {
    return new Row(
        asked.id(),
        asked.principal(),
        asked.request(),
        1,
        now,
        now.plus(UNDER_WAY),
        Optional.empty(),
        Optional.empty());
  }

  Instant keptUntil() {
    return startedAt.plus(KEPT);
  }

  /** Tried again, since whoever tried before has stopped. */
  Row again(Instant now) {
    return new Row(
        id, principal, request, attempt + 1, startedAt, now.plus(UNDER_WAY), effect, outcome);
  }

  Row with(String made) {
    return new Row(id, principal, request, attempt, startedAt, until, Optional.of(made), outcome);
  }

  Row answered(String answer) {
    return new Row(id, principal, request, attempt, startedAt, until, effect, Optional.of(answer));
  }

  static Row read(ResultSet row) throws SQLException {
    return new Row(
        row.getString("id"),
        new PrincipalId(row.getString("issuer"), row.getString("subject")),
        row.getString("request"),
        row.getInt("attempt"),
        Database.instant(row.getLong("started_at")),
        Database.instant(row.getLong("until")),
        Optional.ofNullable(row.getString("effect")),
        Optional.ofNullable(row.getString("outcome")));
  }

  byte[] canonical() {
    return RowSeal.row(
        "idempotencyKey",
        List.of(
            id,
            principal.issuer(),
            principal.subject(),
            request,
            Integer.toString(attempt),
            Long.toString(Database.micros(startedAt)),
            Long.toString(Database.micros(until)),
            // Nothing is another thing than an empty text.
            effect.map(made -> "+" + made).orElse(""),
            outcome.map(answer -> "+" + answer).orElse("")));
  }
}
