package dev.ephemeris.gateway.lease;

import dev.ephemeris.cosmos.PartitionKey;
import dev.ephemeris.gateway.identity.ActedFor;
import dev.ephemeris.gateway.store.Database;
import dev.ephemeris.policy.Action;
import dev.ephemeris.policy.CredentialForm;
import dev.ephemeris.policy.Lane;
import dev.ephemeris.policy.PrincipalId;
import dev.ephemeris.policy.PrincipalKind;
import dev.ephemeris.policy.RoleName;
import dev.ephemeris.policy.RuleName;
import dev.ephemeris.policy.Scope;
import dev.ephemeris.policy.Standing;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A lease as columns, and as the bytes that its MAC covers. */
final class LeaseRow {

  private LeaseRow() {}

  /** The partition key in one spelling. */
  static Optional<String> partitionKey(Lease lease) {
    return lease.partitionKey().map(PartitionKey::header);
  }

  private static Optional<PartitionKey> partitionKey(@Nullable String column) {
    return Optional.ofNullable(column)
        .map(
            key ->
                PartitionKey.parse(key)
                    .orElseThrow(() -> new IllegalArgumentException("not a partition key")));
  }

  /** The claims as JSON, in one order. */
  static String claims(Map<String, String> claims) {
    JsonObject json = new JsonObject();
    new TreeMap<>(claims).forEach(json::put);
    return json.encode();
  }

  private static Map<String, String> claims(String column) {
    Map<String, String> claims = new HashMap<>();
    try {
      new JsonObject(column)
          .forEach(claim -> claims.put(claim.getKey(), (String) claim.getValue()));
    } catch (DecodeException | ClassCastException e) {
      throw new IllegalArgumentException("not claims", e);
    }
    return claims;
  }

  /** What it is at the account as JSON, in one order. */
  static String atAccount(AtAccount at) {
    JsonObject json = new JsonObject();
    switch (at) {
      case AtAccount.Permission(
              Optional<String> item,
              boolean all,
              String userId,
              String userRid,
              String permissionId) -> {
        item.ifPresent(id -> json.put("item", id));
        json.put("all", all)
            .put("userId", userId)
            .put("userRid", userRid)
            .put("permissionId", permissionId);
      }
      case AtAccount.Assignments(String objectId, List<String> ids) ->
          json.put("objectId", objectId).put("assignmentIds", new JsonArray(ids));
    }
    return json.encode();
  }

  private static Optional<AtAccount> atAccount(@Nullable String column) {
    if (column == null) {
      return Optional.empty();
    }
    try {
      JsonObject json = new JsonObject(column);
      return Optional.of(
          json.containsKey("objectId")
              ? new AtAccount.Assignments(
                  written(json.getString("objectId")),
                  json.getJsonArray("assignmentIds").stream().map(String.class::cast).toList())
              : new AtAccount.Permission(
                  Optional.ofNullable(json.getString("item")),
                  json.getBoolean("all"),
                  written(json.getString("userId")),
                  written(json.getString("userRid")),
                  written(json.getString("permissionId"))));
    } catch (DecodeException | ClassCastException | NullPointerException e) {
      throw new IllegalArgumentException("not what there is at an account", e);
    }
  }

  /** The actions in one order, so that equal leases have equal rows. */
  static String actions(Lease lease) {
    return EnumSet.copyOf(lease.actions()).stream()
        .map(Action::shortName)
        .collect(Collectors.joining(" "));
  }

  /**
   * Every column with its length before it, so that no two leases have the same bytes, whatever
   * their names hold.
   */
  static byte[] canonical(Lease lease) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      for (String text :
          List.of(
              lease.id().value(),
              lease.sessionId(),
              lease.principal().issuer(),
              lease.principal().subject(),
              lease.kind().name(),
              claims(lease.claims()),
              lease.standing().client().orElse(""),
              lease.standing().reason().orElse(""),
              lease.standing().ticket().orElse(""),
              lease.form().name(),
              lease.scope().toString(),
              partitionKey(lease).orElse(""),
              lease.role().value(),
              actions(lease),
              lease.lane().name(),
              lease.rule().value())) {
        write(out, text);
      }
      out.writeLong(lease.standing().mfaUntil().map(Database::micros).orElse(-1L));
      out.writeLong(Database.micros(lease.issuedAt()));
      out.writeLong(Database.micros(lease.expiresAt()));
      out.writeLong(Database.micros(lease.hardEnd()));
      out.writeInt(lease.revision());
      out.writeLong(lease.revokedAt().map(Database::micros).orElse(-1L));
      if (lease.actsFor().isPresent()) {
        // At the end: the bytes of those that act for nobody are what they were before there were
        // others.
        write(out, lease.actsFor().get());
      }
      if (lease.atAccount().isPresent()) {
        // No text is that long, so that this isn't the beginning of what agents have.
        out.writeInt(-1);
        write(out, atAccount(lease.atAccount().get()));
      }
      if (lease.approved().isPresent()) {
        out.writeInt(-2);
        write(out, lease.approved().get().text());
      }
    } catch (IOException e) {
      throw new UncheckedIOException("memory can be written", e);
    }
    return bytes.toByteArray();
  }

  private static void write(DataOutputStream out, Lease.ActsFor actsFor) throws IOException {
    for (String text :
        List.of(
            actsFor.whom().id().issuer(),
            actsFor.whom().id().subject(),
            actsFor.whom().kind().name(),
            claims(actsFor.whom().claims()),
            actsFor.standing().client().orElse(""),
            actsFor.sessionId(),
            actsFor.ownSessionId())) {
      write(out, text);
    }
    out.writeLong(actsFor.standing().mfaUntil().map(Database::micros).orElse(-1L));
  }

  private static void write(DataOutputStream out, String text) throws IOException {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    out.writeInt(utf8.length);
    out.write(utf8);
  }

  /**
   * @throws IllegalArgumentException if the columns aren't a lease
   */
  static Lease read(ResultSet row) throws SQLException {
    long mfaUntil = row.getLong("mfa_until");
    boolean mfa = !row.wasNull();
    long revokedAt = row.getLong("revoked_at");
    boolean revoked = !row.wasNull();
    Standing standing =
        new Standing(
            Optional.ofNullable(row.getString("client")),
            mfa ? Optional.of(Database.instant(mfaUntil)) : Optional.empty(),
            Optional.ofNullable(row.getString("reason")),
            Optional.ofNullable(row.getString("ticket")));
    return new Lease(
        new LeaseId(row.getString("id")),
        row.getString("session_id"),
        new PrincipalId(row.getString("issuer"), row.getString("subject")),
        PrincipalKind.valueOf(row.getString("kind")),
        claims(row.getString("claims")),
        standing,
        actsFor(row, standing),
        CredentialForm.valueOf(row.getString("form")),
        Scope.parse(row.getString("scope")),
        partitionKey(row.getString("partition_key")),
        new RoleName(row.getString("role")),
        actions(row.getString("actions")),
        Lane.valueOf(row.getString("lane")),
        new RuleName(row.getString("rule")),
        Database.instant(row.getLong("issued_at")),
        Database.instant(row.getLong("expires_at")),
        Database.instant(row.getLong("hard_end")),
        row.getInt("revision"),
        revoked ? Optional.of(Database.instant(revokedAt)) : Optional.empty(),
        atAccount(row.getString("at_account")),
        Optional.ofNullable(row.getString("approved")).map(Approved::parse));
  }

  /**
   * Any of its columns makes it an agent's: one that is missing is none that was written.
   *
   * @param own of the lease, whose reason and ticket it shares
   */
  private static Optional<Lease.ActsFor> actsFor(ResultSet row, Standing own) throws SQLException {
    long mfaUntil = row.getLong("acts_for_mfa_until");
    boolean mfa = !row.wasNull();
    List<@Nullable String> columns = new ArrayList<>();
    for (String name : List.of("issuer", "subject", "kind", "claims", "session")) {
      columns.add(row.getString("acts_for_" + name));
    }
    columns.add(row.getString("own_session"));
    @Nullable String client = row.getString("acts_for_client");
    if (columns.stream().allMatch(Objects::isNull) && client == null && !mfa) {
      return Optional.empty();
    }
    List<String> said = columns.stream().map(LeaseRow::written).toList();
    return Optional.of(
        new Lease.ActsFor(
            new ActedFor(
                new PrincipalId(said.get(0), said.get(1)),
                PrincipalKind.valueOf(said.get(2)),
                claims(said.get(3))),
            new Standing(
                Optional.ofNullable(client),
                mfa ? Optional.of(Database.instant(mfaUntil)) : Optional.empty(),
                own.reason(),
                own.ticket()),
            said.get(4),
            said.get(5)));
  }

  private static String written(@Nullable String column) {
    if (column == null) {
      throw new IllegalArgumentException("a column is missing");
    }
    return column;
  }

  private static Set<Action> actions(String column) {
    return Arrays.stream(column.split(" "))
        .flatMap(name -> Action.matching(name).stream())
        .collect(Collectors.toSet());
  }
}
